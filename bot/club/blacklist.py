"""The blacklist: what somebody who misuses the club is kept from.

Four levels, and each stops what those before it stop as well: `points` (earns none), `deals` (claims none), `messages`
(gets no letter), `group` (put out of the groups, and kept out). What somebody has they keep, and what they ask is
answered. It holds for the person: over leaving and joining, over /forget (by hashes of account and proven phone), and
over a merge.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlmodel import Session, col, update
from sqlmodel import select as choose

from bot.club import audit, erased, members, outbox
from bot.club.errors import ClubError, NoReason, TooLong
from bot.club.members import LEVELS, Named, Person, Role, Who
from bot.i18n import N_
from db.blacklist import BLOCKS, Block
from db.groups import GROUPS
from db.hot import first
from db.members import ACCOUNTS, MEMBERS
from db.staff import Staff

REASON = 200  # characters
LISTED = 30  # on one page
POINTS, DEALS, MESSAGES, GROUP = LEVELS
KEPT_OUT = "kept_out"  # the kind of a word to a group that puts somebody out, or lets them come again

_level = select(MEMBERS.c.blocked).where(MEMBERS.c.id == bindparam("member"))


class NotForYou(ClubError):
    """What the blacklist keeps from a member; it is said to them alone, and only when they ask."""

    says = N_("I am sorry, this is closed to you at the moment. The shop's people can tell you more.")


class BadLevel(ClubError):
    """A level of the blacklist that does not exist."""

    says = N_("What shall be stopped? One of: points, deals, messages, group. For example: {form}")


class WorksHere(ClubError):
    """An act on one of the staff by somebody other than an owner."""

    says = N_("{whom} works here: only the owner can do that.")


class OwnsIt(ClubError):
    """An act on an owner."""

    says = N_("{whom} is an owner: nobody can do that to them.")


class OnOneself(ClubError):
    """Staff acting on themselves."""

    says = N_("That would be yourself. Please name somebody else.")


class NotListed(ClubError):
    """Lifting what does not stand."""

    says = N_("{whom} is not on the blacklist.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A member on the blacklist: what is stopped, why, by whom (their number) and when.

    Of somebody who was erased and came back only the level is known.
    """

    who: Named
    level: str
    reason: str = ""
    by: str = ""
    at: datetime | None = None


def includes(level: str | None, what: str) -> bool:
    """Whether somebody's level stops a thing."""
    return level is not None and LEVELS.index(level) >= LEVELS.index(what)


def stops(session: Session, member_id: int, what: str = POINTS) -> bool:
    """Whether the blacklist keeps a thing from a member."""
    row = first(session.connection(), _level, {"member": member_id})
    return includes(row and row[0], what)


def may_act(session: Session, by: Person, who: Who) -> Named:
    """The member on whom staff act: nobody acts on an owner or on themselves, on staff only an owner.

    Raises UnknownMember, WhichMember, OnOneself, OwnsIt, WorksHere.
    """
    member = members.find(session, who)
    if member.member_id == by.member_id:
        raise OnOneself
    role = session.exec(choose(Staff.role).where(Staff.member_id == member.member_id)).first()
    if role == "owner":
        raise OwnsIt(whom=member)
    if role and by.role < Role.OWNER:
        raise WorksHere(whom=member)
    return member


def block(session: Session, by: Person, who: Who, level: str, reason: str, *, now: datetime) -> Listed:
    """Put a member on the blacklist; who is on it already gets the new level. `group` puts them out of the groups.

    Raises BadLevel, NoReason, TooLong, and what may_act raises.
    """
    form = N_("/block @ann points sells coupons")
    if level not in LEVELS:
        raise BadLevel(form=form)
    member = may_act(session, by, who)
    if not reason.strip():
        raise NoReason(form=form)
    if len(reason) > REASON:
        raise TooLong(limit=REASON)
    before = _set(session, member.member_id, level)
    _end(session, member.member_id, by, now)
    row = Block(member_id=member.member_id, level=level, reason=reason, blocked_by=by.member_id, blocked_at=now)
    session.add(row)
    session.flush()
    audit.note(session, by.member_id, "block", member.member_id, now=now, block=row.id, level=level)
    if GROUP in (level, before):
        at_the_doors(session, MEMBERS.c.id == member.member_id, by=by, now=now)
    return Listed(member, level, reason, by.number, now)


def unblock(session: Session, by: Person, who: Who, *, now: datetime) -> Named:
    """Take a member off the blacklist; they may come into the groups again.

    Raises NotListed, and what may_act raises.
    """
    member = may_act(session, by, who)
    before = _set(session, member.member_id, None)
    if before is None:
        raise NotListed(whom=member)
    _end(session, member.member_id, by, now)
    audit.note(session, by.member_id, "unblock", member.member_id, now=now)
    if before == GROUP:
        at_the_doors(session, MEMBERS.c.id == member.member_id, by=by, now=now)
    return member


