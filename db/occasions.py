"""Yearly dates of members and of their relatives."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Occasion(SQLModel, table=True):
    """A yearly date. `next_on` is the next solar date that is still to be prepared; `year` is never shown."""

    __tablename__ = "occasions"
    __table_args__ = (UniqueConstraint("member_id", "relation", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id")
    relation: str = "self"
    name: str = ""
    calendar: str = "solar"
    month: int
    day: int
    leap: bool = False
    year: int | None = None
    next_on: date = Field(index=True)
    set_at: datetime
    changes: int = 0  # by the member, who may change it once


OCCASIONS = table_of(Occasion)
