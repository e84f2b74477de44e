"""What a purchase costs and earns, before it is entered."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.club import discounts, multipliers
from bot.club.discounts import Discount
from bot.club.errors import ClubError
from bot.club.members import Named, Person
from bot.club.multipliers import Multiplier
from bot.club.rules import Shop


@dataclass(frozen=True, slots=True)
class Price:
    """What a purchase costs and earns: its discount, its multiplier, the name of a coupon that is not needed."""

    total: int
    discount: Discount | None
    multiplier: Multiplier
    unneeded: str = ""

    @property
    def off(self) -> int:
        """What the coupon takes off."""
        return self.discount.off if self.discount else 0

    @property
    def paid(self) -> int:
        """What is left to pay."""
        return self.total - self.off

    def worth(self, shop: Shop) -> int:
        """The points that it earns, before any cap."""
        return self.multiplier.points(self.paid, shop)


def foresee(
    session: Session,
    by: Person | None,
    buyer: Named,
    total: int,
    code: str | None,
    shop: Shop,
    *,
    at: datetime,
    now: datetime,
) -> Price | ClubError:
    """The price of a purchase made `at` some time, with a coupon's code; nothing is used up.

    A coupon that multiplies no more than the rest is left out. A wrong code of the staff's is returned, so that its
    trace is kept. Raises what discounts.foresee raises.
    """
    discount = discounts.foresee(session, by, buyer, code, total, now=now) if code else None
    if isinstance(discount, ClubError):
        return discount
    times = discount.times if discount else 1
    multiplier = multipliers.best(session, buyer.member_id, shop, on=shop.day(at), coupon=times)
    if discount and times > 1 and multiplier.because != "coupon":
        return Price(total, None, multiplier, discount.name)
    return Price(total, discount, multiplier)
