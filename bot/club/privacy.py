"""A member's right to see everything that is kept about them, and to have it erased.

Both are one walk over the schema: db/privacy.py says of every column what it is.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, String, Table, cast, literal, null, or_, select, update
from sqlmodel import Session

from bot.club import consents, erased, events, inbox, orders, points
from bot.club.errors import OwnerStays, StaffStays
from bot.club.members import Person, number
from db import metadata
from db.coupons import COUPONS
from db.engine import tell
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS
from db.points import LOTS
from db.privacy import OWN, PRIVACY, SECRET, Privacy, about
from db.staff import REQUESTS, Staff

Export = dict[str, list[dict[str, Any]]]


def export(session: Session, member_id: int) -> Export:
    """Every row about a member, by table, with its columns as they are; secrets are left out.

    Of what they did as staff there is everything but what is another member's own.
    """
    found: Export = {}
    for table in metadata.sorted_tables:
        kept = PRIVACY[table.name]
        mine = about(table, member_id)
        acted = or_(*(table.c[column] == member_id for column in kept.by)) & ~mine if kept.by else None
        rows = _rows(session, table, mine, {SECRET}, kept) if kept.whose else []
        if acted is not None:
            rows += _rows(session, table, acted, {SECRET, OWN}, kept, without=kept.whose)
        found[table.name] = rows
    found["inbox"] = inbox.said_by(session, _accounts(session, member_id))
    return {name: rows for name, rows in found.items() if rows}


def forget(session: Session, person: Person, *, now: datetime) -> None:
    """Erase someone at their own wish. Raises StaffStays for who has a role, OwnerStays where it cannot be taken."""
    role = session.get(Staff, person.member_id)
    if role:
        raise OwnerStays if role.by_settings else StaffStays
    erase(session, person.member_id, now=now)


def erase(session: Session, member_id: int, *, now: datetime) -> None:
    """Erase a member, all at once: what is their own goes, and the books keep their numbers without a name."""
    connection = session.connection()
    points.lock(session, [member_id])
    erased.remember(session, member_id)
    inbox.forget(session, _accounts(session, member_id))
    orders.end(session, member_id, now=now)
    left = connection.execute(select(LOTS.c.id).where(LOTS.c.member_id == member_id, LOTS.c.remaining > 0)).scalars()
    points.write_off(session, left.all(), "forgotten", mark=f"{member_id}", now=now)
    for purpose in consents.PURPOSES:
        consents.withdraw(session, member_id, purpose, now=now)
    _ends(session, member_id)
    for table in reversed(metadata.sorted_tables):
        _empty(session, table, member_id)
    gone = {"grade": "new", "notify": "none", "greeting": "none", "owed": 0, "erased_at": now}
    connection.execute(MEMBERS.update().where(MEMBERS.c.id == member_id).values(**gone))
    events.post(session, "member.erased", None, now=now, member=number(member_id))
    session.expire_all()
    tell(session, "member", member_id)


def _ends(session: Session, member_id: int) -> None:
    """What was promised to a member, or asked about them, ends with them."""
    connection = session.connection()
    issued = (COUPONS.c.member_id == member_id, COUPONS.c.state == "issued")
    connection.execute(COUPONS.update().where(*issued).values(state="revoked"))
    about_them = REQUESTS.c.member_id == member_id
    for request_id in connection.execute(select(REQUESTS.c.id).where(about_them)).scalars().all():
        asking = LETTERS.c.key.startswith(f"request:{request_id}:")
        connection.execute(LETTERS.delete().where(asking))
    connection.execute(REQUESTS.update().where(about_them, REQUESTS.c.state == "waiting").values(state="declined"))


def _empty(session: Session, table: Table, member_id: int) -> None:
    """Take a member's own out of a table: the row, or the columns where the books keep the row."""
    kept = PRIVACY[table.name]
    if not kept.whose:
        return
    mine = about(table, member_id)
    if not kept.stays:
        session.connection().execute(table.delete().where(mine))
        return
    for column in (table.c[name] for name, kind in kept.classes.items() if kind in (OWN, SECRET)):
        session.connection().execute(update(table).where(mine, column.is_not(None)).values({column: _nothing(column)}))


def _nothing(column: Column[Any]) -> Any:
    """What a column holds when it holds nothing."""
    if column.nullable:
        return null()
    if isinstance(column.type, JSON):
        return {}
    return literal("erased:") + cast(column.table.c.id, String) if column.unique else ""


def _rows(
    session: Session, table: Table, where: Any, hidden: set[str], kept: Privacy, without: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    columns = [c for c in table.c if kept.classes[c.name] not in hidden and c.name not in without]
    rows = session.connection().execute(select(*columns).where(where).order_by(*table.primary_key))
    return [dict(row) for row in rows.mappings()]


def _accounts(session: Session, member_id: int) -> list[tuple[str, int]]:
    theirs = select(ACCOUNTS.c.platform, ACCOUNTS.c.external_id).where(ACCOUNTS.c.member_id == member_id)
    return [(platform, external_id) for platform, external_id in session.connection().execute(theirs)]
