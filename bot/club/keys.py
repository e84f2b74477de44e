"""Keys by which tills and web shops come in: made at the command line, shown once, kept as a hash."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.club import audit
from bot.club.errors import ClubError
from bot.i18n import N_
from db.api import API_KEYS
from db.engine import insert_once
from db.hot import first

SCOPES = ("purchases", "refunds", "members", "coupons")
BEGINS = "rgl_"  # so that a key that got into the wrong hands is known for what it is
RANDOM = 32  # bytes of a key
NAME = 40  # characters of a name
SEEN = timedelta(minutes=1)  # how exactly the last use is kept: keeping it costs an act of its own

_known = select(API_KEYS.c.id, API_KEYS.c.name, API_KEYS.c.scopes).where(
    API_KEYS.c.key_hash == bindparam("hash"), API_KEYS.c.revoked_at.is_(None)
)


class BadKeyName(ClubError):
    """A name that no key can have."""

    says = N_("A key's name is letters, digits, dots, dashes and underscores, with at most {limit} characters.")


class KeyNameTaken(ClubError):
    """A second key under a name."""

    says = N_("There is a key “{name}” already. Revoke it first, or choose another name.")


class NoSuchKey(ClubError):
    """A key that does not exist, or no longer."""

    says = N_("There is no key “{name}”.")


class NoSuchScope(ClubError):
    """Something that no key may do."""

    says = N_("There is no scope “{name}”. There are: {scopes}.")


@dataclass(frozen=True, slots=True)
class Key:
    """Whom a key lets in, and what they may do: everything where no scope is named."""

    id: int
    name: str
    scopes: tuple[str, ...]

    def may(self, scope: str) -> bool:
        """Whether the key is good for something."""
        return not self.scopes or scope in self.scopes


@dataclass(frozen=True, slots=True)
class Listed:
    """A key as the owner sees it."""

    key: Key
    made_at: datetime
    used_at: datetime | None


def make(session: Session, name: str, scopes: Iterable[str], *, now: datetime) -> str:
    """Make a key, and return it for the only time. Raises BadKeyName, KeyNameTaken, NoSuchScope."""
    if not re.fullmatch(rf"[A-Za-z0-9._-]{{1,{NAME}}}", name):
        raise BadKeyName(limit=NAME)
    wanted = [scope for scope in SCOPES if scope in (given := set(scopes))]
    if unknown := given - set(wanted):
        raise NoSuchScope(name=min(unknown)[:NAME], scopes=", ".join(SCOPES))
    key = BEGINS + secrets.token_urlsafe(RANDOM)
    about = {"name": name, "key_hash": _hash(key), "scopes": " ".join(wanted)}
    made = insert_once(session, API_KEYS, **about, made_at=now)
    if made is None:
        raise KeyNameTaken(name=name)
    audit.note(session, None, "key new", now=now, key=made)
    return key


def revoke(session: Session, name: str, *, now: datetime) -> None:
    """End a key. Its name is free again. Raises NoSuchKey."""
    stands = API_KEYS.c.name == name, API_KEYS.c.revoked_at.is_(None)
    gone = API_KEYS.update().where(*stands).values(revoked_at=now).returning(API_KEYS.c.id)
    key_id = session.connection().execute(gone).scalar()
    if key_id is None:
        raise NoSuchKey(name=name[:NAME])
    audit.note(session, None, "key revoke", now=now, key=key_id)


def listed(session: Session) -> list[Listed]:
    """The keys that stand, by name."""
    rows = select(API_KEYS).where(API_KEYS.c.revoked_at.is_(None)).order_by(API_KEYS.c.name)
    return [
        Listed(Key(row.id, row.name, tuple(row.scopes.split())), row.made_at, row.used_at)
        for row in session.connection().execute(rows)
    ]


def holder(session: Session, key: str) -> Key | None:
    """Whom a key lets in; None where it is none of ours, or no longer."""
    row = first(session.connection(), _known, {"hash": _hash(key)})
    return row and Key(row[0], row[1], tuple(row[2].split()))


def used(session: Session, key_id: int, *, now: datetime) -> None:
    """Note that a key was used."""
    session.connection().execute(API_KEYS.update().where(API_KEYS.c.id == key_id).values(used_at=now))


def _hash(key: str) -> str:
    # A key of 256 random bits needs no salt; HMAC only names what the hash is for.
    return hmac.new(b"api key", key.encode(errors="replace"), hashlib.sha256).hexdigest()
