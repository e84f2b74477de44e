"""Invite links of the groups: which the bot is still to make, to change or to take back, and what became of it.

The platform makes them outside any act: one that is made while the process ends is made once more, and nobody has the
first. Where the bot may not, the owners hear of it once, and it goes on when it may.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, and_, cast, exists, literal, null, select
from sqlmodel import Session

from bot.club import circles, outbox, staff
from bot.club.entry import JOINS
from bot.club.members import number
from bot.club.rules import Shop
from db.engine import insert_once
from db.groups import GROUPS, PLACES
from db.links import INVITE_LINKS, NAMED_LINKS
from db.members import MEMBERS

MAKE, CHANGE, END = "make", "change", "end"
UNABLE, INVITED = "invite_refused", "grade_invite"  # kinds of letters: to the owners, to a member
BATCH = 50  # in one go

_GROUP = (GROUPS.c.id, GROUPS.c.platform, GROUPS.c.chat_id)
# What is over leaves its key to the next one: for who reaches the grade once more.
_OVER: dict[str, Any] = {"state": "ended", "key": INVITE_LINKS.c.key + ":" + cast(INVITE_LINKS.c.id, String)}
_MADE, _ENDED = INVITE_LINKS.c.state == "made", INVITE_LINKS.c.state == "ended"


@dataclass(frozen=True, slots=True)
class Todo:
    """What is to be done about an invite link of a group: make it under a name, change it, or end it.

    It is for a named link, or for one member once. `asks`: whoever opens it asks to be let in.
    """

    do: str
    group_id: int
    platform: str
    chat_id: int
    link_id: int | None
    member_id: int | None
    name: str
    url: str | None
    asks: bool

    @property
    def key(self) -> str:
        """What makes it one of its kind."""
        return f"link:{self.link_id}:{self.group_id}" if self.link_id else f"grade:{self.member_id}:{self.group_id}"


def for_links(session: Session, shop: Shop) -> list[Todo]:
    """What is to be done for named links, some of it: each leads into every group that is everybody's."""
    asks = shop.rules.group.join != JOINS[0]
    stands = and_(NAMED_LINKS.c.retired_at.is_(None), GROUPS.c.least.is_(None))
    about = (*_GROUP, NAMED_LINKS.c.id, null(), NAMED_LINKS.c.name, INVITE_LINKS.c.url)
    its = and_(INVITE_LINKS.c.link_id == NAMED_LINKS.c.id, INVITE_LINKS.c.group_id == GROUPS.c.id)
    each = NAMED_LINKS.join(GROUPS, GROUPS.c.state == "linked").outerjoin(INVITE_LINKS, its & ~_ENDED)
    missing = select(literal(MAKE), *about, literal(asks)).select_from(each).where(stands, INVITE_LINKS.c.id.is_(None))
    old = select(literal(CHANGE), *about, literal(asks)).select_from(each).where(stands, _MADE)
    over = select(literal(END), *about, INVITE_LINKS.c.asks).select_from(each).where(~stands, _MADE)
    return [one for which in (missing, old.where(INVITE_LINKS.c.asks != asks), over) for one in _some(session, which)]


def for_members(session: Session) -> list[Todo]:
    """What is to be done for members, some of it: who reached the grade of a group is invited once; who is in it, or
    fell below, or whose group is everybody's again, needs no invitation any more."""
    connection, found = session.connection(), _invited_to_open_groups(session)
    graded = select(GROUPS).where(GROUPS.c.state == "linked", GROUPS.c.least.is_not(None))
    for group in connection.execute(graded).all():
        its = and_(INVITE_LINKS.c.member_id == MEMBERS.c.id, INVITE_LINKS.c.group_id == group.id)
        inside = and_(PLACES.c.member_id == MEMBERS.c.id, PLACES.c.group_id == group.id, PLACES.c.left_at.is_(None))
        about = (group.id, group.platform, group.chat_id, None)
        called = select(MEMBERS.c.id, INVITE_LINKS.c.url).select_from(MEMBERS.outerjoin(INVITE_LINKS, its & ~_ENDED))
        may = circles.invitable(group.least, group.platform)
        missing = called.where(may, INVITE_LINKS.c.id.is_(None), ~exists().where(inside))
        over = called.where(its, _MADE, ~may | exists().where(inside))
        for do, which in ((MAKE, missing), (END, over)):
            for member_id, url in connection.execute(which.order_by(MEMBERS.c.id).limit(BATCH)).all():
                found.append(Todo(do, *about, member_id, number(member_id), url, False))
    return found


