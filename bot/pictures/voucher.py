"""The voucher of a gift: the member card's paper, with a stub to tear off where the code for the counter stands."""

from PIL import Image, ImageDraw

from bot.pictures.codes import squares
from bot.pictures.paper import CREAM, DEEP_RED, GOLD, INK, PALE_GOLD, plate, png, sheet, sign, words
from bot.pictures.text import drawable, face, measure

WIDTH, HEIGHT = 1080, 680
LEFT, RIGHT = 78, 530  # of the words
TEAR = 562  # where the stub begins
PLATE = (594, 92, 1008, 588)  # where the code stands
CODE = 414  # pixels for the code with its light edge


def card(shop: str, title: str, gift: str, number: str, until: str, link: str, code: str) -> bytes:
    """The voucher as a PNG; the QR code holds the link, the letters below it the code."""
    picture = sheet(WIDTH, HEIGHT)
    draw = ImageDraw.Draw(picture)
    _tear(picture)
    sign(picture, draw, shop, LEFT, RIGHT)
    _title(picture, draw, drawable(title))
    words(draw, drawable(gift) or code, (LEFT, 256, RIGHT, 452), CREAM, 88, smallest=36, strong=True)
    words(draw, number, (LEFT, 466, RIGHT, 526), GOLD, 48)
    words(draw, until, (LEFT, 530, RIGHT, 610), PALE_GOLD, 36, smallest=24)
    _code(picture, draw, link, code)
    return png(picture)


def _tear(picture: Image.Image) -> None:
    """A dotted line between the words and the stub."""
    for top in range(56, HEIGHT - 56, 22):
        plate(picture, (TEAR - 3, top, TEAR + 3, top + 10), GOLD, 3)


def _title(picture: Image.Image, draw: ImageDraw.ImageDraw, title: str) -> None:
    """What it is, on a golden ribbon."""
    if title:
        plate(picture, (LEFT, 174, LEFT + measure(title, 34) + 52, 230), GOLD, 28)
        draw.text((LEFT + 26, 202), title, DEEP_RED, face(34), anchor="lm", stroke_width=1)


def _code(picture: Image.Image, draw: ImageDraw.ImageDraw, link: str, code: str) -> None:
    """The code on a light plate, with the letters that can be typed instead below it."""
    plate(picture, PLATE, CREAM)
    left, top, right, bottom = PLATE
    drawn = squares(link, CODE)
    place = ((left + right - drawn.width) // 2, top + (CODE - drawn.height) // 2)
    picture.paste(INK, place, drawn)
    words(draw, code, (left + 16, bottom - 92, right - 16, bottom - 16), INK, 46, align="m", strong=True)
