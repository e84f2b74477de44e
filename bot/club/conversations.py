"""What was asked of whom: one open question for each private chat, kept so that a crash leaves none half-open."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from db.conversations import Conversation

KEPT = timedelta(days=7)  # an answer that comes later is no answer any more


def ask(session: Session, account_id: int, asked: str, *, now: datetime, **facts: Any) -> None:
    """Open a question; one that was open before is dropped."""
    close(session, account_id)
    session.add(Conversation(account_id=account_id, asked=asked, facts=facts, since=now))


def asked(session: Session, account_id: int) -> tuple[str, dict[str, Any]] | None:
    """The open question and what was understood so far."""
    open_one = session.get(Conversation, account_id)
    return (open_one.asked, dict(open_one.facts)) if open_one else None


def close(session: Session, account_id: int, *only: str) -> bool:
    """Drop the open question, whatever was asked or one of `only`. Returns whether there was one."""
    drop = delete(Conversation).where(col(Conversation.account_id) == account_id)
    return bool(session.exec(drop.where(col(Conversation.asked).in_(only)) if only else drop).rowcount)


def prune(session: Session, *, now: datetime, limit: int) -> int:
    """Drop questions that nobody answered for a week, with what was understood so far. Returns how many."""
    old = select(Conversation.account_id).where(Conversation.since < now - KEPT).limit(limit)
    return session.exec(delete(Conversation).where(col(Conversation.account_id).in_(old))).rowcount
