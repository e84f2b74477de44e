"""What a coupon does to a purchase: whether it may be used there, what it takes off, how it is used up and put back."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from bot.club import coupons, earnings, events, till
from bot.club.coupons import Issued
from bot.club.errors import ClubError, NoSuchCoupon
from bot.club.members import Named, Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import N_
from db.coupons import Coupon
from db.points import Lot


class CouponOfAnother(ClubError):
    """A coupon that belongs to somebody else than the buyer."""

    says = N_("This coupon is {whose}'s, and good for nobody else.")


class CouponFromMinimum(ClubError):
    """A purchase below the coupon's least."""

    says = N_("“{coupon}” is for purchases from {minimum}.")


class VoucherInSale(ClubError):
    """The voucher of a gift, where a coupon is asked for."""

    says = N_("That is the voucher of a gift: /redeem hands it over.")


@dataclass(frozen=True, slots=True)
class Discount:
    """What a coupon brings to one purchase: money off in minor units, points of its own, a multiplier."""

    coupon_id: int
    name: str
    offer: Offer
    off: int

    @property
    def points(self) -> int:
        """The points that it pays by itself."""
        return self.offer.amount if self.offer.kind == "points" else 0

    @property
    def times(self) -> int:
        """By how much it multiplies the points of the purchase."""
        return self.offer.amount if self.offer.kind == "times" else 1


def foresee(
    session: Session, by: Person | None, buyer: Named, code: str, total: int, *, now: datetime
) -> Discount | ClubError:
    """What a coupon would bring to a purchase; nothing is used up. A wrong code of the staff's is returned, so that its
    trace is kept.

    Raises TillLocked, NoSuchCoupon, CouponLapsed, CouponSpent, CouponRevoked, VoucherInSale, CouponOfAnother,
    CouponFromMinimum.
    """
    found = till.look(session, by, code, now=now) if by else coupons.held(session, code, now=now)
    if isinstance(found, ClubError):
        return found
    if isinstance(found, Voucher):
        raise VoucherInSale
    coupon, whose = found
    if whose.member_id != buyer.member_id:
        if by is None:  # other people's coupons do not exist for a machine
            raise NoSuchCoupon
        raise CouponOfAnother(whose=whose)
    if total < coupon.minimum:
        raise CouponFromMinimum(coupon=coupon.name, minimum=coupon.minimum)
    return Discount(coupon.id, coupon.name, coupon.offer, _off(coupon, total))


def use(
    session: Session, discount: Discount, buyer: Named, by: Person | None, shop: Shop, *, purchase: str, now: datetime
) -> None:
    """Use a coupon up in the act of its purchase; the points of one that brings some are paid under the purchase's key.

    Raises CouponSpent, CouponRevoked, CouponLapsed where somebody was faster.
    """
    still = col(Coupon.id) == discount.coupon_id, col(Coupon.state) == "issued", col(Coupon.good_until) > now
    spent = {"state": "redeemed", "used_at": now, "used_by": by.member_id if by else None}
    used = update(Coupon).where(*still, col(Coupon.member_id) == buyer.member_id).values(**spent)
    if not session.exec(used.execution_options(synchronize_session=False)).rowcount:
        session.expire_all()
        coupons.held(session, session.get_one(Coupon, discount.coupon_id).code, now=now)
        raise NoSuchCoupon  # it went to somebody else meanwhile
    event = {"coupon": discount.coupon_id, "name": discount.name, "offer": str(discount.offer), "member": buyer.number}
    events.post(session, "coupon.redeemed", buyer.member_id, now=now, **event)
    earnings.earn(session, buyer.member_id, discount.points, "coupon", shop, key=of_coupon(purchase), now=now)


def put_back(session: Session, coupon_id: int, *, now: datetime) -> None:
    """Make the coupon of a purchase that was undone good again, as if it had never been used."""
    unused = {"state": "issued", "used_at": None, "used_by": None, "remind_at": now}
    back = update(Coupon).where(col(Coupon.id) == coupon_id, col(Coupon.state) == "redeemed").values(**unused)
    session.exec(back.execution_options(synchronize_session=False))


def paid(session: Session, purchase: str) -> int:
    """The points that the coupon of a purchase paid by itself."""
    return session.exec(select(Lot.amount).where(Lot.key == of_coupon(purchase))).first() or 0


def of_coupon(purchase: str) -> str:
    """The key of the points that the coupon of a purchase paid."""
    return f"{purchase}:coupon"


def _off(coupon: Issued, total: int) -> int:
    """What a coupon takes off a total: never more than there is, half a cent in the member's favour."""
    match coupon.offer.kind:
        case "money":
            return min(coupon.offer.amount, total)
        case "percent":
            return (total * coupon.offer.amount + 50) // 100
        case _:
            return 0
