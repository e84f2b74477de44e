"""Days as tables hold them: 2027-03-05, 2027/3/5 9:30, 2027年3月5日, 20270305, 5 Mar 2027."""

import re
import unicodedata
from datetime import date, time

from bot.club.dates import ENGLISH_MONTHS
from bot.club.errors import ClubError
from bot.i18n import N_

CLOCK = re.compile(r"\s*(?:T|\s)\s*(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:\s*Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
FIGURES = re.compile(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))")
WORDS = re.compile(r"(\d{1,2})[\s-]([a-z]{3,9})\.?[\s-](\d{4})|([a-z]{3,9})\.? (\d{1,2}),? (\d{4})")
EARLIEST = 1900


class BadDay(ClubError):
    """A cell that is no day with its year."""

    says = N_("I could not read that as a day. Please write it like 2027-03-05.")


def read(text: str) -> tuple[date, time | None]:
    """A day, and the hour where one is told. Raises BadDay."""
    plain, hour = " ".join(unicodedata.normalize("NFKC", text).casefold().split()), None
    if clock := CLOCK.search(plain):
        plain, hour = plain[: clock.start()].strip(), clock
    try:
        return _day(plain), time(int(hour[1]), int(hour[2])) if hour else None
    except ValueError:
        raise BadDay from None


def _day(text: str) -> date:
    if found := FIGURES.fullmatch(text):
        year, *rest = (int(part) for part in found.groups() if part)
    elif found := WORDS.fullmatch(text):
        day, month, told = found.groups()[:3] if found[1] else (found[5], found[4], found[6])
        year, rest = int(told), [_month(month), int(day)]
    else:
        raise ValueError(text)
    if year < EARLIEST:
        raise ValueError(text)
    return date(year, *rest)


def _month(name: str) -> int:
    return next((n for n, month in enumerate(ENGLISH_MONTHS, 1) if month.startswith(name)), 0)
