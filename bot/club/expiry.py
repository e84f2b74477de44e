"""How long points last, by the rule as it stands: the day on which they are good for the last time."""

import calendar
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlmodel import Session

from bot.club.rules import EXPIRY, Shop
from db.members import MEMBERS
from db.points import LOTS
from db.rules import RULES

OWN_END = "import_until"  # the source of points that bring along a last day of their own, whatever the rule

# What a lot's last day follows from; who asks adds which lots.
_told = (LOTS.c.id, LOTS.c.member_id, LOTS.c.source, LOTS.c.remaining, LOTS.c.earned_at, LOTS.c.expires_at)
LIVE = (
    select(*_told, MEMBERS.c.moved_at)
    .join_from(LOTS, MEMBERS, MEMBERS.c.id == LOTS.c.member_id)
    .where(LOTS.c.remaining > 0)
)
_date = LOTS.update().where(LOTS.c.id == bindparam("lot")).values(expires_at=bindparam("ends_at"))


@dataclass(frozen=True, slots=True)
class Batch:
    """Points of a member that are good until the same day, and since when the oldest of them are there.

    `fixed`: no movement renews them, since that day came along with them.
    """

    last_day: date
    points: int
    since: date
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Expiry:
    """The rule, and since when it stands: nothing lapses sooner than one full period after that."""

    shop: Shop
    mode: str
    number: int
    since: date | None

    @property
    def renews(self) -> bool:
        """Whether any earn or spend renews all points; else each lot has a date of its own."""
        return self.mode == "inactivity"

    def last_day(self, begins: date) -> date | None:
        """The last day of points that were earned (or moved) on a day; None where they stay for ever."""
        by_rule = self._last_day(begins)
        if by_rule is None or self.since is None:
            return by_rule
        a_period = {"month_end": 1, "year_end": 12}.get(self.mode, 0)
        return max(by_rule, self._last_day(months_after(self.since, a_period)) or by_rule)

    def ends_at(self, lot: Any) -> datetime | None:
        """The instant that belongs on a lot: the end of its last day, none where a movement renews all points."""
        if lot.source == OWN_END:
            own: datetime = lot.expires_at
            return own
        last_day = None if self.renews else self.last_day(self.begins(lot))
        return self.shop.end_of(last_day) if last_day else None

    def last_of(self, lot: Any) -> date | None:
        """The last day of a lot: its own, or the rule's."""
        if lot.source == OWN_END:
            return self.shop.day(lot.expires_at - timedelta(microseconds=1))
        return self.last_day(self.begins(lot))

    def worth_a_look(self, day: date) -> ColumnElement[bool]:
        """Which live lots may be good until that day at the longest, or have no date yet; all others are left alone."""
        dated = LOTS.c.expires_at <= self.shop.end_of(day)  # by the rule, or with a day of its own whatever the rule
        if self.mode == "never":
            return dated
        if not self.renews:
            return or_(LOTS.c.expires_at.is_(None), dated)
        latest = months_after(day, -self.number) + timedelta(days=3)  # months end on four different days
        return or_(dated, func.coalesce(MEMBERS.c.moved_at, LOTS.c.earned_at) < self.shop.end_of(latest))

    def begins(self, lot: Any) -> date:
        """The day from which a lot's time runs."""
        return self.shop.day(lot.moved_at or lot.earned_at if self.renews else lot.earned_at)

    def _last_day(self, begins: date) -> date | None:
        match self.mode:
            case "days":
                return begins + timedelta(days=self.number)
            case "inactivity":
                return months_after(begins, self.number)
            case "month_end":
                return begins.replace(day=calendar.monthrange(begins.year, begins.month)[1])
            case "year_end":
                return begins.replace(month=12, day=31)
        return None


def standing(session: Session, shop: Shop) -> Expiry:
    """The rule as it stands."""
    since: datetime | None = session.connection().execute(select(RULES.c.since).where(RULES.c.name == EXPIRY)).scalar()
    mode, _, number = shop.rules.points.expiry.partition(" ")
    return Expiry(shop, mode, int(number or 0), since and shop.day(since))


def date_anew(session: Session, lot_ids: Collection[int], shop: Shop) -> None:
    """Date lots by the rule as it stands, which may have changed while nothing was left of them."""
    rule = standing(session, shop)
    lots = session.connection().execute(LIVE.where(LOTS.c.id.in_(lot_ids))).all()
    date_lots(session, [(lot.id, rule.ends_at(lot)) for lot in lots])


def date_lots(session: Session, dates: Sequence[tuple[int, datetime | None]]) -> None:
    """Write down until when lots are good."""
    if dates:
        session.connection().execute(_date, [{"lot": lot_id, "ends_at": ends_at} for lot_id, ends_at in dates])


def coming(rule: Expiry, lots: Iterable[Any]) -> list[Batch]:
    """What lapses of some lots, the soonest first."""
    points: Counter[tuple[date, bool]] = Counter()
    oldest: dict[tuple[date, bool], date] = {}
    for lot in lots:
        begins = rule.begins(lot)
        if day := rule.last_of(lot):
            batch = day, lot.source == OWN_END
            points[batch] += lot.remaining
            oldest[batch] = min(oldest.get(batch, begins), begins)
    return [Batch(day, points[day, fixed], oldest[day, fixed], fixed) for day, fixed in sorted(points)]


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
