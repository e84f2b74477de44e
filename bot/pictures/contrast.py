"""What newcomers get beside what old members get, for both to see: two columns, the second on golden paper."""

from collections.abc import Sequence

from PIL import ImageDraw

from bot.pictures.paper import (
    CREAM,
    GOLD,
    HEAD,
    INK,
    LINES,
    PALE_GOLD,
    PAPER,
    RED,
    Box,
    headed,
    mixed,
    plate,
    png,
    star,
    words,
)
from bot.pictures.text import drawable

WIDTH, LEFT, RIGHT = 1080, 60, 1020
MIDDLE, GAP = 520, 24  # where the second column begins, and what is left free at the sides of its words
NAMES, LABEL, ROW, FOOT = 108, 74, 206, 112  # the heights of the parts; a row begins with its label
QUIET = mixed(INK, PAPER, 0.4)

Row = tuple[str, str, str]  # what it is about, what newcomers get of it, what old members get


def contrast(title: str, newcomers: str, old: str, rows: Sequence[Row], foot: str) -> bytes:
    """The picture as a PNG, as high as its rows; without a foot it ends below them."""
    below = FOOT if drawable(foot) else 44
    picture, draw = headed(title, WIDTH, HEAD + NAMES + len(rows) * ROW + below)
    bottom = HEAD + NAMES + len(rows) * ROW
    plate(picture, (MIDDLE, HEAD - 4, RIGHT, bottom), PALE_GOLD, 28)
    plate(picture, (MIDDLE, HEAD - 4, RIGHT, HEAD + NAMES - 16), RED, 28)
    draw.rectangle((MIDDLE, HEAD + NAMES - 44, RIGHT - 1, HEAD + NAMES - 17), RED)
    words(draw, newcomers, (LEFT, HEAD, MIDDLE - GAP, HEAD + NAMES - 20), QUIET, 44, smallest=26)
    star(picture, MIDDLE + 46, HEAD + (NAMES - 20) // 2, 20, GOLD)
    words(draw, old, (MIDDLE + 82, HEAD, RIGHT - GAP, HEAD + NAMES - 20), CREAM, 44, smallest=26, strong=True)
    for number, row in enumerate(rows):
        _row(draw, row, HEAD + NAMES + number * ROW, last=number == len(rows) - 1)
    words(draw, foot, (LEFT, bottom + 12, RIGHT, bottom + FOOT - 12), QUIET, 36, smallest=24, align="m")
    return png(picture)


def _row(draw: ImageDraw.ImageDraw, row: Row, top: int, *, last: bool) -> None:
    """What it is about, small, and below it what either gets."""
    label, new, old = row
    words(draw, label, (LEFT, top, MIDDLE - GAP, top + LABEL), QUIET, 32, smallest=24)
    words(draw, label, (MIDDLE + GAP, top, RIGHT - GAP, top + LABEL), mixed(INK, PALE_GOLD, 0.35), 32, smallest=24)
    words(draw, new, _below(LEFT, MIDDLE - GAP, top), INK, 60, smallest=28)
    words(draw, old, _below(MIDDLE + GAP, RIGHT - GAP, top), RED, 76, smallest=28, strong=True)
    if not last:
        draw.line((LEFT, top + ROW - 6, MIDDLE - GAP, top + ROW - 6), LINES, 2)
        draw.line((MIDDLE + GAP, top + ROW - 6, RIGHT - GAP, top + ROW - 6), GOLD, 2)


def _below(left: int, right: int, top: int) -> Box:
    return left, top + LABEL, right, top + ROW - 14
