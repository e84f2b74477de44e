"""A report for managers: how the club stands, what a time brought beside the one before, and by which grades."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.pictures.paper import (
    CREAM,
    FULL,
    GOLD,
    HEAD,
    INK,
    LINES,
    PAPER,
    RED,
    bar,
    headed,
    mixed,
    plate,
    png,
    words,
)
from bot.pictures.text import drawable, measure

WIDTH, LEFT, RIGHT = 1080, 60, 1020
DAYS, TILE, GAP, ROW, HEADING, GRADE, FOOT = 64, 132, 18, 58, 84, 74, 40  # the heights of the parts
ACROSS = 3  # tiles in a line
NOW, BEFORE = 780, RIGHT  # where the columns of figures end
COLOURS = (RED, "#dd8a5e", GOLD, "#8c7a5b")  # of the grades, from the highest on
QUIET = mixed(INK, PAPER, 0.35)

Tile = tuple[str, str]  # what it is, how many
Row = tuple[str, str, str]  # what it is, how many, how many before
Grade = tuple[str, str, float]  # the grade, what it brought, the share of the most


def report(
    title: str,
    days: str,
    tiles: Sequence[Tile],
    table: tuple[str, str, Sequence[Row]],
    grades: tuple[str, Sequence[Grade]],
) -> bytes:
    """The picture as a PNG, as high as what there is to tell. The table's first two are the heads of its columns."""
    lines = -(-len(tiles) // ACROSS)
    below = HEADING + len(grades[1]) * GRADE if grades[1] else 0
    height = HEAD + DAYS + lines * (TILE + GAP) + (len(table[2]) + 1) * ROW + below + FOOT
    picture, draw = headed(title, WIDTH, height)
    words(draw, days, (LEFT, HEAD - 12, RIGHT, HEAD + DAYS - 18), QUIET, 36, smallest=24, align="m")
    top = HEAD + DAYS
    for number, tile in enumerate(tiles):
        _tile(picture, draw, tile, number % ACROSS, top + number // ACROSS * (TILE + GAP))
    top = _table(draw, table, top + lines * (TILE + GAP))
    if grades[1]:
        _grades(picture, draw, grades, top)
    return png(picture)


def _tile(picture: Image.Image, draw: ImageDraw.ImageDraw, tile: Tile, column: int, top: int) -> None:
    """How many, large, over what they are."""
    width = (RIGHT - LEFT - (ACROSS - 1) * GAP) // ACROSS
    left = LEFT + column * (width + GAP)
    plate(picture, (left, top, left + width, top + TILE), FULL, 20)
    words(draw, tile[1], (left + 16, top + 8, left + width - 16, top + 82), INK, 60, align="m", strong=True)
    words(draw, tile[0], (left + 16, top + 80, left + width - 16, top + TILE - 8), QUIET, 30, smallest=20, align="m")


def _table(draw: ImageDraw.ImageDraw, table: tuple[str, str, Sequence[Row]], top: int) -> int:
    """The figures of the time beside those before. Returns where it ends."""
    now, before, rows = table
    words(draw, now, (NOW - 240, top, NOW, top + ROW), RED, 30, smallest=20, align="r", strong=True)
    words(draw, before, (NOW + 20, top, BEFORE, top + ROW), QUIET, 30, smallest=20, align="r")
    for label, many, earlier in rows:
        top += ROW
        draw.line((LEFT, top, RIGHT, top), LINES, 2)
        taken = words(draw, many, (NOW - 300, top, NOW, top + ROW), INK, 36, smallest=24, align="r", strong=True)
        words(draw, label, (LEFT, top, NOW - taken - 24, top + ROW), INK, 34, smallest=22)
        words(draw, earlier, (NOW + 20, top, BEFORE, top + ROW), QUIET, 34, smallest=24, align="r")
    return top + ROW


def _grades(picture: Image.Image, draw: ImageDraw.ImageDraw, grades: tuple[str, Sequence[Grade]], top: int) -> None:
    """What each grade brought, as bars against the most."""
    heading, rows = grades
    draw.rectangle((LEFT, top + 8, RIGHT, top + 10), GOLD)
    words(draw, heading, (LEFT, top + 16, RIGHT, top + HEADING), INK, 38, smallest=26, strong=True)
    top += HEADING
    end = RIGHT - 24 - max(min(measure(drawable(brought), 32), RIGHT - LEFT - 420) for _, brought, _ in rows)
    for place, (name, brought, share) in enumerate(rows):
        colour = COLOURS[min(place, len(COLOURS) - 1)]
        words(draw, name, (LEFT, top, LEFT + 160, top + GRADE - 10), INK, 36, smallest=22)
        words(draw, brought, (LEFT + 420, top, RIGHT, top + GRADE - 10), INK, 32, smallest=22, align="r")
        bar(picture, (LEFT + 176, top + 18, end, top + GRADE - 28), share, colour, CREAM)
        top += GRADE
