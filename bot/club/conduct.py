"""Order in the groups: newcomers who post links, forwards or floods, and what the staff do by a reply.

A newcomer is warned first, muted the second time, put out the third. Nobody acts on the staff but an owner, nobody on
an owner, and the bot on none of them. Deeds are letters to the group; the platform may refuse one, and the owners hear.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import audit, blacklist, outbox, staff
from bot.club.errors import BadLine, ClubError, NoReason, TooLong
from bot.club.letters import KINDS
from bot.club.members import Named, Person, Role, Who
from bot.club.rules import Shop
from bot.i18n import N_
from db.conduct import STRIKES
from db.engine import insert_once
from db.groups import GROUPS, PLACES
from db.members import ACCOUNTS
from db.outbox import LETTERS

WARN, MUTE, KICK = DEEDS = ("warn", "mute", "kick")
LETTER = {WARN: "warned", MUTE: "silenced", KICK: "put_out"}  # the kinds of their letters to the group
LINK, FORWARD, FLOOD = "link", "forward", "flood"
BURST = timedelta(seconds=10)  # what comes within it is one offence
HOUR = timedelta(hours=1)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=30)  # of a mute
KEPT_OUT = timedelta(minutes=10)  # who was put out may come again after it
UNABLE = "deed_refused"
MAY_FAIL = [name for name, kind in KINDS.items() if kind.deed]


class NotInGroup(ClubError):
    """A deed that was not said in a linked group."""

    says = N_("Please say that in the members' group, as a reply to what was written there.")


class BadMute(ClubError):
    """A mute that is too short or too long."""

    says = N_("A mute lasts from 10 minutes to 30 days, such as 30m, 1h or 2d.")


@dataclass(frozen=True, slots=True)
class Struck:
    """What was done to whom, and until when where it ends by itself."""

    deed: str
    who: Named
    until: datetime | None = None


def is_new(session: Session, person: Person, chat_id: int, shop: Shop, *, now: datetime) -> bool:
    """Whether somebody came into a linked group so lately that newcomers' rules hold for them."""
    return person.role < Role.CLERK and _joined(session, person, chat_id, shop, now) is not None


def offend(
    session: Session, person: Person, chat_id: int, what: str, shop: Shop, *, key: str, now: datetime
) -> Struck | None:
    """What follows an offence of a newcomer: a warning, then a mute, then they are put out. None: nothing does."""
    group = _linked(session, person.visitor.platform, chat_id)
    since = _joined(session, person, chat_id, shop, now)
    if group is None or since is None:
        return None
    theirs = STRIKES.c.member_id == person.member_id, STRIKES.c.group_id == group, STRIKES.c.at >= since
    earlier = select(func.count(), func.max(STRIKES.c.at)).where(*theirs)
    many, last = session.connection().execute(earlier).one()
    if last and now - last < BURST:
        return None
    deed = DEEDS[min(many, 2)]
    until = now + HOUR if deed == MUTE else None
    who = Named(person.member_id, person.visitor.name)
    if not _strike(session, who, None, group, person.visitor.external_id, deed, what, until, key=key, now=now):
        return None
    return Struck(deed, who, until)


def act(
    session: Session,
    by: Person,
    who: Who,
    chat_id: int,
    deed: str,
    reason: str,
    until: datetime | None = None,
    *,
    form: str,
    key: str,
    now: datetime,
) -> Struck:
    """Warn, mute or put out a member of a group, for the staff.

    Raises NotInGroup, NoReason, TooLong, BadMute, and what blacklist.may_act raises.
    """
    group = _linked(session, by.visitor.platform, chat_id)
    if group is None:
        raise NotInGroup
    member = blacklist.may_act(session, by, who)
    if not reason:
        raise NoReason(form=form)
    if len(reason) > blacklist.REASON:
        raise TooLong(limit=blacklist.REASON)
    if until and not SHORTEST <= until - now <= LONGEST:
        raise BadMute
    theirs = ACCOUNTS.c.member_id == member.member_id, ACCOUNTS.c.platform == by.visitor.platform
    account = select(ACCOUNTS.c.external_id).where(*theirs).order_by(ACCOUNTS.c.seen_at.desc()).limit(1)
    external_id = who.replied_to or session.connection().execute(account).scalar()
    if external_id is None:
        raise BadLine(form=form)
    _strike(session, member, by, group, external_id, deed, reason, until, key=key, now=now)
    return Struck(deed, member, until)


