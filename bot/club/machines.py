"""What a till or a web shop does by its key: the same acts as a clerk's, noted under the key's name.

A machine cannot ask back, so it names a member by what is theirs for certain: the number, or a phone number.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.club import (
    audit,
    consents,
    coupons,
    discounts,
    matching,
    members,
    orders,
    points,
    purchases,
    refunds,
    vouchers,
)
from bot.club.coupons import Held, Issued
from bot.club.errors import ClubError, NoSuchCoupon, UnknownMember
from bot.club.keys import Key
from bot.club.members import Named, Who
from bot.club.purchases import API, Sale
from bot.club.receipts import Bought, Receipt
from bot.club.refunds import Refunded
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import N_
from db.members import Member


class NoMember(ClubError):
    """A number that nobody has, or somebody who never agreed."""

    says = N_("No member has this number. They become one by pressing Start and agreeing.")


class SharedPhone(ClubError):
    """A phone number that several members told."""

    says = N_("Several members have this phone number: {numbers}. Please take the member number.")


@dataclass(frozen=True, slots=True)
class Whose:
    """A member as a machine names one: by number, or by phone number in full (`+8613800138000`)."""

    number: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """A purchase as a machine tells it. `total` is before the coupon; money in minor units."""

    whose: Whose
    order: str
    total: int
    lines: tuple[Bought, ...] = ()
    coupon: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A member as a machine sees them, and as a clerk would: nothing private, and no coupon's code."""

    who: Named
    grade: str
    balance: int
    coupons: tuple[Issued, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A good coupon or voucher, whose it is, and what it takes off a purchase where one is told."""

    good: Issued | Voucher
    who: Named
    off: int | None


def sell(session: Session, key: Key, basket: Basket, shop: Shop, *, once: str, now: datetime) -> Receipt:
    """Enter a purchase. Raises NoMember, SharedPhone, and what purchases.enter raises."""
    number = basket.whose.number or find(session, basket.whose).number
    told = Sale(Who("", number), basket.total, basket.lines, basket.coupon, basket.order, API, basket.at)
    try:
        receipt = purchases.enter(session, None, told, shop, key=once, now=now)
    except UnknownMember:
        raise NoMember from None
    if isinstance(receipt, ClubError):
        raise receipt
    audit.note(session, None, "sale", receipt.who.member_id, now=now, purchase=receipt.id, key=key.id)
    return receipt


def refund(
    session: Session, key: Key, order: str, amount: int | None, shop: Shop, *, once: str, now: datetime
) -> Refunded:
    """Refund an order, or a part of it. Raises what refunds.refund raises."""
    done = refunds.refund(session, None, order, amount, shop, key=once, now=now)
    about = {"purchase": purchases.find(session, order).id, "refund": done.id, "key": key.id}
    audit.note(session, None, "refund", done.who.member_id, now=now, **about)
    return done


def redeem(session: Session, key: Key, code: str, shop: Shop, *, now: datetime) -> Held | Voucher:
    """Use up a coupon by itself, or hand over what a voucher is for.

    Raises NoSuchCoupon, CouponLapsed, CouponSpent, CouponRevoked, GiftHanded, GiftOrderOver.
    """
    with suppress(NoSuchCoupon):
        voucher = orders.hand_over(session, None, code, shop, now=now)
        audit.note(session, None, "gift handed", voucher.who.member_id, now=now, gift=voucher.gift_id, key=key.id)
        return voucher
    held = coupons.redeem(session, None, code, shop, now=now)
    audit.note(session, None, "redeem", held.who.member_id, now=now, coupon=held.id, key=key.id)
    return held


def check(session: Session, code: str, total: int | None, *, now: datetime) -> Checked:
    """What a coupon or a voucher is worth, before it is used. A voucher takes nothing off.

    Raises GiftHanded, GiftOrderOver, and what discounts.foresee raises.
    """
    if voucher := vouchers.with_code(session, None, code):
        return Checked(voucher, voucher.who, None)
    coupon, who = coupons.held(session, code, now=now)
    if total is None:
        return Checked(coupon, who, None)
    discount = discounts.foresee(session, None, who, code, total, now=now)
    if isinstance(discount, ClubError):
        raise discount
    return Checked(coupon, who, discount.off)


def look(session: Session, whose: Whose, *, now: datetime) -> Seen:
    """A member at the till. Raises NoMember, SharedPhone."""
    who = find(session, whose)
    grade = session.get_one(Member, who.member_id).grade
    balance = points.usable(session, who.member_id, now=now)
    return Seen(who, grade, balance, tuple(coupons.wallet(session, who.member_id, now=now)))


def find(session: Session, whose: Whose) -> Named:
    """The member whom a machine means. Raises NoMember, SharedPhone."""
    ids = _ids(session, whose)
    found = [member for each in ids if (member := session.get(Member, each)) and member.erased_at is None]
    if len(found) > 1:
        raise SharedPhone(numbers=", ".join(members.number(each.id or 0) for each in found))
    if not found or not consents.served(session, found[0].id or 0):
        raise NoMember
    return Named(found[0].id or 0, found[0].name)


def _ids(session: Session, whose: Whose) -> list[int]:
    if whose.number:
        return [int(whose.number.lstrip("Mm"))]
    return matching.having_phone(session, whose.phone or "")
