"""Activities as people see them: open, under way, and how they ended."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlmodel import Session

from bot.club.members import Named
from db.activities import ENTRANTS, VOTES, Activity
from db.members import MEMBERS

RUNNING = ("open", "voting", "picking")  # the states of what has not ended
POST, BALLOT = "activity_post", "contest_vote"  # the letters that are kept true: the first post, and that of a vote


@dataclass(frozen=True, slots=True)
class Winner:
    """Who won: as which of those who took part, how many points of a packet, and the price that they guessed.

    Who does not wish to be named has no name.
    """

    who: Named
    nth: int
    won: int
    said: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A photo in a contest (platform:number), its votes, and whether it is picked or won."""

    nth: int
    photo: str
    votes: int
    won: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An activity as a group sees it. The seed is empty until it ended; `promise` is the seed's SHA-256."""

    id: int
    kind: str
    title: str
    prize: str
    places: int
    entered: int
    closes_at: datetime
    state: str
    promise: str
    seed: str = ""
    winners: tuple[Winner, ...] = ()
    choices: tuple[str, ...] = ()
    answer: int | None = None
    right: int = 0  # how many chose what is right
    photo: str | None = None
    votes_until: datetime | None = None
    entries: tuple[Entry, ...] = ()  # of a contest


def as_shown(session: Session, activity: Activity) -> Shown:
    """An activity as a group sees it."""
    row = Shown(
        activity.id or 0,
        activity.kind,
        activity.title,
        activity.prize,
        activity.places,
        activity.entered,
        activity.closes_at,
        activity.state,
        promise(activity.seed),
        choices=tuple(activity.choices or ()),
        photo=activity.photo,
        votes_until=activity.votes_until,
        entries=entries(session, activity.id or 0) if activity.kind == "contest" else (),
    )
    if activity.state in RUNNING and not _is_empty(activity):
        return row
    over = replace(row, seed=activity.seed, winners=_winners(session, row.id), answer=activity.answer)
    if activity.answer is None:
        return over
    right = ENTRANTS.c.activity_id == row.id, ENTRANTS.c.said == activity.answer
    return replace(over, right=session.connection().execute(select(func.count()).where(*right)).scalar_one())


def entries(session: Session, contest_id: int) -> tuple[Entry, ...]:
    """The photos of a contest, in the order in which they came, with their votes."""
    here = ENTRANTS.c.activity_id == contest_id, ENTRANTS.c.photo.is_not(None)
    theirs = and_(VOTES.c.activity_id == ENTRANTS.c.activity_id, VOTES.c.nth == ENTRANTS.c.nth)
    rows = (
        select(ENTRANTS.c.nth, ENTRANTS.c.photo, func.count(VOTES.c.member_id).label("votes"), ENTRANTS.c.won)
        .outerjoin_from(ENTRANTS, VOTES, theirs)
        .where(*here)
        .group_by(ENTRANTS.c.id)
        .order_by(ENTRANTS.c.nth)
    )
    return tuple(Entry(row.nth, row.photo, row.votes, row.won > 0) for row in session.connection().execute(rows))


def shown(session: Session, activity_id: int) -> Shown:
    """An activity as it stands now."""
    return as_shown(session, session.get_one(Activity, activity_id, populate_existing=True))


def face(activity: Activity | Row[Any], kind: str = POST) -> str:
    """What a post shows that may change; once a vote is on, its count stands in a post of its own."""
    if kind == POST and activity.state not in ("open", "closed", "stopped"):
        return f"{activity.state}:"
    return f"{activity.state}:{activity.entered}:{activity.changes}"


def promise(seed: str) -> str:
    """What is told of a seed beforehand: its SHA-256, which gives nothing away and fits no other."""
    return hashlib.sha256(seed.encode()).hexdigest()


def _is_empty(activity: Activity) -> bool:
    return activity.kind == "packet" and activity.entered >= activity.places


def _winners(session: Session, activity_id: int) -> tuple[Winner, ...]:
    won = (ENTRANTS.c.activity_id == activity_id, ENTRANTS.c.won > 0)
    told = (ENTRANTS.c.nth, ENTRANTS.c.won, ENTRANTS.c.said, ENTRANTS.c.member_id, MEMBERS.c.name, MEMBERS.c.named)
    rows = session.connection().execute(select(*told).join_from(ENTRANTS, MEMBERS).where(*won).order_by(ENTRANTS.c.nth))
    return tuple(
        Winner(Named(row.member_id, row.name if row.named else None), row.nth, row.won, row.said) for row in rows
    )
