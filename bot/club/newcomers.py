"""Newcomers: whether somebody was never here before, and whether they stayed."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlmodel import Session

from bot.club import erased, inbox
from db.groups import GROUPS, PLACES
from db.members import ACCOUNTS, EMAIL, MEMBERS
from db.referrals import REFERRALS

LOOKING_IN = timedelta(days=1)  # before they come for good


def is_new(session: Session, member_id: int, update: str) -> bool:
    """Whether somebody was first met by an update (its key), and is nobody who was erased and came back."""
    met = select(MEMBERS.c.met_at).where(MEMBERS.c.id == member_id)
    came = inbox.came_in(session, update)
    return bool(
        came and session.connection().execute(met).scalar_one() >= came and not erased.returned(session, member_id)
    )


def is_stranger(session: Session, member_id: int, *, now: datetime) -> bool:
    """Whether somebody was met within a day, and has neither agreed, nor been in a group, nor come by an invitation.

    Who first opened a damaged link, or looked in before, still comes by the good one.
    """
    free = (
        MEMBERS.c.met_at > now - LOOKING_IN,
        MEMBERS.c.consent.is_(None),
        ~exists().where(PLACES.c.member_id == MEMBERS.c.id),
        ~exists().where(REFERRALS.c.friend_id == MEMBERS.c.id),
    )
    here = session.connection().execute(select(MEMBERS.c.id).where(MEMBERS.c.id == member_id, *free)).first()
    return here is not None and not erased.returned(session, member_id)


def in_reach(session: Session, member_id: int) -> bool:
    """Whether a chat of theirs is open to us; who was erased has none at all."""
    chats = ACCOUNTS.c.member_id == member_id, ACCOUNTS.c.platform != EMAIL, ACCOUNTS.c.reachable
    return session.connection().execute(select(ACCOUNTS.c.id).where(*chats)).first() is not None


def in_groups(session: Session, member_id: int, until: datetime) -> bool | None:
    """Whether they were in one of the groups until some time; None where they were in none ever."""
    places = select(PLACES.c.left_at).join(GROUPS, GROUPS.c.id == PLACES.c.group_id)
    here = places.where(PLACES.c.member_id == member_id, GROUPS.c.state == "linked")
    ends = session.connection().execute(here).scalars().all()
    return any(left is None or left >= until for left in ends) if ends else None
