"""A slip of the hand at the till: for ten minutes a purchase can be taken back as if it had never been."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.club import audit, discounts, events, grades, outbox, points, purchases, referrals, refunds, selling
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Named, Person, Role
from bot.club.receipts import key_of
from bot.club.rules import Shop
from bot.i18n import N_
from db.members import Member
from db.purchases import Purchase

WITHIN = timedelta(minutes=10)


class NotYours(ClubError):
    """A purchase that a colleague entered."""

    says = N_("Only whoever entered it can undo it, or a manager.")


class UndoTooLate(ClubError):
    """A purchase that stands too long to be a slip."""

    says = N_("That was more than ten minutes ago, so it stands. To give the money back: /refund #{order}")


class UndoRefunded(ClubError):
    """A purchase of which something was refunded."""

    says = N_("Something of it was refunded, so it stands. To give back the rest: /refund #{order}")


@dataclass(frozen=True, slots=True)
class Undone:
    """A purchase that was taken back: its order number is free again. `coupon`: a coupon is good again."""

    order: str
    who: Named
    paid: int
    points: int
    coupon: bool
    balance: int


def undo(session: Session, by: Person, purchase_id: int, shop: Shop, *, now: datetime) -> Undone:
    """Take back a purchase that was just entered by mistake, with its points and its coupon; the member is told.

    A second time says the same. Raises StaleButton, NotYours, UndoTooLate, UndoRefunded.
    """
    if session.get(Purchase, purchase_id) is None:
        raise StaleButton
    purchase = purchases.hold(session, purchase_id)
    if by.role < Role.MANAGER and purchase.staff_id != by.member_id:
        raise NotYours
    if purchase.undone_at:
        return _told(session, purchase, now)
    if now - purchase.made_at >= WITHIN:
        raise UndoTooLate(order=purchase.order_number)
    if refunds.given_back(session, purchase_id)[0]:
        raise UndoRefunded(order=purchase.order_number)
    purchase.undone_at = now
    session.add(purchase)
    session.flush()
    _take_back(session, purchase, by, now)
    selling.withdraw(session, purchase_id)
    referrals.take_back(session, purchase_id, now=now)
    grades.take_back(session, purchase.member_id, purchase_id, shop, now=now)
    told = _told(session, purchase, now)
    audit.note(session, by.member_id, "sale undone", purchase.member_id, now=now, purchase=purchase_id)
    event = {"purchase": purchase_id, "order": told.order, "member": told.who.number}
    events.post(session, "purchase.undone", purchase.member_id, now=now, **event)
    facts = {"paid": told.paid, "balance": told.balance}
    key = f"purchase_undone:{purchase_id}"
    outbox.to_member(session, "purchase_undone", purchase.member_id, key=key, now=now, **facts)
    return told


def _take_back(session: Session, purchase: Purchase, by: Person, now: datetime) -> None:
    """Take back what a purchase brought: its own points and its coupon's; the coupon is good again."""
    own = key_of(purchase.id or 0)
    brought = {own: purchase.points, discounts.of_coupon(own): discounts.paid(session, own)}
    if purchase.coupon_id:
        discounts.put_back(session, purchase.coupon_id, now=now)
    for key, amount in brought.items():
        again, who = f"{key}:undone", {"staff_id": by.member_id}
        points.take_back(session, purchase.member_id, amount, "undone", earned_key=key, key=again, now=now, **who)


def _told(session: Session, purchase: Purchase, now: datetime) -> Undone:
    who = Named(purchase.member_id, session.get_one(Member, purchase.member_id).name)
    balance = points.usable(session, purchase.member_id, now=now)
    with_coupon = purchase.coupon_id is not None
    return Undone(purchase.order_number, who, purchase.paid, purchase.points, with_coupon, balance)
