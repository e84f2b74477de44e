"""Whose grade changes without a purchase: a year lost one, a grace or a grade by hand is over, a rule is new."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, or_, select
from sqlmodel import Session

from bot.club import grades, standings
from bot.club.rules import Shop
from db.standings import MANUAL_GRADES, STANDINGS

PIECE = 500  # members in one act, for which others wait

_come = or_(STANDINGS.c.oldest_at < bindparam("since"), STANDINGS.c.falls_on <= bindparam("today", type_=Date))
_ended = select(MANUAL_GRADES.c.member_id).where(MANUAL_GRADES.c.until <= bindparam("at"))


def _page(found: Select[Any]) -> Select[Any]:
    """The next members of those who are found, and of those whose grade by hand has ended."""
    either = found.union(_ended).subquery()
    page = select(either.c.member_id).where(either.c.member_id > bindparam("after")).order_by(either.c.member_id)
    return page.limit(bindparam("limit"))


_DUE = _page(select(STANDINGS.c.member_id).where(_come))
_astray = select(STANDINGS.c.member_id).where(or_(_come, grades.ASTRAY, standings.MISJUDGED))
# Everybody is looked at, so a page ends where it is full: else each of many would look through all the rest.
_next = _astray.where(STANDINGS.c.member_id > bindparam("after")).order_by(STANDINGS.c.member_id)
_ASTRAY = _page(select(_next.limit(bindparam("limit")).subquery().c.member_id))


def due(session: Session, shop: Shop, *, now: datetime, after: int, limit: int, every: bool) -> list[int]:
    """The next members after one who are to be looked at: those whose time has come, by indexes, or all by the rules.

    A grade by hand ends to the minute, everything else by the shop-day.
    """
    about = grades.told(shop, now) | standings.told(shop, now) | {"at": now, "after": after, "limit": limit}
    return list(session.connection().execute(_ASTRAY if every else _DUE, about).scalars())


def grade(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime) -> None:
    """Grade some members by what they bought in the year that ends today, and end what staff gave them until now."""
    over = and_(MANUAL_GRADES.c.member_id.in_(member_ids), MANUAL_GRADES.c.until <= now)
    gone = MANUAL_GRADES.delete().where(over).returning(MANUAL_GRADES.c.member_id)
    ended = session.connection().execute(gone).scalars().all()
    standings.renew(session, member_ids, shop, now=now)
    grades.grade(session, member_ids, shop, now=now)
    if ended:
        grades.show(session, ended, shop, now=now)
