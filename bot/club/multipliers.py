"""What multiplies the points of a purchase: the grade, the days around a birthday, a coupon. Only the highest does."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, func, select

from bot.club.rules import Shop
from db.members import Member
from db.points import Boost

WHOLE = 100  # a factor is in hundredths


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A factor in hundredths, and why: `none`, a grade, `birthday` or `coupon`."""

    factor: int = WHOLE
    because: str = "none"

    def points(self, paid: int, shop: Shop) -> int:
        """What `paid` (in minor units) earns: by the unit, multiplied, rounded down once."""
        return int(Decimal(paid * self.factor) * shop.rules.points.per_unit / (100 * WHOLE))


def best(session: Session, member_id: int, shop: Shop, *, on: date, coupon: int = 1) -> Multiplier:
    """The highest multiplier that a member has on a shop-day, with the one of a coupon; of equal ones the first."""
    grade = session.get_one(Member, member_id).grade
    window = select(func.max(Boost.factor)).where(
        Boost.member_id == member_id, col(Boost.first_day) <= on, col(Boost.last_day) >= on
    )
    birthday = session.exec(window).one() or 1
    having = (
        Multiplier(),
        Multiplier(_of_grade(grade, shop), grade),
        Multiplier(birthday * WHOLE, "birthday"),
        Multiplier(coupon * WHOLE, "coupon"),
    )
    return max(having, key=lambda each: each.factor)


def _of_grade(grade: str, shop: Shop) -> int:
    rules = shop.rules.points
    factors = {"vip": rules.vip_multiplier, "svip": rules.svip_multiplier}
    return int(factors.get(grade, 1) * WHOLE)