def stands(session: Session, member_id: int) -> Listed | None:
    """How a member stands on the blacklist, None where they are not on it."""
    return next(iter(_listed(session, MEMBERS.c.id == member_id)), None)


def listed(session: Session) -> list[Listed]:
    """Who is on the blacklist, the latest first."""
    return _listed(session, MEMBERS.c.blocked.is_not(None))[:LISTED]


def inherit(session: Session, gone: int, stays: int, *, now: datetime) -> None:
    """Let the heavier of two levels stand for one person who was two members. The rows go over on their own."""
    _weigh(session, stays, session.connection().execute(_level, {"member": gone}).scalar(), now)


def recall(session: Session, member_id: int, *, now: datetime) -> None:
    """Let what stood for somebody who was erased go on, once they prove the phone number that was theirs then."""
    had = erased.had(session, member_id, [f"blocked:{level}" for level in LEVELS])
    _weigh(session, member_id, next((level for level in reversed(LEVELS) if f"blocked:{level}" in had), None), now)


def at_the_doors(session: Session, *which: ColumnElement[bool], now: datetime, by: Person | None = None) -> None:
    """Have the linked groups put some members out, or let them come again: as they stand when the word arrives.

    `which` members, or which groups. `by`: who of the staff hears of it where a group does not let us.
    """
    doors = (
        select(ACCOUNTS.c.member_id, ACCOUNTS.c.external_id, GROUPS.c.id)
        .join_from(ACCOUNTS, GROUPS, GROUPS.c.platform == ACCOUNTS.c.platform)
        .join(MEMBERS, MEMBERS.c.id == ACCOUNTS.c.member_id)
        .where(GROUPS.c.state == "linked", *which)
    )
    for door in session.connection().execute(doors).all():
        at_the_door(session, *door, by=by, now=now)


def at_one_door(session: Session, group_id: int, *, now: datetime) -> None:
    """Have one group put out whoever is kept out of all: it is linked since, or lets us do so since."""
    at_the_doors(session, MEMBERS.c.blocked == GROUP, GROUPS.c.id == group_id, now=now)


def at_the_door(
    session: Session, member_id: int, who: int, group_id: int, *, now: datetime, by: Person | None = None
) -> None:
    """The same for one group and one account, by its id on the platform."""
    key = f"{KEPT_OUT}:{member_id}:{who}:{group_id}:{now.isoformat()}"
    facts: dict[str, Any] = {"listed": member_id, "who": who} | ({"by": by.member_id} if by else {})
    outbox.post(session, KEPT_OUT, key=key, now=now, group_id=group_id, **facts)


def _weigh(session: Session, member_id: int, level: str | None, now: datetime) -> None:
    """Let a level stand for a member unless a heavier one does."""
    if level is None or includes(session.connection().execute(_level, {"member": member_id}).scalar(), level):
        return
    _set(session, member_id, level)
    if level == GROUP:
        at_the_doors(session, MEMBERS.c.id == member_id, now=now)


def _set(session: Session, member_id: int, level: str | None) -> str | None:
    """Set what stands for a member, and what is remembered of them should they be erased. Returns what stood before."""
    mine = MEMBERS.c.id == member_id
    before: str | None = session.connection().execute(select(MEMBERS.c.blocked).where(mine).with_for_update()).scalar()
    session.connection().execute(MEMBERS.update().where(mine).values(blocked=level))
    erased.drop(session, member_id, [f"blocked:{each}" for each in LEVELS])
    return before


def _end(session: Session, member_id: int, by: Person, now: datetime) -> None:
    open_ones = (col(Block.member_id) == member_id, col(Block.lifted_at).is_(None))
    session.exec(update(Block).where(*open_ones).values(lifted_at=now, lifted_by=by.member_id))


def _listed(session: Session, where: ColumnElement[bool]) -> list[Listed]:
    """Those of the blacklist of whom something is true, the latest first."""
    stands_by = and_(
        BLOCKS.c.member_id == MEMBERS.c.id, BLOCKS.c.lifted_at.is_(None), BLOCKS.c.level == MEMBERS.c.blocked
    )
    told = (BLOCKS.c.reason, BLOCKS.c.blocked_by, BLOCKS.c.blocked_at)
    rows = select(MEMBERS.c.id, MEMBERS.c.name, MEMBERS.c.blocked, *told).outerjoin(BLOCKS, stands_by)
    known = where, MEMBERS.c.blocked.is_not(None)
    found: dict[int, Listed] = {}
    for row in session.connection().execute(rows.where(*known).order_by(BLOCKS.c.id.desc(), MEMBERS.c.id.desc())):
        by = members.number(row.blocked_by) if row.blocked_by else ""
        about = Listed(Named(row.id, row.name), row.blocked, row.reason or "", by, row.blocked_at)
        found.setdefault(row.id, about)
    return list(found.values())
