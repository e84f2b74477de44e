"""Who was here before and was erased: known again by a keyed hash, so that what is paid once is paid once."""

import hashlib
import hmac
import secrets

from sqlalchemy import select
from sqlmodel import Session

from db.coupons import COUPONS
from db.engine import insert_once
from db.erased import ERASED, SECRETS
from db.members import ACCOUNTS

SECRET = "erased"  # noqa: S105 (its name)


def remember(session: Session, member_id: int) -> None:
    """Keep the hashes of a member's accounts, alone and with each thing that is had once; nothing else of them."""
    insert_once(session, SECRETS, name=SECRET, value=secrets.token_hex(32))
    for thing in ("", *_had(session, member_id)):
        for person_hash in _hashes(session, member_id, thing):
            insert_once(session, ERASED, person_hash=person_hash)


def returned(session: Session, member_id: int, thing: str = "") -> bool:
    """Whether a member was erased before, under another number; with `thing`, whether they had it then.

    A thing is `deal:17` or `birthday:2027`.
    """
    here = select(ERASED.c.person_hash).where(ERASED.c.person_hash.in_(_hashes(session, member_id, thing)))
    return session.connection().execute(here).first() is not None


def _had(session: Session, member_id: int) -> set[str]:
    """The deals and birthday coupons that a member had, by the coupons' keys."""
    keys = session.connection().execute(select(COUPONS.c.key).where(COUPONS.c.member_id == member_id)).scalars().all()
    deals = {f"deal:{key.split(':')[1]}" for key in keys if key.startswith("deal:")}
    return deals | {f"birthday:{key.split(':')[-1]}" for key in keys if key.startswith("birthday:")}


def _hashes(session: Session, member_id: int, thing: str) -> list[str]:
    connection = session.connection()
    secret: str | None = connection.execute(select(SECRETS.c.value).where(SECRETS.c.name == SECRET)).scalar()
    if secret is None:
        return []
    theirs = select(ACCOUNTS.c.platform, ACCOUNTS.c.external_id).where(ACCOUNTS.c.member_id == member_id)
    return [
        hmac.new(secret.encode(), f"{platform}:{external_id}:{thing}".encode(), hashlib.sha256).hexdigest()
        for platform, external_id in connection.execute(theirs)
    ]
