"""A QR code to be scanned at the till, with what it stands for in letters below, so that it can be typed too."""

import io

import segno
from PIL import Image, ImageDraw

from bot.pictures.text import drawable, face, fit

SIDE = 720
FOOT = 120  # below the code, for the letters
QUIET = 4  # light modules around the code, as scanners want them
PAPER, INK = "#ffffff", "#000000"


def squares(text: str, room: int) -> Image.Image:
    """A text's QR code as a mask, as large as it fits into a square room with the light edge that scanners want."""
    modules = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    side = len(modules) * (room // (len(modules) + 2 * QUIET))
    drawn = Image.frombytes("L", (len(modules), len(modules)), b"".join(modules)).point(lambda dark: dark * 255)
    return drawn.resize((side, side), Image.Resampling.NEAREST)


def code(text: str, below: str) -> bytes:
    """A text as a QR code, with other words below it, as a PNG of 720 × 840."""
    modules = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    size = SIDE // (len(modules) + 2 * QUIET)
    edge = (SIDE - size * len(modules)) // 2
    picture = Image.new("RGB", (SIDE, SIDE + FOOT), PAPER)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark:
                left, top = edge + column * size, edge + row * size
                draw.rectangle((left, top, left + size - 1, top + size - 1), INK)
    letters, lines = fit(drawable(below), SIDE - 2 * edge, FOOT - 40, largest=56, smallest=28)
    for line_of_words in lines[:1]:
        draw.text((SIDE // 2, SIDE + FOOT // 2 - 30), line_of_words, INK, face(letters), anchor="mm")
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
