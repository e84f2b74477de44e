"""What members asked the shop, and what was said back and forth."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Thread(SQLModel, table=True):
    """A member's question and all that follows. States: waiting for the shop, answered, dropped."""

    __tablename__ = "threads"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="one_to_five"),
        Index("ix_threads_state", "state", "asked_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    account_id: int = Field(foreign_key="accounts.id")  # the chat into which the answers come
    state: str = "waiting"
    taken_by: int | None = Field(default=None, foreign_key="members.id")  # who of the staff answers
    asked_at: datetime
    said_at: datetime  # the last word
    answered_at: datetime | None = None  # the shop's first word
    stars: int | None = None


class ThreadLine(SQLModel, table=True):
    """One word of a thread, of its member or of the staff."""

    __tablename__ = "thread_lines"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    thread_id: int = Field(foreign_key="threads.id", index=True)
    said_by: int = Field(foreign_key="members.id")
    words: str
    photo: str | None = None  # platform:number, by which that keeps it
    said_at: datetime


THREADS = table_of(Thread)
THREAD_LINES = table_of(ThreadLine)
