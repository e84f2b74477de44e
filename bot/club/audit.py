"""Who did what: one line, written in the transaction of the act."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.audit import AuditLine


def note(
    session: Session, staff_id: int, act: str, member_id: int | None = None, *, now: datetime, **facts: Any
) -> None:
    """Note an act of staff, about a member where there is one. `facts` hold no name, phone or text of a member."""
    session.add(AuditLine(at=now, staff_id=staff_id, act=act, member_id=member_id, facts=facts))


def last(session: Session, count: int = 50) -> list[tuple[datetime, int, str, int | None, dict[str, Any]]]:
    """The latest lines, newest first: when, who (member id), what, about whom, facts."""
    lines = session.exec(select(AuditLine).order_by(col(AuditLine.id).desc()).limit(count))
    return [(line.at, line.staff_id, line.act, line.member_id, line.facts) for line in lines]
