"""What all tables share: names for their constraints, and columns of wide integers and of JSON."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Table
from sqlmodel import Field, SQLModel

# Constraints need names, or SQLite's batch migrations cannot find them again.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a model, for statements that are too hot for the ORM."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def wide(**more: Any) -> Any:
    """A column for other people's numbers, which pass 32 bits."""
    return Field(sa_type=BigInteger, **more)


def facts() -> Any:
    """A column of plain values, kept as JSON."""
    return Field(default_factory=dict, sa_type=JSON)
