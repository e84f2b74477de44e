"""Named links: of one of the staff, a partner shop or a poster. Who is first met by one counts for it, for ever.

The same link works as a start payload, as an invite link of a group, and where people ask there to be let in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from bot.club import audit, members, newcomers, signed, templates
from bot.club.errors import ClubError, StaleButton, TooLong, TooMany
from bot.club.members import Named, Person, Who
from bot.club.names import folded
from bot.club.templates import Template
from bot.i18n import N_
from db.engine import insert_once
from db.links import COMERS, INVITE_LINKS, NAMED_LINKS
from db.members import MEMBERS
from db.staff import STAFF

KIND = "via"  # of the payloads
LINK = f"{KIND}_"  # what the payload of a link begins with
NAME = 32  # characters: as many as an invite link's name may have
MOST = 100
STAY = timedelta(days=7)  # whoever is with us after them has stayed
START, JOIN, REQUEST = "start", "join", "request"  # ways to come


class DamagedLink(ClubError):
    """A named link with a letter changed, or cut short."""

    says = N_("This link is damaged, so nothing was opened. Please scan it again, or ask the shop for it.")


class NameTaken(ClubError):
    """Two links under one name."""

    says = N_("There is a link “{name}” already. Please choose another name.")


class NoSuchLink(ClubError):
    """A name that no link has."""

    says = N_("There is no link “{name}”. /links shows which there are.")


class NotStaff(ClubError):
    """A link for somebody who does not work here."""

    says = N_("{whom} does not work here. /staff list shows who does.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A link as staff ask for it, for one of the staff (words that name them), a partner shop (its name) or neither.

    `coupon`: the name of what newcomers get, if they get any.
    """

    name: str
    staff: str = ""
    partner: str = ""
    coupon: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as staff see it."""

    id: int
    name: str
    payload: str
    staff: Named | None = None
    partner: str | None = None
    coupon: Template | None = None


def make(session: Session, by: Person, plan: Plan, *, now: datetime) -> Link:
    """Make a link. Raises TooLong, TooMany, NameTaken, NotStaff, NoSuchTemplate, UnknownMember, WhichMember."""
    signed.begin(session)
    name = named(plan.name)
    if len(listed(session)) >= MOST:
        raise TooMany(limit=MOST)
    row: dict[str, Any] = {"name": name, "folded": folded(name), "partner": named(plan.partner) or None}
    row["staff_id"] = colleague(session, by, plan.staff).member_id if plan.staff else None
    row["template_id"] = templates.newest(session, plan.coupon).id if plan.coupon else None
    made = insert_once(session, NAMED_LINKS, **row, made_by=by.member_id, made_at=now)
    if made is None:
        raise NameTaken(name=name)
    audit.note(session, by.member_id, "link new", now=now, link=made)
    return one(session, made)


def named(words: str) -> str:
    """A name as it is kept. Raises TooLong."""
    name = " ".join(words.split())
    if len(name) > NAME:
        raise TooLong(limit=NAME)
    return name


def colleague(session: Session, by: Person, words: str) -> Named:
    """The one of the staff whom words mean. Raises NotStaff, UnknownMember, WhichMember."""
    found = members.find(session, Who(by.visitor.platform, words))
    if session.connection().execute(select(STAFF.c.role).where(STAFF.c.member_id == found.member_id)).first() is None:
        raise NotStaff(whom=found)
    return found


def retire(session: Session, by: Person, link_id: int, *, now: datetime) -> Link:
    """Let a link name nobody any more; its invite links are taken back. Raises StaleButton."""
    was = one(session, link_id)
    gone = NAMED_LINKS.update().where(NAMED_LINKS.c.id == link_id, NAMED_LINKS.c.retired_at.is_(None))
    if not session.connection().execute(gone.values(retired_at=now, folded=None)).rowcount:
        raise StaleButton
    audit.note(session, by.member_id, "link retire", now=now, link=link_id)
    return was


def listed(session: Session) -> list[Link]:
    """The links that are not retired, in the order of their names."""
    return _found(session)


def retired(session: Session) -> list[tuple[int, str]]:
    """The links that are retired, the latest first: id and name."""
    rows = select(NAMED_LINKS.c.id, NAMED_LINKS.c.name).where(NAMED_LINKS.c.retired_at.is_not(None))
    return [(row.id, row.name) for row in session.connection().execute(rows.order_by(NAMED_LINKS.c.retired_at.desc()))]


def one(session: Session, link_id: int) -> Link:
    """A link. Raises StaleButton for one that is retired."""
    for found in _found(session, NAMED_LINKS.c.id == link_id):
        return found
    raise StaleButton


def called(session: Session, name: str) -> Link:
    """A link by its name. Raises NoSuchLink."""
    for found in _found(session, NAMED_LINKS.c.folded == folded(name)):
        return found
    raise NoSuchLink(name=name[:40])


def check(session: Session, payload: str) -> None:
    """Let a payload pass that is one of ours. Raises DamagedLink."""
    if signed.read(session, KIND, payload) is None:
        raise DamagedLink


def open_link(session: Session, person: Person, payload: str, *, now: datetime) -> Link | None:
    """Keep by which link a stranger comes. Returns it; None for anybody else and for a retired one.

    Raises DamagedLink.
    """
    number = signed.read(session, KIND, payload)
    if number is None:
        raise DamagedLink
    return _came(session, person.member_id, number, START, now)


def invited(session: Session, member_id: int, url: str, how: str, *, now: datetime) -> None:
    """Keep by which link a stranger comes whom a group's invite link brings, into the group or to its door."""
    number = session.connection().execute(select(INVITE_LINKS.c.link_id).where(INVITE_LINKS.c.url == url)).scalar()
    if number is not None:
        _came(session, member_id, number, how, now)


