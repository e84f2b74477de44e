"""Groups that are for members from a grade on: who may come in, who has to leave, and when.

Whoever falls below is told a week ahead how to stay, and put out then, so that they may come again. Nobody of the
staff is. It is all asked anew where a letter arrives: who has their grade back stays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, String, and_, cast, exists, func, or_, select
from sqlmodel import Session

from bot.club import audit, letters, outbox
from bot.club.cuts import GRADES
from bot.club.errors import StaleButton
from bot.club.members import Person
from bot.club.rules import Shop
from db.engine import insert_once, tell
from db.groups import GROUPS, PLACES
from db.links import INVITE_LINKS
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS
from db.staff import STAFF

NOTICE, OUT = "leaving", "seen_out"  # kinds of letters: to the member, to the group
WEEK = timedelta(days=7)  # between the two
STALE = timedelta(days=2)  # a notice that does not go within them is given anew, with another day
BATCH = 100


@dataclass(frozen=True, slots=True)
class Circle:
    """A linked group as its owner sees it: from which grade on (none: everybody), how many are in it as far as the
    club knows, and how many of them have been told that they leave."""

    id: int
    title: str
    least: str | None
    inside: int
    leaving: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a rule would bring: how many leave, on which day unless they stay, and how many are invited."""

    circle: Circle
    least: str
    leave: int
    leave_at: datetime
    invited: int


def listed(session: Session) -> list[Circle]:
    """Every linked group, the first that was linked first."""
    here = and_(PLACES.c.group_id == GROUPS.c.id, PLACES.c.left_at.is_(None))
    counts = func.count(PLACES.c.member_id), func.count(PLACES.c.leaves_at)
    rows = select(GROUPS.c.id, GROUPS.c.title, GROUPS.c.least, *counts).outerjoin(PLACES, here)
    linked = rows.where(GROUPS.c.state == "linked").group_by(GROUPS.c.id).order_by(GROUPS.c.id)
    return [Circle(*row) for row in session.connection().execute(linked)]


def one(session: Session, group_id: int) -> Circle:
    """A linked group. Raises StaleButton."""
    for circle in listed(session):
        if circle.id == group_id:
            return circle
    raise StaleButton


def foresee(session: Session, group_id: int, least: str, shop: Shop, *, now: datetime) -> Foreseen:
    """What it would bring if a group were for members from a grade on. Raises StaleButton."""
    circle = one(session, group_id)
    inside = exists().where(
        PLACES.c.member_id == MEMBERS.c.id, PLACES.c.group_id == group_id, PLACES.c.left_at.is_(None)
    )
    leave = select(func.count()).where(inside, below(least))
    invited = select(func.count()).where(~inside, invitable(least, _platform(session, group_id)))
    many = (session.connection().execute(each).scalar_one() for each in (leave, invited))
    leaving, coming = many
    return Foreseen(circle, least, leaving, _in_a_week(shop, now), coming)


def rule(session: Session, owner: Person, group_id: int, least: str | None, shop: Shop, *, now: datetime) -> Circle:
    """Let a group be for members from a grade on, or for everybody; who has to leave is told. Raises StaleButton."""
    circle = one(session, group_id)
    session.connection().execute(GROUPS.update().where(GROUPS.c.id == group_id).values(least=least))
    audit.note(session, owner.member_id, "group rule", now=now, group=group_id, grade=least or "")
    turn(session, shop, now=now)
    tell(session, "circles")
    return circle


def chats(session: Session) -> frozenset[tuple[str, int]]:
    """The chats, by platform and id there, of the groups that are for members from a grade on."""
    rows = select(GROUPS.c.platform, GROUPS.c.chat_id).where(GROUPS.c.state == "linked", GROUPS.c.least.is_not(None))
    return frozenset((platform, chat_id) for platform, chat_id in session.connection().execute(rows))


def notice(session: Session, platform: str, chat_id: int, member_id: int, *, now: datetime) -> None:
    """Somebody speaks in a group from a grade on, so they are in it, perhaps since before the bot was."""
    here = GROUPS.c.platform == platform, GROUPS.c.chat_id == chat_id, GROUPS.c.state == "linked"
    group = session.connection().execute(select(GROUPS.c.id, GROUPS.c.linked_at).where(*here)).first()
    if group:
        insert_once(session, PLACES, group_id=group.id, member_id=member_id, joined_at=group.linked_at or now)


def least_of(session: Session, group_id: int) -> str | None:
    """The grade from which on members are in a group, None where it is everybody's."""
    least: str | None = session.connection().execute(select(GROUPS.c.least).where(GROUPS.c.id == group_id)).scalar()
    return least


