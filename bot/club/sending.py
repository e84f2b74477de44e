"""What goes out of the outbox: taken when it is due and may go, settled when it is known what became of it.

Nothing is sent that is not first `sending` here, so a crash leaves a list of what is in doubt.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import Boolean, Row, bindparam, func, literal, select, tuple_, union_all
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.club import (
    broadcast_letters,
    conduct,
    email,
    greetings,
    groups,
    journeys,
    matters,
    moves,
    nights,
    outbox,
    policy,
    questions,
)
from bot.club.letters import KINDS, QUIET_HOURS, TOO_LATE, Rank, Verdict
from bot.club.rules import Shop
from db.engine import tell
from db.groups import GROUPS
from db.members import ACCOUNTS, EMAIL, MEMBERS
from db.outbox import LETTERS
from db.staff import STAFF


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A letter on its way: what it is, to which chat, for whom."""

    id: int
    kind: str
    facts: dict[str, Any]
    platform: str
    chat_id: int
    locale: str | None
    language: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a letter: its state and why; `message_id` where it was sent, `wait` seconds where it goes later.

    `moved_to` is a group's new id; `muted`: the group takes no letters for now.
    """

    id: int
    state: str
    reason: str | None = None
    message_id: int | None = None
    wait: float = 0
    moved_to: int | None = None
    muted: bool = False


def turn(
    session: Session,
    settled: Iterable[Settled],
    room: int,
    resting: Collection[tuple[str, int]],
    shop: Shop,
    mails: email.Turns | None = None,
    *,
    now: datetime,
) -> tuple[list[Outgoing], bool]:
    """Settle what was sent and take what goes next, in one act: at most `room` letters, none to a chat that rests.

    Of the kinds that are better lost than doubled at most one is on its way at a time. Returns the letters, and whether
    a look at once would find more: some that were due had to be held or dropped. `mails`: whose turn it is among them.
    """
    for each in settled:
        _settle(session, each, now)
    taken: list[Outgoing] = []
    again = False
    single = room > 0 and _once_under_way(session)
    for row in _due(session, room, resting, single, shop, now):
        if row.alone and single:
            continue
        found = _look_at(session, row, shop, mails or email.Turns(), now)
        again = again or not isinstance(found, Outgoing)
        if isinstance(found, Verdict):
            _hold(session, row, found, now)
            if found.reason == QUIET_HOURS:
                nights.put_off(session, shop, now=now)
                break
        elif found and _take(session, row.id):
            single = single or row.alone
            taken.append(found)
        if len(taken) == room:
            break
    return taken, again


def recover(session: Session, *, now: datetime) -> int:
    """After a crash, what was under way may have arrived: it is sent once more, last, or the owner is told of it.

    Returns how many letters that were.
    """
    rows = session.connection().execute(select(LETTERS.c.id).where(LETTERS.c.state == "sending")).all()
    for row in rows:
        _settle(session, Settled(row.id, "uncertain", "the process ended"), now)
    return len(rows)


def put_back(session: Session, under_way: Collection[int]) -> None:
    """After a turn whose answer was lost: what it took, but nobody carries, waits again, without a doubt."""
    lost = (LETTERS.c.state == "sending", LETTERS.c.id.not_in(under_way))
    session.connection().execute(LETTERS.update().where(*lost).values(state="waiting"))


def next_due(session: Session, *, now: datetime) -> datetime | None:
    """When the next letter is due."""
    found = session.connection().execute(_next_of_each, {"now": now}).scalars()
    return min((due for due in found if due), default=None)


# Sort by sort, so that each is one step in the index and not a walk over all that wait.
_next_of_each = union_all(
    *(
        select(func.min(LETTERS.c.after))
        .where(LETTERS.c.state == "waiting", LETTERS.c.after > bindparam("now"))
        .where(LETTERS.c.rank == int(rank), LETTERS.c.alone == literal(alone, Boolean))
        for rank, alone in product(Rank, (False, True))
    )
)
LOOKS = 20  # in one turn at letters that are all held, such as those about a deal that was stopped
_platform = func.coalesce(ACCOUNTS.c.platform, GROUPS.c.platform)
_chat = func.coalesce(ACCOUNTS.c.external_id, GROUPS.c.chat_id)
_due_of_rank = (
    select(
        LETTERS,
        _platform.label("platform"),
        _chat.label("chat"),
        ACCOUNTS.c.reachable,
        ACCOUNTS.c.language,
        GROUPS.c.state.label("group_state"),
        MEMBERS.c.name,
        MEMBERS.c.locale,
        MEMBERS.c.consent,
        MEMBERS.c.notify,
        MEMBERS.c.greeting,
        MEMBERS.c.quiet_until,
        MEMBERS.c.held_at,
        MEMBERS.c.blocked,
        STAFF.c.role,
    )
    .select_from(LETTERS)
    .outerjoin(ACCOUNTS, ACCOUNTS.c.id == LETTERS.c.account_id)
    .outerjoin(MEMBERS, MEMBERS.c.id == LETTERS.c.member_id)
    .outerjoin(GROUPS, GROUPS.c.id == LETTERS.c.group_id)
    .outerjoin(STAFF, STAFF.c.member_id == LETTERS.c.member_id)
    .where(LETTERS.c.state == "waiting", LETTERS.c.rank == bindparam("rank"), LETTERS.c.after <= bindparam("now"))
    .where(LETTERS.c.alone == bindparam("alone", type_=Boolean))
    .where(tuple_(_platform, _chat).not_in(bindparam("resting", expanding=True)))
    .order_by(LETTERS.c.after, LETTERS.c.id)
    .limit(bindparam("many"))
)
# Neither receipts nor what is sent once more of them is held by /pause.
_due_though_paused = _due_of_rank.where(LETTERS.c.kind.in_([name for name, kind in KINDS.items() if not kind.held]))
_take_one = (
    LETTERS.update().where(LETTERS.c.id == bindparam("letter"), LETTERS.c.state == "waiting").values(state="sending")
)


def _due(
    session: Session, room: int, resting: Collection[tuple[str, int]], single: bool, shop: Shop, now: datetime
) -> Iterator[Row[Any]]:
    """Letters that are due, the first class first. Rank by rank, so that each look walks the index and stops early.

    Those that go one at a time are looked up apart, and not while a `single` one is on its way: a queue of them holds
    up nobody else.
    """
    if not room:
        return
    paused = shop.rules.sending.paused
    ranks, look = ((Rank.TRANSACTIONAL, Rank.ONCE_MORE), _due_though_paused) if paused else (Rank, _due_of_rank)
    sorts = (False,) if single else (True, False)
    for rank, alone in product(ranks, sorts):
        about = {"rank": rank, "now": now, "many": room + 1, "alone": alone, "resting": list(resting)}
        for _ in range(1 if alone else LOOKS):  # what was held or dropped makes room for those behind it
            rows = session.connection().execute(look, about).all()
            yield from rows
            if len(rows) <= room:
                break


def _look_at(
    session: Session, row: Row[Any], shop: Shop, mails: email.Turns, now: datetime
) -> Outgoing | Verdict | None:
    """A letter as it may go, or why not now.

    None where it is to be looked at again, by another account, or cannot even be judged and is put aside.
    """
    if email.readdressed(session, row, shop):
        return None
    try:
        verdict = policy.verdict(session, row, shop, now=now)
        if verdict.drop or verdict.wait_until:
            return verdict
        if row.platform == EMAIL and (turn := mails.of(session, row, now)) > now:
            return Verdict(turn, reason=email.ITS_TURN)
        return _outgoing(session, row, shop, now)
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 (facts of another release, rows that are gone)
        outbox.spoil(session, row.id, type(error).__name__, now=now)
        return None


def _once_under_way(session: Session) -> bool:
    under_way = select(LETTERS.c.id).where(LETTERS.c.state == "sending", LETTERS.c.alone).limit(1)
    return session.connection().execute(under_way).first() is not None


def _take(session: Session, letter_id: int) -> bool:
    return bool(session.connection().execute(_take_one, {"letter": letter_id}).rowcount)


def _hold(session: Session, row: Row[Any], verdict: Verdict, now: datetime) -> None:
    values: dict[str, Any] = {"reason": verdict.reason}
    values |= {"state": "dropped", "settled_at": now} if verdict.drop else {"after": verdict.wait_until}
    values |= {"facts": {}} if verdict.drop and KINDS[row.kind].passing else {}
    session.connection().execute(LETTERS.update().where(LETTERS.c.id == row.id).values(**values))
    if verdict.drop and row.kind == greetings.POST:
        greetings.hand_back(session, row)
    if verdict.drop and verdict.reason in (TOO_LATE, QUIET_HOURS) and KINDS[row.kind].once and row.member_id:
        outbox.report(session, "missed", row.member_id, row.kind, now=now)


def _settle(session: Session, settled: Settled, now: datetime) -> None:
    connection = session.connection()
    row = connection.execute(select(LETTERS).where(LETTERS.c.id == settled.id, LETTERS.c.state == "sending")).first()
    if row is None:
        return
    kind = KINDS[row.kind]
    values: dict[str, Any] = {"state": settled.state, "reason": settled.reason, "message_id": settled.message_id}
    if settled.state == "blocked" and email.catches(session, row):
        values |= {"state": "waiting", "after": now}
    elif settled.state == "waiting":
        values["after"] = now + timedelta(seconds=settled.wait)
    elif settled.state == "uncertain" and not kind.once and not row.doubts:
        values |= {"state": "waiting", "rank": Rank.ONCE_MORE, "alone": True, "doubts": 1, "after": now}
    else:
        values["settled_at"] = now
        if settled.state == "uncertain":
            outbox.report(session, "doubtful", row.member_id, row.kind, now=now)
        if kind.passing:
            values["facts"] = {}
    connection.execute(LETTERS.update().where(LETTERS.c.id == settled.id).values(**values))
    if row.kind == greetings.POST and (settled.state in ("blocked", "failed") or settled.muted):
        greetings.hand_back(session, row)
    _learn(session, row, settled, now)


def _learn(session: Session, row: Row[Any], settled: Settled, now: datetime) -> None:
    """What a letter's fate says about its address."""
    connection = session.connection()
    if settled.state == "blocked" and row.account_id:
        connection.execute(ACCOUNTS.update().where(ACCOUNTS.c.id == row.account_id).values(reachable=False))
        tell(session, "member", row.member_id)
    elif settled.state == "failed" and KINDS[row.kind].deed:
        conduct.refused(session, row.id, row.group_id, row.facts, now=now)
    elif settled.state == "blocked":
        groups.gone(session, row.group_id, now=now)
    elif settled.muted and row.group_id:
        groups.muted(session, row.group_id, now=now)
    elif settled.state == "sent" and row.group_id:
        groups.heard(session, row.group_id, now=now)
    elif settled.moved_to:
        group = connection.execute(select(GROUPS).where(GROUPS.c.id == row.group_id)).one()
        moves.moved(session, group.platform, group.chat_id, settled.moved_to)


def _outgoing(session: Session, row: Row[Any], shop: Shop, now: datetime) -> Outgoing:
    facts = matters.as_they_stand(session, row.facts, shop, now=now)
    if row.broadcast_id:
        facts |= broadcast_letters.carried(session, row, now=now)
    if row.kind in ("question", "receipt") and row.platform != EMAIL:
        facts |= {"asked": questions.carried(session, row.id, shop)}
    if row.kind == greetings.POST:
        facts |= {"people": greetings.people(session, row)}
    if row.platform == EMAIL:
        facts |= {"address": email.address(session, row.member_id), "reader": row.member_id}
    if own := journeys.own_words(session, row.kind):
        facts |= {"own_words": own}
    return Outgoing(row.id, row.kind, facts, row.platform, row.chat, row.locale, row.language, row.name)
