"""Dates as people write them: 8月15日, 农历八月十五, 15 Aug 1990, 民國79年3月5日, 除夕.

A text is tidied, the name of its calendar is taken out, a year is taken off either end, and what is left must be a day
in figures, in Chinese, in English or by the name of its festival. A text longer than a line is not looked at, so that
none is slow.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Literal

from bot.club.calendar import Calendar, YearlyDate, celebrated, lunar_months

LONGEST = 60  # characters
OLDEST = 120  # years

Order = Literal["month first", "day first"]

# NFKC narrows full-width characters; these are the others that mean the same. Gaps are spaces, marks, dashes and emoji.
SAME = str.maketrans("農曆歷陰陽舊閏臘國號節慶誕聖兒〇零卄", "农历历阴阳旧闰腊国号节庆诞圣儿00廿")
GAP = re.compile(r"[\s./,、。·:'!()\[\]~_\u2010-\u2015\u2212\u2600-\u27bf\u200d\ufe0f\U0001f000-\U0001faff-]+")
CHINESE_GAP = re.compile("-?([\u4e00-\u9fff])-?")
LUNAR = re.compile("农历?|阴历?|[旧夏古]历|lunar")
TAIWAN = re.compile("民国")
SOLAR = re.compile("[公新国西]历|[公西]元|(?<![重端])阳历?|solar")
BEFORE = re.compile("^(?:我的?|生日|是|在|my-|birthday-|i-was-|born-|it-s-|is-|on-|the-)+")
AFTER = re.compile("(?:的|生日|出生|生)+$")

# What follows sees tidied text. N are the figures, Latin and Chinese.
N = "0-9一二三四五六七八九十百廿卅"
YEAR = re.compile("(?:19|20)[0-9]{2}")
YEAR_FIRST = re.compile(f"(?P<year>[{N}]{{1,7}}(?=年)|[0-9]{{2,3}}(?=-)|[0-9]{{4}})年?-?(?P<day>.+)")
YEAR_LAST = re.compile("(?P<day>.+?)-?(?P<year>(?<=-)(?<![0-9]{4}-)[0-9]{2}|[0-9]{4})年?")
MONTH = re.compile(f"(?P<month>[{N}]{{1,2}}|[a-z]{{3,9}})月?")

FIGURES = re.compile("(?P<leap>闰?)(?:([0-9]{1,2})-([0-9]{1,2})|([0-9]{2})([0-9]{2}))")
CHINESE = re.compile(f"(?P<leap>闰?)(?P<month>[正元冬腊]|[{N}]{{1,2}})月(?P<day>初?[{N}]{{1,3}})(?P<unit>[日号]?)")
ENGLISH = (
    re.compile("(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?-?(?:of-)?(?P<month>[a-z]{3,9})"),
    re.compile("(?P<month>[a-z]{3,9})-?(?:the-)?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"),
)
ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
CHINESE_MONTHS = {"正": 1, "元": 1, "冬": 11, "腊": 12}
CHINESE_FIGURES = str.maketrans("一二三四五六七八九", "123456789")
FESTIVALS = {
    "春节": YearlyDate("lunar", 1, 1),
    "元宵": YearlyDate("lunar", 1, 15),
    "端午": YearlyDate("lunar", 5, 5),
    "端阳": YearlyDate("lunar", 5, 5),
    "七夕": YearlyDate("lunar", 7, 7),
    "中元": YearlyDate("lunar", 7, 15),
    "中秋": YearlyDate("lunar", 8, 15),
    "重阳": YearlyDate("lunar", 9, 9),
    "腊八": YearlyDate("lunar", 12, 8),
    "除夕": YearlyDate("lunar", 12, 30),
    "大年三十": YearlyDate("lunar", 12, 30),
    "年三十": YearlyDate("lunar", 12, 30),
    "元旦": YearlyDate("solar", 1, 1),
    "五一": YearlyDate("solar", 5, 1),
    "六一": YearlyDate("solar", 6, 1),
    "国庆": YearlyDate("solar", 10, 1),
    "圣诞": YearlyDate("solar", 12, 25),
    "christmas": YearlyDate("solar", 12, 25),
}
FESTIVAL = re.compile(f"(?P<date>.*?)-?(?P<name>{'|'.join(FESTIVALS)})节?")


class Wrong(StrEnum):
    """What is wrong with a text that should have been a date."""

    NO_DATE = "no date"
    NO_SUCH_DAY = "no such day"
    FUTURE = "in the future"
    TOO_LONG_AGO = "too long ago"


class UnreadableDate(ValueError):
    """No date in anybody's life; `wrong` says why."""

    def __init__(self, wrong: Wrong) -> None:
        """Refuse a text for what is wrong with it."""
        super().__init__(wrong)
        self.wrong = wrong


