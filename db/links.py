"""Named links by which people come, who came by which, and the invite links that the bot made of its groups."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from db.tables import table_of

UNDECIDED = text("stayed IS NULL")


class NamedLink(SQLModel, table=True):
    """A link under a name: of one of the staff, of a partner shop, or else of a poster."""

    __tablename__ = "named_links"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    folded: str | None = Field(default=None, unique=True)  # none once it is retired: the name is free again
    staff_id: int | None = Field(default=None, foreign_key="members.id")
    partner: str | None = None  # the name of the partner shop
    template_id: int | None = Field(default=None, foreign_key="coupon_templates.id")  # what newcomers get
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime
    retired_at: datetime | None = None


class Comer(SQLModel, table=True):
    """Somebody who was first met by a named link, once for each."""

    __tablename__ = "comers"
    __table_args__ = (Index("ix_comers_undecided", "came_at", sqlite_where=UNDECIDED, postgresql_where=UNDECIDED),)

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    link_id: int = Field(foreign_key="named_links.id", index=True)
    how: str  # start, join, request
    came_at: datetime
    stayed: bool | None = None  # unknown while the first days run


class InviteLink(SQLModel, table=True):
    """An invite link of a group that the bot made, for a named link or for one member.

    States: made, refused (the bot may not), used (by its member), ended. Without a row it is still to be made.
    """

    __tablename__ = "invite_links"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    group_id: int = Field(foreign_key="groups.id", index=True)
    link_id: int | None = Field(default=None, foreign_key="named_links.id")
    member_id: int | None = Field(default=None, foreign_key="members.id", index=True)
    url: str | None = Field(default=None, unique=True)
    state: str
    asks: bool = False  # whoever opens it asks to be let in
    changed_at: datetime


NAMED_LINKS = table_of(NamedLink)
COMERS = table_of(Comer)
INVITE_LINKS = table_of(InviteLink)
