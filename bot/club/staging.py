"""A list before it counts: rows are laid down as understood, a batch to an act, and what would come of them is told.

Nothing else is touched until the owner says yes. What nobody says yes to is dropped.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from bot.club import erased, matching
from bot.club.columns import MEMBERS, POINTS, PURCHASES, Columns
from bot.club.errors import ClubError, StaleButton
from bot.club.lists import Clean, Fault, digest
from bot.club.matching import Known
from bot.club.members import Person
from bot.i18n import N_
from db.engine import insert_once
from db.imports import IMPORT_ROWS, IMPORTS, Import
from db.points import LOTS
from db.purchases import PURCHASES as BOUGHT

CERTAIN = ("confirmed", "done")
UNSURE = ("reading", "asking", "ready")
KEPT = timedelta(days=1)  # for so long a yes is waited for
TRIES = 3  # of a file at which the process ended


class FileKnown(ClubError):
    """A file that was imported before, byte for byte."""

    says = N_("This very file was imported on {at}. Nothing would change, so I left it alone.")


class FileHurts(ClubError):
    """A file over which the process ended again and again."""

    says = N_("I was interrupted over this file three times. Please send it in smaller parts.")


class OrderTaken(ClubError):
    """An order number under which something else was entered."""

    says = N_("Order {order} was entered already, for somebody else or with another total.")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: its number with the platform, its name, its hash."""

    file_id: str
    name: str
    hash: str


@dataclass(frozen=True, slots=True)
class Again:
    """A file that is read once more: its number, the file, and what the owner said of its columns."""

    number: int
    sent: Sent
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Staged:
    """What some rows would bring, in numbers; those that cannot be."""

    counts: Counter[str]
    faults: list[Fault]


def begin(session: Session, by: Person, sent: Sent, *, key: str, now: datetime) -> int:
    """Begin to read a file, or begin anew where that was cut short. Returns its number. Raises FileKnown, FileHurts."""
    known(session, sent.hash)
    about: dict[str, Any] = {
        "file_hash": sent.hash,
        "file_id": sent.file_id,
        "name": sent.name,
        "kind": "",
        "state": "reading",
    }
    about |= {"made_by": by.member_id, "account_id": by.account_id, "answers": {}, "counts": {}, "tries": 0}
    insert_once(session, IMPORTS, key=key, **about, made_at=now, beat_at=now)
    here = IMPORTS.update().where(IMPORTS.c.key == key).values(tries=IMPORTS.c.tries + 1, beat_at=now)
    number, tries = session.connection().execute(here.returning(IMPORTS.c.id, IMPORTS.c.tries)).one()
    if tries > TRIES:
        raise FileHurts
    return int(number)


def known(session: Session, file_hash: str) -> None:
    """Refuse a file that was imported before. Raises FileKnown."""
    here = select(IMPORTS.c.beat_at).where(IMPORTS.c.file_hash == file_hash, IMPORTS.c.state.in_(CERTAIN))
    if at := session.connection().execute(here).scalar():
        raise FileKnown(at=at)


def ask(session: Session, number: int, *, now: datetime) -> None:
    """Wait for the owner's word on a column."""
    _set(session, number, UNSURE, state="asking", beat_at=now)


def answer(session: Session, by: Person, number: int, about: str, said: str, *, now: datetime) -> Again:
    """Keep the owner's word on a column, and read the file anew. Raises StaleButton."""
    here = mine(session, by, number, "asking")
    here.answers = here.answers | {about: said}
    here.state, here.beat_at, here.tries = "reading", now, 0
    session.add(here)
    session.flush()
    return Again(here.id or 0, Sent(here.file_id, here.name, here.file_hash), dict(here.answers))


def drop(session: Session, number: int, limit: int) -> int:
    """Take rows of a file away, some at a time. Returns how many."""
    rows = select(IMPORT_ROWS.c.row).where(IMPORT_ROWS.c.import_id == number).order_by(IMPORT_ROWS.c.row).limit(limit)
    here = IMPORT_ROWS.c.import_id == number, IMPORT_ROWS.c.row.in_(rows)
    return session.connection().execute(IMPORT_ROWS.delete().where(*here)).rowcount


