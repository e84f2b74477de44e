"""Liability: what all live points, coupons and ordered gifts would cost the shop if everybody came for theirs."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import false, func, or_, select
from sqlmodel import Session

from bot.club import budget, costs, expiry
from bot.club.budget import Month
from bot.club.offers import Offer
from bot.club.rules import Shop
from db.coupons import COUPONS
from db.gifts import GIFT_ORDERS
from db.members import MEMBERS
from db.points import LOTS

SOON = timedelta(days=30)
KINDS = ("money", "percent", "gift", "points", "times")  # of offers


@dataclass(frozen=True, slots=True)
class Promised:
    """Something that members may come for: how much of it there is, and what it would cost, in minor units."""

    what: str  # balance, ordered, or the kind of offer of some coupons
    count: int
    cost: int


@dataclass(frozen=True, slots=True)
class Liability:
    """All that is promised, the points first; how many points lapse within 30 days; and the month's budget."""

    promised: tuple[Promised, ...]
    lapsing: int
    month: Month

    @property
    def cost(self) -> int:
        """What all of it would cost, in minor units."""
        return sum(each.cost for each in self.promised)


def of(session: Session, shop: Shop, *, now: datetime) -> Liability:
    """What is promised at an instant. Ordered gifts are counted by the points that they cost."""
    connection = session.connection()
    points: int = connection.execute(select(func.coalesce(func.sum(MEMBERS.c.points), 0))).scalar_one()
    ordered = select(func.count(), func.coalesce(func.sum(GIFT_ORDERS.c.cost), 0))
    orders, for_points = connection.execute(ordered.where(GIFT_ORDERS.c.state == "ordered")).one()
    promised = [
        Promised("balance", points, costs.of_points(points, shop)),
        *_coupons(session, shop, now),
        Promised("ordered", orders, costs.of_points(for_points, shop)),
    ]
    return Liability(tuple(promised), lapsing(session, shop, now), budget.stands(session, shop, now=now))


def _coupons(session: Session, shop: Shop, now: datetime) -> list[Promised]:
    """The good coupons by the kind of what they offer."""
    live = (COUPONS.c.state == "issued", COUPONS.c.good_until > now)
    rows = session.connection().execute(select(COUPONS.c.offer, func.count()).where(*live).group_by(COUPONS.c.offer))
    many, cost = Counter[str](), Counter[str]()
    for written, count in rows:
        offer = Offer.read(written)
        many[offer.kind] += count
        cost[offer.kind] += count * costs.of_offer(offer, shop)
    return [Promised(kind, many[kind], cost[kind]) for kind in KINDS if many[kind]]


def lapsing(session: Session, shop: Shop, now: datetime) -> int:
    """The points that lapse within 30 days: by the rule as it stands, or by a last day of their own."""
    rule, horizon = expiry.standing(session, shop), shop.day(now) + SOON
    newest = _begin_by(rule, horizon)
    own = LOTS.c.source == expiry.OWN_END
    ends = own & (LOTS.c.expires_at <= shop.end_of(horizon))
    begins = func.coalesce(MEMBERS.c.moved_at, LOTS.c.earned_at) if rule.renews else LOTS.c.earned_at
    due = select(func.coalesce(func.sum(LOTS.c.remaining), 0)).join_from(
        LOTS, MEMBERS, MEMBERS.c.id == LOTS.c.member_id
    )
    by_rule = ~own & (begins < shop.end_of(newest)) if newest else false()
    points: int = session.connection().execute(due.where(LOTS.c.remaining > 0, or_(ends, by_rule))).scalar_one()
    return points


def _begin_by(rule: expiry.Expiry, horizon: date) -> date | None:
    """The latest day on which points begin that lapse by the horizon. Later ones last as long or longer."""
    day = horizon
    oldest = horizon - timedelta(days=3700)
    while day > oldest and ((last := rule.last_day(day)) is None or last > horizon):
        day -= timedelta(days=1)
    return day if day > oldest else None