def refused(session: Session, letter_id: int, group_id: int, facts: dict[str, Any], *, now: datetime) -> None:
    """The platform refused a deed. The owners are told, unless the group's deed before was refused as well.

    Whoever else of the staff wanted it is told each time: they read before that it would be done.
    """
    title = session.connection().execute(select(GROUPS.c.title).where(GROUPS.c.id == group_id)).scalar_one()
    owners, by = staff.reached(session), facts.get("by")
    if not unable(session, group_id, before=letter_id):
        staff.write_to(session, owners, UNABLE, key=f"{letter_id}", now=now, title=title)
    if by and by not in (member_id for _account, member_id in owners):
        outbox.to_member(session, UNABLE, by, key=f"{UNABLE}:{letter_id}:{by}", now=now, title=title, asked=True)


def unable(session: Session, group_id: int, *, before: int | None = None) -> bool:
    """Whether the last deed in a group was refused, of those `before` a letter where one is named."""
    deeds = LETTERS.c.group_id == group_id, LETTERS.c.kind.in_(MAY_FAIL), LETTERS.c.settled_at.is_not(None)
    last = select(LETTERS.c.state).where(*deeds, *([LETTERS.c.id < before] if before else []))
    return session.connection().execute(last.order_by(LETTERS.c.id.desc()).limit(1)).scalar() == "failed"


def _strike(
    session: Session,
    who: Named,
    by: Person | None,
    group: int,
    external_id: int,
    deed: str,
    reason: str,
    until: datetime | None,
    *,
    key: str,
    now: datetime,
) -> bool:
    """Keep a deed, once for each key, and have the group do it. Returns whether it is new."""
    staff_id = by.member_id if by else None
    row = {"member_id": who.member_id, "group_id": group, "deed": deed, "reason": reason, "struck_by": staff_id}
    strike = insert_once(session, STRIKES, key=key, at=now, **row)
    if strike is None:
        return False
    ends = until or (now + KEPT_OUT if deed == KICK else None)
    facts: dict[str, Any] = {"who": external_id, "name": who.name or "", "reason": reason, "own": by is None}
    facts |= {"until": ends.isoformat() if ends else None, "by": staff_id}
    outbox.post(session, LETTER[deed], key=f"{LETTER[deed]}:{key}", now=now, group_id=group, **facts)
    if by:
        audit.note(session, staff_id, deed, who.member_id, now=now, group=group, strike=strike)
    else:
        audit.note(session, None, f"{deed} newcomer", who.member_id, now=now, group=group)
    return True


def _joined(session: Session, person: Person, chat_id: int, shop: Shop, now: datetime) -> datetime | None:
    """When a newcomer came into a linked group; None for anybody else."""
    since = now - timedelta(hours=shop.rules.group.newcomer_hours)
    here = (
        GROUPS.c.platform == person.visitor.platform,
        GROUPS.c.chat_id == chat_id,
        GROUPS.c.state == "linked",
        PLACES.c.member_id == person.member_id,
        PLACES.c.left_at.is_(None),
        PLACES.c.joined_at > since,
    )
    place = select(PLACES.c.joined_at).join_from(PLACES, GROUPS, GROUPS.c.id == PLACES.c.group_id).where(*here)
    joined: datetime | None = session.connection().execute(place).scalar()
    return joined


def _linked(session: Session, platform: str, chat_id: int) -> int | None:
    here = GROUPS.c.platform == platform, GROUPS.c.chat_id == chat_id, GROUPS.c.state == "linked"
    group: int | None = session.connection().execute(select(GROUPS.c.id).where(*here)).scalar()
    return group
