"""What was asked of whom, and waits for an answer."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from db.tables import facts, table_of


class Conversation(SQLModel, table=True):
    """The question that is open in an account's private chat, with what was understood so far."""

    __tablename__ = "conversations"

    account_id: int = Field(foreign_key="accounts.id", primary_key=True)
    asked: str
    facts: dict[str, Any] = facts()
    since: datetime


CONVERSATIONS = table_of(Conversation)
