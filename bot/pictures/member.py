"""The member card: the shop, the name and number, the grade and points on red with gold, and a QR code for the till."""

import io

import segno
from PIL import Image, ImageDraw

from bot.pictures.text import LEADING, drawable, face, fit, measure

WIDTH, HEIGHT = 1080, 680
EDGE = 72
RED, DEEP_RED, GOLD, PALE_GOLD, CREAM, INK = "#b8231f", "#8f1417", "#e3b565", "#f5dcaa", "#fff6e3", "#3b2a20"
PLATE = (704, 176, 1008, 536)  # where the code stands
CODE = 212  # pixels of the code's side, at most: four of its squares must stay light around it


def card(shop: str, name: str, number: str, grade: str, points: str) -> bytes:
    """The card as a PNG; the code holds the number."""
    picture = _ground()
    draw = ImageDraw.Draw(picture)
    _words(draw, shop, (78, 60), PALE_GOLD, 44, width=WIDTH - 2 * EDGE)
    _words(draw, name, (180, 130), CREAM, 84)
    _words(draw, number, (326, 66), GOLD, 48)
    _grade(draw, drawable(grade))
    _words(draw, points, (500, 84), CREAM, 60)
    _code(picture, draw, number)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _ground() -> Image.Image:
    shade = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    picture = Image.composite(Image.new("RGB", shade.size, DEEP_RED), Image.new("RGB", shade.size, RED), shade)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((24, 24, WIDTH - 24, HEIGHT - 24), 28, None, GOLD, 3)
    draw.rounded_rectangle((34, 34, WIDTH - 34, HEIGHT - 34), 22, None, GOLD, 1)
    return picture


def _words(
    draw: ImageDraw.ImageDraw,
    text: str,
    place: tuple[int, int],
    colour: str,
    largest: int,
    width: int = PLATE[0] - EDGE - 40,
) -> None:
    """A text on the left, as large as it fits into its place: its top and its height."""
    top, height = place
    size, lines = fit(drawable(text), width, height, largest=largest, smallest=28)
    y = top + (height - len(lines) * size * LEADING) / 2
    for line in lines:
        draw.text((EDGE, y + size * LEADING / 2), line, colour, face(size), anchor="lm")
        y += size * LEADING


def _grade(draw: ImageDraw.ImageDraw, grade: str) -> None:
    """The grade on a golden ribbon."""
    draw.rounded_rectangle((EDGE, 420, EDGE + measure(grade, 36) + 48, 480), 30, GOLD)
    draw.text((EDGE + 24, 450), grade, DEEP_RED, face(36), anchor="lm")


def _code(picture: Image.Image, draw: ImageDraw.ImageDraw, number: str) -> None:
    """The code on a light plate, with what it says below."""
    draw.rounded_rectangle(PLATE, 24, CREAM)
    code = segno.make(number, error="m", micro=False)
    scale = CODE // code.symbol_size(border=0)[0]
    file = io.BytesIO()
    code.save(file, kind="png", scale=scale, border=0, dark=INK, light=CREAM)
    drawn = Image.open(file).convert("RGB")
    middle = (PLATE[0] + PLATE[2]) // 2
    picture.paste(drawn, (middle - drawn.width // 2, PLATE[1] + 47))
    draw.text((middle, PLATE[3] - 46), number, INK, face(36), anchor="mm")
