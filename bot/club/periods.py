"""The times that a report tells of, in shop-days: one, and the one before that it is compared with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.club.rules import Shop

WEEK, THIRTY, MONTH, WHOLE = "7d", "30d", "month", "whole"
NAMES = (WEEK, THIRTY, MONTH)  # that can be asked for
DAYS = {WEEK: 7, THIRTY: 30}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included, and the same of the time before. `name`: as it is asked for."""

    name: str
    first: date
    last: date
    first_before: date
    last_before: date

    def begins(self, shop: Shop) -> datetime:
        """The instant at which it begins."""
        return shop.at(self.first, time(0))

    def ends(self, shop: Shop) -> datetime:
        """The instant at which it ends."""
        return shop.end_of(self.last)

    def before(self, shop: Shop) -> tuple[datetime, datetime]:
        """When the time before begins and ends."""
        return shop.at(self.first_before, time(0)), shop.end_of(self.last_before)


def until(today: date, name: str) -> Period:
    """The period of a name up to today. This month is compared with as many days of the month before."""
    if name == MONTH:
        first = today.replace(day=1)
        end = first - DAY
        first_before = end.replace(day=1)
        return Period(name, first, today, first_before, min(end, first_before + (today - first)))
    days = timedelta(days=DAYS[name])
    first = today - days + DAY
    return Period(name, first, today, first - days, first - DAY)


def month_before(today: date) -> Period:
    """The whole month before a day's, compared with the one before that."""
    last = today.replace(day=1) - DAY
    first = last.replace(day=1)
    return Period(WHOLE, first, last, (first - DAY).replace(day=1), first - DAY)
