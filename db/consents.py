"""What members agreed to, purpose by purpose."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Consent(SQLModel, table=True):
    """A yes to one purpose, under one version of the text. It stands until it is withdrawn, and is kept after that."""

    __tablename__ = "consents"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    purpose: str  # service, offers, family, children, email
    version: str
    given_at: datetime
    withdrawn_at: datetime | None = None


CONSENTS = table_of(Consent)
_stands = CONSENTS.c.withdrawn_at.is_(None)
Index(
    "uq_consents_standing",
    CONSENTS.c.member_id,
    CONSENTS.c.purpose,
    CONSENTS.c.version,
    unique=True,
    sqlite_where=_stands,
    postgresql_where=_stands,
)
