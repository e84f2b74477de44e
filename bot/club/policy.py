"""The one policy: whether a letter that is due goes, waits until when, or is dropped, and for which reason.

Asked in this order: whether it still makes sense, the day's plan, its broadcast, the blacklist, its reader's wishes and
a bad rating, its time, quiet hours, caps, and last what goes along with it: a question, a coupon within the budget. Who
is kept back from a journey gets no letter to begin with. The reason stays with the letter, and /why tells it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, func, select
from sqlmodel import Session

from bot.club import (
    blacklist,
    broadcast_letters,
    consents,
    email,
    greetings,
    journeys,
    matters,
    questions,
    skips,
    trips,
)
from bot.club.letters import KINDS, QUIET_HOURS, SEND, TOO_LATE, UNREACHABLE, Kind, Rank, Verdict, awake
from bot.club.rules import Shop
from db.members import EMAIL
from db.outbox import LETTERS

CAPPED = [name for name, kind in KINDS.items() if kind.capped]


@dataclass(frozen=True, slots=True)
class Reader:
    """What decides about a letter besides its kind: the member's wishes, and what they or the group had already."""

    agreed: bool = True  # to the purpose of the kind; a group: still linked
    reachable: bool = True
    notify: str = "all"
    content: bool = True  # no bad rating of theirs waits for the staff
    blocked: str | None = None  # the level on the blacklist
    quiet_until: datetime | None = None
    promo_today: int = 0
    promo_week: int = 0


def verdict(session: Session, row: Row[Any], shop: Shop, *, now: datetime) -> Verdict:
    """What becomes of a letter. One that may go has all that goes with it from here on: its question, its coupon."""
    kind = KINDS[row.kind]
    held_back = "switched off" if journeys.held_back(session, row.kind) else None
    if reason := matters.over(session, row.facts) or held_back or skips.over(session, row, shop, now=now):
        return Verdict(drop=True, reason=reason)
    if row.broadcast_id and (stopped := broadcast_letters.judge(session, row, now=now)):
        return stopped
    found = decide(kind, row.before, _reader(session, row, kind, shop, now), shop, now=now)
    if found != SEND:
        return found
    if row.kind == "question" and not questions.put_out(session, row, shop, now=now):
        return Verdict(drop=True, reason="nothing to ask")
    if row.kind == "receipt" and row.platform != EMAIL:
        _ask_along(session, row, shop, now)
    if "trip_id" in row.facts:
        return trips.judge(session, row, shop, now=now) or SEND
    return greetings.judge(session, row, now=now) or SEND


def _ask_along(session: Session, row: Row[Any], shop: Shop, now: datetime) -> None:
    """Put a question below a receipt, where a letter of its own might go to the member now."""
    question = KINDS["question"]
    if decide(question, None, _reader(session, row, question, shop, now), shop, now=now) == SEND:
        questions.put_out(session, row, shop, now=now)


def decide(kind: Kind, before: datetime | None, reader: Reader, shop: Shop, *, now: datetime) -> Verdict:
    """Whether a letter that is due may go. Held letters wait while `before` allows, and are dropped after it."""
    if verdict := _wish(kind, reader):
        return verdict
    if before and before <= now:
        return Verdict(drop=True, reason=TOO_LATE)
    verdict = _hold(kind, reader, shop, now)
    if before and verdict.wait_until and before <= verdict.wait_until:
        return Verdict(drop=True, reason=verdict.reason)
    return verdict


def _wish(kind: Kind, reader: Reader) -> Verdict | None:
    """What the reader's own word or absence, or the blacklist, stops for good."""
    if not reader.reachable:
        return Verdict(drop=True, reason=UNREACHABLE)
    if blacklist.includes(reader.blocked, blacklist.DEALS if kind.claim else blacklist.MESSAGES):
        return Verdict(drop=True, reason="blacklisted")
    if kind.held and not reader.agreed:
        return Verdict(drop=True, reason="no consent")
    if reader.notify in kind.stopped_by:
        return Verdict(drop=True, reason="opted out")
    if kind.capped and not reader.content:
        return Verdict(drop=True, reason="a bad rating")
    return None


