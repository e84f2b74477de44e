"""What multiplies the points of a purchase: the grade, the days around a birthday, a coupon. Only the highest does."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from bot.club.rules import Shop
from db.hot import first
from db.members import MEMBERS
from db.points import BOOSTS

WHOLE = 100  # a factor is in hundredths

_window = select(func.max(BOOSTS.c.factor)).where(
    BOOSTS.c.member_id == MEMBERS.c.id, BOOSTS.c.first_day <= bindparam("on"), BOOSTS.c.last_day >= bindparam("on")
)
_have = select(MEMBERS.c.grade, func.coalesce(_window.scalar_subquery(), 1)).where(MEMBERS.c.id == bindparam("member"))


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
    grade, birthday = first(session.connection(), _have, {"member": member_id, "on": on})
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
