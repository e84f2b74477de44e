"""How far it is to the next grade, and what keeps the one that there is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session

from bot.club import spending, standings
from bot.club.cuts import GRADES
from bot.club.rules import Shop
from bot.club.spending import Spending
from db.members import MEMBERS
from db.standings import MANUAL_GRADES, STANDINGS


@dataclass(frozen=True, slots=True)
class Lacks:
    """What lacks of a grade: money in minor units, or as many purchases; either is None where it is no way there."""

    grade: str
    spent: int | None
    purchases: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A member's grade and what lacks of the next one.

    `until` is its last day if nothing is bought, and `keeps` what has to be bought by then. One that was given
    `by_hand` ends by itself, some time or never.
    """

    grade: str
    next: Lacks | None
    until: date | None = None
    keeps: Lacks | None = None
    by_hand: bool = False
    ends: datetime | None = None


def of(session: Session, member_id: int, shop: Shop, *, now: datetime) -> Progress:
    """How a member stands between the grades."""
    row = (
        session.connection()
        .execute(
            select(MEMBERS.c.grade, STANDINGS.c.falls_on, MANUAL_GRADES.c.grade.label("given"), MANUAL_GRADES.c.until)
            .select_from(MEMBERS)
            .outerjoin(STANDINGS, STANDINGS.c.member_id == MEMBERS.c.id)
            .outerjoin(
                MANUAL_GRADES,
                (MANUAL_GRADES.c.member_id == MEMBERS.c.id)
                & or_(MANUAL_GRADES.c.until.is_(None), MANUAL_GRADES.c.until > now),
            )
            .where(MEMBERS.c.id == member_id)
        )
        .one()
    )
    have = spending.of(session, member_id, since=standings.year_begins(shop, now))
    coming = _next(row.grade, have, shop)
    if row.given:
        return Progress(row.grade, coming, by_hand=True, ends=row.until)
    if row.falls_on is None:
        return Progress(row.grade, coming)
    keeps = keeping(session, member_id, row.grade, shop, day=row.falls_on)
    return Progress(row.grade, coming, row.falls_on - timedelta(days=1), keeps)


def keeping(session: Session, member_id: int, grade: str, shop: Shop, *, day: date) -> Lacks | None:
    """What a member has to buy before a day to keep a grade, by what will still count then."""
    since = standings.year_begins(shop, shop.at(day, time(0)))
    return _lacks(grade, spending.of(session, member_id, since=since), shop)


def _next(grade: str, have: Spending, shop: Shop) -> Lacks | None:
    """What lacks of the first grade above that can be reached."""
    above = (_lacks(each, have, shop) for each in GRADES[GRADES.index(grade) + 1 :])
    return next((lacks for lacks in above if lacks), None)


def _lacks(grade: str, have: Spending, shop: Shop) -> Lacks | None:
    """What lacks of a grade, None where no rule leads there."""
    rules = shop.rules.grades
    spent, purchases = {
        "regular": (0, rules.regular_purchases),
        "vip": (int(rules.vip_spent * 100), rules.vip_purchases),
        "svip": (int(rules.svip_spent * 100), 0),
    }.get(grade, (0, 0))
    ways = (max(spent - have.paid, 0) if spent else None, max(purchases - have.purchases, 0) if purchases else None)
    return Lacks(grade, *ways) if ways != (None, None) else None
