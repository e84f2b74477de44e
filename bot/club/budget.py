"""The monthly budget: a ceiling for what the club gives on its own. Once reached, no more is given and the owners hear.

What members earn by what they do, and what staff give by hand, is not the club's own doing and goes on.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import true
from sqlmodel import Session, col, select, update

from bot.club import costs, coupons, staff
from bot.club.coupons import Issued
from bot.club.offers import Offer
from bot.club.rules import Shop
from db.budget import BUDGET_MONTHS, BudgetMonth
from db.coupons import Coupon
from db.engine import insert_once


@dataclass(frozen=True, slots=True)
class Month:
    """A month's budget in minor units: what was spent of which ceiling, None where there is none."""

    spent: int
    ceiling: int | None


def spend(session: Session, cost: int, shop: Shop, *, now: datetime) -> bool:
    """Take what something costs that the club would give on its own. Returns whether the month's budget allows it."""
    month, ceiling = _month(shop, now), _ceiling(shop)
    insert_once(session, BUDGET_MONTHS, month=month, spent=0)
    within = true() if ceiling is None else col(BudgetMonth.spent) + cost <= ceiling
    here = update(BudgetMonth).where(col(BudgetMonth.month) == month, within)
    if session.exec(here.values(spent=col(BudgetMonth.spent) + cost)).rowcount:
        return True
    _tell(session, month, ceiling or 0, now)
    return False


def give(
    session: Session,
    member_id: int,
    name: str,
    offer: Offer,
    shop: Shop,
    *,
    good_until: datetime,
    key: str,
    now: datetime,
    reminded: bool = True,
) -> Issued | None:
    """Issue a coupon on the club's own account, once for each key, if the month's budget allows it."""
    if session.exec(select(Coupon.id).where(Coupon.key == key)).first() is not None:
        return None
    if not spend(session, costs.of_offer(offer, shop), shop, now=now):
        return None
    return coupons.issue(
        session, member_id, name, offer, shop, good_until=good_until, key=key, now=now, reminded=reminded
    )


def stands(session: Session, shop: Shop, *, now: datetime) -> Month:
    """How this month's budget stands."""
    spent = session.exec(select(BudgetMonth.spent).where(BudgetMonth.month == _month(shop, now))).first()
    return Month(spent or 0, _ceiling(shop))


def _ceiling(shop: Shop) -> int | None:
    return int(shop.rules.budget.monthly * 100) or None


def _month(shop: Shop, now: datetime) -> date:
    return shop.day(now).replace(day=1)


def _tell(session: Session, month: date, ceiling: int, now: datetime) -> None:
    """Tell every owner, once for a month and ceiling: a raised one may be reached again."""
    owners = staff.reached(session)
    staff.write_to(session, owners, "budget_reached", key=f"{month}:{ceiling}", now=now, ceiling=ceiling)
