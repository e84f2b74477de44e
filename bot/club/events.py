"""What happens in the club, kept for the owner's webhooks in the transaction of its cause.

The facts name a member by number alone: no name, no phone number, no coupon's code leaves the club by itself.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db.webhooks import EVENTS, WEBHOOKS

TOPICS = ("purchase", "member", "coupon")  # what a kind begins with

_open = select(WEBHOOKS.c.id, WEBHOOKS.c.topics).where(WEBHOOKS.c.gone_at.is_(None))


def post(session: Session, kind: str, member_id: int | None, *, now: datetime, **facts: Any) -> None:
    """Keep that something happened, for every webhook that wants to hear of it."""
    post_all(session, kind, [(member_id, facts)], now=now)


def wanted(session: Session, kind: str) -> list[int]:
    """The webhooks that want to hear of a kind of thing."""
    topic = kind.partition(".")[0]
    return [row.id for row in session.connection().execute(_open) if not row.topics or topic in row.topics.split()]


def post_all(
    session: Session, kind: str, happened: Iterable[tuple[int | None, dict[str, Any]]], *, now: datetime
) -> None:
    """Keep that several things of a kind happened: to which member, and what."""
    hooks = wanted(session, kind)
    common = {"kind": kind, "state": "waiting", "tries": 0, "after": now, "happened_at": now}
    rows = [
        common | {"webhook_id": hook, "member_id": member_id, "facts": facts}
        for member_id, facts in happened
        for hook in hooks
    ]
    if rows:
        session.connection().execute(EVENTS.insert().inline(), rows)
