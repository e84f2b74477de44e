"""The till: a code that somebody shows at the counter is a coupon's or a gift voucher's."""

from datetime import datetime

from sqlmodel import Session, select

from bot.club import coupons, orders
from bot.club.coupons import Held
from bot.club.vouchers import Voucher
from db.gifts import GiftOrder


def redeem(session: Session, staff_id: int, code: str, *, now: datetime) -> Held | Voucher:
    """Use up a coupon, or hand over what a voucher is for.

    Raises NoSuchCoupon, CouponLapsed, CouponSpent, GiftHanded, GiftOrderOver.
    """
    ordered = select(GiftOrder.id).where(GiftOrder.code == coupons.tidy(code))
    if session.exec(ordered).first() is None:
        return coupons.redeem(session, staff_id, code, now=now)
    return orders.hand_over(session, staff_id, code, now=now)
