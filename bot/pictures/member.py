"""The member card: shop, name, grade and points on paper in the grade's colour, and a QR code for the till."""

import segno
from PIL import Image, ImageDraw

from bot.pictures.paper import CREAM, DEEP_RED, GOLD, INK, PALE_GOLD, RED, plate, png, sheet, sign, star, words
from bot.pictures.text import drawable, face, fit, measure

WIDTH, HEIGHT = 1080, 680
LEFT, RIGHT = 78, 640  # of the words
SHADES = ((RED, DEEP_RED), ("#a4182a", "#6c0b1b"), ("#74163f", "#3f0a22"), ("#3d2b22", "#17100c"))  # by stars
PLATE = (682, 168, 1002, 576)  # where the code stands
SQUARE, QUIET = 11, 4  # pixels of a square of the code; light squares around it, as scanners want them


def card(shop: str, name: str, number: str, grade: str, points: str, *, stars: int, more: str) -> bytes:
    """The card as a PNG; the code holds the number, which takes the place of a name that cannot be drawn."""
    picture = sheet(WIDTH, HEIGHT, SHADES[min(stars, len(SHADES) - 1)])
    draw = ImageDraw.Draw(picture)
    sign(picture, draw, shop, LEFT, PLATE[2])
    low = 0 if drawable(more) else 24  # without a line below it the grade stands lower
    words(draw, drawable(name) or number, (LEFT, 164, RIGHT, 348), CREAM, 96, smallest=44, strong=True)
    _grade(picture, draw, drawable(grade), 364 + low, stars)
    words(draw, more, (LEFT, 438, RIGHT, 486), PALE_GOLD, 34, smallest=20)
    words(draw, points, (LEFT, 504, RIGHT, 610), CREAM, 76, smallest=40, strong=True)
    _code(picture, draw, number)
    return png(picture)


def _grade(picture: Image.Image, draw: ImageDraw.ImageDraw, grade: str, top: int, stars: int) -> None:
    """The grade on a golden ribbon, with its stars."""
    if not grade:
        return
    size, [line] = fit(grade, RIGHT - LEFT - 52 - stars * 34, 60, largest=36, smallest=28)
    width = measure(line, size)
    plate(picture, (LEFT, top, LEFT + width + 52 + stars * 34, top + 60), GOLD, 30)
    draw.text((LEFT + 26, top + 30), line, DEEP_RED, face(size), anchor="lm", stroke_width=1)
    for each in range(stars):
        star(picture, LEFT + width + 48 + each * 34, top + 30, 15, DEEP_RED)


def _code(picture: Image.Image, draw: ImageDraw.ImageDraw, number: str) -> None:
    """The code on a light plate, with what it says below."""
    plate(picture, PLATE, CREAM)
    modules = [bytes(row) for row in segno.make(number, error="m", micro=False).matrix]
    side = len(modules) * SQUARE
    code = Image.frombytes("L", (len(modules), len(modules)), b"".join(modules)).point(lambda dark: dark * 255)
    left, top, right, bottom = PLATE
    place = ((left + right - side) // 2, top + QUIET * SQUARE)
    picture.paste(INK, place, code.resize((side, side), Image.Resampling.NEAREST))
    words(draw, number, (left, bottom - 96, right, bottom - 20), INK, 46, align="m", strong=True)
