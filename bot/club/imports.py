"""What the owner said yes to is carried out: a batch to an act, each row once, to the end, whatever comes between.

The rows that are laid down are the queue: an act takes the first of them, does what they say, and takes them away. A
process that ended is followed by one that goes on, and a row that came true meanwhile in another way changes nothing.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import arrivals, audit, outbox, staging
from bot.club.arrivals import Row, Work
from bot.club.columns import MEMBERS, POINTS
from bot.club.members import Person
from bot.club.rules import Shop
from db.engine import one_at_a_time
from db.imports import IMPORT_ROWS, IMPORTS, Import

BATCH = 250  # rows to an act: others wait behind each
PATIENCE = timedelta(minutes=1)  # without a beat from then on somebody else carries on
FILES = 0x696D_706F_7274  # "import", in PostgreSQL's numbers of advisory locks


@dataclass(frozen=True, slots=True)
class Done:
    """How far a file is: the rows that are left, and what it brought so far."""

    left: int
    name: str
    kind: str
    counts: Mapping[str, int] = field(default_factory=dict)


def confirm(session: Session, by: Person, number: int, *, now: datetime) -> int:
    """The owner says yes: from here on it is certain. Returns the number of rows. Raises StaleButton, FileKnown."""
    here = staging.mine(session, by, number, "ready", "confirmed")
    if here.state == "ready":
        staging.known(session, here.file_hash)
        here.state, here.counts, here.beat_at = "confirmed", {}, now
        session.add(here)
        session.flush()
        audit.note(session, by.member_id, f"import {here.kind}", now=now, file=number)
    return _left(session, number)


def carry_on(session: Session, number: int, shop: Shop, *, now: datetime, tell: bool = False) -> Done:
    """Carry out the next rows of a file; with the last it is done, and its owner told by letter if `tell`."""
    connection = session.connection()
    one_at_a_time(session, FILES)
    here = session.get_one(Import, number, populate_existing=True)
    if here.state != "confirmed":
        return Done(0, here.name, here.kind, here.counts)
    first = select(IMPORT_ROWS).where(IMPORT_ROWS.c.import_id == number).order_by(IMPORT_ROWS.c.row).limit(BATCH)
    rows = [Row(row.row, row.member_id, row.facts) for row in connection.execute(first)]
    counts = Counter(here.counts)
    if rows:
        act = {MEMBERS: arrivals.members, POINTS: arrivals.points}.get(here.kind, arrivals.purchases)
        counts.update(act(session, rows, Work(shop, here.made_by, number, now)))
        taken = IMPORT_ROWS.c.import_id == number, IMPORT_ROWS.c.row <= rows[-1].number
        connection.execute(IMPORT_ROWS.delete().where(*taken))
    left = _left(session, number) if len(rows) == BATCH else 0
    values = {"counts": dict(counts), "beat_at": now, "state": "confirmed" if left else "done"}
    connection.execute(IMPORTS.update().where(IMPORTS.c.id == number).values(**values))
    done = Done(left, here.name, here.kind, dict(counts))
    if tell and not left and here.account_id:
        about: dict[str, Any] = {"account_id": here.account_id, "member_id": here.made_by}
        about |= {"name": done.name, "counts": dict(done.counts)}
        outbox.post(session, "imported", key=f"imported:{number}", now=now, **about)
    return done


def unfinished(session: Session, *, now: datetime) -> int | None:
    """A file that was confirmed and about which nobody does anything."""
    left = IMPORTS.c.state == "confirmed", IMPORTS.c.beat_at < now - PATIENCE
    found: int | None = session.connection().execute(select(IMPORTS.c.id).where(*left).limit(1)).scalar()
    return found


def _left(session: Session, number: int) -> int:
    here = select(func.count()).where(IMPORT_ROWS.c.import_id == number)
    return int(session.connection().execute(here).scalar_one())
