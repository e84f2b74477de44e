"""How a member is greeted on the birthday, as they wish: in private, in the group with a mention, or not at all.

For each linked group and day with a birthday one post is prepared. Who is in it is decided when it goes: it takes over
their private greetings, so that each is greeted once, whatever they change meanwhile.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, cast, exists, func, or_, select
from sqlalchemy.types import String
from sqlmodel import Session

from bot.club import outbox
from bot.club.letters import Verdict
from db.groups import GROUPS, PLACES
from db.members import ACCOUNTS, MEMBERS
from db.occasions import OCCASIONS
from db.outbox import LETTERS
from db.staff import STAFF

POST = "birthday_post"
STYLES = ("private", "group", "none")
TOGETHER = 12  # people named in one post, under whose picture no more would fit; the others are greeted in private
A_MOMENT = timedelta(minutes=1)

_here = and_(PLACES.c.member_id == MEMBERS.c.id, PLACES.c.left_at.is_(None))
_agreed = or_(MEMBERS.c.consent.is_not(None), exists().where(STAFF.c.member_id == MEMBERS.c.id))


def style(session: Session, member_id: int) -> str:
    """How a member wishes to be greeted."""
    chosen = select(MEMBERS.c.greeting).where(MEMBERS.c.id == member_id)
    return str(session.connection().execute(chosen).scalar_one())


def choose(session: Session, member_id: int, wish: str) -> None:
    """Keep how a member wishes to be greeted."""
    session.connection().execute(MEMBERS.update().where(MEMBERS.c.id == member_id).values(greeting=wish))


def post(session: Session, day: str, *, now: datetime, after: datetime, before: datetime) -> None:
    """Prepare a day's post in each linked group, once."""
    linked = select(GROUPS.c.id).where(GROUPS.c.state == "linked")
    for group in session.connection().execute(linked).scalars().all():
        key = f"birthday_post:{group}:{day}"
        outbox.post(session, POST, key=key, now=now, group_id=group, after=after, before=before, day=day)


def judge(session: Session, letter: Row[Any], *, now: datetime) -> Verdict | None:
    """What a wish means for a greeting, or for a post, that could go now. None: nothing."""
    if letter.kind == POST:
        hand_back(session, letter)  # it may have waited a while, and they wish otherwise by now
        if not _take_over(session, letter, now):
            return Verdict(drop=True, reason="nobody to greet")
    if letter.kind == "birthday" and letter.greeting == "none":
        return Verdict(drop=True, reason="no greeting wished")
    if letter.kind == "birthday" and letter.greeting == "group" and _post_waits(session, letter):
        return Verdict(now + A_MOMENT, reason="the group goes first")
    return None


def people(session: Session, letter: Row[Any]) -> list[tuple[int, str]]:
    """Who is named in a post: the account in its group and the name. They are nowhere kept with it."""
    rows = session.connection().execute(
        select(MEMBERS.c.id, func.min(ACCOUNTS.c.external_id), func.min(func.coalesce(MEMBERS.c.name, ACCOUNTS.c.name)))
        .join(LETTERS, LETTERS.c.member_id == MEMBERS.c.id)
        .join(ACCOUNTS, and_(ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.platform == letter.platform))
        .where(*_in_post(letter))
        .group_by(MEMBERS.c.id)
        .order_by(MEMBERS.c.id)
    )
    return [(external_id, name or "") for _, external_id, name in rows]


def hand_back(session: Session, letter: Row[Any]) -> None:
    """A post came to nothing, or not yet: those who were in it wait again, to be greeted in private."""
    session.connection().execute(
        LETTERS.update().where(*_in_post(letter)).values(state="waiting", reason=None, settled_at=None)
    )


def _take_over(session: Session, letter: Row[Any], now: datetime) -> bool:
    """Take over the greetings of those who want theirs in the post's group. Returns whether anybody is in it."""
    day, platform = date.fromisoformat(letter.facts["day"]), letter.platform
    theirs = (
        select(LETTERS.c.id)
        .select_from(OCCASIONS)
        .join(MEMBERS, MEMBERS.c.id == OCCASIONS.c.member_id)
        .join(PLACES, _here)
        .join(LETTERS, LETTERS.c.member_id == MEMBERS.c.id)
        .where(OCCASIONS.c.last_on == day, OCCASIONS.c.relation == "self", PLACES.c.group_id == letter.group_id)
        .where(MEMBERS.c.greeting == "group", MEMBERS.c.notify != "none", _agreed)
        .where(or_(MEMBERS.c.quiet_until.is_(None), MEMBERS.c.quiet_until <= now))
        .where(exists().where(ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.platform == platform))
        .where(LETTERS.c.kind == "birthday", LETTERS.c.state == "waiting")
        .order_by(LETTERS.c.id)
        .limit(TOGETHER)
    )
    connection = session.connection()
    values = {"state": "dropped", "reason": _taken(letter.id), "settled_at": now}
    connection.execute(LETTERS.update().where(LETTERS.c.id.in_(theirs)).values(**values))
    return bool(people(session, letter))


def _post_waits(session: Session, letter: Row[Any]) -> bool:
    """Whether a post that a member would be in is still to go."""
    key = "birthday_post:" + cast(GROUPS.c.id, String) + ":" + letter.facts["day"]
    waiting = (
        select(LETTERS.c.id)
        .select_from(PLACES)
        .join(GROUPS, GROUPS.c.id == PLACES.c.group_id)
        .join(LETTERS, LETTERS.c.key == key)
        .where(PLACES.c.member_id == letter.member_id, PLACES.c.left_at.is_(None))
        .where(GROUPS.c.state == "linked", GROUPS.c.muted_at.is_(None), LETTERS.c.state == "waiting")
    )
    return session.connection().execute(waiting).first() is not None


def _in_post(letter: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    """The greetings that a post took over: of all letters, an index finds those settled since it was prepared."""
    taken = (LETTERS.c.state == "dropped", LETTERS.c.reason == _taken(letter.id))
    return (LETTERS.c.kind == "birthday", LETTERS.c.settled_at > letter.posted_at - timedelta(days=1), *taken)


def _taken(letter_id: int) -> str:
    return f"greeted in the group by letter {letter_id}"
