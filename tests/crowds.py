"""Members by the hundred, for whom nobody plays: they agreed, and cannot be written to."""

from datetime import UTC, datetime

from sqlmodel import Session

from bot.club import consents
from db.members import ACCOUNTS, MEMBERS

MET = datetime(2027, 2, 1, tzinfo=UTC)


def crowd(session: Session, many: int) -> list[int]:
    """An act: so many members. Returns their ids."""
    connection = session.connection()
    about = {"grade": "new", "points": 0, "notify": "all", "greeting": "private", "consent": consents.VERSION}
    found = connection.execute(
        MEMBERS.insert().returning(MEMBERS.c.id, sort_by_parameter_order=True),
        [about | {"name": f"Guest {n}", "met_at": MET} for n in range(many)],
    )
    ids = list(found.scalars())
    account = {"platform": "playground", "reachable": False, "seen_at": MET}
    for member_id in ids:
        consents.give(session, member_id, consents.AGREED, now=MET)
    connection.execute(ACCOUNTS.insert(), [account | {"member_id": n, "external_id": 10**9 + n} for n in ids])
    return ids
