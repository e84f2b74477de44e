"""A list row by row: what each row means, by itself and beside the others; a wrong one is named with its number."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.club import cells
from bot.club.cells import At, PointsOver
from bot.club.columns import MEMBERS, POINTS, PURCHASES, SUMS, WHO, Columns
from bot.club.errors import ClubError
from bot.club.purchases import LINES, TooManyLines
from bot.i18n import N_


class Ragged(ClubError):
    """A row with more or fewer cells than the header."""

    says = N_("{cells} cells, but row 1 has {columns}.")


class NobodyNamed(ClubError):
    """A row that does not say whose it is."""

    says = N_("It does not say whose it is: neither a name nor a phone number.")


class NothingSaid(ClubError):
    """A row without what its kind is about."""

    says = N_("Nothing stands in this column.")


class NotAgreed(ClubError):
    """A row of a list with a consent column that tells of none."""

    says = N_("It does not say when this person agreed, so it cannot be taken over.")


class SameAsRow(ClubError):
    """A row about somebody whom an earlier row is about."""

    says = N_("The same person stands in row {other}.")


class OrderApart(ClubError):
    """Rows of one order with others between them, or that contradict each other."""

    says = N_("Order {order} stands in row {other} too. Its rows belong together, with one buyer, one day, one total.")


class OtherTotal(ClubError):
    """What was paid or refunded is more than the total."""

    says = N_("More was paid or refunded than the total.")


@dataclass(frozen=True, slots=True)
class Clean:
    """A row as it was understood, or several that are one purchase: its number and what it says."""

    row: int
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row, in which field where it is one's."""

    row: int
    field: str
    refusal: ClubError


@dataclass(slots=True)
class Taken:
    """What came of some rows."""

    clean: list[Clean] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Reader:
    """Reads one list, from the row after the header to its end; rows in their order."""

    def __init__(self, columns: Columns, at: At) -> None:
        self._columns, self._at = columns, at
        self._seen: dict[str, int] = {}  # who, or which order, in which row
        self._open: list[Clean] = []  # the rows of the order that may go on
        self._same: dict[str, int] = {}  # how often exactly the same was said

    def read(self, rows: Sequence[tuple[int, list[str]]], *, last: bool = False) -> Taken:
        """Read some rows; `last` at the end of the list, which may complete a purchase."""
        taken = Taken()
        for number, texts in rows:
            try:
                row = Clean(number, self._facts(number, texts, taken))
                for whole in self._whole(row):
                    taken.clean.append(self._unlike(whole))
            except ClubError as refusal:
                taken.faults.append(Fault(number, "", refusal))
            except _Named as named:
                taken.faults.append(Fault(number, named.field, named.refusal))
        if last and self._open:
            try:
                taken.clean.append(self._unlike(self._purchase()))
            except ClubError as refusal:
                taken.faults.append(Fault(self._open[0].row, "", refusal))
        return taken

    def _facts(self, number: int, texts: list[str], taken: Taken) -> dict[str, Any]:
        """What the cells of a row say. Every wrong one is a fault of its own; the first is raised."""
        if len(texts) != self._columns.many:
            raise Ragged(cells=len(texts), columns=self._columns.many)
        facts: dict[str, Any] = {}
        wrong: list[_Named] = []
        for name, column in self._columns.at.items():
            if text := cells.bare(texts[column]):
                try:
                    value = cells.READERS[name](text, self._at)
                except ClubError as refusal:
                    wrong.append(_Named(name, refusal))
                else:
                    facts |= {name: value} if value is not None else {}
        if not wrong:
            self._complete(facts)
            return facts
        taken.faults += [Fault(number, each.field, each.refusal) for each in wrong[:-1]]
        raise wrong[-1]

    def _complete(self, facts: dict[str, Any]) -> None:
        """See that a row says what its kind needs, and that its points are not over."""
        kind = self._columns.kind
        if not any(name in facts for name in (WHO if kind != MEMBERS else ("name", *WHO))):
            raise NobodyNamed
        if "consent" in self._columns.at and "consent" not in facts:
            raise NotAgreed
        if kind == POINTS and "points" not in facts:
            raise _Named("points", NothingSaid())
        over = facts.get("expires", "")
        if over.startswith("<"):
            if facts.get("points"):
                raise _Named("expires", PointsOver(day=date.fromisoformat(over[1:])))
            del facts["expires"]

    def _whole(self, row: Clean) -> Iterator[Clean]:
        """The row itself; of purchases the one before, once it is plain that it is complete."""
        if self._columns.kind != PURCHASES:
            yield row
            return
        for name in ("date", "amount" if not any(s in row.facts for s in SUMS) else "date"):
            if name not in row.facts:
                raise _Named(name, NothingSaid())
        order = row.facts.get("order")
        goes_on = bool(self._open and order and self._open[0].facts.get("order") == order)
        if goes_on:
            first = self._open[0]
            if any(first.facts.get(n) != row.facts.get(n) for n in (*WHO, "date", "total", "paid", "refunded")):
                raise OrderApart(order=order, other=first.row)
            self._open.append(row)
            return
        if order and (other := self._seen.setdefault(f"order:{order}", row.row)) != row.row:
            raise OrderApart(order=order, other=other)
        if self._open:
            whole, self._open = self._purchase(), [row]
            yield whole
        else:
            self._open = [row]

    def _purchase(self) -> Clean:
        """The open rows as one purchase: what it cost, what was paid of it, and its lines."""
        rows = self._open
        first = rows[0].facts
        lines = [_line(row.facts) for row in rows if "product" in row.facts]
        summed = sum(row.facts.get("amount", 0) for row in rows)
        total = first.get("total") or summed or first.get("paid", 0)
        paid, refunded = first.get("paid", total), first.get("refunded", 0)
        if len(lines) > LINES:
            raise TooManyLines(limit=LINES)
        if not total or paid > total or refunded > paid:
            raise OtherTotal
        about = {name: first[name] for name in ("order", "date", *WHO) if name in first}
        return Clean(rows[0].row, about | {"total": total, "paid": paid, "refunded": refunded, "lines": lines})

    def _unlike(self, row: Clean) -> Clean:
        """Refuse a member who was listed before; count what is said again in the same words. Raises SameAsRow."""
        facts = row.facts
        if self._columns.kind == MEMBERS:
            for name in WHO if any(n in facts for n in WHO) else ("name",):
                if name in facts and (other := self._seen.setdefault(f"{name}:{facts[name]}", row.row)) != row.row:
                    raise SameAsRow(other=other)
            return row
        said = digest(facts)
        self._same[said] = self._same.get(said, 0) + 1
        return Clean(row.row, facts | {"said": f"{said}:{self._same[said]}"})


class _Named(Exception):
    """A refusal with the field it is about."""

    def __init__(self, name: str, refusal: ClubError) -> None:
        super().__init__(name)
        self.field, self.refusal = name, refusal


def digest(facts: dict[str, Any]) -> str:
    """A short name for what a row says: the same in every file that says it."""
    said = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:20]


def _line(facts: dict[str, Any]) -> list[Any]:
    """A product of a purchase, how many, and the price of one where it is known."""
    quantity, amount = facts.get("quantity", 1), facts.get("amount", 0)
    price = facts.get("price")
    if price is None and amount and amount % quantity == 0:
        price = amount // quantity
    return [facts["product"], quantity, price]
