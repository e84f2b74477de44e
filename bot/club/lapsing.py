"""Points lapse: each night all live lots are looked over, what is due is written off, and warned of well ahead."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, literal, select
from sqlmodel import Session

from bot.club import expiry, outbox, points
from bot.club.expiry import LIVE, OWN_END, Batch, Expiry
from bot.club.rules import Shop
from db.outbox import LETTERS
from db.points import ENTRIES, LOTS

AHEAD = (30, 7)  # days, of the two warnings
LISTED = timedelta(days=7)  # what a warning of so many days ago listed needs no other


@dataclass(slots=True)
class Found:
    """What a look over some lots found: how those are dated that were not so, which are due, whose are due soon.

    And the last lot, if there was any.
    """

    wrong: list[tuple[int, datetime | None]] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    soon: set[int] = field(default_factory=set)
    last: int | None = None


def look_over(session: Session, shop: Shop, *, now: datetime, after: int, limit: int, every: bool) -> Found:
    """Look over the live lots that follow the lot `after`: `every` one, or those that are not good for long."""
    rule, found, horizon = expiry.standing(session, shop), Found(), shop.day(now) + timedelta(days=max(AHEAD))
    which = LOTS.c.id > after if every else (LOTS.c.id > after) & rule.worth_a_look(horizon)
    lots = session.connection().execute(LIVE.where(which).order_by(LOTS.c.id).limit(limit)).all()
    ends: dict[date, datetime] = {}
    for lot in lots:
        last_day = rule.last_of(lot)
        if last_day and last_day not in ends:
            ends[last_day] = shop.end_of(last_day)
        ends_at = ends[last_day] if last_day else None
        expires_at = None if rule.renews and lot.source != OWN_END else ends_at
        if lot.expires_at != expires_at:
            found.wrong.append((lot.id, expires_at))
        if ends_at and ends_at <= now:
            found.due.append(lot.id)
        elif last_day and last_day <= horizon:
            found.soon.add(lot.member_id)
        found.last = lot.id
    return found


def collect(session: Session, lot_ids: Collection[int], shop: Shop, *, now: datetime) -> None:
    """Write off those of some lots that are still due; each once a shop-day."""
    connection, rule, mark = session.connection(), expiry.standing(session, shop), f"{shop.day(now)}"
    theirs = select(LOTS.c.member_id).where(LOTS.c.id.in_(lot_ids)).distinct()
    points.lock(session, connection.execute(theirs).scalars().all())
    key = literal("expiry:") + cast(LOTS.c.id, String) + literal(f":{mark}")
    done = select(ENTRIES.c.id).where(ENTRIES.c.key == key).exists()
    lots = connection.execute(LIVE.where(LOTS.c.id.in_(lot_ids), ~done)).all()
    today = shop.day(now)
    due = [lot.id for lot in lots if (last_day := rule.last_of(lot)) and last_day < today]
    points.write_off(session, due, "expiry", mark=mark, now=now)


def unaware(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime) -> list[int]:
    """Those of some members who have not been told yet of what lapses soon."""
    return [member_id for member_id, _ in _to_warn(session, member_ids, expiry.standing(session, shop), now)]


def warn(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime) -> None:
    """Warn those of some members who have not been told yet of what lapses soon."""
    rule = expiry.standing(session, shop)
    for member_id, batches in _to_warn(session, member_ids, rule, now):
        _write(session, member_id, batches, rule, now)


def _to_warn(
    session: Session, member_ids: Collection[int], rule: Expiry, now: datetime
) -> list[tuple[int, list[Batch]]]:
    """Who of some members is to be warned, and of what."""
    today = rule.shop.day(now)
    lots: dict[int, list[Any]] = defaultdict(list)
    for lot in session.connection().execute(LIVE.where(LOTS.c.member_id.in_(member_ids))):
        lots[lot.member_id].append(lot)
    told = _told(session, member_ids, rule.shop, now)
    found = []
    for member_id, theirs in lots.items():
        batches = [batch for batch in expiry.coming(rule, theirs) if batch.last_day >= today]
        if any(_to_be_told(batch, told[member_id], today) for batch in batches):
            found.append((member_id, batches))
    return found


def _to_be_told(batch: Batch, told: Sequence[tuple[date, str]], today: date) -> bool:
    """Whether a warning's day has come, after the points did, and no letter of then or a few days earlier listed it."""
    days = [batch.last_day - timedelta(days=ahead) for ahead in AHEAD]
    come = [day for day in days if batch.since < day <= today]
    return bool(come) and not any(on >= come[-1] - LISTED for on, listed in told if listed == f"{batch.last_day}")


def _told(
    session: Session, member_ids: Collection[int], shop: Shop, now: datetime
) -> dict[int, list[tuple[date, str]]]:
    """On which day a letter told each member of which last day."""
    recent = LETTERS.c.posted_at > now - timedelta(days=max(AHEAD)) - LISTED - timedelta(days=1)
    letters = select(LETTERS.c.member_id, LETTERS.c.posted_at, LETTERS.c.facts).where(
        LETTERS.c.member_id.in_(member_ids), LETTERS.c.kind == "expiry", recent
    )
    told: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for letter in session.connection().execute(letters):
        told[letter.member_id] += [(shop.day(letter.posted_at), last_day) for last_day, _ in letter.facts["coming"]]
    return told


def _write(session: Session, member_id: int, batches: Sequence[Batch], rule: Expiry, now: datetime) -> None:
    today = rule.shop.day(now)
    horizon = today + timedelta(days=max(AHEAD)) + LISTED
    listed = [(f"{batch.last_day}", batch.points) for batch in batches if batch.last_day <= horizon]
    end = rule.shop.end_of(batches[0].last_day)
    outbox.to_member(
        session,
        "expiry",
        member_id,
        key=f"expiry:{member_id}:{today}",
        now=now,
        before=min(end, now + timedelta(days=3)),
        coming=listed,
        renews=rule.renews and not any(batch.fixed for batch in batches),
    )
