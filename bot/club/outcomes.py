"""What a journey brings: how many of those on it bought within 30 days, beside those who were kept back to compare."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import hypot, sqrt

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select
from sqlmodel import Session

from bot.club.journeys import KEPT_BACK, UNDER_WAY, Journey
from bot.club.spending import STANDS
from db.coupons import COUPONS
from db.journeys import TRIPS
from db.outbox import LETTERS
from db.purchases import PURCHASES

WITHIN = timedelta(days=30)  # of its beginning a purchase counts
LOOKED_AT = timedelta(days=365)  # how far back
SURE = 1.96  # standard deviations: nineteen times in twenty
ASKS = ("usage", "rating", "running_out")  # kinds of steps with buttons of their own
ENOUGH = 30  # members of a group: of fewer nothing is said


@dataclass(frozen=True, slots=True)
class Group:
    """Members who went one way: how many, and how many of them bought."""

    many: int = 0
    bought: int = 0

    @property
    def share(self) -> int | None:
        """How many in a hundred bought; None where they are too few to tell."""
        return round(100 * self.bought / self.many) if self.many >= ENOUGH else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which shares, from 0 to 1, the true one lies, nineteen times in twenty (Wilson)."""
        many, share = self.many, self.bought / self.many
        middle = share + SURE**2 / (2 * many)
        swing = SURE * sqrt(share * (1 - share) / many + SURE**2 / (4 * many**2))
        whole = 1 + SURE**2 / many
        return max((middle - swing) / whole, 0), min((middle + swing) / whole, 1)


def apart(here: Group, there: Group) -> tuple[float, float] | None:
    """Between which differences the true one of two groups lies, nineteen times in twenty (Newcombe's tenth way).

    None where one of them is too small to tell.
    """
    if here.share is None or there.share is None:
        return None
    one, other = here.bought / here.many, there.bought / there.many
    (low, high), (least, most) = here.bounds, there.bounds
    below, above = hypot(one - low, most - other), hypot(high - one, other - least)
    return one - other - below, one - other + above


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a journey does: how many are on it now; of each arm, and of those kept back, who bought."""

    under_way: int
    arms: dict[str, Group]
    kept_back: Group

    @property
    def gone(self) -> Group:
        """All who went on it, by whichever arm."""
        arms = self.arms.values()
        return Group(sum(arm.many for arm in arms), sum(arm.bought for arm in arms))


@dataclass(frozen=True, slots=True)
class Way:
    """How many who went on a journey got a letter of it, tapped a button of those, and used a coupon of it.

    `tapped` is None where its letters have no buttons of their own.
    """

    told: int
    tapped: int | None
    used: int


def of(session: Session, name: str, *, now: datetime) -> Outcome:
    """How a journey does, by those who began it in the last year and at least 30 days ago."""
    first = (
        select(func.min(PURCHASES.c.at))
        .where(PURCHASES.c.member_id == TRIPS.c.member_id, PURCHASES.c.at > TRIPS.c.began_at, *STANDS)
        .scalar_subquery()
    )
    many: Counter[str] = Counter()
    bought: Counter[str] = Counter()
    rows = select(TRIPS.c.state, TRIPS.c.arm, TRIPS.c.began_at, first.label("first")).where(*_of_late(name, now))
    for state, arm, began, at in session.connection().execute(rows):
        group = KEPT_BACK if state == KEPT_BACK else arm
        many[group] += 1
        bought[group] += at is not None and at <= began + WITHIN
    here = (TRIPS.c.journey == name, TRIPS.c.state == UNDER_WAY)
    under_way = session.connection().execute(select(func.count()).where(*here)).scalar_one()
    arms = {arm: Group(many[arm], bought[arm]) for arm in sorted(many) if arm != KEPT_BACK}
    return Outcome(under_way, arms, Group(many[KEPT_BACK], bought[KEPT_BACK]))


def way(session: Session, name: str, journey: Journey, *, now: datetime) -> Way:
    """How far those came who went on a journey, of the same trips as `of`."""
    keys = [literal("journey:") + cast(TRIPS.c.id, String) + literal(f":{step.name}") for step in journey.steps]
    arrived = select(LETTERS.c.id).where(LETTERS.c.key.in_(keys), LETTERS.c.state.in_(("sent", "uncertain")))
    letter, tap = arrived.exists(), arrived.where(LETTERS.c.opened_at.is_not(None)).exists()
    coupon = select(COUPONS.c.id).where(COUPONS.c.key.in_(keys), COUPONS.c.state == "redeemed").exists()
    sums = tuple(func.count(case((each, 1))) for each in (letter, tap, coupon))
    here = (*_of_late(name, now), TRIPS.c.state != KEPT_BACK)
    told, tapped, used = tuple(session.connection().execute(select(*sums).where(*here)).one())
    return Way(told, tapped if any(step.kind in ASKS for step in journey.steps) else None, used)


def _of_late(name: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The trips by which a journey is judged: of the last year, and begun long enough ago."""
    return TRIPS.c.journey == name, TRIPS.c.began_at > now - LOOKED_AT, TRIPS.c.began_at <= now - WITHIN
