"""Lists that the owner brings along: a file under way with its rows as understood, and who came with one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from db.tables import facts, table_of


class Import(SQLModel, table=True):
    """A file that was sent to be imported. States: reading, asking, ready, confirmed, done, cancelled, refused."""

    __tablename__ = "imports"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    file_hash: str
    file_id: str  # under which the platform keeps it
    name: str
    kind: str = ""  # members, points, purchases
    state: str = "reading"
    made_by: int = Field(foreign_key="members.id")
    account_id: int | None = Field(default=None, foreign_key="accounts.id", ondelete="SET NULL")  # that is told
    answers: dict[str, Any] = facts()  # which column is what, where it was asked
    counts: dict[str, Any] = facts()
    tries: int = 0
    made_at: datetime
    beat_at: datetime  # when something was last done about it


class ImportRow(SQLModel, table=True):
    """A row as it was understood, until it is carried out or dropped."""

    __tablename__ = "import_rows"

    import_id: int = Field(foreign_key="imports.id", primary_key=True)
    row: int = Field(primary_key=True)
    member_id: int | None = Field(default=None, foreign_key="members.id", index=True)
    facts: dict[str, Any] = facts()


class Imported(SQLModel, table=True):
    """A member who came with a list, and has not been here themselves. `agreed` is what the list says of that.

    `key` knows again one of whom the list tells no phone.
    """

    __tablename__ = "imported"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    import_id: int = Field(foreign_key="imports.id")
    key: str | None = Field(default=None, unique=True)
    agreed: str | None = None
    at: datetime


IMPORTS = table_of(Import)
IMPORT_ROWS = table_of(ImportRow)
IMPORTED = table_of(Imported)
_certain = IMPORTS.c.state.in_(("confirmed", "done"))
Index("uq_imports_file", IMPORTS.c.file_hash, unique=True, sqlite_where=_certain, postgresql_where=_certain)
