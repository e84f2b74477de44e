"""The one policy: whether a letter that is due goes, waits until when, or is dropped, and for which reason.

Asked in this order: whether it still makes sense, the day's plan, its broadcast, the blacklist, its reader's wishes and
a bad rating, its time, quiet hours, caps, and last what goes along with it: a question, a coupon within the budget. Who
is kept back from a journey gets no letter to begin with. The reason stays with the letter, and /why tells it.

What is asked about every letter is looked up for many at once (`known`), just before each is judged (`verdict`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, CompoundSelect, Row, and_, bindparam, literal, or_, select, union_all
from sqlmodel import Session

from bot.club import (
    ballots,
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
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up about some letters, no two of them to one member: each costs no statements of its own."""

    skipped: Collection[tuple[date, str]]  # lines of the plan
    broadcasts: Mapping[int, Row[Any]]
    agreed: Mapping[str, Collection[int]]  # by purpose: the members who agreed to it
    offers: Mapping[tuple[str, int], Sequence[Row[Any]]]  # see _offers


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


def known(session: Session, letters: Sequence[Row[Any]], shop: Shop, *, now: datetime) -> Known:
    """Look up what decides about some letters that are due. It holds as long as none of them has gone."""
    asked = defaultdict(set)  # whose agreement, by purpose
    for each in letters:
        if each.kind in KINDS and each.member_id:
            asked[KINDS[each.kind].purpose].add(each.member_id)
    return Known(
        skips.lines(session, {shop.day(now), *(shop.day(each.after) for each in letters)}),
        broadcast_letters.standing(session, {each.broadcast_id for each in letters if each.broadcast_id}),
        {purpose: consents.agreed(session, who, purpose) for purpose, who in asked.items() if purpose != "service"},
        _offers(session, [each for each in letters if each.kind in CAPPED], shop, now),
    )


def verdict(session: Session, row: Row[Any], about: Known, shop: Shop, *, now: datetime) -> Verdict:
    """What becomes of a letter. One that may go has all that goes with it from here on: its question, its coupon."""
    kind = KINDS[row.kind]
    held_back = "switched off" if journeys.held_back(session, row.kind) else None
    if reason := matters.over(session, row.facts) or held_back or skips.over(row, about.skipped, shop, now=now):
        return Verdict(drop=True, reason=reason)
    if row.broadcast_id and (stopped := _broadcast(session, row, about, now)):
        return stopped
    found = decide(kind, row.before, _reader(row, kind, about, shop), shop, now=now)
    if found != SEND:
        return found
    if row.kind == "question" and not questions.put_out(session, row, shop, now=now):
        return Verdict(drop=True, reason="nothing to ask")
    if row.kind == "receipt" and row.platform != EMAIL:
        _ask_along(session, row, about, shop, now)
    if "trip_id" in row.facts:
        return trips.judge(session, row, shop, now=now) or SEND
    return greetings.judge(session, row, now=now) or ballots.judge(session, row, now=now) or SEND


def _broadcast(session: Session, row: Row[Any], about: Known, now: datetime) -> Verdict | None:
    return broadcast_letters.judge(session, row, about.broadcasts[row.broadcast_id], now=now)


def _ask_along(session: Session, row: Row[Any], about: Known, shop: Shop, now: datetime) -> None:
    """Put a question below a receipt, where a letter of its own might go to the member now."""
    question = KINDS["question"]
    if decide(question, None, _reader(row, question, about, shop), shop, now=now) == SEND:
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


def _reader(row: Row[Any], kind: Kind, about: Known, shop: Shop) -> Reader:
    """What decides about a letter besides its kind."""
    today, week = _had(row, about) if kind.capped else (0, 0)
    if kind.to_group:
        return Reader(agreed=row.group_state == "linked", promo_today=today)
    return Reader(
        agreed=_agreed(row, kind, about),
        reachable=row.reachable and (row.platform != EMAIL or email.goes(row.kind, shop)),
        notify=row.notify,
        content=row.held_at is None,
        blocked=row.blocked,
        quiet_until=row.quiet_until,
        promo_today=today,
        promo_week=week,
    )


def _agreed(row: Row[Any], kind: Kind, about: Known) -> bool:
    """Whether the reader agreed to what the letter is for, as it stands at this moment. The staff need not agree."""
    if kind.purpose == "service":
        return row.consent is not None or row.role is not None
    return row.member_id in about.agreed[kind.purpose]


def _had(row: Row[Any], about: Known) -> tuple[int, int]:
    """How many offers this member, or this group, had today and in 7 days, with those that go first."""
    offers = about.offers.get(_whose(row), ())
    heavier = [each for each in offers if each.waits and KINDS[each.kind].weight > KINDS[row.kind].weight]
    before = 0 if row.group_id else len(heavier)
    had = [each for each in offers if not each.waits]
    return sum(each.today for each in had) + before, len(had) + before


def _whose(row: Row[Any]) -> tuple[str, int]:
    return ("group_id", row.group_id) if row.group_id else ("member_id", row.member_id)


def _offers(
    session: Session, letters: Sequence[Row[Any]], shop: Shop, now: datetime
) -> dict[tuple[str, int], list[Row[Any]]]:
    """The offers of each reader of some letters: had in the last 7 days, under way, or due as well (`waits`)."""
    times = {"now": now, "since": now - WEEK, "midnight": shop.end_of(shop.day(now) - timedelta(days=1))}
    whose, found = {_whose(each) for each in letters}, defaultdict(list)
    for address, look in _looks.items():
        if ids := [number for name, number in whose if name == address]:
            for each in session.connection().execute(look, times | {"ids": ids}):
                found[address, each.whose].append(each)
    return found


def _look(whose: ColumnElement[Any]) -> CompoundSelect[Any]:
    """A look at the offers of many readers. In two parts, so that each is a step in the index."""
    offers = (LETTERS.c.kind.in_(CAPPED), LETTERS.c.rank.in_((Rank.PROMO, Rank.ONCE_MORE)))  # the rank by its index
    theirs = (whose.in_(bindparam("ids", expanding=True)), *offers)
    had = (LETTERS.c.state.in_(("sent", "uncertain")), LETTERS.c.settled_at > bindparam("since"))
    due = and_(LETTERS.c.state == "waiting", LETTERS.c.rank == Rank.PROMO, LETTERS.c.after <= bindparam("now"))
    still_open = (LETTERS.c.settled_at.is_(None), or_(LETTERS.c.state == "sending", due))
    today, no, yes = LETTERS.c.settled_at >= bindparam("midnight"), literal(False, Boolean), literal(True, Boolean)
    columns = (whose.label("whose"), LETTERS.c.kind)
    return union_all(
        select(*columns, today.label("today"), no.label("waits")).where(*theirs, *had),
        select(*columns, yes, LETTERS.c.state == "waiting").where(*theirs, *still_open),
    )


_looks = {"member_id": _look(LETTERS.c.member_id), "group_id": _look(LETTERS.c.group_id)}
