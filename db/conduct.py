"""What the bot or the staff did about somebody's conduct in a group."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Strike(SQLModel, table=True):
    """One deed: warn, mute or kick, with its reason. Nobody's word but the bot's own where `struck_by` is empty."""

    __tablename__ = "strikes"
    __table_args__ = (Index("ix_strikes_of_member", "member_id", "group_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    member_id: int = Field(foreign_key="members.id")
    group_id: int = Field(foreign_key="groups.id")
    deed: str  # warn | mute | kick
    reason: str  # in the words of the staff; of the bot: link, forward, flood
    struck_by: int | None = Field(default=None, foreign_key="members.id")
    at: datetime


STRIKES = table_of(Strike)
