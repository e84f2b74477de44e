"""Who works in the shop, and the one-time link that makes the first owner."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Staff(SQLModel, table=True):
    """A member with a role: clerk, manager or owner."""

    __tablename__ = "staff"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    role: str
    by_settings: bool = False  # named in OWNER_IDS, and dismissed by taking the id out of it
    since: datetime


class Claim(SQLModel, table=True):
    """A one-time claim link, of which only the hash is kept."""

    __tablename__ = "claims"

    token_hash: str = Field(primary_key=True)
    made_at: datetime
    used_at: datetime | None = None
    used_by: int | None = Field(default=None, foreign_key="members.id")


class Request(SQLModel, table=True):
    """A manager's change of points that waits for the owner. States: waiting, approved, declined."""

    __tablename__ = "requests"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    member_id: int = Field(foreign_key="members.id")
    amount: int
    reason: str
    asked_by: int = Field(foreign_key="members.id")
    asked_at: datetime
    state: str = "waiting"
    decided_by: int | None = Field(default=None, foreign_key="members.id")


STAFF = table_of(Staff)
REQUESTS = table_of(Request)
