"""Yearly dates of members and of their relatives."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Occasion(SQLModel, table=True):
    """A yearly date of a member ("self") or of a relative; day 0 is a month as a whole, which is enough for a child.

    `next_on` is the next solar date that is still to be prepared, `last_on` the last that was. `year` is never shown.
    An id is never given again: the keys of letters hold it.
    """

    __tablename__ = "occasions"
    __table_args__ = (UniqueConstraint("member_id", "relation", "name"), {"sqlite_autoincrement": True})

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
    last_on: date | None = Field(default=None, index=True)
    set_at: datetime
    changes: int = 0  # by the member, who may change it once
    vouched: bool = False  # the owner lets it bring the coupon, however late it was told


OCCASIONS = table_of(Occasion)
