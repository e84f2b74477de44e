"""Customer groups that the shop linked, and who is in them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of, wide


class Group(SQLModel, table=True):
    """A group where the bot is or was. States: seen, linked, refused, lost."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("platform", "chat_id"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    chat_id: int = wide()
    title: str
    state: str = "seen"
    linked_by: int | None = Field(default=None, foreign_key="members.id")
    linked_at: datetime | None = None
    asked_at: datetime | None = None  # since when an owner's word is waited for
    muted_at: datetime | None = None  # since when the bot may not do its work there
    least: str | None = None  # the grade from which on members are in it; none: everybody


class Place(SQLModel, table=True):
    """A member's place in a group; kept when they leave, so that coming back keeps the history."""

    __tablename__ = "places"

    group_id: int = Field(foreign_key="groups.id", primary_key=True)
    member_id: int = Field(foreign_key="members.id", primary_key=True, index=True)
    joined_at: datetime
    left_at: datetime | None = None
    leaves_at: datetime | None = Field(default=None, index=True)  # unless their grade is back by then
    put_out_at: datetime | None = None  # when the group was asked to put them out


class Asker(SQLModel, table=True):
    """Somebody who asks to be let into a group, and has not agreed to be a member yet."""

    __tablename__ = "askers"

    group_id: int = Field(foreign_key="groups.id", primary_key=True)
    member_id: int = Field(foreign_key="members.id", primary_key=True, index=True)
    asked_at: datetime


GROUPS = table_of(Group)
PLACES = table_of(Place)
ASKERS = table_of(Asker)
