"""A member's purse, as /points shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from bot.club import blacklist, expiry, points
from bot.club.expiry import Batch
from bot.club.rules import Shop
from db.gifts import GIFT_ORDERS
from db.members import MEMBERS
from db.points import LOTS, Entry


@dataclass(frozen=True, slots=True)
class Line:
    """A ledger line as the member sees it."""

    amount: int
    source: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Purse:
    """What a member has. `points` can be spent, `pending` not yet, `held` is what their open orders of gifts cost.

    `owed` is left of a refund, and the next points pay it; who is `barred` earns none; `coming` lapses, unless some
    movement `renews` it.
    """

    points: int
    pending: int
    held: int
    owed: int
    barred: bool
    renews: bool
    coming: tuple[Batch, ...]
    lines: tuple[Line, ...]


def look(session: Session, member_id: int, shop: Shop, *, now: datetime, lines: int = 5) -> Purse:
    """What a member can spend, what is on its way, set aside or owed, what lapses when, and the latest ledger lines."""
    connection = session.connection()
    later = LOTS.c.available_at > LOTS.c.earned_at, LOTS.c.available_at > now
    open_orders = GIFT_ORDERS.c.member_id == member_id, GIFT_ORDERS.c.state == "ordered"
    rule = expiry.standing(session, shop)
    lots = connection.execute(expiry.LIVE.where(LOTS.c.member_id == member_id)).all()
    entries = session.exec(
        select(Entry).where(Entry.member_id == member_id).order_by(col(Entry.id).desc()).limit(lines)
    )
    return Purse(
        points.usable(session, member_id, now=now),
        _sum(session, LOTS.c.remaining, LOTS.c.member_id == member_id, *later),
        _sum(session, GIFT_ORDERS.c.cost, *open_orders),
        _sum(session, MEMBERS.c.owed, MEMBERS.c.id == member_id),
        blacklist.stops(session, member_id),
        rule.renews,
        tuple(batch for batch in expiry.coming(rule, lots) if batch.last_day >= shop.day(now)),
        tuple(Line(entry.amount, entry.source, entry.reason, entry.at) for entry in entries),
    )


def _sum(session: Session, column: ColumnElement[int], *where: ColumnElement[bool]) -> int:
    total: int = session.connection().execute(select(func.coalesce(func.sum(column), 0)).where(*where)).scalar_one()
    return total