def read_date(text: str, *, today: date, order: Order) -> tuple[YearlyDate, ...]:
    """What a member may mean by a date: one reading, or several to ask back, the likeliest first.

    `order` is how their language writes 03/04. Raises UnreadableDate.
    """
    plain, calendar, taiwan = _tidy(text)
    either_way = (True, False) if order == "month first" else (False, True)
    days = (
        replace(when, year=_full_year(year, taiwan, today))
        for year, day, in_front in _without_year(plain)
        for when in _days(day, calendar, (True,) if in_front else either_way)
    )
    return _possible(days, today)


def read_month(text: str, *, today: date) -> YearlyDate:
    """A month such as 2024-05, 2024年5月, May 2024 or 5月 as a date with day 0, which is enough for a child.

    Raises UnreadableDate.
    """
    plain, _, taiwan = _tidy(text)
    months = (
        YearlyDate("solar", month, 1, year=_full_year(year, taiwan, today))
        for year, rest, _ in _without_year(plain)
        if (len(year) > 2 or "年" in plain if year else _names_month(rest))  # 05/06 alone is rather a day
        if (found := MONTH.fullmatch(rest)) and (month := _month(found["month"]))
    )
    return replace(_possible(months, today)[0], day=0)


def _names_month(text: str) -> bool:
    """Whether a text without a year says that it is a month, as 5月 and May do."""
    return text.endswith("月") or (text.isascii() and text.isalpha())


def _tidy(text: str) -> tuple[str, Calendar | None, bool]:
    """The text in few characters, `-` for every gap; the calendar it names; whether it counts years as Taiwan does."""
    if len(text) > LONGEST:
        raise UnreadableDate(Wrong.NO_DATE)
    text = unicodedata.normalize("NFKC", text).casefold().translate(SAME)
    text, lunar = LUNAR.subn(" ", text)
    text, solar = SOLAR.subn(" ", text)
    text, taiwan = TAIWAN.subn(" ", text)
    text = CHINESE_GAP.sub(r"\1", GAP.sub("-", text.replace("leap", "闰"))).strip("-")
    text = AFTER.sub("", BEFORE.sub("", text, count=1))
    text = re.sub("大?年(?=初)", "正月", text)
    return text, "lunar" if lunar else "solar" if solar else None, taiwan > 0


def _without_year(text: str) -> Iterator[tuple[str | None, str, bool]]:
    """The ways to take a year off a text: (year or None, the rest, whether the year stood first)."""
    if not YEAR.fullmatch(text):
        yield None, text, False
    if first := YEAR_FIRST.fullmatch(text):
        yield first["year"], first["day"], True
    if last := YEAR_LAST.fullmatch(text):
        yield last["year"], last["day"], False


