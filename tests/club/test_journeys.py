"""The journeys that ship, as they are written; and when a step is due."""

import string
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.club import audiences, edits, journeys
from bot.club.journeys import Journey, Step
from bot.club.letters import KINDS
from bot.club.offers import Offer
from bot.club.rules import Shop

SHANGHAI, NEW_YORK = Shop(zone=ZoneInfo("Asia/Shanghai")), Shop(zone=ZoneInfo("America/New_York"))
WORDS = {"zh_CN": "好", "zh_TW": "好", "en": "Good"}
PLACES = set(edits.PLACES)


def step(**about: object) -> Step:
    """A step that says something."""
    return Step.model_validate({"name": "one", "text": WORDS} | about)


def at(shop: Shop, *moment: int) -> datetime:
    """An instant in a shop's time."""
    return datetime(*moment, tzinfo=shop.zone).astimezone(UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize("name", journeys.shipped())
def test_what_ships_can_be_sent(name: str) -> None:
    journey = journeys.shipped()[name]
    assert len({each.name for each in journey.steps}) == len(journey.steps)
    for each in journey.steps:
        assert each.letter in KINDS
        for text in each.text.values():
            used = {place for _, place, _, _ in string.Formatter().parse(text) if place is not None}
            assert used <= PLACES
            assert ("coupon" in used) == bool(each.offer)
        assert not each.offer or Offer.read(each.offer)
        for asked in filter(None, (each.only, journey.audience)):
            audiences.read(asked, SHANGHAI, now=at(SHANGHAI, 2027, 2, 10))


@pytest.mark.parametrize(
    ("about", "began", "due"),
    [
        ({"minutes": 10}, (2027, 2, 10, 23, 55), (2027, 2, 11, 0, 5)),
        ({"day": 1}, (2027, 2, 10, 23, 59), (2027, 2, 11, 9, 30)),
        ({"day": 1}, (2027, 2, 10, 0, 1), (2027, 2, 11, 9, 30)),
        ({"day": 2, "at": time(18)}, (2027, 2, 10, 10), (2027, 2, 12, 18)),
        ({"day": 2, "weekday": "sunday"}, (2027, 2, 10, 10), (2027, 2, 14, 9, 30)),
        ({"day": 4, "weekday": "sunday"}, (2027, 2, 10, 10), (2027, 2, 14, 9, 30)),
        ({"day": 5, "weekday": "sunday"}, (2027, 2, 10, 10), (2027, 2, 21, 9, 30)),
    ],
)
def test_a_step_is_due_on_its_shop_day(about: dict[str, object], began: tuple[int, ...], due: tuple[int, ...]) -> None:
    assert step(**about).due(at(SHANGHAI, *began), SHANGHAI) == at(SHANGHAI, *due)


def test_the_hour_stays_where_the_clocks_are_changed() -> None:
    for began, day in (((2027, 3, 13, 10), 14), ((2027, 11, 6, 10), 7)):
        due = step(day=1).due(at(NEW_YORK, *began), NEW_YORK)
        assert due == at(NEW_YORK, 2027, began[1], day, 9, 30)


def test_a_year_of_days_has_each_step_once_and_in_order() -> None:
    for shop in (SHANGHAI, NEW_YORK):
        began = at(shop, 2027, 1, 1, 23, 30)
        days = [step(day=day).due(began, shop).astimezone(shop.zone).date() for day in range(1, 400)]
        assert days == [date(2027, 1, 1) + timedelta(days=day) for day in range(1, 400)]


def test_put_off_it_is_later_by_days() -> None:
    began = at(SHANGHAI, 2027, 2, 10, 10)
    assert step(day=-3).due(began, SHANGHAI, 30) == at(SHANGHAI, 2027, 3, 9, 9, 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": "join", "again": "sometimes"},
        {"begins": "join", "goal": "happiness"},
        {"begins": "join", "steps": []},
        {"begins": "join", "colour": "red"},
        {"begins": "join", "title": {"en": "Only English"}},
    ],
)
def test_a_file_with_a_slip_is_refused_whole(wrong: dict[str, object]) -> None:
    whole = {"title": WORDS, "about": WORDS, "steps": [{"name": "one", "text": WORDS}]}
    with pytest.raises(ValidationError):
        Journey.model_validate(whole | wrong)
