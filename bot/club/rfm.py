"""Recency, frequency and money: the scores 1 to 5 of everybody who bought, by cut points that the owner can read.

Up to a number of buyers the owner's rules are the cut points, from there on last night's quintiles. No score is kept:
it is what the sums are against the cut points.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

from bot.club.cuts import SCORES
from bot.club.rules import Shop
from db.standings import CUT_POINTS, STANDINGS
from db.times import Seconds

PARTS = ("recency", "frequency", "money")
_of = {
    "recency": Seconds(STANDINGS.c.last_at),
    "frequency": STANDINGS.c.year_purchases,
    "money": STANDINGS.c.year_spent,
}
BUYERS = STANDINGS.c.last_at.is_not(None)


@dataclass(frozen=True, slots=True)
class CutPoints:
    """From which values on the scores 2 to 5 are given, by part: instants, purchases, minor units.

    `buyers` are scored; `by_quintiles`: their own quintiles say it, not the rules.
    """

    recency: tuple[datetime, ...]
    frequency: tuple[int, ...]
    money: tuple[int, ...]
    by_quintiles: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """A buyer's three scores, and whether they are active, sleeping or lost."""

    recency: int
    frequency: int
    money: int
    activity: str


def activity(now: datetime) -> ColumnElement[str]:
    """Whether a buyer is active, sleeping or lost."""
    return case((STANDINGS.c.lost_at <= now, "lost"), (STANDINGS.c.sleeps_at <= now, "sleeping"), else_="active")


def lives(session: Session, *, now: datetime) -> dict[str, int]:
    """How many buyers are active, sleeping and lost."""
    each = select(activity(now).label("state")).where(BUYERS).subquery()
    counts = select(each.c.state, func.count()).group_by(each.c.state)
    return dict(session.connection().execute(counts).all())


def of(session: Session, member_id: int, shop: Shop, *, now: datetime) -> Scores | None:
    """How a member scores, None for somebody who never bought."""
    parts: list[Any] = [*(score(part, shop, now) for part in PARTS), activity(now)]
    asked = select(*parts).where(STANDINGS.c.member_id == member_id, BUYERS)
    row = session.connection().execute(asked).first()
    return Scores(*row) if row else None


def score(part: str, shop: Shop, now: datetime) -> ColumnElement[int]:
    """The score of a part, of whoever bought: by last night's cut points, or else by the rules."""
    reached = []
    for place, rule in reversed([*enumerate(_by_rules(shop, now)[part], 2)]):
        kept = select(CUT_POINTS.c.value).where(CUT_POINTS.c.part == part, CUT_POINTS.c.score == place)
        reached.append((_of[part] >= func.coalesce(kept.scalar_subquery(), rule), place))
    return case(*reached, else_=1)


def _by_rules(shop: Shop, now: datetime) -> dict[str, list[int]]:
    """The owner's own cut points, as they would be kept."""
    rules = shop.rules.rfm
    days, many, money = ([int(n) for n in text.split()] for text in (rules.recency, rules.frequency, rules.money))
    since = [int((now - timedelta(days=each)).timestamp()) for each in days]
    return {"recency": since, "frequency": many, "money": [each * 100 for each in money]}


def cut_points(session: Session, shop: Shop, *, now: datetime) -> CutPoints:
    """The cut points as they are: quintiles where there are any, else the rules."""
    rows = session.connection().execute(select(CUT_POINTS).order_by(CUT_POINTS.c.part, CUT_POINTS.c.score)).all()
    found = {part: [row.value for row in rows if row.part == part] for part in PARTS} if rows else _by_rules(shop, now)
    since = tuple(datetime.fromtimestamp(each, UTC) for each in found["recency"])
    return CutPoints(since, tuple(found["frequency"]), tuple(found["money"]), by_quintiles=bool(rows))


def quintiles(session: Session, shop: Shop) -> list[tuple[str, int, int]]:
    """The quintiles of all buyers as part, score and value; none where they are too few. A look, which takes its time.

    Buyers of one value have one score: the next begins above the last of each fifth.
    """
    least = shop.rules.rfm.quintiles_from
    many = session.connection().execute(select(func.count()).where(BUYERS)).scalar_one()
    if not least or many < least:
        return []
    found = []
    for part in PARTS:
        fifth = func.ntile(SCORES).over(order_by=_of[part])
        each = select(_of[part].label("value"), fifth.label("fifth")).where(BUYERS).subquery()
        last = select(each.c.fifth, func.max(each.c.value)).group_by(each.c.fifth).order_by(each.c.fifth)
        ends = session.connection().execute(last).all()
        found += [(part, fifth + 1, int(end) + 1) for fifth, end in ends if fifth < SCORES]
    return found


def keep(session: Session, points: list[tuple[str, int, int]]) -> None:
    """Put cut points that were found in the place of those before."""
    connection = session.connection()
    connection.execute(CUT_POINTS.delete())
    rows: list[dict[str, Any]] = [dict(zip(("part", "score", "value"), each, strict=True)) for each in points]
    if rows:
        connection.execute(CUT_POINTS.insert(), rows)
