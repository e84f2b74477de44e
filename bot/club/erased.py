"""Who was here before and was erased: known again by a keyed hash, so that what is paid once is paid once."""

import hashlib
import hmac
import secrets
from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session

from bot.club.phones import PROVEN
from db.activities import ENTRANTS
from db.coupons import COUPONS
from db.engine import insert_once
from db.erased import ERASED, SECRETS
from db.members import ACCOUNTS, MEMBERS
from db.profile import ANSWERS

SECRET = "erased"  # noqa: S105 (its name)


def remember(session: Session, member_id: int) -> None:
    """Keep hashes of a member's accounts and proven phone, alone and with each thing that is had once; nothing else."""
    insert_once(session, SECRETS, name=SECRET, value=secrets.token_hex(32))
    for person_hash in _hashes(session, member_id, ["", *_had(session, member_id), *_kept_from(session, member_id)]):
        insert_once(session, ERASED, person_hash=person_hash)


def returned(session: Session, member_id: int, thing: str = "") -> bool:
    """Whether a member was erased before, under another number; with `thing`, whether they had it then.

    A thing is `deal:17`, `activity:4`, `birthday:2027`, or their level on the blacklist: `blocked:points`.
    """
    return bool(had(session, member_id, [thing]))


def had(session: Session, member_id: int, things: Collection[str]) -> set[str]:
    """Which of some things a member had who was erased before."""
    hashes = _hashes(session, member_id, things)
    if not hashes:
        return set()
    here = select(ERASED.c.person_hash).where(ERASED.c.person_hash.in_(hashes))
    return {hashes[each] for each in session.connection().execute(here).scalars()}


def drop(session: Session, member_id: int, things: Collection[str]) -> None:
    """Remember some things of a member's accounts and proven phone no longer."""
    hashes = _hashes(session, member_id, things)
    session.connection().execute(ERASED.delete().where(ERASED.c.person_hash.in_(hashes)))


def phones(session: Session, asked: Collection[str]) -> set[str]:
    """Which of some phone numbers are those of people who were erased, and had proven that they were theirs."""
    connection = session.connection()
    if not asked or connection.execute(select(ERASED.c.person_hash).limit(1)).first() is None:
        return set()
    secret = _secret(session)
    hashes = {_hash(secret, f"phone:{phone}"): phone for phone in asked}
    found = connection.execute(select(ERASED.c.person_hash).where(ERASED.c.person_hash.in_(hashes))).scalars()
    return {hashes[each] for each in found}


def _had(session: Session, member_id: int) -> set[str]:
    """The deals and birthday coupons that a member had, by the coupons' keys, and the activities they took part in."""
    entered = select(ENTRANTS.c.activity_id).where(ENTRANTS.c.member_id == member_id)
    activities = {f"activity:{each}" for each in session.connection().execute(entered).scalars()}
    keys = session.connection().execute(select(COUPONS.c.key).where(COUPONS.c.member_id == member_id)).scalars().all()
    deals = {f"deal:{key.split(':')[1]}" for key in keys if key.startswith("deal:")}
    return activities | deals | {f"birthday:{key.split(':')[-1]}" for key in keys if key.startswith("birthday:")}


def _kept_from(session: Session, member_id: int) -> set[str]:
    """A member's level on the blacklist, which goes on if they come back."""
    level = session.connection().execute(select(MEMBERS.c.blocked).where(MEMBERS.c.id == member_id)).scalar()
    return {f"blocked:{level}"} if level else set()


def _hashes(session: Session, member_id: int, things: Collection[str]) -> dict[str, str]:
    """The hashes of a member's accounts and proven phone with each of some things; none while nobody was erased."""
    secret = _secret(session)
    if not secret:
        return {}
    theirs = select(ACCOUNTS.c.platform, ACCOUNTS.c.external_id).where(ACCOUNTS.c.member_id == member_id)
    proven = ANSWERS.c.member_id == member_id, ANSWERS.c.field == "phone", ANSWERS.c.source == PROVEN
    accounts = [f"{platform}:{number}:" for platform, number in session.connection().execute(theirs)]
    phones_of = session.connection().execute(select(ANSWERS.c.value).where(*proven)).scalars().all()
    found = {_hash(secret, account + thing): thing for account in accounts for thing in things}
    return found | {_hash(secret, f"phone:{p}:{t}" if t else f"phone:{p}"): t for p in phones_of for t in things}


def _secret(session: Session) -> str:
    """The key of the hashes, empty while nobody was erased."""
    return session.connection().execute(select(SECRETS.c.value).where(SECRETS.c.name == SECRET)).scalar() or ""


def _hash(secret: str, what: str) -> str:
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest()
