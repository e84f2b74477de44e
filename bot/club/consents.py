"""What members agreed to: the purposes, each given and withdrawn by itself, under the version of the text they read."""

from collections.abc import Iterable
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

_rows = select(CONSENTS.c.withdrawn_at).where(
    CONSENTS.c.member_id == bindparam("member"), CONSENTS.c.purpose == bindparam("purpose")
)
_listed = select(IMPORTED.c.member_id).where(
    IMPORTED.c.member_id == bindparam("member"), ~exists().where(ACCOUNTS.c.member_id == bindparam("member"))
)
_role = select(STAFF.c.member_id).where(STAFF.c.member_id == bindparam("member"))


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
    """Whether a purpose is agreed to. Of the staff no consent is needed, but their no counts.

    Children and e-mail need a yes of everybody.
    """
    connection, who = session.connection(), {"member": member_id}
    ends = connection.execute(_rows, who | {"purpose": purpose}).scalars().all()
    if ends or purpose in ("children", EMAIL):
        return None in ends
    return connection.execute(_role, who).first() is not None


def served(session: Session, member_id: int) -> bool:
    """Whether what a member buys may be kept: they agreed, or they came with a list, for which the shop answers."""
    listed = first(session.connection(), _listed, {"member": member_id}) is not None
    return listed or given(session, member_id, "service")


def _ended(member_id: int, purpose: str, now: datetime) -> Update:
    here = (CONSENTS.c.member_id == member_id, CONSENTS.c.purpose == purpose, CONSENTS.c.withdrawn_at.is_(None))
    return CONSENTS.update().where(*here).values(withdrawn_at=now)