def came_by(session: Session, member_id: int) -> str | None:
    """The name of the link by which somebody came."""
    link = select(NAMED_LINKS.c.name).join(COMERS, COMERS.c.link_id == NAMED_LINKS.c.id)
    name: str | None = session.connection().execute(link.where(COMERS.c.member_id == member_id)).scalar()
    return name


def settle(session: Session, *, now: datetime, limit: int) -> int:
    """Keep of those who came some days ago whether they stayed, some at a time. Returns how many."""
    connection = session.connection()
    over = select(COMERS).where(COMERS.c.stayed.is_(None), COMERS.c.came_at <= now - STAY)
    due = connection.execute(over.order_by(COMERS.c.came_at).limit(limit)).all()
    for row in due:
        here = newcomers.in_groups(session, row.member_id, row.came_at + STAY)
        stayed = newcomers.in_reach(session, row.member_id) if here is None else here
        connection.execute(COMERS.update().where(COMERS.c.member_id == row.member_id).values(stayed=stayed))
    return len(due)


def _came(session: Session, member_id: int, link_id: int, how: str, now: datetime) -> Link | None:
    found = _found(session, NAMED_LINKS.c.id == link_id)
    if not found or not newcomers.is_stranger(session, member_id, now=now):
        return None
    made = insert_once(session, COMERS, member_id=member_id, link_id=link_id, how=how, came_at=now)
    return found[0] if made else None


def _found(session: Session, *which: ColumnElement[bool]) -> list[Link]:
    rows = select(NAMED_LINKS, MEMBERS.c.name.label("called")).outerjoin(
        MEMBERS, MEMBERS.c.id == NAMED_LINKS.c.staff_id
    )
    stands = rows.where(NAMED_LINKS.c.retired_at.is_(None), *which).order_by(NAMED_LINKS.c.folded)
    return [
        Link(
            row.id,
            row.name,
            signed.payload(session, KIND, row.id),
            Named(row.staff_id, row.called) if row.staff_id else None,
            row.partner,
            templates.one(session, row.template_id) if row.template_id else None,
        )
        for row in session.connection().execute(stands).all()
    ]
