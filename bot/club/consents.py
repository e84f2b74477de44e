"""What members agreed to: the purposes, each given and withdrawn by itself, under the version of the text they read."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Update, bindparam, exists, select
from sqlmodel import Session

from db.consents import CONSENTS
from db.engine import insert_once
from db.hot import first
from db.imports import IMPORTED
from db.members import ACCOUNTS, EMAIL
from db.staff import STAFF

VERSION = "2026-11"  # of the consent text
AGREED = ("service", "offers", "family")  # what one "I agree" gives
PURPOSES = (*AGREED, "children", EMAIL)  # asked for when a child is entered under /family, or an address given

_theirs = CONSENTS.c.member_id.in_(bindparam("members", expanding=True)), CONSENTS.c.purpose == bindparam("purpose")
_said = select(CONSENTS.c.member_id, CONSENTS.c.withdrawn_at).where(*_theirs)
_listed = select(IMPORTED.c.member_id).where(
    IMPORTED.c.member_id == bindparam("member"), ~exists().where(ACCOUNTS.c.member_id == bindparam("member"))
)
_staff = select(STAFF.c.member_id).where(STAFF.c.member_id.in_(bindparam("members", expanding=True)))


def give(session: Session, member_id: int, purposes: Iterable[str], *, now: datetime) -> None:
    """Keep a yes to some purposes under today's text; one that stands already stays as it is."""
    for purpose in purposes:
        about = {"member_id": member_id, "purpose": purpose, "version": VERSION}
        insert_once(session, CONSENTS, **about, given_at=now)


def withdraw(session: Session, member_id: int, purpose: str, *, now: datetime) -> bool:
    """Take back a yes, from the very next letter on. Returns whether the purpose was agreed to."""
    stood = given(session, member_id, purpose)
    if stood and not session.connection().execute(_ended(member_id, purpose, now)).rowcount:
        about = {"member_id": member_id, "purpose": purpose, "version": VERSION}  # staff, who were never asked
        insert_once(session, CONSENTS, **about, given_at=now, withdrawn_at=now)
    return stood


def given(session: Session, member_id: int, purpose: str) -> bool:
    """Whether a member agreed to a purpose."""
    return member_id in agreed(session, (member_id,), purpose)


def agreed(session: Session, members: Collection[int], purpose: str) -> set[int]:
    """Who of some members agreed to a purpose. Of the staff no consent is needed, but their no counts.

    Children and e-mail need a yes of everybody.
    """
    connection, about = session.connection(), {"purpose": purpose}
    said = connection.execute(_said, about | {"members": list(members)}).all()
    found = {row.member_id for row in said if row.withdrawn_at is None}
    silent = {*members} - {row.member_id for row in said}
    if silent and purpose not in ("children", EMAIL):
        found |= {*connection.execute(_staff, {"members": list(silent)}).scalars()}
    return found


def served(session: Session, member_id: int) -> bool:
    """Whether what a member buys may be kept: they agreed, or they came with a list, for which the shop answers."""
    listed = first(session.connection(), _listed, {"member": member_id}) is not None
    return listed or given(session, member_id, "service")


def _ended(member_id: int, purpose: str, now: datetime) -> Update:
    here = (CONSENTS.c.member_id == member_id, CONSENTS.c.purpose == purpose, CONSENTS.c.withdrawn_at.is_(None))
    return CONSENTS.update().where(*here).values(withdrawn_at=now)
