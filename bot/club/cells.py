"""How the cells of a list are read: each field's reader makes what is kept of a text, or refuses it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bot.club import amounts, days, notes, products, profile, purchases
from bot.club.amounts import BadMoney
from bot.club.calendar import YearlyDate
from bot.club.dates import UnreadableDate, Wrong, read_date
from bot.club.errors import BadDate, ClubError, FutureBirth, NoSuchDay, TooLong
from bot.club.names import narrow
from bot.club.products import BadProduct
from bot.club.purchases import PIECES, BadQuantity, FuturePurchase
from bot.club.rules import Shop
from bot.i18n import N_

MOST_POINTS = 10_000_000
NAME, REASON, AGREED, KEY = 60, 200, 200, 100  # characters
NOON = time(12)
QUOTED = re.compile(r"'(?=[=+@\t\r-])")  # our export puts it before what a spreadsheet would take for a formula
BLANK = ("", "-", "--", "—", "/", "无", "無", "空", "null", "none", "n/a", "na", "nil")
FOR_EVER = ("never", "forever", "永久", "永久有效", "长期", "長期", "长期有效", "長期有效")
ZERO = re.compile(r"0+(\.0+)?")
WHOLE = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?")
ACCOUNT = re.compile(r"([a-z]{2,20}):([0-9]{1,18})")
HALF_READ = re.compile(r"(?<=\d)\.0+$")  # what a spreadsheet makes of a number that it took for an amount


class BadBalance(ClubError):
    """Points of a list in no whole number in bounds."""

    says = N_("Points are a whole number from 0 to {limit}.")


class EitherDay(ClubError):
    """A birthday that may be of two calendars, or of two months."""

    says = N_("That could be two different days. Please write it like 1990-08-15, or 农历八月十五 for a lunar one.")


class PointsOver(ClubError):
    """Points that were good until a day of the past."""

    says = N_("These points were good until {day}, which is over. Leave them out, or change the day.")


class DayAhead(ClubError):
    """A day that should have been, and is still to come."""

    says = N_("That day is still to come.")


class NotOurNumber(ClubError):
    """A member number of another system."""

    says = N_("“{value}” is no number of this club, which are like M0042. Another system's column is better taken out.")


class BadAccount(ClubError):
    """An account that no platform tells so."""

    says = N_("An account is written like telegram:7001.")


@dataclass(frozen=True, slots=True)
class At:
    """Where and when a list is read."""

    shop: Shop
    now: datetime

    @property
    def today(self) -> date:
        """The shop-day."""
        return self.shop.day(self.now)


def bare(cell: str) -> str:
    """A cell as it was meant: without the apostrophe of our own export, and empty where it only says so."""
    text = QUOTED.sub("", cell.strip(), count=1) if cell.lstrip().startswith("'") else cell.strip()
    return "" if text.casefold() in BLANK else text


def _short(limit: int) -> Callable[[str, At], str]:
    def read(text: str, _: At) -> str:
        text = " ".join(text.split())
        if len(text) > limit:
            raise TooLong(limit=limit)
        return text

    return read


def _number(text: str, _: At) -> int:
    found = re.fullmatch(r"[mM]?0*([0-9]{1,9})", narrow(text))
    if not (found and narrow(text)[:1] in "mM" and int(found[1])):
        raise NotOurNumber(value=text[:20])
    return int(found[1])


def _account(text: str, _: At) -> str:
    if not ACCOUNT.fullmatch(text.lower()):
        raise BadAccount
    return text.lower()


def _told(name: str) -> Callable[[str, At], str]:
    def read(text: str, at: At) -> str:
        return profile.FIELDS[name].read(HALF_READ.sub("", text), at.shop)

    return read


def _birthday(text: str, at: At) -> list[Any]:
    day = re.sub(r"\s+0?0:00(:00)?$", "", text)
    try:
        readings = read_date(day, today=at.today, order="month first")
    except UnreadableDate as error:
        refusals: dict[Wrong, type[ClubError]] = {
            Wrong.NO_SUCH_DAY: NoSuchDay,
            Wrong.FUTURE: FutureBirth,
            Wrong.TOO_LONG_AGO: FutureBirth,
        }
        raise refusals.get(error.wrong, BadDate) from None
    alike = len({when.calendar for when in readings}) == 1
    month_first = "-" in day or at.shop.locale.startswith("zh")  # elsewhere 3/4 may be either
    if len(readings) > 1 and not (alike and month_first):
        raise EitherDay
    when: YearlyDate = readings[0]
    return [when.calendar, when.month, when.day, when.leap, when.year]


def _points(text: str, _: At) -> int:
    found = WHOLE.fullmatch(narrow(text))
    if found is None or int(found[1].replace(",", "")) > MOST_POINTS:
        raise BadBalance(limit=MOST_POINTS)
    return int(found[1].replace(",", ""))


def _expires(text: str, at: At) -> str | None:
    if text.casefold() in FOR_EVER:
        return None
    day, _hour = days.read(text)
    return day.isoformat() if day >= at.today else f"<{day.isoformat()}"  # over: only an error where points are


def _past(text: str, at: At) -> str:
    day, _hour = days.read(text)
    if day > at.today:
        raise DayAhead
    return day.isoformat()


def _moment(text: str, at: At) -> str:
    day, hour = days.read(text)
    when = at.shop.at(day, hour or NOON)
    if when > at.now:
        if day > at.today or hour:
            raise FuturePurchase
        when = at.now
    return when.isoformat()


def _tags(text: str, _: At) -> list[str]:
    tags = sorted({notes.tidy(tag) for tag in re.split(r"[,，、;；|]", text)} - {""})
    if any(len(tag) > notes.TAG for tag in tags):
        raise TooLong(limit=notes.TAG)
    return tags[: notes.TAGS_EACH]


def _money(text: str, at: At) -> int:
    plain = narrow(text)
    return 0 if ZERO.fullmatch(plain) else amounts.read(re.sub(r"(\.[0-9]{2})0+$", r"\1", plain), at.shop)


def _sum(text: str, at: At) -> int:
    amount = _money(text, at)
    if not amount:
        raise BadMoney
    return amount


def _product(text: str, _: At) -> str:
    text = " ".join(text.split())
    if not 1 <= len(text) <= products.NAME:
        raise BadProduct(limit=products.NAME)
    return text


def _quantity(text: str, _: At) -> int:
    found = WHOLE.fullmatch(narrow(text))
    if found is None or not 1 <= int(found[1].replace(",", "")) <= PIECES:
        raise BadQuantity(limit=PIECES)
    return int(found[1])


READERS: dict[str, Callable[[str, At], Any]] = {
    "number": _number,
    "account": _account,
    "name": _short(NAME),
    "phone": _told("phone"),
    "email": _told("email"),
    "region": _told("region"),
    "qq": _told("qq"),
    "wechat": _told("wechat"),
    "birthday": _birthday,
    "points": _points,
    "expires": _expires,
    "tags": _tags,
    "note": _short(notes.NOTE),
    "joined": _past,
    "consent": _short(AGREED),
    "reason": _short(REASON),
    "key": _short(KEY),
    "order": lambda text, _: purchases.tidy(HALF_READ.sub("", text)),
    "total": _sum,
    "paid": _money,
    "refunded": _money,
    "amount": _money,
    "product": _product,
    "quantity": _quantity,
    "price": _money,
    "date": _moment,
}
