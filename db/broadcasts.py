"""Messages to an audience: as they are drawn up, and how far their letters are."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from db.tables import facts, table_of

OPEN = text("state NOT IN ('draft', 'done', 'cancelled') OR message_id IS NOT NULL")  # or untold


class Broadcast(SQLModel, table=True):
    """One message to an audience, once.

    States: draft, planned (it waits for its time), writing (its letters), sending, done; stopping, cancelled.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (Index("ix_broadcasts_open", "id", sqlite_where=OPEN, postgresql_where=OPEN),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    texts: dict[str, Any] = facts()  # HTML by locale; under no locale for everybody else
    photo: str = ""  # the number under which `photo_on`, a platform, keeps the picture
    photo_on: str = ""
    buttons: list[Any] = Field(default_factory=list, sa_type=JSON)  # of a label and an address or a command
    audience: str  # as the query is written
    hour: str = "now"  # when it goes: now, at, best (each member's own hour)
    starts_at: datetime | None = None
    version: int = 1  # of the draft: a yes is to the one that was shown
    sure: bool = False  # whether a second yes was asked
    state: str = "draft"
    paused: bool = False
    most: int = 0  # letters, as its author was told
    reached: int = 0  # the last member who was looked at
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None
    account_id: int | None = Field(default=None, foreign_key="accounts.id")  # where it is reported,
    message_id: int | None = None  # by editing this message


BROADCASTS = table_of(Broadcast)
