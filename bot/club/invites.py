"""Invite links of the groups: which the bot is still to make, to change or to take back, and what became of it.

The platform makes them outside any act: one that is made while the process ends is made once more, and nobody has the
first. Where the bot may not, the owners hear of it once, and it goes on when it may.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, literal, select
from sqlmodel import Session

from bot.club import outbox, staff
from bot.club.entry import JOINS
from bot.club.rules import Shop
from db.engine import insert_once
from db.groups import GROUPS
from db.links import INVITE_LINKS, NAMED_LINKS

MAKE, CHANGE, END = "make", "change", "end"
UNABLE = "invite_refused"  # the kind of the letter to the owners
BATCH = 20  # in one go


@dataclass(frozen=True, slots=True)
class Todo:
    """What is to be done about an invite link of a group: make it under a name, change it, or end it.

    `asks`: whoever opens it asks to be let in.
    """

    do: str
    group_id: int
    platform: str
    chat_id: int
    link_id: int
    name: str
    url: str | None
    asks: bool

    @property
    def key(self) -> str:
        """What makes it one of its kind."""
        return f"link:{self.link_id}:{self.group_id}"


def todo(session: Session, shop: Shop) -> list[Todo]:
    """What is to be done next, some of it."""
    asks = shop.rules.group.join != JOINS[0]
    stands, known = NAMED_LINKS.c.retired_at.is_(None), INVITE_LINKS.c.state == "made"
    about = (GROUPS.c.id, GROUPS.c.platform, GROUPS.c.chat_id, NAMED_LINKS.c.id, NAMED_LINKS.c.name, INVITE_LINKS.c.url)
    made = and_(INVITE_LINKS.c.link_id == NAMED_LINKS.c.id, INVITE_LINKS.c.group_id == GROUPS.c.id)
    each = NAMED_LINKS.join(GROUPS, GROUPS.c.state == "linked").outerjoin(INVITE_LINKS, made)
    missing = select(literal(MAKE), *about, literal(asks)).select_from(each).where(stands, INVITE_LINKS.c.id.is_(None))
    old = select(literal(CHANGE), *about, literal(asks)).select_from(each).where(stands, known)
    over = select(literal(END), *about, INVITE_LINKS.c.asks).select_from(each).where(~stands, known)
    return [one for which in (missing, old.where(INVITE_LINKS.c.asks != asks), over) for one in _some(session, which)]


def done(session: Session, what: Todo, url: str, *, now: datetime) -> None:
    """Keep that it was done: the link that was made is the one that counts from now on."""
    if what.do == MAKE:
        about = {"group_id": what.group_id, "link_id": what.link_id, "url": url, "asks": what.asks}
        insert_once(session, INVITE_LINKS, key=what.key, **about, state="made", changed_at=now)
    else:
        state = "ended" if what.do == END else "made"
        values = {"state": state, "asks": what.asks, "changed_at": now}
        session.connection().execute(INVITE_LINKS.update().where(INVITE_LINKS.c.url == what.url).values(**values))


def refused(session: Session, what: Todo, *, now: datetime) -> None:
    """The platform would not: what is over anyway is over; of a link that it would not make the owners hear, once."""
    if what.do != MAKE:
        done(session, what, what.url or "", now=now)
        return
    here = INVITE_LINKS.c.group_id == what.group_id, INVITE_LINKS.c.state == "refused"
    told = session.connection().execute(select(INVITE_LINKS.c.id).where(*here)).first()
    about = {"group_id": what.group_id, "link_id": what.link_id}
    insert_once(session, INVITE_LINKS, key=what.key, **about, asks=False, state="refused", changed_at=now)
    if told is None:
        title = session.connection().execute(select(GROUPS.c.title).where(GROUPS.c.id == what.group_id)).scalar_one()
        for account_id, member_id in staff.reached(session):
            address: dict[str, Any] = {"account_id": account_id, "member_id": member_id}
            key = f"{UNABLE}:{what.group_id}:{now.isoformat()}:{member_id}"
            outbox.post(session, UNABLE, key=key, now=now, **address, title=title)


def again(session: Session, group_id: int) -> None:
    """The bot may make invite links in a group from now on: what it was refused is tried again."""
    here = INVITE_LINKS.c.group_id == group_id, INVITE_LINKS.c.state == "refused"
    session.connection().execute(INVITE_LINKS.delete().where(*here))


def of(session: Session, link_id: int) -> list[tuple[str, str | None]]:
    """The groups into which a named link leads, by title, each with its invite link unless the bot may make none."""
    rows = select(GROUPS.c.title, INVITE_LINKS.c.url).join(GROUPS, GROUPS.c.id == INVITE_LINKS.c.group_id)
    here = rows.where(INVITE_LINKS.c.link_id == link_id, INVITE_LINKS.c.state != "ended", GROUPS.c.state == "linked")
    return [(title, url) for title, url in session.connection().execute(here.order_by(GROUPS.c.id))]


def _some(session: Session, which: Select[Any]) -> list[Todo]:
    return [Todo(*row) for row in session.connection().execute(which.limit(BATCH))]
