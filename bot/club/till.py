"""The till: a code that somebody shows at the counter is a coupon's or a gift voucher's. Five wrong codes lock it."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from bot.club import coupons, orders, vouchers
from bot.club.coupons import Held, Issued
from bot.club.errors import ClubError, NoSuchCoupon
from bot.club.members import Named, Person
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import N_
from db.coupons import WrongCode
from db.gifts import GiftOrder

WRONG = 5  # codes
WITHIN = LOCKED = timedelta(minutes=10)


class TillLocked(ClubError):
    """Too many wrong codes by one of the staff: they may be guessing."""

    says = N_("Five codes were wrong, so redeeming is locked for you until {again}.")


def redeem(session: Session, staff_id: int, code: str, shop: Shop, *, now: datetime) -> Held | Voucher | ClubError:
    """Use up a coupon, or hand over what a voucher is for. A wrong code is returned, so that its trace is kept.

    Raises TillLocked, CouponLapsed, CouponSpent, CouponRevoked, GiftHanded, GiftOrderOver.
    """
    _unlocked(session, staff_id, now)
    ordered = select(GiftOrder.id).where(GiftOrder.code == coupons.tidy(code))
    if session.exec(ordered).first() is not None:
        return orders.hand_over(session, staff_id, code, now=now)
    try:
        return coupons.redeem(session, staff_id, code, shop, now=now)
    except NoSuchCoupon as wrong:
        return _wrong(session, staff_id, wrong, now)


def look(session: Session, staff: Person, code: str, *, now: datetime) -> tuple[Issued, Named] | Voucher | ClubError:
    """The good coupon or voucher with a code, before it is used. Returns and raises what `redeem` does."""
    _unlocked(session, staff.member_id, now)
    if voucher := vouchers.with_code(session, staff, code):
        return voucher
    try:
        return coupons.held(session, code, now=now)
    except NoSuchCoupon as wrong:
        return _wrong(session, staff.member_id, wrong, now)


def _unlocked(session: Session, staff_id: int, now: datetime) -> None:
    until = _locked_until(session, staff_id)
    if until and now < until:
        raise TillLocked(again=until)


def _wrong(session: Session, staff_id: int, wrong: ClubError, now: datetime) -> ClubError:
    """Keep the trace of a wrong code, and say what comes of it."""
    old = col(WrongCode.at) <= now - WITHIN - LOCKED
    session.exec(delete(WrongCode).where(col(WrongCode.staff_id) == staff_id, old))
    session.add(WrongCode(staff_id=staff_id, at=now))
    session.flush()
    until = _locked_until(session, staff_id)
    return TillLocked(again=until) if until and now < until else wrong


def _locked_until(session: Session, staff_id: int) -> datetime | None:
    """The end of the lock that somebody's latest wrong codes bring, be it past or to come."""
    theirs = select(WrongCode.at).where(WrongCode.staff_id == staff_id)
    times = session.exec(theirs.order_by(col(WrongCode.at).desc(), col(WrongCode.id).desc()).limit(WRONG)).all()
    if len(times) < WRONG or times[0] - times[-1] >= WITHIN:
        return None
    return times[0] + LOCKED
