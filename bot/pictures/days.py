"""Weeks as a calendar: a title, the days in rows of seven, and in each day's box names, or a stamp."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from PIL import Image, ImageDraw

from bot.pictures.paper import (
    CREAM,
    DEEP_RED,
    FAINT,
    FULL,
    GOLD,
    HEAD,
    INK,
    LINES,
    PALE_GOLD,
    PAPER,
    RED,
    Box,
    disc,
    headed,
    mixed,
    plate,
    png,
    star,
    words,
)
from bot.pictures.text import drawable, face, fit

WIDTH, EDGE = 1080, 43
WEEKDAYS, FOOT = 72, 96
WIDE = (WIDTH - 2 * EDGE) // 7
TALL = 196  # a box with names; one with a stamp is square
NAMES = 3  # in a box; more are counted
LINE = 44

Stamp = tuple[str, bool]  # its words; whether it is a prize


def calendar(
    title: str, weekdays: Sequence[str], first: date, last: date, today: date, marks: Mapping[date, Sequence[str]]
) -> bytes:
    """The weeks that hold `first` to `last`, as a PNG. `weekdays` are the names of Monday to Sunday."""
    picture, draw = _sheet(title, weekdays, _weeks(first, last) * TALL + EDGE)
    for day, box in _boxes(first, last, TALL):
        _names(draw, box, day, marks.get(day, ()), inside=first <= day <= last, today=day == today)
    return png(picture)


def stamped(
    title: str, weekdays: Sequence[str], first: date, last: date, today: date, stamps: Mapping[date, Stamp], foot: str
) -> bytes:
    """The days from `first` to `last` with a stamp on some, and a line below, as a PNG."""
    picture, draw = _sheet(title, weekdays, _weeks(first, last) * WIDE + FOOT)
    for day, box in _boxes(first, last, WIDE):
        if first <= day <= last:
            _day(picture, draw, box, day, stamps.get(day), today)
    words(draw, foot, (EDGE, picture.height - FOOT, WIDTH - EDGE, picture.height), INK, 40, align="m")
    return png(picture)


def _sheet(title: str, weekdays: Sequence[str], body: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Paper with its head, and room below it."""
    picture, draw = headed(title, WIDTH, HEAD + WEEKDAYS + body)
    for column, weekday in enumerate(weekdays):
        left = EDGE + column * WIDE
        place = (left, HEAD, left + WIDE, HEAD + WEEKDAYS)
        words(draw, weekday, place, FAINT if column < 5 else RED, 36, align="m")
    return picture, draw


def _weeks(first: date, last: date) -> int:
    return (last - first).days // 7 + 1 + (last.weekday() < first.weekday())


def _boxes(first: date, last: date, tall: int) -> Iterator[tuple[date, Box]]:
    """Every day of the weeks, with its place."""
    monday = first - timedelta(days=first.weekday())
    for number in range(_weeks(first, last) * 7):
        left, top = EDGE + number % 7 * WIDE, HEAD + WEEKDAYS + number // 7 * tall
        yield monday + timedelta(days=number), (left, top, left + WIDE, top + tall)


def _names(draw: ImageDraw.ImageDraw, box: Box, day: date, names: Sequence[str], *, inside: bool, today: bool) -> None:
    """A day: its number, and the names below it."""
    left, top, _, _ = box
    draw.rectangle(box, FULL if names else PAPER, RED if today else LINES, 4 if today else 2)
    number = f"{day.month}/{day.day}" if day.day == 1 else str(day.day)
    draw.text((left + 12, top + 10), number, INK if inside else FAINT, face(36))
    shown = list(names) if len(names) <= NAMES else [*names[: NAMES - 1], f"+{len(names) - NAMES + 1}"]
    for row, name in enumerate(shown):
        size, lines = fit(drawable(name) or "·", WIDE - 20, LINE, largest=38, smallest=26)
        draw.text((left + 12, top + 60 + row * LINE), lines[0], RED, face(size))


def _day(
    picture: Image.Image, draw: ImageDraw.ImageDraw, box: Box, day: date, stamp: Stamp | None, today: date
) -> None:
    """A day: its number alone, or small over a stamp; today is framed."""
    left, top, right, bottom = box
    inner = (left + 4, top + 4, right - 4, bottom - 4)
    if day == today:
        plate(picture, inner, RED, 20)
        inner = (left + 8, top + 8, right - 8, bottom - 8)
    plate(picture, inner, FULL if stamp else PAPER if day == today else mixed(PAPER, LINES, 0.3), 16)
    if stamp:
        text, prize = stamp
        words(draw, str(day.day), (left + 8, top + 8, right - 8, top + 44), INK, 28, align="m")
        _seal(picture, draw, text, (left + right) // 2, top + 88, prize)
    else:
        words(draw, str(day.day), box, INK if day >= today else FAINT, 44, align="m")


def _seal(picture: Image.Image, draw: ImageDraw.ImageDraw, text: str, x: int, y: int, prize: bool) -> None:
    """A round stamp with its words; a prize is golden and has a star."""
    colour, ink = (GOLD, DEEP_RED) if prize else (RED, CREAM)
    for radius, fill in ((42, colour), (38, PALE_GOLD), (36, colour)):
        disc(picture, x, y, radius, fill)
    if prize:
        star(picture, x, y - 20, 11, ink)
    words(draw, text, (x - 32, y - 24 + 10 * prize, x + 32, y + 24 + 10 * prize), ink, 36, smallest=16, align="m")
