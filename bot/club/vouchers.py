"""Vouchers: what a member ordered in the gift area, by the code that is shown at the counter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam
from sqlalchemy import select as choose
from sqlmodel import Session, select

from bot.club import coupons
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Named, Person, Role
from bot.i18n import N_
from db.gifts import GIFT_ORDERS, GIFTS, Gift, GiftOrder
from db.members import MEMBERS, Member

_ORDER = [GIFT_ORDERS.c[name] for name in ("code", "cost", "ordered_at", "good_until")]
_ALL = (
    choose(GIFT_ORDERS.c.id, GIFT_ORDERS.c.gift_id, GIFTS.c.name, *_ORDER)
    .add_columns(MEMBERS.c.id, MEMBERS.c.name, GIFTS.c.series_id)
    .join_from(GIFT_ORDERS, GIFTS, GIFTS.c.id == GIFT_ORDERS.c.gift_id)
    .join(MEMBERS, MEMBERS.c.id == GIFT_ORDERS.c.member_id)
    .order_by(GIFT_ORDERS.c.id)
)
_ONE = _ALL.where(GIFT_ORDERS.c.id == bindparam("order"))


class GiftHanded(ClubError):
    """A voucher is good once."""

    says = N_("“{name}” was handed over on {day} already; {by} entered it.")


class HandedByMachine(GiftHanded):
    """A voucher for which a till handed out the gift."""

    says = N_("“{name}” was handed over on {day} already, at the till.")


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
    series_id: int | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What a letter about it keeps."""
        return {"order_id": self.id, "name": self.name, "code": self.code, "good_until": self.good_until.isoformat()}


def to_hand_over(session: Session, limit: int = 200) -> list[Voucher]:
    """What was ordered and not fetched, the oldest first."""
    return found(session, GiftOrder.state == "ordered", limit=limit)


def with_code(session: Session, by: Person | None, code: str) -> Voucher | None:
    """The good voucher with a code; None where there is none, or a member asks for somebody else's.

    `by` is nobody for a machine.

    Raises GiftHanded, GiftOrderOver.
    """
    order = session.exec(select(GiftOrder).where(GiftOrder.code == coupons.tidy(code))).first()
    if order is None or (by and by.role < Role.CLERK and order.member_id != by.member_id):
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
    [voucher] = _read(session, _ONE, order=order_id)
    return voucher


def found(session: Session, *where: Any, limit: int = 1000) -> list[Voucher]:
    """The vouchers of some orders, the oldest first."""
    return _read(session, _ALL.where(*where).limit(limit))


def why_over(session: Session, order_id: int) -> ClubError:
    """Why an order is no longer good."""
    order = session.get_one(GiftOrder, order_id, populate_existing=True)
    name = session.get_one(Gift, order.gift_id).name
    if order.state != "handed":
        return GiftOrderOver(name=name)
    if order.settled_by is None:
        return HandedByMachine(name=name, day=order.settled_at)
    by = session.get_one(Member, order.settled_by)
    return GiftHanded(name=name, day=order.settled_at, by=Named(by.id or 0, by.name))


def _read(session: Session, orders: Select[Any], **asked: int) -> list[Voucher]:
    rows = session.connection().execute(orders, asked)
    return [
        Voucher(order, gift, name, code, cost, at, until, Named(who, called), series)
        for order, gift, name, code, cost, at, until, who, called, series in rows
    ]
