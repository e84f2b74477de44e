"""What members may still come for and what it would cost, for owners: the sum, its parts, and the month's budget."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.pictures.paper import (
    DEEP_RED,
    GOLD,
    HEAD,
    INK,
    LINES,
    PAPER,
    RED,
    Box,
    bar,
    headed,
    mixed,
    plate,
    png,
    rounded,
    words,
)
from bot.pictures.text import drawable

WIDTH, LEFT, RIGHT = 1080, 60, 1020
SUM, ROW, NOTE, LINE, BAR = 262, 84, 64, 108, 64  # the heights of the parts
COUNT, MONEY = 656, 690  # where the counts end and the money begins
COLOURS = (RED, GOLD, "#74163f", "#dd8a5e", "#8c7a5b", "#f0cf8e", INK)  # of the parts, in their order
QUIET = mixed(INK, PAPER, 0.35)

Row = tuple[str, int, str, float]  # what it is, how many, what they would cost, the share of the sum


def owed(title: str, total: str, rows: Sequence[Row], notes: Sequence[str], budget: tuple[str, float | None]) -> bytes:
    """The picture as a PNG, as high as what there is to tell."""
    notes = [note for note in notes if drawable(note)]
    foot = LINE if budget[1] is None else LINE + BAR
    picture, draw = headed(title, WIDTH, HEAD + SUM + len(rows) * ROW + len(notes) * NOTE + foot)
    words(draw, total, (LEFT, HEAD + 8, RIGHT, HEAD + 148), INK, 116, smallest=60, strong=True)
    _stack(picture, (LEFT, HEAD + 160, RIGHT, HEAD + 212), [row[3] for row in rows])
    top = HEAD + SUM - 24
    for number, row in enumerate(rows):
        _row(picture, draw, row, top, COLOURS[number % len(COLOURS)])
        top += ROW
    for note in notes:
        words(draw, note, (LEFT, top + 12, RIGHT, top + 12 + NOTE), QUIET, 36, smallest=26)
        top += NOTE
    _budget(picture, draw, budget, top)
    return png(picture)


def _stack(picture: Image.Image, box: Box, shares: Sequence[float]) -> None:
    """A bar of all the parts, one after the other; each that there is can be seen."""
    width, height = box[2] - box[0], box[3] - box[1]
    strip = Image.new("RGB", (width, height), LINES)
    draw, left = ImageDraw.Draw(strip), 0.0
    for number, share in enumerate(shares):
        if share > 0:
            right = left + max(share * width, 5)
            draw.rectangle((left, 0, right - 2, height), COLOURS[number % len(COLOURS)])
            left = right
    picture.paste(strip, box, rounded(width, height, 16))


def _row(picture: Image.Image, draw: ImageDraw.ImageDraw, row: Row, top: int, colour: str) -> None:
    """A part: its colour in the bar, what it is, how many, and what they would cost."""
    label, count, money, _ = row
    plate(picture, (LEFT, top + 26, LEFT + 32, top + 58), colour, 8)
    taken = words(draw, f"{count:,}", (LEFT + 300, top, COUNT, top + ROW), QUIET, 36, align="r")
    words(draw, label, (LEFT + 52, top, COUNT - taken - 20, top + ROW), INK, 40, smallest=26)
    words(draw, money, (MONEY, top, RIGHT, top + ROW), INK, 44, align="r")
    draw.line((LEFT, top + ROW - 1, RIGHT, top + ROW - 1), LINES, 2)


def _budget(picture: Image.Image, draw: ImageDraw.ImageDraw, budget: tuple[str, float | None], top: int) -> None:
    """What of the month's budget is spent; without a ceiling there is no bar to fill."""
    label, share = budget
    right = RIGHT
    if share is not None:
        colour = DEEP_RED if share >= 1 else INK
        right -= words(draw, f"{share:.0%}", (RIGHT - 200, top + 20, RIGHT, top + 80), colour, 40, align="r") + 24
        bar(picture, (LEFT, top + 88, RIGHT, top + 124), share, DEEP_RED if share >= 1 else GOLD, LINES)
    words(draw, label, (LEFT, top + 20, right, top + 80), INK, 40, smallest=26)
