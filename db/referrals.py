"""Who came by whose invitation, and what became of it."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Referral(SQLModel, table=True):
    """A friend who came by a member's link, once for each friend.

    States: open (the first days run), stayed (waits for a first purchase), held (waits for the owner), counted,
    declined, taken_back, left (did not stay), lapsed (bought nothing in time), old (had bought before).
    """

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_state", "state", "opened_at"),)

    friend_id: int = Field(foreign_key="members.id", primary_key=True)
    referrer_id: int = Field(foreign_key="members.id", index=True)
    opened_at: datetime
    state: str = "open"
    suspicion: str | None = None  # why it is or was held: burst, contact, name, staff
    purchase_id: int | None = Field(default=None, foreign_key="purchases.id", index=True)  # the first one
    decided_by: int | None = Field(default=None, foreign_key="members.id")


REFERRALS = table_of(Referral)
