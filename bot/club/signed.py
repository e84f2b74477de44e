"""Start payloads that hold a number and our signature: nobody makes one up, or another's out of their own."""

import base64
import hashlib
import hmac
import re
import secrets

from sqlalchemy import select
from sqlmodel import Session

from db.engine import insert_once
from db.erased import SECRETS

SECRET = "referrals"  # noqa: S105 (its name)
SIGNED = 12  # bytes of a signature, 96 bits


def begin(session: Session) -> None:
    """Make the key of the signatures, if there is none yet."""
    insert_once(session, SECRETS, name=SECRET, value=secrets.token_hex(32))


def payload(session: Session, kind: str, number: int) -> str:
    """A payload of a kind (`ref`, `via`) such as `ref_42_…`: the same for ever."""
    return _signed(_secret(session), kind, number)


def read(session: Session, kind: str, shown: str) -> int | None:
    """The number of a payload, None where it is none of ours."""
    found = re.fullmatch(rf"{kind}_([1-9][0-9]{{0,8}})_[A-Za-z0-9_-]{{{SIGNED * 4 // 3}}}", shown)
    secret = _secret(session)
    if not (found and secret and hmac.compare_digest(shown, _signed(secret, kind, int(found[1])))):
        return None
    return int(found[1])


def _signed(secret: str, kind: str, number: int) -> str:
    what = "invite" if kind == "ref" else kind  # as the first links were signed, which are printed on posters
    signature = hmac.new(secret.encode(), f"{what}:{number}".encode(), hashlib.sha256).digest()[:SIGNED]
    return f"{kind}_{number}_{base64.urlsafe_b64encode(signature).decode()}"


def _secret(session: Session) -> str:
    """The key of the signatures, empty while there is no link."""
    return session.connection().execute(select(SECRETS.c.value).where(SECRETS.c.name == SECRET)).scalar() or ""
