"""The books: whether every member's balance, lots and entries say the same, and balances made anew from the entries."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlmodel import Session

from db.members import MEMBERS
from db.points import ENTRIES, LOTS


def _sum(column: ColumnElement[int], member: ColumnElement[int]) -> ScalarSelect[int]:
    return select(func.coalesce(func.sum(column), 0)).where(member == MEMBERS.c.id).scalar_subquery()


_lots, _entries = _sum(LOTS.c.remaining, LOTS.c.member_id), _sum(ENTRIES.c.amount, ENTRIES.c.member_id)


@dataclass(frozen=True, slots=True)
class Fault:
    """A member whose three numbers disagree: the balance, what is left of the lots, the sum of the entries."""

    member_id: int
    balance: int
    lots: int
    entries: int


def faults(session: Session) -> list[Fault]:
    """Every member whose numbers disagree."""
    columns = MEMBERS.c.id, MEMBERS.c.points, _lots.label("lots"), _entries.label("entries")
    wrong = or_(MEMBERS.c.points != _lots, MEMBERS.c.points != _entries)
    return [Fault(*row) for row in session.connection().execute(select(*columns).where(wrong).order_by(MEMBERS.c.id))]


def rebuild(session: Session) -> int:
    """Make the balances from the entries. Returns how many were wrong; lots are left as they are."""
    wrong = MEMBERS.update().where(MEMBERS.c.points != _entries)
    return session.connection().execute(wrong.values(points=_entries)).rowcount
