"""What became of letters that were on their way, and what it says about their readers' addresses.

Nothing is sent that is not `sending` first (see sending), so a crash leaves a list of what is in doubt.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlmodel import Session

from bot.club import conduct, email, greetings, groups, moves, outbox
from bot.club.letters import KINDS, Rank
from db.engine import tell
from db.groups import GROUPS
from db.members import ACCOUNTS
from db.outbox import LETTERS


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


def settle(session: Session, settled: Collection[Settled], *, now: datetime) -> None:
    """Keep what became of letters: of those that simply arrived in one statement."""
    if not settled:
        return
    rows = {row.id: row for row in session.connection().execute(_these, {"ids": [each.id for each in settled]})}
    arrived = []
    for each in settled:
        row = rows.get(each.id)
        if row and each.state == "sent" and row.account_id and not KINDS[row.kind].passing:
            arrived.append({"letter": row.id, "message": each.message_id, "at": now})
        elif row:
            _settle(session, row, each, now)
    if arrived:
        session.connection().execute(_arrived, arrived)


def recover(session: Session, *, now: datetime) -> int:
    """After a crash, what was under way may have arrived: it is sent once more, last, or the owner is told of it.

    Returns how many letters that were.
    """
    rows = session.connection().execute(_under_way).all()
    for row in rows:
        _settle(session, row, Settled(row.id, "uncertain", "the process ended"), now)
    return len(rows)


def put_back(session: Session, under_way: Collection[int]) -> None:
    """After a turn whose answer was lost: what it took, but nobody carries, waits again, without a doubt."""
    lost = (LETTERS.c.state == "sending", LETTERS.c.id.not_in(under_way))
    session.connection().execute(LETTERS.update().where(*lost).values(state="waiting"))


_known = (LETTERS.c.account_id, LETTERS.c.member_id, LETTERS.c.group_id, LETTERS.c.posted_at)
_under_way: Select[Any] = select(LETTERS.c.id, LETTERS.c.kind, LETTERS.c.facts, LETTERS.c.doubts, *_known).where(
    LETTERS.c.state == "sending"
)
_these = _under_way.where(LETTERS.c.id.in_(bindparam("ids", expanding=True)))
_arrived = (
    LETTERS.update()
    .where(LETTERS.c.id == bindparam("letter"), LETTERS.c.state == "sending")
    .values(state="sent", reason=None, message_id=bindparam("message"), settled_at=bindparam("at"))
)


def _settle(session: Session, row: Row[Any], settled: Settled, now: datetime) -> None:
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
    session.connection().execute(LETTERS.update().where(LETTERS.c.id == settled.id).values(**values))
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
