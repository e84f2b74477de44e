"""When a yearly date is celebrated, rule by rule over 2026–2040 and day by day against a second calendar."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.club.calendar import YearlyDate, celebrated, celebration_year, lunar_months, next_on

YEARS = range(2026, 2041)
LEAP_MONTHS = {2028: 5, 2031: 3, 2033: 11, 2036: 6, 2039: 5}  # Purple Mountain Observatory's tables

solar_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: YearlyDate("solar", day.month, day.day))
lunar_days = st.builds(YearlyDate, st.just("lunar"), st.integers(1, 12), st.integers(1, 30), st.booleans())
mornings = st.dates(date(2026, 1, 1), date(2040, 12, 31))


def celebrations(when: YearlyDate, start: date, end: date) -> list[date]:
    """Every celebration from `start` to before `end`, each found from the day after the one before."""
    days = []
    day = next_on(when, start)
    while day < end:
        days.append(day)
        day = next_on(when, day + timedelta(days=1))
    return days


@pytest.mark.parametrize(
    ("when", "after", "on"),
    [
        (YearlyDate("solar", 8, 15), date(2027, 3, 5), date(2027, 8, 15)),
        (YearlyDate("solar", 8, 15), date(2027, 8, 15), date(2027, 8, 15)),
        (YearlyDate("solar", 8, 15), date(2027, 8, 16), date(2028, 8, 15)),
        (YearlyDate("solar", 1, 1), date(2027, 12, 31), date(2028, 1, 1)),
        (YearlyDate("lunar", 8, 15), date(2027, 1, 1), date(2027, 9, 15)),
        (YearlyDate("lunar", 8, 15), date(2027, 9, 16), date(2028, 10, 3)),
        (YearlyDate("lunar", 1, 1), date(2027, 2, 6), date(2027, 2, 6)),
        (YearlyDate("lunar", 1, 1), date(2027, 2, 7), date(2028, 1, 26)),
        (YearlyDate("lunar", 12, 30), date(2027, 1, 1), date(2027, 2, 5)),
        (YearlyDate("lunar", 12, 23), date(2027, 1, 31), date(2028, 1, 19)),
    ],
)
def test_the_next_day_is_found(when, after, on):
    assert next_on(when, after) == on


@pytest.mark.parametrize("year", YEARS)
def test_29_february_is_kept_in_common_years(year):
    born = YearlyDate("solar", 2, 29)
    leap = year in (2028, 2032, 2036, 2040)
    assert celebrated(born, year) == (date(year, 2, 29) if leap else date(year, 2, 28))
    assert celebrated(born, year, leap_day_in_march=True) == (date(year, 2, 29) if leap else date(year, 3, 1))


def test_1_march_is_a_setting_for_the_next_day_too():
    born = YearlyDate("solar", 2, 29)
    assert next_on(born, date(2027, 2, 28)) == date(2027, 2, 28)
    assert next_on(born, date(2027, 2, 28), leap_day_in_march=True) == date(2027, 3, 1)
    assert next_on(born, date(2027, 3, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize("year", YEARS)
def test_the_leap_months_are_those_of_the_observatory(year):
    assert [month for month, leap in lunar_months(year) if leap] == [m for y, m in LEAP_MONTHS.items() if y == year]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("month", sorted(set(LEAP_MONTHS.values())))
def test_a_leap_month_is_kept_in_the_plain_one_where_the_year_lacks_it(year, month):
    leap, plain = YearlyDate("lunar", month, 1, leap=True), YearlyDate("lunar", month, 1)
    if LEAP_MONTHS.get(year) == month:
        assert celebrated(leap, year) - celebrated(plain, year) in (timedelta(days=29), timedelta(days=30))
    else:
        assert celebrated(leap, year) == celebrated(plain, year)


@pytest.mark.parametrize(
    ("year", "month", "plain", "leap"),
    [
        (2028, 5, date(2028, 5, 24), date(2028, 6, 23)),
        (2031, 3, date(2031, 3, 23), date(2031, 4, 22)),
        (2033, 11, date(2033, 11, 22), date(2033, 12, 22)),
    ],
)
def test_a_year_with_both_months_keeps_each_birthday_in_its_own(year, month, plain, leap):
    assert celebrated(YearlyDate("lunar", month, 1), year) == plain
    assert celebrated(YearlyDate("lunar", month, 1, leap=True), year) == leap


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("month", range(1, 13))
def test_day_30_is_the_last_day_of_a_short_month(year, month):
    first, days = lunar_months(year)[month, False]
    assert days in (29, 30)
    assert celebrated(YearlyDate("lunar", month, 30), year) == first + timedelta(days=days - 1)


@pytest.mark.parametrize("year", YEARS)
def test_new_years_eve_is_the_day_before_new_year(year):
    eve = celebrated(YearlyDate("lunar", 12, 30), year)
    assert eve + timedelta(days=1) == celebrated(YearlyDate("lunar", 1, 1), year + 1)


@pytest.mark.parametrize(
    ("month", "day", "twice", "never"),
    [
        (11, 15, {2026}, set()),
        (11, 20, {2026, 2029, 2032, 2037, 2040}, {2028, 2031, 2036, 2039}),
        (12, 1, {2027, 2030, 2035, 2038}, {2028, 2031, 2036, 2039}),
        (12, 8, set(), set()),
    ],
)
def test_a_late_lunar_birthday_falls_in_a_solar_year_twice_or_not_at_all(month, day, twice, never):
    days = celebrations(YearlyDate("lunar", month, day), date(2026, 1, 1), date(2041, 1, 1))
    count = Counter(day.year for day in days)
    assert {year for year in YEARS if count[year] == 2} == twice
    assert {year for year in YEARS if count[year] == 0} == never
    assert max(count.values()) <= 2


@given(when=solar_days | lunar_days, start=mornings)
def test_every_year_of_its_own_calendar_has_one_celebration(when, start):
    days = celebrations(when, start, date(start.year + 6, start.month, 1))
    years = [celebration_year(when, day) for day in days]
    assert all(later == earlier + 1 for earlier, later in pairwise(years))
    assert all(celebrated(when, year) == day for year, day in zip(years, days, strict=True))


@given(when=solar_days | lunar_days, after=mornings)
def test_the_next_day_is_the_nearest(when, after):
    on = next_on(when, after)
    assert after <= on < after + timedelta(days=385)
    assert all(next_on(when, after + timedelta(days=days)) == on for days in range(0, (on - after).days, 30))


@pytest.mark.parametrize("year", YEARS)
def test_a_month_as_a_whole_is_kept_from_its_first_day(year):
    born = YearlyDate("solar", 5, 0)
    assert celebrated(born, year) == next_on(born, date(year, 5, 1)) == date(year, 5, 1)
    assert next_on(born, date(year, 5, 2)) == date(year + 1, 5, 1)


@pytest.mark.parametrize(("month", "year"), [(5, 2028), (3, 2031), (11, 2033)])
def test_a_birthday_of_a_plain_month_is_kept_once_in_a_year_with_both(month, year):
    days = celebrations(YearlyDate("lunar", month, 10), date(year - 1, 2, 20), date(year + 2, 2, 20))
    assert [celebration_year(YearlyDate("lunar", month, 10), day) for day in days] == [year - 1, year, year + 1]


def test_the_lunar_year_begins_at_spring_festival():
    when = YearlyDate("lunar", 12, 8)
    assert celebration_year(when, date(2027, 2, 5)) == 2026
    assert celebration_year(when, date(2027, 2, 6)) == 2027
    assert celebration_year(YearlyDate("solar", 1, 1), date(2027, 1, 1)) == 2027


def test_every_day_of_1901_to_2099_agrees_with_a_second_calendar():
    sxtwl = pytest.importorskip("sxtwl")
    differing = []
    for ordinal in range(date(1901, 1, 1).toordinal(), date(2100, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        lunar = sxtwl.fromSolar(day.year, day.month, day.day)
        when = YearlyDate("lunar", lunar.getLunarMonth(), lunar.getLunarDay(), lunar.isLunarLeap())
        year = lunar.getLunarYear()
        if (celebrated(when, year), celebration_year(when, day)) != (day, year):
            differing.append(day)
    # The new moon of that month falls within seconds of midnight; the Hong Kong Observatory leaves its day open too.
    assert differing == [date(2057, 9, 28) + timedelta(days=days) for days in range(29)]
