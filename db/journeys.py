"""Which journeys are switched on, what the owner changed about them, and which members are on one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from db.tables import facts, table_of


class JourneySwitch(SQLModel, table=True):
    """A journey that the owner switched. Of `holdout` in a hundred members nothing is sent, to compare with."""

    __tablename__ = "journeys"

    name: str = Field(primary_key=True)  # of the file that it ships in
    switched_on: bool
    holdout: int = 0
    since: datetime


class JourneyEdit(SQLModel, table=True):
    """What the owner put in place of what a journey ships with, such as a step's text in one language."""

    __tablename__ = "journey_edits"

    journey: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    part: str = Field(primary_key=True)
    value: str


class Trip(SQLModel, table=True):
    """A member on a journey. States: under way, done, reached (the goal), stopped, kept back (to compare with)."""

    __tablename__ = "trips"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    journey: str
    member_id: int = Field(foreign_key="members.id")
    arm: str = ""  # of a journey that is split, a or b
    step: str  # the next one
    shift: int = 0  # days by which the steps to come are put off
    next_at: datetime | None = None
    state: str = "under way"
    reason: str | None = None
    facts: dict[str, Any] = facts()
    began_at: datetime
    ended_at: datetime | None = None


JOURNEYS = table_of(JourneySwitch)
JOURNEY_EDITS = table_of(JourneyEdit)
TRIPS = table_of(Trip)
_under_way = TRIPS.c.state == "under way"
Index("ix_trips_due", TRIPS.c.next_at, TRIPS.c.id, sqlite_where=_under_way, postgresql_where=_under_way)
Index("ix_trips_member", TRIPS.c.member_id, TRIPS.c.journey, TRIPS.c.began_at)
