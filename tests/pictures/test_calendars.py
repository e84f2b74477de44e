"""The calendars: the month's check-ins with their stamps, and the weeks with names."""

import io
from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures import days
from bot.pictures.cards import calendar, checkins_calendar

CHINESE, ENGLISH = list("一二三四五六日"), ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
RED, GOLD = (0xB8, 0x23, 0x1F), (0xE3, 0xB5, 0x65)


def opened(file: bytes) -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    assert len(file) < 150_000
    with Image.open(io.BytesIO(file)) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 1080)
        return picture.convert("RGB")


def month(first: date, stamps: dict[int, tuple[str, bool]], today: int = 1, foot: str = "foot") -> Image.Image:
    """A month's check-ins."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    days = {first.replace(day=day): stamp for day, stamp in stamps.items()}
    return opened(checkins_calendar("2027年2月签到", CHINESE, first, last, first.replace(day=today), days, foot))


def box(picture: Image.Image, first: date, day: int) -> Image.Image:
    """One day's place in a month."""
    number = first.weekday() + day - 1
    left, top = days.EDGE + number % 7 * days.WIDE, days.HEAD + days.WEEKDAYS + number // 7 * days.WIDE
    return picture.crop((left, top, left + days.WIDE, top + days.WIDE))


@pytest.mark.parametrize(
    ("first", "weeks"),
    [(date(2027, 2, 1), 4), (date(2027, 8, 1), 6), (date(2027, 6, 1), 5), (date(2028, 2, 1), 5)],
)
def test_a_month_is_as_high_as_its_weeks(first: date, weeks: int) -> None:
    assert month(first, {}).height == days.HEAD + days.WEEKDAYS + weeks * days.WIDE + days.FOOT


def test_a_stamp_stands_on_its_day_and_a_prize_is_golden() -> None:
    first = date(2027, 8, 1)  # a Sunday
    picture = month(first, {1: ("+5", False), 2: ("+25", True), 31: ("+1,005", True)}, today=15)
    for day, colour in ((1, RED), (2, GOLD), (31, GOLD)):
        assert dict(map(reversed, box(picture, first, day).getcolors(1 << 16)))[colour] > 1000
    for day in (3, 14, 16, 30):
        assert not {RED, GOLD} & {colour for _, colour in box(picture, first, day).getcolors(1 << 16)}
    assert RED in {colour for _, colour in box(picture, first, 15).getcolors(1 << 16)}  # the frame of today
    before = picture.crop((0, days.HEAD + days.WEEKDAYS, days.EDGE + 6 * days.WIDE, days.HEAD + days.WEEKDAYS + 140))
    assert len(before.getcolors()) == 1  # the days of July are left out


def test_an_empty_month_and_empty_words_are_no_trouble() -> None:
    assert month(date(2027, 2, 1), {}, foot="").height == month(date(2027, 2, 1), {}, foot="🎂").height
    first = date(2027, 2, 1)
    opened(checkins_calendar("🎂", ["🎂"] * 7, first, first, first, {first: ("", True)}, "x" * 500))
    opened(calendar("", ["", *"🎂🎂🎂🎂🎂", ""], first, first, first, {first: ["", "🎂", "محمد"]}))


@settings(max_examples=25, deadline=None)
@given(first=st.dates(date(2020, 1, 1), date(2030, 1, 1)), length=st.integers(0, 60))
def test_every_day_of_the_weeks_has_its_box(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    boxes = dict(days._boxes(first, last, days.TALL))
    assert {first, last} <= set(boxes)
    assert (len(boxes) % 7, min(boxes).weekday(), max(boxes).weekday()) == (0, 0, 6)
    assert (first - min(boxes)).days < 7 > (max(boxes) - last).days
    assert max(place[2] for place in boxes.values()) == days.WIDTH - days.EDGE


def test_names_stay_in_their_boxes_and_more_are_counted() -> None:
    first = date(2027, 2, 1)
    names = {first: ["小美", "Alexandra Maximiliana", "M0042", "x", "龍" * 60]}
    picture = opened(calendar("Birthdays", ENGLISH, first, first + timedelta(days=29), first, names))
    assert picture.height == days.HEAD + days.WEEKDAYS + 5 * days.TALL + days.EDGE
    left, top = days.EDGE + days.WIDE, days.HEAD + days.WEEKDAYS
    beside = picture.crop((left + 6, top + 60, left + days.WIDE - 4, top + days.TALL - 4))
    assert len(beside.getcolors()) == 1


def test_the_same_days_give_the_same_calendar() -> None:
    first = date(2027, 2, 1)
    assert month(first, {1: ("+5", False)}).tobytes() == month(first, {1: ("+5", False)}).tobytes()
    assert month(first, {1: ("+5", False)}).tobytes() != month(first, {1: ("+5", True)}).tobytes()
