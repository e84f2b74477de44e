"""What goes out of the outbox: taken when it is due and may go. What became of it is kept by `settling`.

Nothing is sent that is not first `sending` here. What is asked about every letter is asked for many in one statement.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import Boolean, Row, Select, bindparam, exists, func, literal, select, tuple_, union_all
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.club import (
    broadcast_letters,
    email,
    greetings,
    journeys,
    matters,
    nights,
    outbox,
    policy,
    questions,
    settling,
)
from bot.club.letters import KINDS, QUIET_HOURS, TOO_LATE, Rank, Verdict
from bot.club.policy import Known
from bot.club.rules import Shop
from bot.club.settling import Settled
from db.groups import GROUPS
from db.members import ACCOUNTS, EMAIL, MEMBERS
from db.outbox import LETTERS
from db.staff import STAFF

Whom = tuple[str, int]  # a chat by its platform, or ("member", its number)


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


def turn(
    session: Session,
    settled: Collection[Settled],
    room: int,
    resting: Collection[Whom],
    shop: Shop,
    mails: email.Turns | None = None,
    *,
    now: datetime,
) -> tuple[list[Outgoing], bool]:
    """Settle what was sent and take what goes next, in one act: at most `room` letters, none to a chat that rests.

    Of the kinds that are better lost than doubled at most one is on its way at a time. Returns the letters, and whether
    a look at once would find more: some that were due had to be held or dropped. `mails`: whose turn it is among them.
    """
    settling.settle(session, settled, now=now)
    taken: list[Outgoing] = []
    again = False
    for rows in _due(session, room, {*resting}, shop, now):
        going, reasons = _judge(session, rows[: room - len(taken)], shop, mails or email.Turns(), now)
        taken += _take(session, going)
        again = again or bool(reasons)
        if QUIET_HOURS in reasons:
            nights.put_off(session, shop, now=now)
            break
        if len(taken) == room:
            break
    return taken, again


def next_due(session: Session, *, now: datetime) -> datetime | None:
    """When the next letter is due."""
    found = session.connection().execute(_next_of_each, {"now": now}).scalars()
    return min((due for due in found if due), default=None)


# Letters wait in queues, by rank and whether they go one at a time. Each is asked by itself, so that it is one step in
# the index and not a walk over all that wait.
_QUEUES = {
    queue: (LETTERS.c.state == "waiting", LETTERS.c.rank == queue[0], LETTERS.c.alone == literal(queue[1], Boolean))
    for queue in product(map(int, Rank), (True, False))
}
_next_of_each = union_all(
    *(select(func.min(LETTERS.c.after)).where(*where, LETTERS.c.after > bindparam("now")) for where in _QUEUES.values())
)
_with_some_due = union_all(
    *(
        select(literal(rank).label("rank"), literal(alone, Boolean).label("alone")).where(
            exists().where(*where, LETTERS.c.after <= bindparam("now"))
        )
        for (rank, alone), where in _QUEUES.items()
    )
)
UNPAUSED = (Rank.TRANSACTIONAL, Rank.ONCE_MORE)  # may go in a /pause, as far as their kinds are not held
LOOKS = 20  # in one turn at letters that are all held, such as those about a deal that was stopped
_platform = func.coalesce(ACCOUNTS.c.platform, GROUPS.c.platform)
_chat = func.coalesce(ACCOUNTS.c.external_id, GROUPS.c.chat_id)
_due_of_queue: Select[Any] = (
    select(
        *(
            LETTERS.c[name]
            for name in ("id", "key", "kind", "alone", "facts", "after", "before", "reason", "posted_at")
        ),
        *(LETTERS.c[name] for name in ("account_id", "member_id", "group_id", "broadcast_id")),
        _platform.label("platform"),
        _chat.label("chat"),
        ACCOUNTS.c.reachable,
        ACCOUNTS.c.language,
        GROUPS.c.state.label("group_state"),
        MEMBERS.c.name,
        MEMBERS.c.locale,
        MEMBERS.c.points,
        MEMBERS.c.grade,
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
    .where(tuple_(_platform, _chat).not_in(bindparam("passed", expanding=True)))
    .order_by(LETTERS.c.after, LETTERS.c.id)
    .limit(bindparam("many"))
)
# Neither receipts nor what is sent once more of them is held by /pause.
_due_though_paused = _due_of_queue.where(LETTERS.c.kind.in_([name for name, kind in KINDS.items() if not kind.held]))
_take_these = (
    LETTERS.update()
    .where(LETTERS.c.id.in_(bindparam("letters", expanding=True)), LETTERS.c.state == "waiting")
    .values(state="sending")
    .returning(LETTERS.c.id)
)


def _due(session: Session, room: int, busy: set[Whom], shop: Shop, now: datetime) -> Iterator[list[Row[Any]]]:
    """Letters that are due, the first class first; to each chat and member one, as it decides about the next.

    Those that go one at a time are looked up apart, and not while one is on its way: a queue of them holds up nobody.
    """
    connection, paused = session.connection(), shop.rules.sending.paused
    for rank, alone in connection.execute(_with_some_due, {"now": now}).all() if room else ():
        if paused and rank not in UNPAUSED:
            continue
        passed: set[Whom] = set()
        for _ in range(LOOKS):  # what was held or dropped makes room for those behind it
            if alone and _once_under_way(session):
                break
            about = {"rank": rank, "alone": alone, "now": now, "many": room, "passed": list(passed)}
            rows = connection.execute(_due_though_paused if paused else _due_of_queue, about).all()
            if free := [row for row in rows if _is_free(row, busy)]:
                yield free
            if len(rows) < room:
                break
            passed |= {(row.platform, row.chat) for row in rows}


def _is_free(row: Row[Any], busy: set[Whom]) -> bool:
    """Whether a letter is the first to its chat and its member; from now on they are busy."""
    whom = {(row.platform, row.chat)} | ({("member", row.member_id)} if row.member_id else set())
    free = busy.isdisjoint(whom)
    busy |= whom
    return free


def _judge(
    session: Session, rows: Sequence[Row[Any]], shop: Shop, mails: email.Turns, now: datetime
) -> tuple[list[Outgoing], set[str]]:
    """Which of some letters go, and why others do not. It ends with one that goes alone, and with the night."""
    about, going, reasons = policy.known(session, rows, shop, now=now), list[Outgoing](), set[str]()
    for row in rows:
        found = _look_at(session, row, about, shop, now)
        if row.platform == EMAIL and isinstance(found, Outgoing):
            found = mails.wait(session, row, [each for each in going if each.platform == EMAIL], now) or found
        if isinstance(found, Outgoing):
            going.append(found)
        else:
            reasons.add(found.reason if found else "looked at again")
        if isinstance(found, Verdict):
            _hold(session, row, found, now)
        if (row.alone and going) or QUIET_HOURS in reasons:
            break
    return going, reasons


def _look_at(session: Session, row: Row[Any], about: Known, shop: Shop, now: datetime) -> Outgoing | Verdict | None:
    """A letter as it may go, or why not now.

    None where it is to be looked at again, by another account, or cannot even be judged and is put aside.
    """
    if email.readdressed(session, row, shop):
        return None
    try:
        verdict = policy.verdict(session, row, about, shop, now=now)
        return verdict if verdict.drop or verdict.wait_until else _outgoing(session, row, about, shop, now)
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 (facts of another release, rows that are gone)
        outbox.spoil(session, row.id, type(error).__name__, now=now)
        return None


def _once_under_way(session: Session) -> bool:
    under_way = select(LETTERS.c.id).where(LETTERS.c.state == "sending", LETTERS.c.alone).limit(1)
    return session.connection().execute(under_way).first() is not None


def _take(session: Session, going: Sequence[Outgoing]) -> list[Outgoing]:
    """Mark letters as on their way. Returns those that still waited."""
    if not going:
        return []
    taken = {*session.connection().execute(_take_these, {"letters": [each.id for each in going]}).scalars()}
    return [each for each in going if each.id in taken]


def _hold(session: Session, row: Row[Any], verdict: Verdict, now: datetime) -> None:
    values: dict[str, Any] = {"reason": verdict.reason}
    values |= {"state": "dropped", "settled_at": now} if verdict.drop else {"after": verdict.wait_until}
    values |= {"facts": {}} if verdict.drop and KINDS[row.kind].passing else {}
    session.connection().execute(LETTERS.update().where(LETTERS.c.id == row.id).values(**values))
    if verdict.drop and row.kind == greetings.POST:
        greetings.hand_back(session, row)
    if verdict.drop and verdict.reason in (TOO_LATE, QUIET_HOURS) and KINDS[row.kind].once and row.member_id:
        outbox.report(session, "missed", row.member_id, row.kind, now=now)


def _outgoing(session: Session, row: Row[Any], about: Known, shop: Shop, now: datetime) -> Outgoing:
    facts = matters.as_they_stand(session, row.facts, shop, now=now)
    if row.broadcast_id:
        facts |= broadcast_letters.carried(session, row, about.broadcasts[row.broadcast_id], now=now)
    if row.kind in ("question", "receipt") and row.platform != EMAIL:
        facts |= {"asked": questions.carried(session, row.id, shop)}
    if row.kind == greetings.POST:
        facts |= {"people": greetings.people(session, row)}
    if row.platform == EMAIL:
        facts |= {"address": email.address(session, row.member_id), "reader": row.member_id}
    if own := journeys.own_words(session, row.kind):
        facts |= {"own_words": own}
    return Outgoing(row.id, row.kind, facts, row.platform, row.chat, row.locale, row.language, row.name)
