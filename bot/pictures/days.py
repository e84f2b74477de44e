"""Some weeks as a calendar: a title, the days in rows of seven, and in each day's box who or what it brings."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from PIL import Image, ImageDraw

from bot.pictures.text import drawable, face, fit

WIDTH = 1080
EDGE, HEAD, WEEKDAYS = 40, 132, 64
BOX, TALL = (WIDTH - 2 * EDGE) // 7, 196
NAMES = 3  # in a box; more are counted
LINE = 44

PAPER, INK, FAINT, LINES = "#fffaf0", "#3b2a20", "#b9a58f", "#ead9bf"
RED, GOLD, FULL = "#b8231f", "#e3b565", "#fdeccd"


def calendar(
    title: str, weekdays: Sequence[str], first: date, last: date, today: date, marks: Mapping[date, Sequence[str]]
) -> bytes:
    """The weeks that hold `first` to `last`, as a PNG. `weekdays` are the names of Monday to Sunday."""
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    picture = Image.new("RGB", (WIDTH, HEAD + WEEKDAYS + weeks * TALL + EDGE), PAPER)
    draw = ImageDraw.Draw(picture)
    _head(draw, title, weekdays)
    for number in range(weeks * 7):
        day = monday + timedelta(days=number)
        corner = (EDGE + number % 7 * BOX, HEAD + WEEKDAYS + number // 7 * TALL)
        _box(draw, corner, day, marks.get(day, ()), inside=first <= day <= last, today=day == today)
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _head(draw: ImageDraw.ImageDraw, title: str, weekdays: Sequence[str]) -> None:
    draw.rectangle((0, 0, WIDTH, HEAD - 16), RED)
    size, lines = fit(drawable(title), WIDTH - 2 * EDGE, 76, largest=48, smallest=28)
    for line in lines[:1]:
        draw.text((WIDTH // 2, (HEAD - 16) // 2), line, PAPER, face(size), anchor="mm")
    for column, weekday in enumerate(weekdays):
        middle = EDGE + column * BOX + BOX // 2
        draw.text(
            (middle, HEAD + WEEKDAYS // 2), drawable(weekday), FAINT if column < 5 else RED, face(36), anchor="mm"
        )


def _box(
    draw: ImageDraw.ImageDraw, corner: tuple[int, int], day: date, names: Sequence[str], *, inside: bool, today: bool
) -> None:
    """A day: its number, and the names below it."""
    left, top = corner
    ground = FULL if names else PAPER
    draw.rectangle((left, top, left + BOX, top + TALL), ground, RED if today else LINES, 4 if today else 2)
    number = f"{day.month}/{day.day}" if day.day == 1 else str(day.day)
    draw.text((left + 12, top + 10), number, INK if inside else FAINT, face(36))
    shown = list(names) if len(names) <= NAMES else [*names[: NAMES - 1], f"+{len(names) - NAMES + 1}"]
    for row, name in enumerate(shown):
        size, lines = fit(drawable(name) or "·", BOX - 20, LINE, largest=38, smallest=26)
        draw.text((left + 12, top + 60 + row * LINE), lines[0], RED, face(size))
