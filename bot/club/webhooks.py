"""Webhooks: the owner names an address, and it is told what happens; again and again, until it says that it heard.

What happened to one member is told in its order; what waits because an address is down holds up nobody else's.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import exists, func, select
from sqlmodel import Session

from bot.club import audit, staff
from bot.club.errors import ClubError
from bot.club.events import TOPICS
from bot.i18n import N_
from db.engine import insert_once
from db.webhooks import EVENTS, WEBHOOKS

MOST = 10  # addresses
URL = 500  # characters of one
SECRET = 32  # bytes
BEGINS = "whsec_"
KEPT = timedelta(days=30)  # what was told
WAITS = tuple(  # after each try that failed; then it is given up, after two days and a half
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 43_200)
)


class BadAddress(ClubError):
    """An address that is not told anything."""

    says = N_("A webhook's address begins with https:// and names a public host, without a password in it.")


class NoSuchTopic(ClubError):
    """Something of which no webhook is told."""

    says = N_("There is no topic “{name}”. There are: {topics}.")


class TooManyHooks(ClubError):
    """One webhook more than there may be."""

    says = N_("{limit} webhooks are the most. Please take one away first.")


class NoSuchHook(ClubError):
    """A webhook that does not exist, or no longer."""

    says = N_("There is no webhook {id}.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A webhook as the owner sees it: how much waits, how much was given up, and why the last try failed."""

    id: int
    url: str
    topics: tuple[str, ...]
    waiting: int
    failed: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that is told now: where, and what, signed."""

    id: int
    url: str
    body: bytes
    headers: dict[str, str]


def add(session: Session, url: str, topics: Iterable[str], *, now: datetime) -> tuple[int, str]:
    """Tell an address from now on. Returns its number, and the secret by which it knows us.

    Raises BadAddress, NoSuchTopic, TooManyHooks.
    """
    if not _may_be_told(url):
        raise BadAddress
    wanted = [topic for topic in TOPICS if topic in (given := set(topics))]
    if unknown := given - set(wanted):
        raise NoSuchTopic(name=min(unknown)[:40], topics=", ".join(TOPICS))
    there = select(func.count()).where(WEBHOOKS.c.gone_at.is_(None))
    if session.connection().execute(there).scalar_one() >= MOST:
        raise TooManyHooks(limit=MOST)
    secret = BEGINS + base64.b64encode(secrets.token_bytes(SECRET)).decode()
    made = insert_once(session, WEBHOOKS, url=url, topics=" ".join(wanted), secret=secret, made_at=now) or 0
    audit.note(session, None, "webhook new", now=now, webhook=made)
    return made, secret


def end(session: Session, webhook_id: int, *, now: datetime) -> None:
    """Tell an address nothing more; what waits for it is dropped. Raises NoSuchHook."""
    stands = WEBHOOKS.c.id == webhook_id, WEBHOOKS.c.gone_at.is_(None)
    if not session.connection().execute(WEBHOOKS.update().where(*stands).values(gone_at=now, secret="")).rowcount:
        raise NoSuchHook(id=webhook_id)
    session.connection().execute(EVENTS.delete().where(EVENTS.c.webhook_id == webhook_id))
    audit.note(session, None, "webhook off", now=now, webhook=webhook_id)


def listed(session: Session) -> list[Listed]:
    """The webhooks that stand, with how they fare."""
    rows = session.connection().execute(select(WEBHOOKS).where(WEBHOOKS.c.gone_at.is_(None)).order_by(WEBHOOKS.c.id))
    return [Listed(row.id, row.url, tuple(row.topics.split()), *_fares(session, row.id)) for row in rows.all()]


def open_now(session: Session) -> list[int]:
    """The webhooks that stand."""
    return list(session.connection().execute(select(WEBHOOKS.c.id).where(WEBHOOKS.c.gone_at.is_(None))).scalars())


def due(session: Session, webhook_id: int, *, now: datetime, limit: int) -> list[int]:
    """What one address is to be told now: of each member the first that it has not heard."""
    earlier = EVENTS.alias()
    waits = exists().where(
        earlier.c.webhook_id == webhook_id,
        earlier.c.member_id == EVENTS.c.member_id,
        earlier.c.id < EVENTS.c.id,
        earlier.c.state == "waiting",
    )
    here = (EVENTS.c.webhook_id == webhook_id, EVENTS.c.state == "waiting", EVENTS.c.after <= now, ~waits)
    return list(
        session.connection().execute(select(EVENTS.c.id).where(*here).order_by(EVENTS.c.id).limit(limit)).scalars()
    )


def take(session: Session, ids: Sequence[int], *, now: datetime) -> list[Telling]:
    """Take what is due to be told. Its next try is set before this one: a crash in between costs a copy, not a word."""
    told = []
    for each in ids:
        row = session.connection().execute(select(EVENTS).where(EVENTS.c.id == each)).first()
        if row is None or row.state != "waiting" or row.after > now:
            continue
        wait = WAITS[min(row.tries, len(WAITS) - 1)]
        mine = EVENTS.c.id == each, EVENTS.c.state == "waiting", EVENTS.c.tries == row.tries
        again = EVENTS.update().where(*mine).values(tries=row.tries + 1, after=now + wait)
        hook = session.connection().execute(select(WEBHOOKS).where(WEBHOOKS.c.id == row.webhook_id)).one()
        if hook.gone_at is None and session.connection().execute(again).rowcount:
            told.append(_telling(row, hook, now))
    return told


def settle(session: Session, came: Sequence[tuple[int, str | None]], *, now: datetime) -> None:
    """Keep what became of a try: None where it was heard, else why not. The last one that fails is told the owners."""
    for event_id, reason in came:
        values: dict[str, Any] = {"reason": reason}
        here = EVENTS.c.id == event_id, EVENTS.c.state == "waiting"
        tries = session.connection().execute(select(EVENTS.c.tries).where(*here)).scalar()
        if tries is None:
            continue
        if reason is None or tries > len(WAITS):
            values |= {"state": "failed" if reason else "told", "settled_at": now}
        session.connection().execute(EVENTS.update().where(*here).values(values))
        if "settled_at" in values and reason:
            _report(session, event_id, now)


def prune(session: Session, *, now: datetime, limit: int) -> int:
    """Forget what was settled long ago, a batch at a time. Returns how much."""
    old = select(EVENTS.c.id).where(EVENTS.c.settled_at < now - KEPT).order_by(EVENTS.c.settled_at).limit(limit)
    return session.connection().execute(EVENTS.delete().where(EVENTS.c.id.in_(old))).rowcount


def sign(secret: str, number: str, at: int, body: bytes) -> str:
    """The signature of a message, as Standard Webhooks has it."""
    key = base64.b64decode(secret.removeprefix(BEGINS))
    return "v1," + base64.b64encode(hmac.digest(key, f"{number}.{at}.".encode() + body, hashlib.sha256)).decode()


def _telling(row: Any, hook: Any, now: datetime) -> Telling:
    number, at = f"evt_{row.id}", int(now.timestamp())
    told = {"type": row.kind, "timestamp": row.happened_at.isoformat(), "data": row.facts}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"webhook-id": number, "webhook-timestamp": str(at), "Content-Type": "application/json"}
    return Telling(row.id, hook.url, body, headers | {"webhook-signature": sign(hook.secret, number, at, body)})


def _fares(session: Session, webhook_id: int) -> tuple[int, int, str | None]:
    here = EVENTS.c.webhook_id == webhook_id
    states = select(EVENTS.c.state, func.count().label("many")).where(here).group_by(EVENTS.c.state)
    counted = {row.state: row.many for row in session.connection().execute(states)}
    last = select(EVENTS.c.reason).where(here, EVENTS.c.reason.is_not(None)).order_by(EVENTS.c.id.desc()).limit(1)
    reason: str | None = session.connection().execute(last).scalar()
    return counted.get("waiting", 0), counted.get("failed", 0), reason


def _report(session: Session, event_id: int, now: datetime) -> None:
    """Tell every owner, once a day for each webhook, that something was given up."""
    row = (
        session.connection().execute(select(EVENTS.c.webhook_id, EVENTS.c.reason).where(EVENTS.c.id == event_id)).one()
    )
    about = {"key": f"{row.webhook_id}:{now:%Y-%m-%d}", "webhook": row.webhook_id, "reason": row.reason}
    staff.write_to(session, staff.reached(session), "webhook_failed", now=now, **about)


def _may_be_told(url: str) -> bool:
    """Whether an address may be one: what its name leads to is looked at each time that it is told."""
    try:
        parts = urlsplit(url)
        host, named = parts.hostname or "", parts.username is None and parts.password is None
        _ = parts.port
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= URL
    if not (plain and parts.scheme == "https" and host and named):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.strip(".").endswith((".localhost", ".local", ".internal"))
