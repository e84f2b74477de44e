"""Updates as they arrived, kept before they are acknowledged."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of, wide


class Received(SQLModel, table=True):
    """An update. A handled one keeps its number and loses its payload. States: waiting, done, failed, odd."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("platform", "update_id"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    update_id: int = wide()
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    state: str = "waiting"
    received_at: datetime = Field(index=True)


INBOX = table_of(Received)
UNDONE = INBOX.c.state != "done"
Index("ix_inbox_undone", INBOX.c.state, INBOX.c.id, sqlite_where=UNDONE, postgresql_where=UNDONE)
