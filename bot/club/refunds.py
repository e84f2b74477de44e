"""Refunds: rows of their own that take back money, points pro rata and, with the last one, give the coupon back."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from bot.club import audit, coupons, events, grades, outbox, points, purchases, referrals, selling
from bot.club.amounts import BadMoney
from bot.club.coupons import Issued
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Named, Person
from bot.club.purchases import NoSuchOrder
from bot.club.receipts import key_of
from bot.club.rules import Shop
from bot.i18n import N_
from db.coupons import Coupon
from db.engine import insert_once
from db.members import Member
from db.purchases import REFUNDS, Purchase, Refund


class RefundedWhole(ClubError):
    """A refund of what was refunded already."""

    says = N_("Order {order} was refunded whole already.")


class RefundTooMuch(ClubError):
    """A refund of more than is left."""

    says = N_("Of order {order} only {left} can still be refunded.")


@dataclass(frozen=True, slots=True)
class Part:
    """What a refund gives back and takes along: the fraction of a point is the member's, until the `last`."""

    amount: int
    points: int
    last: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A refund before it is made: of which order, whose, what it gives and takes; `coupon`: one becomes good again."""

    order: str
    who: Named
    part: Part
    coupon: bool


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund. Money in minor units; `points` were taken along, of which `owed` were spent already.

    `left` can still be refunded; `coupon` is the one that is good again.
    """

    id: int
    order: str
    who: Named
    amount: int
    left: int
    points: int
    owed: int
    coupon: Issued | None
    balance: int

    @property
    def facts(self) -> dict[str, Any]:
        """What the member's letter keeps."""
        about = {"order": self.order, "amount": self.amount, "left": self.left, "points": self.points}
        about |= {"owed": self.owed, "balance": self.balance}
        return about | {"coupon": self.coupon.facts if self.coupon else None}


def refund(
    session: Session, by: Person | None, order: str, amount: int | None, shop: Shop, *, key: str, now: datetime
) -> Refunded:
    """Refund a part of what was paid for an order, or all that is left of it; once for each key.

    `by` is nobody for a machine, whose act is noted by whoever lets it in.

    Raises BadMoney, BadOrder, NoSuchOrder, OwnPurchase, RefundedWhole, RefundTooMuch, StaleButton.
    """
    purchase = purchases.hold(session, purchases.find(session, order).id or 0)
    if purchase.undone_at:
        raise NoSuchOrder(order=purchase.order_number)
    purchases.not_their_own(by, purchase.member_id)
    if again := session.exec(select(Refund).where(Refund.key == key)).first():
        return _told(session, purchase, again, now)
    part = _part(session, purchase, amount)
    back = part.last and purchase.coupon_id is not None
    staff_id = by.member_id if by else None
    back = back and coupons.give_back(session, staff_id, purchase.coupon_id or 0, now=now)
    about = {"purchase_id": purchase.id, "amount": part.amount, "points": part.points, "coupon_back": back}
    made = insert_once(session, REFUNDS, key=key, **about, staff_id=staff_id, at=now)
    if part.last:
        selling.withdraw(session, purchase.id or 0)
        referrals.take_back(session, purchase.id or 0, now=now)
    grades.take_back(session, purchase.member_id, purchase.id or 0, shop, now=now)
    told = _told(session, purchase, session.get_one(Refund, made), now)
    event = {"refund": made, "order": told.order, "member": told.who.number, "amount": told.amount}
    event |= {"left": told.left, "points": told.points, "balance": told.balance, "coupon_back": back}
    events.post(session, "purchase.refunded", purchase.member_id, now=now, **event)
    if by:
        about = {"purchase": purchase.id, "refund": made}
        audit.note(session, by.member_id, "refund", purchase.member_id, now=now, **about)
    kind = "refunded_coupon" if back else "refunded"  # one with a code is never sent twice
    outbox.to_member(session, kind, purchase.member_id, key=f"refunded:{made}", now=now, **told.facts)
    return told


def foresee(session: Session, by: Person, order: str, amount: int | None) -> Foreseen:
    """What a refund would do; nothing is changed. Raises what `refund` raises."""
    purchase = purchases.find(session, order)
    purchases.not_their_own(by, purchase.member_id)
    part = _part(session, purchase, amount)
    return Foreseen(purchase.order_number, _whose(session, purchase), part, part.last and bool(purchase.coupon_id))


def latest(session: Session, limit: int = 6) -> list[Foreseen]:
    """The purchases entered last of which something can still be refunded, each whole."""
    rows = session.exec(
        select(Purchase).where(col(Purchase.undone_at).is_(None)).order_by(col(Purchase.id).desc()).limit(4 * limit)
    )
    found = []
    for each in rows:
        with suppress(RefundedWhole):
            found.append(Foreseen(each.order_number, _whose(session, each), _part(session, each, None), False))
    return found[:limit]


def given_back(session: Session, purchase_id: int) -> tuple[int, int, int]:
    """The refunds of a purchase: how many, their money, their points."""
    sums = func.coalesce(func.sum(Refund.amount), 0), func.coalesce(func.sum(Refund.points), 0)
    many, amount, taken = session.exec(select(func.count(), *sums).where(Refund.purchase_id == purchase_id)).one()
    return many, int(amount), int(taken)


def _part(session: Session, purchase: Purchase, amount: int | None) -> Part:
    """The part of a purchase that is to be refunded, None for all that is left.

    Of a purchase that its coupon paid whole that is nothing, once. Raises BadMoney, RefundedWhole, RefundTooMuch.
    """
    many, before, taken = given_back(session, purchase.id or 0)
    left = purchase.paid - before
    if many and not left:
        raise RefundedWhole(order=purchase.order_number)
    if amount is None:
        amount = left
    elif amount < 1:
        raise BadMoney
    if amount > left:
        raise RefundTooMuch(order=purchase.order_number, left=left)
    pro_rata = purchase.points * (before + amount) // purchase.paid if purchase.paid else 0
    return Part(amount, pro_rata - taken, amount == left)


def _told(session: Session, purchase: Purchase, row: Refund, now: datetime) -> Refunded:
    """What a refund did. Its points are taken where that was not done before. Raises StaleButton for another's."""
    if row.purchase_id != purchase.id:
        raise StaleButton
    keys = {"earned_key": key_of(row.purchase_id), "key": f"refund:{row.id}"}
    went = points.take_back(session, purchase.member_id, row.points, "refund", **keys, now=now, staff_id=row.staff_id)
    return Refunded(
        id=row.id or 0,
        order=purchase.order_number,
        who=_whose(session, purchase),
        amount=row.amount,
        left=purchase.paid - given_back(session, row.purchase_id)[1],
        points=went.taken + went.owed,
        owed=went.owed,
        coupon=_good_again(session, purchase) if row.coupon_back else None,
        balance=points.usable(session, purchase.member_id, now=now),
    )


def _good_again(session: Session, purchase: Purchase) -> Issued:
    return coupons.as_issued(session.get_one(Coupon, purchase.coupon_id, populate_existing=True))


def _whose(session: Session, purchase: Purchase) -> Named:
    return Named(purchase.member_id, session.get_one(Member, purchase.member_id).name)