def may_enter(session: Session, group_id: int, member_id: int) -> bool:
    """Whether a group is open to a member."""
    least = least_of(session, group_id)
    if least is None:
        return True
    here = select(MEMBERS.c.id).where(MEMBERS.c.id == member_id, ~below(least))
    return session.connection().execute(here).first() is not None


def inside(session: Session, group_id: int, member_id: int) -> bool:
    """Whether a member is in a group now."""
    here = select(PLACES.c.member_id).where(*_place(group_id, member_id), PLACES.c.left_at.is_(None))
    return session.connection().execute(here).first() is not None


def came(session: Session, group_id: int, member_id: int, url: str | None, *, now: datetime) -> None:
    """Somebody came into a group: an invitation that was their own is used up; by another's nobody stays below."""
    mine = INVITE_LINKS.c.url == url, INVITE_LINKS.c.member_id.is_not(None)
    used = INVITE_LINKS.update().where(*mine).values(state="used", changed_at=now)
    row = session.connection().execute(used.returning(INVITE_LINKS.c.member_id)).first() if url else None
    if row and row.member_id != member_id and not may_enter(session, group_id, member_id):
        session.connection().execute(PLACES.update().where(*_place(group_id, member_id)).values(leaves_at=now))


def turn(session: Session, shop: Shop, *, now: datetime) -> bool:
    """Tell who has to leave, spare who may stay, put out whose time has come, some of each for each group with a rule.

    While all that goes on its own is held, nobody is told, and nobody goes. Returns whether there may be more.
    """
    _spare(session, now)
    if shop.rules.sending.paused:
        return False
    rows = select(GROUPS).where(GROUPS.c.state == "linked", GROUPS.c.least.is_not(None))
    more = False
    for group in session.connection().execute(rows).all():
        _reopen(session, group)
        many = max(_warn(session, group, shop, now), _put_out(session, group, now))
        more = more or many == BATCH
    return more


def again(session: Session, group_id: int) -> None:
    """The bot may put people out of a group from now on: what it was refused is tried again."""
    tried = PLACES.c.group_id == group_id, PLACES.c.left_at.is_(None), PLACES.c.put_out_at.is_not(None)
    session.connection().execute(PLACES.update().where(*tried).values(put_out_at=None))


def stays(session: Session, place: list[int]) -> str | None:
    """Why a letter about somebody who has to leave a group (its id and theirs) is over."""
    group_id, member_id = place
    goes = select(PLACES.c.leaves_at).where(*_place(group_id, member_id), PLACES.c.left_at.is_(None))
    if session.connection().execute(goes).scalar() is None or may_enter(session, group_id, member_id):
        return "may stay"
    return None


def carried(session: Session, place: list[int]) -> dict[str, Any]:
    """What a letter about somebody who has to leave tells: the group, from which grade on it is, until when."""
    group_id, member_id = place
    about = select(GROUPS.c.title, GROUPS.c.least, PLACES.c.leaves_at, MEMBERS.c.grade)
    about = about.join(PLACES, PLACES.c.group_id == GROUPS.c.id).join(MEMBERS, MEMBERS.c.id == PLACES.c.member_id)
    row = session.connection().execute(about.where(*_place(group_id, member_id))).one()
    return {"title": row.title, "least": row.least, "until": row.leaves_at.isoformat(), "grade": row.grade}


def below(least: str) -> ColumnElement[bool]:
    """Members whom a grade keeps out: those of a lower one, but nobody of the staff."""
    lower = MEMBERS.c.grade.in_(GRADES[: GRADES.index(least)])
    return and_(lower, ~exists().where(STAFF.c.member_id == MEMBERS.c.id))


def invitable(least: str, platform: str) -> ColumnElement[bool]:
    """Members who may be invited into a group from a grade on: of that grade, agreed, within reach, not blacklisted."""
    reach = ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.platform == platform, ACCOUNTS.c.reachable
    free = or_(MEMBERS.c.blocked.is_(None), MEMBERS.c.blocked.not_in(("messages", "group")))
    high = MEMBERS.c.grade.in_(GRADES[GRADES.index(least) :])
    return and_(high, MEMBERS.c.consent.is_not(None), free, exists().where(*reach))


def _reopen(session: Session, group: Row[Any]) -> None:
    """Let those be invited again, should they reach the grade again, who used their invitation and fell below since."""
    theirs = INVITE_LINKS.c.member_id.in_(select(MEMBERS.c.id).where(below(group.least)))
    used = INVITE_LINKS.c.group_id == group.id, INVITE_LINKS.c.state == "used", theirs
    free = INVITE_LINKS.c.key + ":" + cast(INVITE_LINKS.c.id, String)
    session.connection().execute(INVITE_LINKS.update().where(*used).values(state="ended", key=free))


