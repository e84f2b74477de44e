"""Who is forgotten without asking for it: who left, cannot be reached, and has not been seen for long."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlmodel import Session

from bot.club import privacy
from bot.club.members import SEEN
from bot.club.rules import Shop
from db.groups import PLACES
from db.imports import IMPORTED
from db.members import ACCOUNTS, MEMBERS
from db.purchases import PURCHASES
from db.staff import STAFF

MONTH = timedelta(days=31)  # never sooner than told
STRANGER = 3 * MONTH  # for who never agreed to anything

_known = ACCOUNTS.c.member_id == MEMBERS.c.id


def long_gone(session: Session, shop: Shop, *, now: datetime, limit: int) -> list[int]:
    """Members to be erased, at most `limit` of them."""
    found = select(MEMBERS.c.id).where(_is_long_gone(shop, now)).order_by(MEMBERS.c.id).limit(limit)
    return list(session.connection().execute(found).scalars())


def erase(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime) -> int:
    """Erase those of some members who are still gone. Returns how many."""
    still = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(member_ids), _is_long_gone(shop, now))
    gone = session.connection().execute(still).scalars().all()
    for member_id in gone:
        privacy.erase(session, member_id, now=now)
    return len(gone)


def _is_long_gone(shop: Shop, now: datetime) -> ColumnElement[bool]:
    months = shop.rules.privacy.keep_months
    member = and_(~exists().where(_known, ACCOUNTS.c.reachable), _unseen(now - months * MONTH)) if months else false()
    return and_(
        MEMBERS.c.erased_at.is_(None),
        or_(exists().where(_known), _never_came(now - months * MONTH) if months else false()),
        ~exists().where(STAFF.c.member_id == MEMBERS.c.id),
        ~exists().where(PLACES.c.member_id == MEMBERS.c.id, PLACES.c.left_at.is_(None)),
        or_(member, and_(MEMBERS.c.consent.is_(None), _unseen(now - STRANGER))),
    )


def _never_came(since: datetime) -> ColumnElement[bool]:
    """Who came with a list so long ago, and has not been here or bought anything since."""
    listed = exists().where(IMPORTED.c.member_id == MEMBERS.c.id, IMPORTED.c.at < since)
    bought = exists().where(PURCHASES.c.member_id == MEMBERS.c.id, PURCHASES.c.at > since)
    return and_(listed, ~exists().where(_known), ~bought)


def _unseen(since: datetime) -> ColumnElement[bool]:
    return ~exists().where(_known, ACCOUNTS.c.seen_at > since - SEEN)
