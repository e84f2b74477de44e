"""The till: a code that somebody shows at the counter is a coupon's or a gift voucher's. Five wrong codes lock it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session, col, delete

from bot.club import coupons, orders, vouchers
from bot.club.coupons import Held, Issued
from bot.club.errors import ClubError, NoSuchCoupon
from bot.club.members import Named, Person
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import N_
from db.coupons import WRONG_CODES, WrongCode

WRONG = 5  # codes
WITHIN = LOCKED = timedelta(minutes=10)

_latest = (
    select(WRONG_CODES.c.at)
    .where(WRONG_CODES.c.staff_id == bindparam("staff"))
    .order_by(WRONG_CODES.c.at.desc(), WRONG_CODES.c.id.desc())
    .limit(WRONG)
)


class TillLocked(ClubError):
    """Too many wrong codes by one of the staff: they may be guessing."""

    says = N_("Five codes were wrong, so redeeming is locked for you until {again}.")


def redeem(session: Session, staff_id: int, code: str, shop: Shop, *, now: datetime) -> Held | Voucher | ClubError:
    """Use up a coupon, or hand over what a voucher is for. A wrong code is returned, so that its trace is kept.

    Raises TillLocked, CouponLapsed, CouponSpent, CouponRevoked, GiftHanded, GiftOrderOver.
    """
    _unlocked(session, staff_id, now)
    with suppress(NoSuchCoupon):
        return orders.hand_over(session, staff_id, code, shop, now=now)
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
    times: Sequence[datetime] = session.connection().execute(_latest, {"staff": staff_id}).scalars().all()
    if len(times) < WRONG or times[0] - times[-1] >= WITHIN:
        return None
    return times[0] + LOCKED