def _warn(session: Session, group: Row[Any], shop: Shop, now: datetime) -> int:
    """Tell those who are below the grade that they leave in a week. Returns how many."""
    inside = PLACES.c.group_id == group.id, PLACES.c.left_at.is_(None), PLACES.c.leaves_at.is_(None)
    lower = (
        select(PLACES.c.member_id).join(MEMBERS, MEMBERS.c.id == PLACES.c.member_id).where(*inside, below(group.least))
    )
    some = PLACES.c.member_id.in_(lower.limit(BATCH))
    told = PLACES.update().where(*inside, some).values(leaves_at=_in_a_week(shop, now), put_out_at=None)
    members = session.connection().execute(told.returning(PLACES.c.member_id)).scalars().all()
    for member_id in members:
        after = letters.awake(shop, max(now, shop.at(shop.day(now), shop.rules.sending.day_hour)))
        key = f"{_key(group.id, member_id)}{shop.day(now)}"
        due = {"after": after, "before": after + STALE}
        outbox.to_member(session, NOTICE, member_id, key=key, now=now, **due, place=[group.id, member_id])
    return len(members)


def _spare(session: Session, now: datetime) -> None:
    """Let those stay who have their grade back, or whose group is open again; nobody has to leave who has left."""
    lower = or_(*(and_(GROUPS.c.least == least, below(least)) for least in GRADES[1:]))
    goes = select(GROUPS.c.id).join(MEMBERS, MEMBERS.c.id == PLACES.c.member_id).correlate(PLACES)
    still = goes.where(GROUPS.c.id == PLACES.c.group_id, lower).exists()
    free = PLACES.update().where(PLACES.c.leaves_at.is_not(None), or_(PLACES.c.left_at.is_not(None), ~still))
    spared = free.values(leaves_at=None, put_out_at=None).returning(PLACES.c.group_id, PLACES.c.member_id)
    for group_id, member_id in session.connection().execute(spared).all():
        key = _key(group_id, member_id)
        outbox.withdraw(session, member_id, (NOTICE,), "may stay", now=now, keys=key)


def _put_out(session: Session, group: Row[Any], now: datetime) -> int:
    """Have the group put out those whose week is over; who was never told is told anew first. Returns how many."""
    due = PLACES.c.group_id == group.id, PLACES.c.left_at.is_(None), PLACES.c.leaves_at <= now
    found = select(PLACES.c.member_id).where(*due, PLACES.c.put_out_at.is_(None)).limit(BATCH)
    members = session.connection().execute(found).scalars().all()
    for member_id in members:
        place = PLACES.update().where(*_place(group.id, member_id), PLACES.c.put_out_at.is_(None))
        if not _heard(session, group.id, member_id):
            session.connection().execute(place.values(leaves_at=None))
        elif session.connection().execute(place.values(put_out_at=now)).rowcount:
            _see_out(session, group, member_id, now)
    return len(members)


def _see_out(session: Session, group: Row[Any], member_id: int, now: datetime) -> None:
    theirs = ACCOUNTS.c.member_id == member_id, ACCOUNTS.c.platform == group.platform
    for who in session.connection().execute(select(ACCOUNTS.c.external_id).where(*theirs)).scalars().all():
        facts: dict[str, Any] = {"place": [group.id, member_id], "who": who}
        key = f"{OUT}:{group.id}:{member_id}:{who}:{now.isoformat()}"
        outbox.post(session, OUT, key=key, now=now, group_id=group.id, **facts)


def _heard(session: Session, group_id: int, member_id: int) -> bool:
    """Whether somebody was told, or cannot be: after an outage the notice may not have gone in time."""
    about = LETTERS.c.kind == NOTICE, LETTERS.c.member_id == member_id
    mine = LETTERS.c.key.startswith(_key(group_id, member_id), autoescape=True)
    last = select(LETTERS.c.state, LETTERS.c.reason).where(*about, mine).order_by(LETTERS.c.id.desc()).limit(1)
    row = session.connection().execute(last).first()
    return row is None or not (row.state == "waiting" or row.reason == letters.TOO_LATE)


def _in_a_week(shop: Shop, now: datetime) -> datetime:
    return shop.at(shop.day(now) + WEEK, shop.rules.sending.day_hour)


def _key(group_id: int, member_id: int) -> str:
    return f"{NOTICE}:{group_id}:{member_id}:"


def _place(group_id: int, member_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PLACES.c.group_id == group_id, PLACES.c.member_id == member_id


def _platform(session: Session, group_id: int) -> str:
    platform: str = session.connection().execute(select(GROUPS.c.platform).where(GROUPS.c.id == group_id)).scalar_one()
    return platform
