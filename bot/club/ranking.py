"""All grades at a glance: what they take, how many are in each, what changed this month, who is sleeping."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import rfm
from bot.club.cuts import GRADES
from bot.club.rfm import CutPoints
from bot.club.rules import Shop
from db.members import MEMBERS
from db.standings import STANDINGS


@dataclass(frozen=True, slots=True)
class Rung:
    """A grade: how many are in it, how many came up or down to it this month, how many will leave it soon."""

    grade: str
    members: int
    risen: int = 0
    fallen: int = 0
    leaving: int = 0


@dataclass(frozen=True, slots=True)
class Ladder:
    """All grades from the lowest on; how many buyers are active, sleeping and lost; and the scores' cut points."""

    rungs: tuple[Rung, ...]
    active: int
    sleeping: int
    lost: int
    cuts: CutPoints
    at: datetime


def of(session: Session, shop: Shop, *, now: datetime) -> Ladder:
    """How the members stand now."""
    connection, month = session.connection(), shop.day(now).replace(day=1)
    here = select(MEMBERS.c.grade, func.count()).where(MEMBERS.c.erased_at.is_(None)).group_by(MEMBERS.c.grade)
    many: dict[str, int] = dict(connection.execute(here).all())
    lately = STANDINGS.c.changed_on >= month
    moved = (
        select(
            STANDINGS.c.rank,
            func.count().filter(lately, STANDINGS.c.rank > STANDINGS.c.was).label("risen"),
            func.count().filter(lately, STANDINGS.c.rank < STANDINGS.c.was).label("fallen"),
            func.count(STANDINGS.c.falls_on).label("leaving"),
        )
        .where((STANDINGS.c.changed_on >= month) | STANDINGS.c.falls_on.is_not(None))
        .group_by(STANDINGS.c.rank)
    )
    changes = {row.rank: (row.risen, row.fallen, row.leaving) for row in connection.execute(moved)}
    rungs = (Rung(grade, many.get(grade, 0), *changes.get(place, ())) for place, grade in enumerate(GRADES))
    counts = rfm.lives(session, now=now)
    active, sleeping, lost = (counts.get(each, 0) for each in ("active", "sleeping", "lost"))
    return Ladder(tuple(rungs), active, sleeping, lost, rfm.cut_points(session, shop, now=now), now)
