"""Who did what."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from db.tables import facts, table_of


class AuditLine(SQLModel, table=True):
    """One act of staff, written in the transaction of the act."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    staff_id: int | None = Field(default=None, foreign_key="members.id")  # nobody for a machine; facts name its key
    act: str
    member_id: int | None = Field(default=None, foreign_key="members.id")
    facts: dict[str, Any] = facts()


AUDIT = table_of(AuditLine)
