"""Vouchers: what a member ordered in the gift area, by the code that is shown at the counter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.club import coupons
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Named, Person, Role
from bot.i18n import N_
from db.gifts import Gift, GiftOrder
from db.members import Member


class GiftHanded(ClubError):
    """A voucher is good once."""

    says = N_("“{name}” was handed over on {day} already; {by} entered it.")


class GiftOrderOver(ClubError):
    """A voucher that was cancelled or has lapsed."""

    says = N_("This voucher for “{name}” is no longer good: the points went back.")


@dataclass(frozen=True, slots=True)
class Voucher:
    """An order, as its member and the staff see it."""

    id: int
    gift_id: int
    name: str
    code: str
    cost: int
    ordered_at: datetime
    good_until: datetime
    who: Named

    @property
    def facts(self) -> dict[str, Any]:
        """What a letter about it keeps."""
        return {"order_id": self.id, "name": self.name, "code": self.code, "good_until": self.good_until.isoformat()}


def to_hand_over(session: Session, limit: int = 200) -> list[Voucher]:
    """What was ordered and not fetched, the oldest first."""
    return found(session, GiftOrder.state == "ordered", limit=limit)


def with_code(session: Session, by: Person, code: str) -> Voucher | None:
    """The good voucher with a code; None where there is none, or a member asks for somebody else's.

    Raises GiftHanded, GiftOrderOver.
    """
    order = session.exec(select(GiftOrder).where(GiftOrder.code == coupons.tidy(code))).first()
    if order is None or (by.role < Role.CLERK and order.member_id != by.member_id):
        return None
    return standing(session, order.id or 0)


def own(session: Session, member_id: int, order_id: int) -> Voucher:
    """A member's own order that is not settled. Raises StaleButton, GiftHanded, GiftOrderOver."""
    order = session.get(GiftOrder, order_id)
    if order is None or order.member_id != member_id:
        raise StaleButton
    return standing(session, order_id)


def standing(session: Session, order_id: int) -> Voucher:
    """An order that is not settled. Raises StaleButton, GiftHanded, GiftOrderOver."""
    order = session.get(GiftOrder, order_id)
    if order is None:
        raise StaleButton
    if order.state != "ordered":
        raise why_over(session, order_id)
    return one(session, order_id)


def one(session: Session, order_id: int) -> Voucher:
    """The voucher of an order."""
    [voucher] = found(session, GiftOrder.id == order_id)
    return voucher


def found(session: Session, *where: Any, limit: int = 1000) -> list[Voucher]:
    """The vouchers of some orders, the oldest first."""
    rows = session.exec(
        select(GiftOrder, Gift.name, Member.name)
        .join(Gift, col(Gift.id) == col(GiftOrder.gift_id))
        .join(Member, col(Member.id) == col(GiftOrder.member_id))
        .where(*where)
        .order_by(col(GiftOrder.id))
        .limit(limit)
    )
    return [
        Voucher(
            order.id or 0,
            order.gift_id,
            name,
            order.code,
            order.cost,
            order.ordered_at,
            order.good_until,
            Named(order.member_id, who),
        )
        for order, name, who in rows
    ]


def why_over(session: Session, order_id: int) -> ClubError:
    """Why an order is no longer good."""
    order = session.get_one(GiftOrder, order_id, populate_existing=True)
    name = session.get_one(Gift, order.gift_id).name
    if order.state != "handed":
        return GiftOrderOver(name=name)
    by = session.get_one(Member, order.settled_by or 0)
    return GiftHanded(name=name, day=order.settled_at, by=Named(by.id or 0, by.name))
