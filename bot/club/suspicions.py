"""What makes an invitation look made up, so that the owner decides whether it counts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlmodel import Session

from bot.club.rules import Shop
from db.members import ACCOUNTS
from db.profile import ANSWERS
from db.referrals import REFERRALS

HOUR = timedelta(hours=1)
CONTACTS = ("phone", "email", "qq", "wechat")  # answers that two people do not share

BURST, CONTACT, NAME, STAFF = "burst", "contact", "name", "staff"


def about(
    session: Session, friend_id: int, referrer_id: int, opened_at: datetime, sold_by: int | None, shop: Shop
) -> str | None:
    """Why a friend may be none: `sold_by` is who entered their first purchase."""
    if sold_by == referrer_id:
        return STAFF
    if _share_a_contact(session, friend_id, referrer_id):
        return CONTACT
    if _names(session, friend_id) & _names(session, referrer_id):
        return NAME
    if _in_a_burst(session, referrer_id, opened_at, shop.rules.referral.burst):
        return BURST
    return None


def _share_a_contact(session: Session, friend_id: int, referrer_id: int) -> bool:
    theirs, own = ANSWERS, ANSWERS.alias()
    same = and_(own.c.field == theirs.c.field, own.c.value == theirs.c.value, own.c.member_id == referrer_id)
    shared = select(theirs.c.field).join(own, same).where(theirs.c.member_id == friend_id)
    return session.connection().execute(shared.where(theirs.c.field.in_(CONTACTS))).first() is not None


def _names(session: Session, member_id: int) -> set[str]:
    """What platforms call somebody."""
    rows = select(ACCOUNTS.c.name).where(ACCOUNTS.c.member_id == member_id, ACCOUNTS.c.name.is_not(None))
    return {name.strip().casefold() for name in session.connection().execute(rows).scalars()} - {""}


def _in_a_burst(session: Session, referrer_id: int, opened_at: datetime, most: int) -> bool:
    """Whether too many came by somebody's link within an hour that this one is in."""
    near = REFERRALS.c.opened_at.between(opened_at - HOUR, opened_at + HOUR)
    rows = select(REFERRALS.c.opened_at).where(REFERRALS.c.referrer_id == referrer_id, near)
    return crowded(session.connection().execute(rows).scalars(), most)


def crowded(times: Iterable[datetime], most: int) -> bool:
    """Whether any hour holds more than `most` of some times."""
    in_order = sorted(times)
    return any(last - first < HOUR for first, last in zip(in_order, in_order[most:], strict=False))
