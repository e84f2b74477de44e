"""What a member saves for: the next gift of the gift area, and how far it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, or_, select
from sqlmodel import Session

from bot.club import gifts
from db.gifts import GIFT_ORDERS, GIFTS

_kept = GIFT_ORDERS.c.state.in_(("ordered", "handed")), GIFT_ORDERS.c.member_id == bindparam("member")
_mine = select(func.count()).where(GIFT_ORDERS.c.gift_id == GIFTS.c.id, *_kept).scalar_subquery()
_far = GIFTS.c.cost > bindparam("points")
_nearest = (
    select(GIFTS.c.name, GIFTS.c.cost)
    .where(GIFTS.c.state == "open", GIFTS.c.stock > 0, GIFTS.c.opens_at <= bindparam("at"))
    .where(or_(GIFTS.c.closes_at.is_(None), GIFTS.c.closes_at > bindparam("at")))
    .where(GIFTS.c.grade.in_(bindparam("ranks", expanding=True)), or_(GIFTS.c.each.is_(None), GIFTS.c.each > _mine))
    .order_by(_far.desc(), case((_far, GIFTS.c.cost), else_=-GIFTS.c.cost), GIFTS.c.id)
    .limit(1)
)


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
    asked = {"member": member_id, "points": points, "at": now, "ranks": gifts.ranks(session, member_id)}
    row = session.connection().execute(_nearest, asked).first()
    return Goal(row.name, row.cost, max(0, row.cost - points)) if row else None
