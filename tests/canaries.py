"""Canaries: a row in every table for a member, filled from the schema, so that whatever is left of them sings."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, DateTime, Float, Integer, String, Table, TypeDecorator
from sqlmodel import Session

from db import metadata
from db.privacy import PRIVACY

DAY = datetime(2026, 5, 17, 3, tzinfo=UTC)
FAR = 1_000_000  # from the numbers of one canary to those of the next
# What the tables' own rules ask for: a ledger that balances, a letter to one address, what is still open.
GIVEN: dict[str, dict[str, Any]] = {
    "members": {"points": 7, "erased_at": None},
    "lots": {"amount": 7, "remaining": 7},
    "entries": {"amount": 7, "undoes": None},
    "deals": {"stock": 5, "claimed": 2, "taken": 2},
    "coupon_templates": {"quota": 5, "issued": 2},
    "letters": {"group_id": None, "state": "waiting"},
    "coupons": {"state": "issued"},
    "requests": {"state": "waiting"},
    "consents": {"withdrawn_at": None},
    "products": {"merged_into": None},
    "purchases": {"total": 5000, "discount": 1000, "paid": 4000, "undone_at": None},
    "ratings": {"stars": None},
    "threads": {"stars": None},
}


def word(number: int) -> str:
    """What every text of a canary begins with."""
    return f"金丝雀{number}"


class Canary:
    """A member who has a row in every table, and what each column of it holds. Made in an act."""

    def __init__(self, session: Session, number: int) -> None:
        self._word, self._numbers = word(number), count(number * FAR)
        self.rows: dict[str, dict[str, Any]] = {}
        for table in metadata.sorted_tables:
            self._row(session, table)
        self.id: int = self.rows["members"]["id"]

    def values(self, *kinds: str) -> list[tuple[str, str, Any]]:
        """Table, column and value of the columns of some classes, of the rows that are about the member."""
        return [
            (table, column, value)
            for table, row in self.rows.items()
            for column, value in row.items()
            if PRIVACY[table].whose and PRIVACY[table].classes[column] in kinds and value is not None
        ]

    def _row(self, session: Session, table: Table) -> None:
        given = GIVEN.get(table.name, {})
        row = {c.name: self._value(c) for c in table.c if c.name != "id" and c.name not in given} | given
        made = session.connection().execute(table.insert().values(**row))
        keys = zip(table.primary_key, made.inserted_primary_key or (), strict=True)
        self.rows[table.name] = row | {column.name: key for column, key in keys}

    def _value(self, column: Column[Any]) -> Any:
        if column.foreign_keys:
            [key] = column.foreign_keys
            return self.rows[key.column.table.name][key.column.name]
        kind, number = plain(column), next(self._numbers)
        words = f"{self._word} {column.table.name}.{column.name}"
        values = (
            (Boolean, True),
            (Integer | BigInteger, number),
            (Float, number / 2),
            (DateTime, DAY + timedelta(minutes=number)),
            (Date, DAY.date() + timedelta(days=number % 997)),
            (JSON, {"told": words}),
            (String, words),
        )
        return next(value for types, value in values if isinstance(kind, types))


def plain(column: Column[Any]) -> Any:
    """A column's type, without what only wraps it."""
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type
