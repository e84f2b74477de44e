"""A poster that invites a friend: the shop, who invites, what there is for the friend, and the way in as a QR code."""

from collections.abc import Sequence

from PIL import ImageDraw

from bot.pictures.codes import squares
from bot.pictures.paper import CREAM, GOLD, INK, PALE_GOLD, plate, png, sheet, sign, star, words
from bot.pictures.text import drawable

WIDTH, HEIGHT = 1080, 1440
LEFT, RIGHT = 96, WIDTH - 96  # of the words
PLATE = (270, 760, 810, 1300)  # where the code stands
LINE = 76  # the height of a line of gifts


def poster(shop: str, title: str, gifts: Sequence[str], link: str, foot: str) -> bytes:
    """The poster as a PNG; the QR code holds the link."""
    picture = sheet(WIDTH, HEIGHT)
    draw = ImageDraw.Draw(picture)
    sign(picture, draw, shop, LEFT, RIGHT)
    words(draw, title, (LEFT, 190, RIGHT, 470), CREAM, 104, smallest=48, align="m", strong=True)
    top = 615 - len(gifts) * LINE // 2
    for gift in gifts:
        width = words(draw, gift, (LEFT + 60, top, RIGHT - 60, top + LINE), GOLD, 52, smallest=28, align="m")
        if drawable(gift):
            for side in (-1, 1):
                star(picture, WIDTH // 2 + side * (width // 2 + 38), top + LINE // 2, 15, PALE_GOLD)
        top += LINE
    plate(picture, PLATE, CREAM, 36)
    left, above, right, below = PLATE
    code = squares(link, right - left)
    picture.paste(INK, ((left + right - code.width) // 2, (above + below - code.height) // 2), code)
    words(draw, foot, (LEFT, 1312, RIGHT, 1392), PALE_GOLD, 46, smallest=28, align="m")
    return png(picture)
