"""Statements that run for every customer, given to SQLite's driver directly.

SQLAlchemy's way to it costs twice what most of them do. On PostgreSQL they go the usual way.
"""

import sqlite3
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select


def first(connection: Connection, statement: UpdateBase | Select[Any], values: dict[str, Any]) -> Any:
    """Run a statement that was made once for all, with the `values` of its bindparams. Returns its first row or None.

    The row is of numbers and texts: a date would come as SQLite stores it.
    """
    raw: Any = connection.connection.dbapi_connection
    if not isinstance(raw, sqlite3.Connection):
        result = connection.execute(statement, values)
        return result.first() if result.returns_rows else None
    sql, said, order = _prepared(statement)
    values = said | values
    return raw.execute(sql, [store(values[name]) for name, store in order]).fetchone()


@cache
def _prepared(statement: UpdateBase | Select[Any]) -> tuple[str, dict[str, Any], list[Any]]:
    """Its SQL, the values that it says itself, and its parameters in their order with how each is stored."""
    dialect = sqlite.dialect()
    compiled = statement.compile(dialect=dialect)
    said = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    kinds = ((name, compiled.binds[name].type.dialect_impl(dialect)) for name in compiled.positiontup or ())
    return compiled.string, said, [(name, kind.bind_processor(dialect) or _as_it_is) for name, kind in kinds]


def _as_it_is(value: Any) -> Any:
    return value
