"""The calendar over years: each job once a day, each letter once a year in its window, whatever befalls the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.club import occasions
from bot.club.rules import Shop
from tests.faults.conftest import DEEP, say
from tests.faults.years import Years, troubled

ZONES = (
    "America/New_York",
    "Asia/Shanghai",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Pacific/Kiritimati",  # fourteen hours ahead
    "Pacific/Niue",  # eleven behind
)
FIRST = date(2026, 1, 1) if DEEP else date(2028, 1, 1)
TIMES = tuple(time(hour, 30) for hour in (range(24) if DEEP else (9, 20)))


def lived(zone: ZoneInfo, first: date, last: date) -> Years:
    """A club that lived from one day to another."""
    years = Years(zone, datetime.combine(first, time(0), UTC))
    years.live(troubled(zone, first, last, TIMES))
    return years


@pytest.mark.parametrize("zone", ZONES if DEEP else ZONES[:1])
def test_each_letter_comes_once_a_year_and_in_its_window(zone: str) -> None:
    years = lived(ZoneInfo(zone), FIRST, date(2028, 12, 31))
    say(f"{zone}: {len(years.lived)} instants, {len(years.sent)} letters")
    assert list(years.wrong()) == []
    assert len({number for kind, number, _at in years.sent if kind == "birthday"}) >= 9  # of 11


def test_the_years_catch_a_greeting_that_comes_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occasions, "LATE", timedelta(days=30))
    years = lived(ZoneInfo("Asia/Shanghai"), date(2028, 2, 1), date(2028, 3, 24))
    assert any(wrong.startswith("birthday for") for wrong in years.wrong())


def test_the_years_catch_a_day_that_is_not_the_shops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shop, "day", lambda _shop, now: now.astimezone(UTC).date())
    years = lived(ZoneInfo("America/New_York"), date(2028, 2, 1), date(2028, 2, 9))
    assert "a job did not run once for each local date" in list(years.wrong())
