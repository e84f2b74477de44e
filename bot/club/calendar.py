"""When a yearly date is celebrated: the solar and the lunar calendar, for birthdays and anniversaries."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from lunar_python import LunarYear

Calendar = Literal["solar", "lunar"]
JULIAN_DAY_OF_ORDINAL_0 = 1721425


@dataclass(frozen=True, slots=True)
class YearlyDate:
    """A day that returns every year, such as 15 August or the first of the lunar leap month 6.

    `year` is the year of birth or of the first time where it is known, counted in the date's own calendar. Day 0 is a
    month as a whole, kept from its first day.
    """

    calendar: Calendar
    month: int
    day: int
    leap: bool = False
    year: int | None = None


def next_on(when: YearlyDate, after: date, *, leap_day_in_march: bool = False) -> date:
    """The first day from `after` on, itself included, on which a yearly date is celebrated."""
    year = celebration_year(when, after)
    day = celebrated(when, year, leap_day_in_march=leap_day_in_march)
    return day if day >= after else celebrated(when, year + 1, leap_day_in_march=leap_day_in_march)


def celebration_year(when: YearlyDate, on: date) -> int:
    """The year, in the date's own calendar, to which the day `on` belongs: what "once a year" means for it."""
    if when.calendar == "solar" or on >= lunar_months(on.year)[1, False][0]:
        return on.year
    return on.year - 1


def celebrated(when: YearlyDate, year: int, *, leap_day_in_march: bool = False) -> date:
    """The day on which a yearly date is celebrated in `year` of its own calendar.

    29 February is kept on the 28th in a common year, or on 1 March. A leap month that the lunar year lacks is the plain
    month, and day 30 of a month of 29 days is its last.
    """
    if when.calendar == "lunar":
        months = lunar_months(year)
        first, days = months.get((when.month, when.leap)) or months[when.month, False]
        return first + timedelta(days=min(when.day, days) - 1)
    if (when.month, when.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1) if leap_day_in_march else date(year, 2, 28)
    return date(year, when.month, when.day or 1)


@cache
def lunar_months(year: int) -> dict[tuple[int, bool], tuple[date, int]]:
    """The months of a lunar year, as (month, leap) → (its first day, its number of days).

    Computing a year takes 2 ms, so each is kept; from then on a date costs a look-up.
    """
    return {
        (abs(month.getMonth()), month.getMonth() < 0): (
            date.fromordinal(int(month.getFirstJulianDay()) - JULIAN_DAY_OF_ORDINAL_0),
            month.getDayCount(),
        )
        for month in LunarYear.fromYear(year).getMonths()
        if month.getYear() == year
    }
