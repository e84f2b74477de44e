"""Updates as they arrive: kept once by their number, marked done, put aside, and forgotten after a month."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, null, select
from sqlmodel import Session

from db.engine import insert_new
from db.inbox import INBOX, UNDONE

KEPT = timedelta(days=30)  # numbers of handled updates
ODD_KEPT = timedelta(days=7)  # what could not be decoded, as it came

# Run by an act's own connection for the update that it handles.
DONE = INBOX.update().where(INBOX.c.id == bindparam("row")).values(state="done", payload=None)


@dataclass(frozen=True, slots=True)
class Kept:
    """An update that is kept and waits to be handled."""

    row: int
    platform: str
    update: Mapping[str, Any]


def receive(
    session: Session, platform: str, updates: Sequence[Mapping[str, Any]], looked: Collection[int], *, now: datetime
) -> list[Kept]:
    """Keep a batch of updates; mark those that were handled without an act. Returns the ones that are new."""
    mark(session, looked)
    came = {update["update_id"]: update for update in updates}
    common = {"platform": platform, "state": "waiting", "received_at": now}
    rows = [common | {"update_id": number, "payload": update} for number, update in came.items()]
    new = insert_new(session, INBOX, rows, INBOX.c.id, INBOX.c.update_id)
    return [Kept(row, platform, came[number]) for row, number in sorted(new)]


def waiting(session: Session) -> list[Kept]:
    """What an earlier process kept and did not finish, in order."""
    rows = session.connection().execute(
        select(INBOX.c.id, INBOX.c.platform, INBOX.c.payload)
        .where(UNDONE, INBOX.c.state == "waiting")
        .order_by(INBOX.c.id)
    )
    return [Kept(*row) for row in rows]


def came_in(session: Session, key: str) -> datetime | None:
    """When an update came in, by its key (`telegram:17`)."""
    platform, _sep, number = key.rpartition(":")
    here = INBOX.c.platform == platform, INBOX.c.update_id == int(number)
    came: datetime | None = session.connection().execute(select(INBOX.c.received_at).where(*here)).scalar()
    return came


def mark(session: Session, rows: Collection[int]) -> None:
    """Mark updates done that needed no act, and empty them."""
    if rows:
        session.connection().execute(DONE, [{"row": row} for row in rows])


def fail(session: Session, row: int, state: str) -> None:
    """Put an update aside that failed (and is not tried again) or could not be decoded (and stays as it came)."""
    values = {"state": state} if state == "odd" else {"state": state, "payload": None}
    session.connection().execute(INBOX.update().where(INBOX.c.id == row).values(**values))


def empty_odd(session: Session, *, now: datetime, limit: int) -> int:
    """Empty what could not be decoded a week ago, a batch at a time: it may hold anybody's words."""
    full = (UNDONE, INBOX.c.state == "odd", INBOX.c.payload.is_not(None))
    old = select(INBOX.c.id).where(*full, INBOX.c.received_at < now - ODD_KEPT).limit(limit)
    return session.connection().execute(INBOX.update().where(INBOX.c.id.in_(old)).values(payload=None)).rowcount


def prune(session: Session, *, now: datetime, limit: int) -> int:
    """Forget updates of a month ago, a batch at a time; the numbers of younger ones still tell a repeat."""
    old = select(INBOX.c.id).where(INBOX.c.received_at < now - KEPT, INBOX.c.state != "waiting").limit(limit)
    return session.connection().execute(INBOX.delete().where(INBOX.c.id.in_(old))).rowcount


def said_by(session: Session, accounts: Collection[tuple[str, int]]) -> list[dict[str, Any]]:
    """The updates of some accounts (platform and id there) that are kept because nobody could decode them."""
    rows = session.connection().execute(select(INBOX).where(INBOX.c.state == "odd", INBOX.c.payload.is_not(None)))
    return [
        dict(row) for row in rows.mappings() if any((row["platform"], i) in accounts for i in _from(row["payload"]))
    ]


def forget(session: Session, accounts: Collection[tuple[str, int]]) -> None:
    """Empty the kept updates that name some accounts, whoever they came from."""
    connection = session.connection()
    for row in connection.execute(select(INBOX).where(INBOX.c.state == "odd", INBOX.c.payload.is_not(None))).all():
        if any((row.platform, number) in accounts for number in _ids(row.payload)):
            connection.execute(INBOX.update().where(INBOX.c.id == row.id).values(payload=null()))


def _from(update: Mapping[str, Any]) -> Iterator[Any]:
    """The ids of those who sent an update, which may be a shape that nobody knows."""
    for event in update.values():
        sender = event.get("from") if isinstance(event, dict) else None
        if isinstance(sender, dict):
            yield sender.get("id")


def _ids(told: Any) -> Iterator[Any]:
    """Every id within an update, however deep."""
    if isinstance(told, dict):
        yield told.get("id")
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _ids(inner)


def counted(session: Session) -> dict[str, int]:
    """How many updates wait, failed or were odd."""
    states = select(INBOX.c.state, func.count().label("many")).where(UNDONE).group_by(INBOX.c.state)
    return {"waiting": 0} | {row.state: row.many for row in session.connection().execute(states)}
