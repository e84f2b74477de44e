"""Broadcasts as they are drawn up: what is to be said to whom and when, and whom that would reach."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session
from sqlmodel import select as choose

from bot.club import audiences, broadcast_letters
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Person
from bot.club.rules import Shop
from bot.i18n import N_
from db.broadcasts import BROADCASTS, Broadcast
from db.engine import insert_once
from db.members import ACCOUNTS, MEMBERS

KEPT = timedelta(days=7)  # a draft


class NobodyReached(ClubError):
    """An audience in which nobody would get the message."""

    says = N_("Of “{audience}” nobody can be written to now, so there is nothing to send.")


class TimePast(ClubError):
    """A message that should go at a time that is over."""

    says = N_("{when} is over. Please name a time to come, such as 18:00 or “tomorrow 9:00”.")


@dataclass(frozen=True, slots=True)
class Wish:
    """A broadcast as its author asks for it: `texts` are HTML by locale, that under "" is for everybody else."""

    texts: dict[str, str]
    audience: str
    hour: str = "now"
    starts_at: datetime | None = None
    photo: str = ""
    photo_on: str = ""
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a broadcast would reach as things stand: how many the club `knows` who fit, how many of them `agreed`.

    `letters` go out; `missed` counts the others who agreed, by the outbox's reason.
    """

    knows: int
    agreed: int
    letters: int
    missed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast that waits for a yes; `sure`: it was said yes to once, and is asked again as it is much."""

    id: int
    version: int
    wish: Wish
    reach: Reach
    sure: bool
    about: dict[str, Any]  # its author, as the places are filled


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft as one member would read it: their name, the language they chose or their client speaks, their places."""

    wish: Wish
    name: str | None
    locale: str | None
    language: str | None
    about: dict[str, Any]


def draw_up(session: Session, by: Person, wish: Wish, *, most: int, key: str, now: datetime) -> int:
    """Keep a draft that would reach `most` members. Returns its number. Raises TimePast."""
    in_time(wish, now)
    values = _columns(wish) | {"state": "draft", "version": 1, "sure": False, "paused": False, "most": most}
    made = {"reached": 0, "made_by": by.member_id, "made_at": now}
    draft_id = insert_once(session, BROADCASTS, key=key, **values, **made)
    if draft_id is None:  # the same message, handled again
        draft_id = session.exec(choose(Broadcast.id).where(Broadcast.key == key)).one()
    return draft_id or 0


def change(
    session: Session,
    by: Person,
    draft_id: int,
    shop: Shop,
    *,
    now: datetime,
    called: Callable[[str], str] = str,
    **values: Any,
) -> Draft:
    """Put something else into a draft; what was shown of it before can no longer be confirmed. `called`: see audiences.

    Raises StaleButton, TimePast, NobodyReached.
    """
    row = mine(session, by, draft_id)
    for name, value in values.items():
        setattr(row, name, value)
    in_time(wished(row), now)
    row.version, row.sure = row.version + 1, False
    draft = shown(session, by, draft_id, shop, now=now, called=called)
    row.most = draft.reach.letters
    session.add(row)
    return draft


def shown(
    session: Session, by: Person, draft_id: int, shop: Shop, *, now: datetime, called: Callable[[str], str] = str
) -> Draft:
    """A draft with what it would bring, counted at this moment. Raises StaleButton, NobodyReached."""
    row = mine(session, by, draft_id)
    if row.state != "draft":
        raise StaleButton
    wish = wished(row)
    reach = reach_of(session, by, wish, shop, now=now, called=called)
    about = broadcast_letters.about(session, by.member_id, now=now)
    return Draft(draft_id, row.version, wish, reach, row.sure, about)


def read_by(session: Session, by: Person, draft_id: int, reader: int, *, now: datetime) -> Reading:
    """A draft as a member would read it. Raises StaleButton."""
    wish = wished(mine(session, by, draft_id))
    columns = (MEMBERS.c.name, MEMBERS.c.locale, ACCOUNTS.c.language)
    here = select(*columns).outerjoin(ACCOUNTS, ACCOUNTS.c.member_id == MEMBERS.c.id).where(MEMBERS.c.id == reader)
    name, locale, language = (
        session.connection().execute(here.order_by(ACCOUNTS.c.seen_at.desc())).first() or (None,) * 3
    )
    return Reading(wish, name, locale, language, broadcast_letters.about(session, reader, now=now))


def throw_away(session: Session, by: Person, draft_id: int) -> None:
    """Forget a draft. Raises StaleButton where it is none, or somebody else's."""
    here = (BROADCASTS.c.id == draft_id, BROADCASTS.c.made_by == by.member_id, BROADCASTS.c.state == "draft")
    if not session.connection().execute(BROADCASTS.delete().where(*here)).rowcount:
        raise StaleButton


def prune(session: Session, *, now: datetime, limit: int) -> int:
    """Forget drafts that nobody confirmed, a batch at a time. Returns how many."""
    old = select(BROADCASTS.c.id).where(BROADCASTS.c.state == "draft", BROADCASTS.c.made_at < now - KEPT).limit(limit)
    return session.connection().execute(BROADCASTS.delete().where(BROADCASTS.c.id.in_(old))).rowcount


def mine(session: Session, by: Person, draft_id: int) -> Broadcast:
    """A broadcast of one's own. Raises StaleButton."""
    row = session.get(Broadcast, draft_id)
    if row is None or row.made_by != by.member_id:
        raise StaleButton
    return row


def wished(row: Broadcast) -> Wish:
    """What a row asks for."""
    buttons = tuple((label, target) for label, target in row.buttons)
    return Wish(dict(row.texts), row.audience, row.hour, row.starts_at, row.photo, row.photo_on, buttons)


def reach_of(
    session: Session, by: Person, wish: Wish, shop: Shop, *, now: datetime, called: Callable[[str], str]
) -> Reach:
    """Whom a broadcast would reach. `called`: see audiences.read. Raises NobodyReached and what that raises."""
    audience = audiences.read(wish.audience, shop, now=now, called=called)
    connection, fits = session.connection(), broadcast_letters.meant(audience, by.member_id)
    everybody = (audience.where, MEMBERS.c.id != by.member_id)
    knows = connection.execute(select(func.count()).select_from(MEMBERS).where(*everybody)).scalar_one()
    kind = broadcast_letters.kind_of(wish.texts)
    reason = broadcast_letters.why_not(kind, broadcast_letters.REACHABLE, now).label("reason")
    counted = select(reason, func.count().label("many")).select_from(MEMBERS).where(fits).group_by(reason)
    found = {row.reason: row.many for row in connection.execute(counted)}
    letters, agreed = found.pop(None, 0), sum(found.values())
    if not letters:
        raise NobodyReached(audience=audience.text)
    return Reach(knows, agreed + letters, letters, found)


def in_time(wish: Wish, now: datetime) -> None:
    """Raises TimePast for a message that should have gone already."""
    if wish.starts_at and wish.starts_at < now:
        raise TimePast(when=wish.starts_at)


def _columns(wish: Wish) -> dict[str, Any]:
    about = {"texts": wish.texts, "audience": wish.audience, "hour": wish.hour, "starts_at": wish.starts_at}
    return about | {"photo": wish.photo, "photo_on": wish.photo_on, "buttons": [list(each) for each in wish.buttons]}
