"""Keys by which tills and web shops come in, and what they were answered, so that a request counts once."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of


class ApiKey(SQLModel, table=True):
    """A machine's key, of which only the hash is kept. `scopes`: what it may do, with spaces; empty for everything."""

    __tablename__ = "api_keys"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    key_hash: str = Field(unique=True)
    scopes: str = ""
    made_at: datetime
    used_at: datetime | None = None  # to the minute
    revoked_at: datetime | None = None


class ApiReply(SQLModel, table=True):
    """What a request was answered. The same key of a caller's gets the same answer again, and nothing is done twice."""

    __tablename__ = "api_replies"
    __table_args__ = (
        UniqueConstraint("key_id", "idempotency_key"),
        {"sqlite_autoincrement": True},  # purchases and refunds are keyed by the number, so it is nobody else's
    )

    id: int | None = Field(default=None, primary_key=True)
    key_id: int = Field(foreign_key="api_keys.id")
    idempotency_key: str
    fingerprint: str  # of the route and the body
    member_id: int | None = Field(default=None, foreign_key="members.id", index=True)
    status: int = 0
    body: str = ""
    at: datetime = Field(index=True)


API_KEYS = table_of(ApiKey)
API_REPLIES = table_of(ApiReply)
_stands = API_KEYS.c.revoked_at.is_(None)
Index("uq_api_keys_name", API_KEYS.c.name, unique=True, sqlite_where=_stands, postgresql_where=_stands)
