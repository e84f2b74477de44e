"""Whose grade changes without a purchase: a year lost one, a grace or a grade by hand is over, a rule is new."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, or_, select
from sqlmodel import Session

from bot.club import grades, standings
from bot.club.rules import Shop
from db.standings import MANUAL_GRADES, STANDINGS
from db.times import Later

PIECE = 100  # members in one act, for which others wait

_asleep = Later(STANDINGS.c.last_at, standings.asleep(STANDINGS.c.gap))
_gone = Later(STANDINGS.c.last_at, standings.gone(STANDINGS.c.gap))
_misjudged = or_(STANDINGS.c.sleeps_at.is_distinct_from(_asleep), STANDINGS.c.lost_at.is_distinct_from(_gone))


_ended = select(MANUAL_GRADES.c.member_id).where(MANUAL_GRADES.c.until <= bindparam("at"))
_come = or_(STANDINGS.c.oldest_at < bindparam("since"), STANDINGS.c.falls_on <= bindparam("today", type_=Date))


def _page(come: ColumnElement[bool]) -> Select[Any]:
    """The next members of whom something is true, and whose grade by hand has ended."""
    found = select(STANDINGS.c.member_id).where(come).union(_ended).subquery()
    page = select(found.c.member_id).where(found.c.member_id > bindparam("after")).order_by(found.c.member_id)
    return page.limit(bindparam("limit"))


_DUE, _ASTRAY = _page(_come), _page(or_(_come, grades.ASTRAY, _misjudged))


def due(session: Session, shop: Shop, *, now: datetime, after: int, limit: int, every: bool) -> list[int]:
    """The next members after one who are to be looked at: those whose time has come, by indexes, or all by the rules.

    A grade by hand ends to the minute, everything else by the shop-day.
    """
    about = grades.told(shop, now) | standings.told(shop, now) | {"at": now, "after": after, "limit": limit}
    return list(session.connection().execute(_ASTRAY if every else _DUE, about).scalars())


def grade(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime) -> None:
    """Grade some members by what they bought in the year that ends today, and end what staff gave them until now."""
    over = and_(MANUAL_GRADES.c.member_id.in_(member_ids), MANUAL_GRADES.c.until <= now)
    session.connection().execute(MANUAL_GRADES.delete().where(over))
    grades.review(session, member_ids, shop, now=now)
    grades.show(session, member_ids, now=now)