def _days(text: str, calendar: Calendar | None, orders: tuple[bool, ...]) -> Iterator[YearlyDate]:
    """The readings of a day without a year, in `calendar` if one was named; `orders`: whether the month may lead."""
    if found := FESTIVAL.fullmatch(text):
        written = tuple(_days(found["date"], calendar, orders))
        yield from _festival(FESTIVALS[found["name"]], written, alone=not found["date"])
    elif found := FIGURES.fullmatch(text):
        leap = bool(found["leap"])
        left, right = (int(figures) for figures in found.groups()[1:] if figures)
        for month_first in (True,) if leap or calendar == "lunar" else orders:
            month, day = (left, right) if month_first else (right, left)
            yield YearlyDate("lunar" if leap else calendar or "solar", month, day, leap)
    elif found := CHINESE.fullmatch(text):
        for reckoning in _reckonings(found, calendar):
            day = _number(found["day"].removeprefix("初"))
            yield YearlyDate(reckoning, _month(found["month"]), day, bool(found["leap"]))
    elif (found := ENGLISH[0].fullmatch(text) or ENGLISH[1].fullmatch(text)) and (month := _month(found["month"])):
        yield YearlyDate(calendar or "solar", month, int(found["day"]))


def _festival(festival: YearlyDate, written: tuple[YearlyDate, ...], *, alone: bool) -> tuple[YearlyDate, ...]:
    """The festival where it stands alone or beside its own date, else the date that was written beside it."""
    agrees = any((when.month, when.day) == (festival.month, festival.day) for when in written)
    return (festival,) if alone or agrees else written


def _reckonings(found: re.Match[str], calendar: Calendar | None) -> tuple[Calendar, ...]:
    """The calendars that a day in Chinese may belong to."""
    if found["leap"]:
        return ("lunar",)
    if calendar:
        return (calendar,)
    old_figures = found["day"][0] in "廿卅"
    if found["month"] in "正冬腊" or found["day"][0] == "初" or (old_figures and not found["unit"]):
        return ("lunar",)
    if found["day"].isdecimal() or (found["unit"] and not old_figures):
        return ("solar",)
    return ("lunar", "solar")


def _month(text: str) -> int:
    """The number of a month, 0 where it is none."""
    if text.isascii() and text.isalpha():
        return next((n for n, name in enumerate(ENGLISH_MONTHS, 1) if name.startswith(text)), 0)
    return CHINESE_MONTHS.get(text) or _number(text)


def _number(text: str) -> int:
    """A number in Latin or Chinese figures, as 十五, 廿三, 一百一十三, 一九九0."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    for unit, value in (("百", 100), ("十", 10)):
        if unit in text:
            many, _, rest = text.partition(unit)
            return _number(many or "一") * value + _number(rest or "0")
    return int(text.translate(CHINESE_FIGURES))


def _full_year(text: str | None, taiwan: bool, today: date) -> int | None:
    """The year that is meant: 90 is the last one that ended so, and three figures count from 1911, as Taiwan does."""
    if text is None:
        return None
    year = _number(text)
    if taiwan or 100 <= year < 200:
        return year + 1911
    if year >= 100:
        return year
    this_century = today.year // 100 * 100 + year
    return this_century if this_century <= today.year else this_century - 100


def _possible(candidates: Iterable[YearlyDate], today: date) -> tuple[YearlyDate, ...]:
    """The candidates that are days of somebody's life. If none is, raises what is wrong with the first."""
    judged = {when: _wrong(when, today) for when in candidates}
    if good := tuple(when for when, wrong in judged.items() if wrong is None):
        return good
    raise UnreadableDate(next((wrong for wrong in judged.values() if wrong), Wrong.NO_DATE))


def _wrong(when: YearlyDate, today: date) -> Wrong | None:
    if when.year and when.year > today.year:
        return Wrong.FUTURE
    if when.year and when.year < today.year - OLDEST:
        return Wrong.TOO_LONG_AGO
    if not _exists(when):
        return Wrong.NO_SUCH_DAY
    return Wrong.FUTURE if when.year and celebrated(when, when.year) > today else None


def _exists(when: YearlyDate) -> bool:
    """Whether there is such a day. Lunar day 30 passes in every month: 除夕 is written so even where it is the 29th."""
    if when.calendar == "lunar":
        leap_month_missing = when.leap and when.year and (when.month, True) not in lunar_months(when.year)
        return 1 <= when.month <= 12 and 1 <= when.day <= 30 and not leap_month_missing
    try:
        date(when.year or 2000, when.month, when.day)  # 29 February without a year is a date
    except ValueError:
        return False
    return True
