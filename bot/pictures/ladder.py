"""The grades as a ladder, for managers: what each takes, how many stand on it, who sleeps, and what the scores mean."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.pictures.paper import GOLD, HEAD, INK, LINES, PAPER, RED, bar, headed, mixed, plate, png, star, words

WIDTH, LEFT, RIGHT = 1080, 60, 1020
RUNG, PART, LIVES, ROW, FOOT = 148, 84, 72, 64, 40  # the heights of the parts
COLOURS = ("#8c7a5b", "#dd8a5e", RED, "#3d2b22")  # of the grades from the lowest on
STATES = ("#5b8c5a", GOLD, "#b9a58f")  # active, sleeping, lost
QUIET = mixed(INK, PAPER, 0.35)
COLUMN = (RIGHT - LEFT - 240) // 5  # of a score

Rung = tuple[str, str, int, str, float]  # the grade, what it takes, how many, what changed, the share of the most
Life = tuple[str, int]  # a state, how many


def ladder(
    title: str, rungs: Sequence[Rung], lives: tuple[str, Sequence[Life]], scores: tuple[str, Sequence[Sequence[str]]]
) -> bytes:
    """The picture as a PNG, the highest grade on top."""
    height = HEAD + len(rungs) * RUNG + 2 * PART + LIVES + (len(scores[1]) + 1) * ROW + FOOT
    picture, draw = headed(title, WIDTH, height)
    top = HEAD - 12
    for place, rung in reversed([*enumerate(rungs)]):
        _rung(picture, draw, rung, place, top)
        top += RUNG
    top = _heading(draw, lives[0], top)
    _lives(picture, draw, lives[1], top)
    top = _heading(draw, scores[0], top + LIVES)
    _scores(draw, scores[1], top)
    return png(picture)


def _rung(picture: Image.Image, draw: ImageDraw.ImageDraw, rung: Rung, place: int, top: int) -> None:
    """A grade: its name with stars, how many, what it takes, what changed, and a bar against the fullest grade."""
    name, takes, many, changed, share = rung
    colour = COLOURS[min(place, len(COLOURS) - 1)]
    wide = words(draw, name, (LEFT, top, LEFT + 420, top + 64), colour, 48, smallest=30, strong=True)
    for each in range(place):
        star(picture, LEFT + wide + 34 + each * 34, top + 32, 14, colour)
    words(draw, f"{many:,}", (LEFT + 620, top, RIGHT, top + 64), INK, 52, align="r", strong=True)
    taken = words(draw, changed, (LEFT + 460, top + 64, RIGHT, top + 110), QUIET, 32, smallest=22, align="r")
    words(draw, takes, (LEFT, top + 64, RIGHT - taken - 24, top + 110), QUIET, 32, smallest=22)
    bar(picture, (LEFT, top + 116, RIGHT, top + 130), share, colour, LINES)


def _heading(draw: ImageDraw.ImageDraw, text: str, top: int) -> int:
    """What the next part is about, under a line. Returns where the part begins."""
    draw.line((LEFT, top + 8, RIGHT, top + 8), GOLD, 2)
    words(draw, text, (LEFT, top + 18, RIGHT, top + PART), INK, 40, smallest=26, strong=True)
    return top + PART


def _lives(picture: Image.Image, draw: ImageDraw.ImageDraw, lives: Sequence[Life], top: int) -> None:
    """How many are in each state, side by side, each with its colour."""
    room = (RIGHT - LEFT) // max(len(lives), 1)
    for number, (name, many) in enumerate(lives):
        left = LEFT + number * room
        plate(picture, (left, top + 18, left + 30, top + 48), STATES[number % len(STATES)], 8)
        words(draw, f"{name} {many:,}", (left + 46, top, left + room - 12, top + 66), INK, 38, smallest=22)


def _scores(draw: ImageDraw.ImageDraw, rows: Sequence[Sequence[str]], top: int) -> None:
    """The scores as a table: a name, then from which value on each is given."""
    columns = max((len(row) for row in rows), default=1) - 1
    for score in range(columns):
        right = RIGHT - (columns - 1 - score) * COLUMN
        words(draw, f"{score + 1}", (right - COLUMN, top, right, top + ROW), QUIET, 36, align="r", strong=True)
    for number, (name, *cells) in enumerate(rows, 1):
        here = top + number * ROW
        draw.line((LEFT, here, RIGHT, here), LINES, 2)
        words(draw, name, (LEFT, here, LEFT + 250, here + ROW), INK, 34, smallest=22)
        for score, cell in enumerate(cells):
            right = RIGHT - (columns - 1 - score) * COLUMN
            words(draw, cell, (right - COLUMN + 14, here, right, here + ROW), INK, 32, smallest=20, align="r")
