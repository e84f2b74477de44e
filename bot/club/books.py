"""The books: whether balances, lots, entries and debts say the same, and balances made anew from the entries."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Subquery, case, func, literal, null, select, union_all
from sqlmodel import Session

from db.members import MEMBERS
from db.points import ENTRIES, LOT_USES, LOTS, TAKE_BACKS


@dataclass(frozen=True, slots=True)
class Fault:
    """Numbers of a member that disagree.

    `what` is `member` (the balance, what is left of the lots, the sum of the entries), `lot` (what is left of it, and
    what the entries left of it), `entry` (its amount, and what its lots say) or `owed` (what stands, and what refunds
    left and later points did not pay); `row` is the number of the lot or the entry.
    """

    member_id: int
    what: str
    row: int
    numbers: tuple[int, ...]


def faults(session: Session) -> list[Fault]:
    """Everything that disagrees, member by member, in one look over the books."""
    rows = session.connection().execute(union_all(_members(), _lots(), _entries(), _owed())).all()
    found = (Fault(who, what, row, tuple(n for n in numbers if n is not None)) for what, who, row, *numbers in rows)
    return sorted(found, key=lambda fault: (fault.member_id, fault.what, fault.row))


def rebuild(session: Session) -> int:
    """Make the balances from the entries. Returns how many were wrong; lots are left as they are."""
    entries = select(func.coalesce(func.sum(ENTRIES.c.amount), 0)).where(ENTRIES.c.member_id == MEMBERS.c.id)
    wrong = MEMBERS.update().where(MEMBERS.c.points != entries.scalar_subquery())
    return session.connection().execute(wrong.values(points=entries.scalar_subquery())).rowcount


def _members() -> Select[Any]:
    lots, entries = _sums(LOTS.c.remaining, LOTS.c.member_id), _sums(ENTRIES.c.amount, ENTRIES.c.member_id)
    wrong = (MEMBERS.c.points != _sum(lots)) | (MEMBERS.c.points != _sum(entries))
    joined = _with(_with(MEMBERS, lots, MEMBERS.c.id), entries, MEMBERS.c.id)
    numbers = MEMBERS.c.points, _sum(lots), _sum(entries)
    return select(literal("member"), MEMBERS.c.id, MEMBERS.c.id, *numbers).select_from(joined).where(wrong)


def _lots() -> Select[Any]:
    taken = case((ENTRIES.c.undoes.is_(None), LOT_USES.c.amount), else_=-LOT_USES.c.amount)
    uses = _sums(taken, LOT_USES.c.lot_id, ENTRIES.c.id == LOT_USES.c.entry_id)
    left = LOTS.c.amount - _sum(uses)
    told = literal("lot"), LOTS.c.member_id, LOTS.c.id, LOTS.c.remaining, left, null()
    return select(*told).select_from(_with(LOTS, uses, LOTS.c.id)).where(LOTS.c.remaining != left)


def _entries() -> Select[Any]:
    """An award is as large as its lot; what was spent, lapsed, given or taken back is as much as it used.

    A merge uses none: it hands over the lots themselves.
    """
    uses = _sums(LOT_USES.c.amount, LOT_USES.c.entry_id)
    lots = _sums(LOTS.c.amount, LOTS.c.key)
    is_award = (ENTRIES.c.amount > 0) & ENTRIES.c.undoes.is_(None)
    says = case((is_award, _sum(lots)), (ENTRIES.c.amount > 0, _sum(uses)), else_=-_sum(uses))
    told = literal("entry"), ENTRIES.c.member_id, ENTRIES.c.id, ENTRIES.c.amount, says, null()
    joined = _with(_with(ENTRIES, uses, ENTRIES.c.id), lots, ENTRIES.c.key)
    return select(*told).select_from(joined).where(ENTRIES.c.amount != says, ENTRIES.c.source != "merge")


def _owed() -> Select[Any]:
    """A debt goes with the lots that it is about, which a merge may have handed over."""
    left = _sums(TAKE_BACKS.c.owed, LOTS.c.member_id, LOTS.c.id == TAKE_BACKS.c.lot_id)
    uses = ENTRIES.c.id == LOT_USES.c.entry_id, LOTS.c.id == LOT_USES.c.lot_id
    paid = _sums(LOT_USES.c.amount, LOTS.c.member_id, *uses, ENTRIES.c.source == "debt")
    says = case((MEMBERS.c.erased_at.is_(None), _sum(left) - _sum(paid)), else_=0)
    told = literal("owed"), MEMBERS.c.id, MEMBERS.c.id, MEMBERS.c.owed, says, null()
    joined = _with(_with(MEMBERS, left, MEMBERS.c.id), paid, MEMBERS.c.id)
    return select(*told).select_from(joined).where(MEMBERS.c.owed != says)


def _sums(of: ColumnElement[int], by: ColumnElement[Any], *where: ColumnElement[bool]) -> Subquery:
    """Sums of something, by what they belong to."""
    return select(by.label("by"), func.sum(of).label("sum")).where(*where).group_by(by).subquery()


def _with(table: FromClause, sums: Subquery, key: ColumnElement[Any]) -> FromClause:
    return table.outerjoin(sums, sums.c.by == key)


def _sum(sums: Subquery) -> ColumnElement[int]:
    return func.coalesce(sums.c.sum, 0)