def stage(session: Session, number: int, columns: Columns, rows: Sequence[Clean], *, now: datetime) -> Staged:
    """Lay down rows as they were understood, and count what they would bring."""
    staged, laid = Staged(Counter(), []), []
    listed = [_keyed(row.facts, columns.kind) for row in rows]
    books = _books(session, columns.kind, listed)
    for row, facts in zip(rows, listed, strict=True):
        try:
            whose = books.whose(facts)
            fate = books.fate(facts, whose)
        except ClubError as refusal:
            staged.faults.append(Fault(row.row, "", refusal))
            continue
        if fate:
            staged.counts[fate] += 1
        else:
            laid.append({"import_id": number, "row": row.row, "member_id": whose, "facts": facts})
            staged.counts.update(_brings(facts, whose, books))
    if laid:
        session.connection().execute(IMPORT_ROWS.insert(), laid)
    _set(session, number, UNSURE, beat_at=now)
    return staged


def ready(session: Session, number: int, kind: str, counts: Mapping[str, int], *, now: datetime) -> None:
    """The file is read: it waits for a yes. Other files of the same owner wait no longer. Raises StaleButton."""
    mine = session.get_one(Import, number)
    others = IMPORTS.c.made_by == mine.made_by, IMPORTS.c.state.in_(UNSURE), IMPORTS.c.id < number
    session.connection().execute(IMPORTS.update().where(*others).values(state="cancelled"))
    if not _set(session, number, UNSURE, state="ready", kind=kind, counts=dict(counts), beat_at=now):
        raise StaleButton


def refuse(session: Session, number: int, *, now: datetime) -> None:
    """The file is wrong, and what was laid down of it goes."""
    _set(session, number, UNSURE, state="refused", beat_at=now)


def cancel(session: Session, by: Person, number: int, *, now: datetime) -> None:
    """The owner says no. Raises StaleButton."""
    mine(session, by, number, *UNSURE)
    _set(session, number, UNSURE, state="cancelled", beat_at=now)


def left_over(session: Session, *, now: datetime, limit: int) -> int:
    """Drop rows that will not be carried out: of files that were refused, or to which nobody said yes for a day."""
    old = IMPORTS.c.state.in_(UNSURE), IMPORTS.c.beat_at < now - KEPT
    session.connection().execute(IMPORTS.update().where(*old).values(state="cancelled"))
    over = select(IMPORTS.c.id).where(IMPORTS.c.state.in_(("cancelled", "refused", "done")))
    found = select(IMPORT_ROWS.c.import_id).where(IMPORT_ROWS.c.import_id.in_(over)).limit(1)
    number = session.connection().execute(found).scalar()
    return drop(session, number, limit) if number is not None else 0


def mine(session: Session, by: Person, number: int, *states: str) -> Import:
    """A file of this owner's in one of some states, for the act alone. Raises StaleButton."""
    here = session.get(Import, number, with_for_update=True, populate_existing=True)
    if here is None or here.made_by != by.member_id or here.state not in states:
        raise StaleButton
    return here


def _set(session: Session, number: int, states: Sequence[str], **values: Any) -> int:
    here = col(Import.id) == number, col(Import.state).in_(states)
    return session.connection().execute(IMPORTS.update().where(*here).values(**values)).rowcount


def _keyed(facts: dict[str, Any], kind: str) -> dict[str, Any]:
    """A member's row without phone, account or number is known again by what it says."""
    if kind != MEMBERS or any(name in facts for name in ("phone", "account", "number")):
        return facts
    return facts | {"again": digest({name: facts[name] for name in ("name", "birthday") if name in facts})}


