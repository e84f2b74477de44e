"""Audiences that the staff gave a name."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class NamedAudience(SQLModel, table=True):
    """A query under a name, which stands for it in any other query."""

    __tablename__ = "named_audiences"

    folded: str = Field(primary_key=True)  # the name as it is looked up
    name: str
    query: str  # as it is written
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


NAMED_AUDIENCES = table_of(NamedAudience)
