"""Letters that wait to be sent, and what became of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, literal_column
from sqlmodel import Field, SQLModel

from db.tables import facts, table_of


class Letter(SQLModel, table=True):
    """One message to one account or one group. It keeps its kind and facts, and is put into words when it is sent.

    States: waiting, sending, sent, blocked, failed, uncertain, dropped; held, while its broadcast is paused.
    """

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (group_id IS NULL)", name="one_address"),
        {"sqlite_autoincrement": True},  # the number of one that was erased on its way is nobody else's
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    rank: int  # who goes first: 0 transactional, 1 personal, 2 promo, 3 to be sent once more
    alone: bool = False  # one at a time: better lost than doubled, or in doubt
    account_id: int | None = Field(default=None, foreign_key="accounts.id")
    member_id: int | None = Field(default=None, foreign_key="members.id")
    group_id: int | None = Field(default=None, foreign_key="groups.id")
    broadcast_id: int | None = Field(default=None, foreign_key="broadcasts.id")
    facts: dict[str, Any] = facts()
    after: datetime
    before: datetime | None = None
    state: str = "waiting"
    reason: str | None = None
    doubts: int = 0  # how often it may already have arrived
    message_id: int | None = None
    posted_at: datetime
    settled_at: datetime | None = None
    opened_at: datetime | None = None  # the first tap on one of its buttons, where that is counted


LETTERS = table_of(Letter)
_waiting = LETTERS.c.state == "waiting"
_standing = LETTERS.c.state == "sending"
_due = (LETTERS.c.rank, LETTERS.c.alone, LETTERS.c.after, LETTERS.c.id)
Index("ix_letters_due", *_due, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_letters_sending", LETTERS.c.id, sqlite_where=_standing, postgresql_where=_standing)
Index("ix_letters_member", LETTERS.c.member_id, LETTERS.c.rank, LETTERS.c.settled_at)
Index("ix_letters_group", LETTERS.c.group_id, LETTERS.c.kind, LETTERS.c.settled_at)
_settled = LETTERS.c.settled_at.is_not(None)
Index("ix_letters_settled", LETTERS.c.settled_at, LETTERS.c.state, sqlite_where=_settled, postgresql_where=_settled)


def standing(letters: Any) -> ColumnElement[bool]:
    """Which letters stand in a group, of the kinds of which it keeps the newest only."""
    # Said outright, so that its index is found.
    kinds: Any = (literal_column("'welcome'"), literal_column("'safety_note'"))
    return and_(letters.kind.in_(kinds), letters.message_id > literal_column("0"))


_there = standing(LETTERS.c)
_newest = (LETTERS.c.kind, LETTERS.c.group_id, LETTERS.c.id)
Index("ix_letters_replaced", *_newest, sqlite_where=_there, postgresql_where=_there)
_of_broadcast = LETTERS.c.broadcast_id.is_not(None)
_stands = (LETTERS.c.broadcast_id, LETTERS.c.state, LETTERS.c.reason)
Index("ix_letters_broadcast", *_stands, sqlite_where=_of_broadcast, postgresql_where=_of_broadcast)