@dataclass(frozen=True, slots=True)
class Books:
    """What the club knows of some rows: whom they mean, which are in the books, who asked to be forgotten."""

    kind: str
    known: Known
    keys: frozenset[str]
    orders: dict[str, tuple[int, int]]  # whose an order is, and its total
    forgotten: set[str]  # phone numbers

    def whose(self, facts: dict[str, Any]) -> int | None:
        """The member whom a row means, None for somebody new. Raises what Known.certainly raises."""
        return self.known.means(facts) if self.kind == MEMBERS else self.known.certainly(facts)

    def fate(self, facts: dict[str, Any], whose: int | None) -> str:
        """Why a row is left out: it was in the books `before`, or is `forgotten`. Raises OrderTaken."""
        if whose is None:
            return "forgotten" if facts.get("phone") in self.forgotten else ""
        if self.kind == MEMBERS:
            return ""
        order = facts.get("order", "")
        if order in self.orders:
            total = facts["total"]
            if self.orders[order] not in ((whose, total), (whose, total - facts["refunded"])):
                raise OrderTaken(order=order)
            return "before"
        return "" if self.keys.isdisjoint((key_of(self.kind, whose, facts), facts.get("key", ""))) else "before"


def _books(session: Session, kind: str, rows: Sequence[dict[str, Any]]) -> Books:
    known = matching.look(session, rows)
    asked = erased.phones(session, {row["phone"] for row in rows if "phone" in row}) if kind == MEMBERS else set()
    keys, orders = _keys(session, kind, rows, known), _orders(session, rows) if kind == PURCHASES else {}
    return Books(kind, known, keys, orders, asked)


def _keys(session: Session, kind: str, rows: Sequence[dict[str, Any]], known: Known) -> frozenset[str]:
    """Which keys of some rows are in the books already; that of our own export counts too."""
    keys = {row["key"] for row in rows if "key" in row}
    for row in rows:
        with suppress(ClubError):
            keys.add(opening(known.means(row)) if kind == MEMBERS else key_of(kind, known.certainly(row), row))
    table = BOUGHT if kind == PURCHASES else LOTS
    return frozenset(session.connection().execute(select(table.c.key).where(table.c.key.in_(keys))).scalars())


def _orders(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """The orders of some rows that were entered before, however: whose they are, and their total."""
    numbers = {row["order"] for row in rows if "order" in row}
    columns = BOUGHT.c.order_number, BOUGHT.c.member_id, BOUGHT.c.total
    here = select(*columns).where(BOUGHT.c.order_number.in_(numbers), BOUGHT.c.undone_at.is_(None))
    return {row.order_number: (row.member_id, row.total) for row in session.connection().execute(here)}


def opening(member_id: int | None) -> str:
    """The key under which the points that a member brought along are in the books."""
    return f"import:balance:{member_id}"


def key_of(kind: str, member_id: int, facts: dict[str, Any]) -> str:
    """The key under which a row's points or purchase are in the books."""
    if kind == POINTS:
        own = facts.get("key", "")
        return f"import:{own.removeprefix('import:')}" if own else f"import:{member_id}:{facts['said']}"
    return f"import:{facts['order']}" if "order" in facts else f"import:{member_id}:{facts['said']}"


def _brings(facts: dict[str, Any], whose: int | None, books: Books) -> Counter[str]:
    """What a row would bring, in numbers."""
    found: Counter[str] = Counter()
    if books.kind == MEMBERS:
        found["new" if whose is None else "known"] += 1
        if whose is None:
            found["apart"] += facts.get("phone") in books.known.typed
            found.update({name: 1 for name in ("birthday", "tags", "note") if name in facts})
    if facts.get("points") and books.kind == MEMBERS and ("number" in facts or opening(whose) in books.keys):
        found["kept"] += 1
    elif facts.get("points"):
        found.update({"points": facts["points"], "with_points": 1})
    if "total" in facts:
        whole = facts["refunded"] >= facts["paid"] and facts["refunded"] > 0
        found.update({"refunded": 1} if whole else {"purchases": 1, "money": facts["paid"] - facts["refunded"]})
    return found