def _invited_to_open_groups(session: Session) -> list[Todo]:
    about = (*_GROUP, null(), INVITE_LINKS.c.member_id, literal(""), INVITE_LINKS.c.url, INVITE_LINKS.c.asks)
    known = INVITE_LINKS.c.member_id.is_not(None), _MADE, GROUPS.c.state == "linked", GROUPS.c.least.is_(None)
    each = INVITE_LINKS.join(GROUPS, GROUPS.c.id == INVITE_LINKS.c.group_id)
    return _some(session, select(literal(END), *about).select_from(each).where(*known))


def done(session: Session, what: Todo, url: str, *, now: datetime) -> None:
    """Keep that it was done: the link that was made is the one that counts from now on, and its member gets it."""
    if what.do == MAKE:
        about = {"group_id": what.group_id, "link_id": what.link_id, "member_id": what.member_id, "asks": what.asks}
        made = insert_once(session, INVITE_LINKS, key=what.key, **about, url=url, state="made", changed_at=now)
        if made and what.member_id:
            outbox.to_member(session, INVITED, what.member_id, key=f"{INVITED}:{made}", now=now, invite=made)
        return
    values: dict[str, Any] = {"asks": what.asks, "changed_at": now}
    if what.do == END:
        used = what.member_id and circles.inside(session, what.group_id, what.member_id)
        values |= {"state": "used"} if used else _OVER
    session.connection().execute(INVITE_LINKS.update().where(INVITE_LINKS.c.url == what.url, _MADE).values(**values))


def moved(session: Session, group_id: int) -> None:
    """A group became another at the platform: its invite links are none any more, and are made anew."""
    known = INVITE_LINKS.c.group_id == group_id, INVITE_LINKS.c.state.in_(("made", "refused"))
    session.connection().execute(INVITE_LINKS.update().where(*known).values(**_OVER))


def over(session: Session, invite_id: int) -> str | None:
    """Why a letter that brings an invitation is over."""
    stands = INVITE_LINKS.c.id == invite_id, _MADE, GROUPS.c.least.is_not(None)
    here = select(INVITE_LINKS.c.id).join(GROUPS, GROUPS.c.id == INVITE_LINKS.c.group_id).where(*stands)
    return None if session.connection().execute(here).first() else "no longer invited"


def carried(session: Session, invite_id: int) -> dict[str, Any]:
    """What a letter that brings an invitation tells: the group, from which grade on it is, the link."""
    about = select(GROUPS.c.title, GROUPS.c.least, INVITE_LINKS.c.url, MEMBERS.c.grade).select_from(INVITE_LINKS)
    about = about.join(GROUPS, GROUPS.c.id == INVITE_LINKS.c.group_id)
    about = about.join(MEMBERS, MEMBERS.c.id == INVITE_LINKS.c.member_id).where(INVITE_LINKS.c.id == invite_id)
    return dict(session.connection().execute(about).mappings().one())


def refused(session: Session, what: Todo, *, now: datetime) -> None:
    """The platform would not: what is over anyway is over; of a link that it would not make the owners hear, once."""
    if what.do != MAKE:
        done(session, what, what.url or "", now=now)
        return
    here = INVITE_LINKS.c.group_id == what.group_id, INVITE_LINKS.c.state == "refused"
    told = session.connection().execute(select(INVITE_LINKS.c.id).where(*here)).first()
    about = {"group_id": what.group_id, "link_id": what.link_id, "member_id": what.member_id}
    insert_once(session, INVITE_LINKS, key=what.key, **about, asks=False, state="refused", changed_at=now)
    if told is None:
        title = session.connection().execute(select(GROUPS.c.title).where(GROUPS.c.id == what.group_id)).scalar_one()
        key = f"{what.group_id}:{now.isoformat()}"
        staff.write_to(session, staff.reached(session), UNABLE, key=key, now=now, title=title)


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
