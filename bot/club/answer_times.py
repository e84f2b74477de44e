"""How quickly the shop answers its members, and how content they are with the answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlmodel import Session

from db.threads import THREADS


@dataclass(frozen=True, slots=True)
class Times:
    """How the shop answered since a day: how many, half of them within `half`, and the mean of the stars, if any."""

    answered: int
    half: timedelta
    stars: float | None


def of(session: Session, *, since: datetime, until: datetime | None = None) -> Times | None:
    """How the shop answered what was asked since then, and before `until`; None where nothing was answered."""
    here = [THREADS.c.asked_at >= since, THREADS.c.answered_at.is_not(None)]
    if until:
        here.append(THREADS.c.asked_at < until)
    told = select(THREADS.c.asked_at, THREADS.c.answered_at, THREADS.c.stars).where(*here)
    rows = session.connection().execute(told).all()
    stars = [row.stars for row in rows if row.stars]
    if not rows:
        return None
    half = median(row.answered_at - row.asked_at for row in rows)
    return Times(len(rows), half, sum(stars) / len(stars) if stars else None)
