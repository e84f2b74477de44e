"""Times as owners write them in a command: now, 30m, 2h, 3d, 18:00, tomorrow 9:00, 2027-03-05T09:00."""

import re
from datetime import UTC, date, datetime, time, timedelta

from bot.club.errors import BadTime
from bot.club.rules import Shop

_UNITS = {
    "d": "days",
    "天": "days",
    "h": "hours",
    "小时": "hours",
    "小時": "hours",
    "m": "minutes",
    "分钟": "minutes",
    "分鐘": "minutes",
}
_DAYS = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2, "後天": 2}


def read_when(text: str, shop: Shop, *, now: datetime, ends: datetime | None = None) -> datetime:
    """The instant that is meant. An hour alone is the next such hour.

    `ends`: it ends what begins then: a length such as `2d` counts from there, and a day alone is meant whole.
    Raises BadTime.
    """
    words = text.strip().lower().replace("：", ":")
    if words in ("now", "现在", "現在"):
        return now
    if found := re.fullmatch(r"(\d{1,3})\s?(\D{1,2})", words):
        if unit := _UNITS.get(found[2]):
            return (ends or now) + timedelta(**{unit: int(found[1])})
    elif words in _DAYS:
        return _whole(shop.day(now) + timedelta(days=_DAYS[words]), shop, ends)
    elif found := re.fullmatch(rf"(?:({'|'.join(_DAYS)})\s?)?(\d{{1,2}}:\d{{2}})", words):
        return _at_hour(found[1], found[2], shop, now, text)
    elif found := re.fullmatch(r"(\d{4}-\d{1,2}-\d{1,2})(?:[t\s]+(\d{1,2}:\d{2}))?", words):
        day = _day(found[1], text)
        return shop.at(day, _hour(found[2], text)) if found[2] else _whole(day, shop, ends)
    raise BadTime(when=text[:40])


def _whole(day: date, shop: Shop, ends: datetime | None) -> datetime:
    """A day without an hour: its end where something ends with it, else its beginning."""
    return shop.end_of(day) if ends else shop.at(day, time(0))


def _at_hour(day: str | None, hour: str, shop: Shop, now: datetime, text: str) -> datetime:
    today = shop.day(now)
    at = shop.at(today + timedelta(days=_DAYS.get(day or "", 0)), _hour(hour, text))
    return at if day or at > now else shop.at(today + timedelta(days=1), _hour(hour, text))


def _hour(text: str, whole: str) -> time:
    hour, minute = map(int, text.split(":"))
    if hour > 23 or minute > 59:
        raise BadTime(when=whole[:40])
    return time(hour, minute)


def _day(text: str, whole: str) -> date:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadTime(when=whole[:40]) from None
    if not 2000 <= day.year < 3000:
        raise BadTime(when=whole[:40])
    return day
