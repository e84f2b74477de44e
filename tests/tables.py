"""Everything that is kept, read back whole: to see that nothing changed, or that nothing of somebody is left."""

from typing import Any

from sqlmodel import Session, select

from db import metadata

Rows = dict[str, list[tuple[Any, ...]]]


def everything(session: Session, *but: str) -> Rows:
    """All rows of all tables, except those named."""
    return {
        table.name: sorted((tuple(row) for row in session.connection().execute(select(table))), key=repr)
        for table in metadata.sorted_tables
        if table.name not in but
    }
