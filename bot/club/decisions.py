"""What was decided about a member's letters, and why: the last ones, and what keeps others from being written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlmodel import Session

from bot.club import blacklist, budget, journeys, members
from bot.club.journeys import UNDER_WAY
from bot.club.members import Named, Who
from bot.club.rules import Shop
from db.deals import DEALS
from db.journeys import TRIPS
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS

LATEST = 10  # letters
TRAVELS = 5  # journeys


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a letter, and why; `at`: when it was settled, or until when it waits.

    `journey` is the name of its journey, `about` its broadcast's number or its deal's title; empty for any other.
    """

    kind: str
    journey: str
    about: str
    state: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Trip:
    """How a member stands on a journey."""

    journey: str
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """The latest letters of a member, what stops others now (each with its end, if it has one), and the journeys."""

    who: Named
    letters: list[Decision]
    stops: list[tuple[str, datetime | None]]
    trips: list[Trip]


def last(session: Session, who: Who, shop: Shop, *, now: datetime) -> Decisions:
    """What was decided last about the letters to a member. Raises UnknownMember, WhichMember."""
    member = members.find(session, who)
    which = member.member_id
    return Decisions(member, _letters(session, which), _stops(session, which, shop, now), _trips(session, which))


def _letters(session: Session, member_id: int) -> list[Decision]:
    """The latest letters, the newest first: those that wait still, then by when they were settled."""
    title = select(DEALS.c.title).where(DEALS.c.id == LETTERS.c.facts["deal_id"].as_integer()).scalar_subquery()
    here = select(LETTERS, title.label("title")).where(LETTERS.c.member_id == member_id)
    latest = here.order_by(LETTERS.c.settled_at.desc().nulls_first(), LETTERS.c.id.desc()).limit(LATEST)
    return [
        Decision(row.kind, *_about(row), row.state, row.reason, row.settled_at or row.after)
        for row in session.connection().execute(latest)
    ]


def _about(row: Any) -> tuple[str, str]:
    journey = row.facts.get("journey", "")
    return journey if journey in journeys.shipped() else "", str(row.broadcast_id or row.title or "")


def _stops(session: Session, member_id: int, shop: Shop, now: datetime) -> list[tuple[str, datetime | None]]:
    """What keeps letters from this member as things stand, in the words of the outbox."""
    reachable = exists().where(ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.reachable)
    wishes = (MEMBERS.c.consent, MEMBERS.c.notify, MEMBERS.c.held_at, MEMBERS.c.quiet_until, MEMBERS.c.blocked)
    row = session.connection().execute(select(*wishes, reachable.label("here")).where(MEMBERS.c.id == member_id)).one()
    month = budget.stands(session, shop, now=now)
    stops = {
        "unreachable": not row.here,
        "never agreed": row.consent is None,
        "blacklisted": blacklist.includes(row.blocked, blacklist.MESSAGES),
        "no deals": row.blocked == blacklist.DEALS,
        "no offers": row.notify == "own",
        "no letters": row.notify == "none",
        "a bad rating": row.held_at is not None,
        "paused": shop.rules.sending.paused,
        "the budget is used up": month.ceiling is not None and month.spent >= month.ceiling,
    }
    found: list[tuple[str, datetime | None]] = [(reason, None) for reason, true in stops.items() if true]
    if row.quiet_until and row.quiet_until > now:
        found.append(("paused by the member", row.quiet_until))
    return found


def _trips(session: Session, member_id: int) -> list[Trip]:
    """The latest journeys of a member that ended or were never sent, the newest first."""
    mine = (TRIPS.c.member_id == member_id, TRIPS.c.state != UNDER_WAY, TRIPS.c.journey.in_(journeys.shipped()))
    latest = select(TRIPS.c.journey, TRIPS.c.state, TRIPS.c.reason).where(*mine)
    rows = session.connection().execute(latest.order_by(TRIPS.c.began_at.desc(), TRIPS.c.id.desc()).limit(TRAVELS))
    return [Trip(row.journey, row.state, row.reason) for row in rows]
