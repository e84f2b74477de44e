"""The leaderboard: the most active of the week and of the month side by side, the first three with a medal."""

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
    disc,
    headed,
    mixed,
    plate,
    png,
    words,
)
from bot.pictures.text import drawable

WIDTH, LEFT, RIGHT, GAP = 1080, 50, 1030, 40
COLUMN = (RIGHT - LEFT - GAP) // 2
HEADING, ROW, FOOT = 84, 84, 40  # the heights of the parts
MEDALS = (GOLD, "#b9b4ab", "#c98a56")  # gold, silver, bronze
QUIET = mixed(INK, PAPER, 0.35)

Place = tuple[int, str, str]  # the place, the name, the points
Board = tuple[str, Sequence[Place]]  # what it is about, its places


def leaderboard(title: str, boards: Sequence[Board], nobody: str, unnamed: str) -> bytes:
    """The picture as a PNG, as high as its longer column; `nobody` is said in one without places.

    `unnamed` stands for a name of which the font can draw nothing.
    """
    most = max((len(places) for _, places in boards), default=0)
    picture, draw = headed(title, WIDTH, HEAD + HEADING + max(most, 1) * ROW + FOOT)
    for number, (heading, places) in enumerate(boards):
        left = LEFT + number * (COLUMN + GAP)
        words(draw, heading, (left, HEAD, left + COLUMN, HEAD + HEADING - 12), RED, 42, smallest=26, strong=True)
        top = HEAD + HEADING
        if not places:
            words(draw, nobody, (left, top, left + COLUMN, top + ROW), QUIET, 34, smallest=22)
        for rank, name, points in places:
            _place(picture, draw, (rank, drawable(name) or unnamed, points), left, top)
            top += ROW
    return png(picture)


def _place(picture: Image.Image, draw: ImageDraw.ImageDraw, place: Place, left: int, top: int) -> None:
    """A place: its number, on a medal for the first three, the name, and the points."""
    number, name, points = place
    right = left + COLUMN
    if number <= len(MEDALS):
        plate(picture, (left, top + 4, right, top + ROW - 8), FULL, 18)
        disc(picture, left + 40, top + ROW // 2 - 2, 27, MEDALS[number - 1])
    else:
        draw.line((left, top + ROW - 3, right, top + ROW - 3), LINES, 2)
    colour = CREAM if number <= len(MEDALS) else QUIET
    words(draw, f"{number}", (left + 10, top, left + 70, top + ROW - 6), colour, 36, align="m", strong=True)
    box = (right - 190, top, right - 16, top + ROW - 6)
    taken = words(draw, points, box, INK, 36, smallest=22, align="r", strong=True)
    words(draw, name, (left + 84, top, right - taken - 32, top + ROW - 6), INK, 36, smallest=22)
