"""Who works in the shop: roles, the owners of the settings, the one-time claim link."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from bot.club import audit, members, outbox
from bot.club.errors import BadRole, LastOwner, NoRole, OwnerStays
from bot.club.members import Named, Person, Visitor, Who
from db.engine import insert_once, tell
from db.members import Account, Member
from db.staff import STAFF, Claim, Staff

MADE_UP = "playground"  # the platform of people who do not exist
ROLES = ("clerk", "manager", "owner")


def appoint(session: Session, platform: str, roles: Mapping[int, str], *, now: datetime) -> None:
    """Give those whom the settings name their roles, by platform id, and dismiss those whom they no longer name.

    Those who were never met may be written to; the others' last word on that stands.
    """
    here = select(Account.member_id).where(Account.platform == platform)
    session.exec(delete(Staff).where(col(Staff.by_settings), col(Staff.member_id).in_(here)))
    for external_id, role in roles.items():
        known = session.exec(here.where(Account.external_id == external_id)).first() is not None
        person = members.meet(session, Visitor(platform, external_id, ""), private=not known, now=now)
        session.exec(delete(Staff).where(col(Staff.member_id) == person.member_id))
        session.add(Staff(member_id=person.member_id, role=role, by_settings=True, since=now))
    session.flush()
    tell(session, "everyone")


def real_people(session: Session) -> int:
    """How many accounts are not made up: people of a platform other than the playground."""
    return session.exec(select(func.count()).select_from(Account).where(Account.platform != MADE_UP)).one()


def made_up_people(session: Session) -> int:
    """How many accounts are the playground's."""
    return session.exec(select(func.count()).select_from(Account).where(Account.platform == MADE_UP)).one()


def make_claim(session: Session, *, now: datetime) -> str | None:
    """A new one-time link's token for a club without an owner; earlier links end. None where there is an owner."""
    if session.exec(select(Staff).where(Staff.role == "owner")).first():
        return None
    session.exec(delete(Claim))
    token = secrets.token_urlsafe(24)
    session.add(Claim(token_hash=_hash(token), made_at=now))
    return token


def claim(session: Session, person: Person, token: str, *, now: datetime) -> bool:
    """Make the opener of an unused claim link the owner. Returns whether it was one."""
    used = session.exec(
        update(Claim)
        .where(col(Claim.token_hash) == _hash(token), col(Claim.used_at).is_(None))
        .values(used_at=now, used_by=person.member_id)
    ).rowcount
    if used:
        _hire(session, person.member_id, "owner", now)
        audit.note(session, person.member_id, "claim", person.member_id, now=now)
    return bool(used)


def hire(session: Session, by: Person, who: Who, role: str, *, now: datetime) -> Named:
    """Give a member a role. Raises BadRole, UnknownMember, WhichMember, OwnerStays, LastOwner."""
    if role not in ROLES:
        raise BadRole
    member = members.find(session, who)
    _may_change(session, member, keeps_owner=role == "owner")
    _hire(session, member.member_id, role, now)
    audit.note(session, by.member_id, "staff add", member.member_id, now=now, role=role)
    return member


def dismiss(session: Session, by: Person, who: Who, *, now: datetime) -> Named:
    """Take a member's role away. Raises UnknownMember, WhichMember, OwnerStays, LastOwner, NoRole."""
    member = members.find(session, who)
    _may_change(session, member, keeps_owner=False)
    if not session.exec(delete(Staff).where(col(Staff.member_id) == member.member_id)).rowcount:
        raise NoRole(number=member.number)
    tell(session, "member", member.member_id)
    audit.note(session, by.member_id, "staff remove", member.member_id, now=now)
    return member


def listed(session: Session) -> list[tuple[str, str, str | None]]:
    """Everybody with a role: role, number, name; owners first."""
    rows = session.exec(select(Staff.role, Member.id, Member.name).select_from(Staff).join(Member))
    ranked = sorted(rows, key=lambda row: (-ROLES.index(row[0]), row[1] or 0))
    return [(role, members.number(member_id or 0), name) for role, member_id, name in ranked]


def reached(session: Session, least: str = "owner") -> list[tuple[int, int]]:
    """Account and member ids of the staff from a role up: of each the account at which they are best reached."""
    roles = ROLES[ROLES.index(least) :]
    people = session.exec(select(Staff.member_id).where(col(Staff.role).in_(roles)).order_by(col(Staff.member_id)))
    found = [(outbox.account_of(session, member_id), member_id) for member_id in people.all()]
    return [(account_id, member_id) for account_id, member_id in found if account_id is not None]


def write_to(
    session: Session, people: Iterable[tuple[int, int]], kind: str, *, key: str, now: datetime, **facts: Any
) -> None:
    """Leave a letter to some of the staff, as `reached` tells of them, once for each of them and each key."""
    for account_id, member_id in people:
        address: dict[str, Any] = {"account_id": account_id, "member_id": member_id}
        outbox.post(session, kind, key=f"{kind}:{key}:{member_id}", now=now, **address, **facts)


def call(session: Session, kind: str, about: int, *, key: str, now: datetime, **facts: Any) -> None:
    """Write to everybody of the staff, but whom it is about."""
    others = [each for each in reached(session, ROLES[0]) if each[1] != about]
    write_to(session, others, kind, key=key, now=now, **facts)


def _may_change(session: Session, who: Named, *, keeps_owner: bool) -> None:
    staff = session.get(Staff, who.member_id)
    if staff and staff.by_settings:
        raise OwnerStays
    owners = session.exec(select(Staff.member_id).where(Staff.role == "owner").with_for_update()).all()
    if not keeps_owner and owners == [who.member_id]:
        raise LastOwner


def _hire(session: Session, member_id: int, role: str, now: datetime) -> None:
    session.exec(delete(Staff).where(col(Staff.member_id) == member_id))
    insert_once(session, STAFF, member_id=member_id, role=role, by_settings=False, since=now)
    tell(session, "member", member_id)


def _hash(token: str) -> str:
    # A token of 192 random bits needs no salt; HMAC only names what the hash is for.
    return hmac.new(b"claim link", token.encode(), hashlib.sha256).hexdigest()