def _hold(kind: Kind, reader: Reader, shop: Shop, now: datetime) -> Verdict:
    """What makes a letter wait."""
    rules = shop.rules.sending
    if not kind.held:
        return SEND
    if reader.quiet_until and now < reader.quiet_until:
        return Verdict(reader.quiet_until, reason="paused by the member")
    allowed = awake(shop, now)
    if allowed > now:
        return Verdict(allowed, reason=QUIET_HOURS)
    if kind.capped:
        tomorrow = shop.at(shop.day(now) + timedelta(days=1), rules.day_hour)
        if reader.promo_today >= (rules.group_posts_per_day if kind.to_group else rules.promo_per_day):
            return Verdict(tomorrow, reason="daily cap")
        if not kind.to_group and reader.promo_week >= rules.promo_per_week:
            return Verdict(tomorrow, reason="weekly cap")
    return SEND


def _reader(session: Session, row: Row[Any], kind: Kind, shop: Shop, now: datetime) -> Reader:
    """What decides about a letter besides its kind."""
    today, week = _had(session, row, shop, now) if kind.capped else (0, 0)
    if kind.to_group:
        return Reader(agreed=row.group_state == "linked", promo_today=today)
    return Reader(
        agreed=_agreed(session, row, kind),
        reachable=row.reachable and (row.platform != EMAIL or email.goes(row.kind, shop)),
        notify=row.notify,
        content=row.held_at is None,
        blocked=row.blocked,
        quiet_until=row.quiet_until,
        promo_today=today,
        promo_week=week,
    )


def _agreed(session: Session, row: Row[Any], kind: Kind) -> bool:
    """Whether the reader agreed to what the letter is for, as it stands at this moment. The staff need not agree."""
    if kind.purpose == "service":
        return row.consent is not None or row.role is not None
    return consents.given(session, row.member_id, kind.purpose)


def _had(session: Session, row: Row[Any], shop: Shop, now: datetime) -> tuple[int, int]:
    """How many promos this member, or this group, got today and in the last 7 days."""
    midnight = shop.end_of(shop.day(now) - timedelta(days=1))
    address = LETTERS.c.group_id == row.group_id if row.group_id else LETTERS.c.member_id == row.member_id
    since = now - timedelta(days=7)
    promo = and_(LETTERS.c.kind.in_(CAPPED), LETTERS.c.rank.in_((Rank.PROMO, Rank.ONCE_MORE)))  # the rank by its index
    had = (address, promo, LETTERS.c.state.in_(("sent", "uncertain")), LETTERS.c.settled_at > since)
    today = func.coalesce(func.sum(case((LETTERS.c.settled_at >= midnight, 1), else_=0)), 0)
    got = session.connection().execute(select(today, func.count()).where(*had)).one()
    going = select(func.count()).where(address, promo, LETTERS.c.state == "sending", LETTERS.c.settled_at.is_(None))
    under_way = session.connection().execute(going).scalar_one() + _before(session, row, now)
    return int(got[0]) + under_way, got[1] + under_way


def _before(session: Session, row: Row[Any], now: datetime) -> int:
    """How many heavier offers are due to the member, which go first."""
    heavier = [name for name in CAPPED if KINDS[name].weight > KINDS[row.kind].weight]
    if row.group_id or not heavier:
        return 0
    due = (LETTERS.c.state == "waiting", LETTERS.c.after <= now, LETTERS.c.settled_at.is_(None))
    theirs = (LETTERS.c.member_id == row.member_id, LETTERS.c.rank == Rank.PROMO, LETTERS.c.kind.in_(heavier))
    return session.connection().execute(select(func.count()).where(*theirs, *due)).scalar_one()
