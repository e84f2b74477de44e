"""Addresses of the owner's that are told what happens in the club, and what waits to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from db.tables import facts, table_of


class Webhook(SQLModel, table=True):
    """An address that is told. `topics`: of what, with spaces; empty for everything. `secret` signs what it is told."""

    __tablename__ = "webhooks"

    id: int | None = Field(default=None, primary_key=True)
    url: str
    topics: str = ""
    secret: str
    made_at: datetime
    gone_at: datetime | None = None


class Event(SQLModel, table=True):
    """Something to be told to one address. States: waiting, told, failed."""

    __tablename__ = "events"
    __table_args__ = ({"sqlite_autoincrement": True},)  # whoever is told twice knows it by the number

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhooks.id")
    kind: str
    member_id: int | None = Field(default=None, foreign_key="members.id", index=True)
    facts: dict[str, Any] = facts()
    state: str = "waiting"
    tries: int = 0
    after: datetime  # when it is tried next
    reason: str | None = None  # for which the last try failed
    happened_at: datetime
    settled_at: datetime | None = None


WEBHOOKS = table_of(Webhook)
EVENTS = table_of(Event)
_waiting = EVENTS.c.state == "waiting"
_line = (EVENTS.c.webhook_id, EVENTS.c.member_id, EVENTS.c.id)
Index("ix_events_waiting", *_line, sqlite_where=_waiting, postgresql_where=_waiting)
_settled = EVENTS.c.settled_at.is_not(None)
Index("ix_events_settled", EVENTS.c.settled_at, sqlite_where=_settled, postgresql_where=_settled)
