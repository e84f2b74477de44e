"""What a member saves for: the next gift of the gift area, and how far it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlmodel import Session

from bot.club import gifts
from db.gifts import GIFT_ORDERS, GIFTS


@dataclass(frozen=True, slots=True)
class Goal:
    """A gift that a member may have, and how many points they lack for it: 0 where they have enough."""

    name: str
    cost: int
    lacks: int


def next_gift(session: Session, member_id: int, points: int, *, now: datetime) -> Goal | None:
    """The cheapest gift that a member with these points cannot pay yet, else the dearest that they can.

    None where nothing is open and there that their grade may have and their limit allows.
    """
    kept = GIFT_ORDERS.c.state.in_(("ordered", "handed")), GIFT_ORDERS.c.member_id == member_id
    mine = select(func.count()).where(GIFT_ORDERS.c.gift_id == GIFTS.c.id, *kept).scalar_subquery()
    theirs = (
        GIFTS.c.state == "open",
        GIFTS.c.stock > 0,
        GIFTS.c.opens_at <= now,
        or_(GIFTS.c.closes_at.is_(None), GIFTS.c.closes_at > now),
        GIFTS.c.grade.in_(gifts.ranks(session, member_id)),
        or_(GIFTS.c.each.is_(None), GIFTS.c.each > mine),
    )
    far = GIFTS.c.cost > points
    nearest = far.desc(), case((far, GIFTS.c.cost), else_=-GIFTS.c.cost), GIFTS.c.id
    row = session.connection().execute(select(GIFTS.c.name, GIFTS.c.cost).where(*theirs).order_by(*nearest)).first()
    return Goal(row.name, row.cost, max(0, row.cost - points)) if row else None
