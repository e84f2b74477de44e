"""The door of the groups: who asks to be let in, and what is asked of them first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from bot.club import blacklist, circles, conversations, groups, links, notes, outbox
from bot.club.entry import NO_QUESTION
from bot.club.groups import Linked
from bot.club.members import Person, Role
from bot.club.rules import Shop
from db.engine import insert_once, tell
from db.groups import ASKERS, GROUPS
from db.outbox import LETTERS

LET_IN = "let_in"  # the kind of a word to a group that lets somebody in
QUESTION = "door"  # the conversation about what brings them here
MOMENT = timedelta(seconds=2)  # for the answer to their yes: once they are in, Telegram may close the chat to us
OPEN = timedelta(minutes=4, seconds=30)  # after they asked: so long Telegram keeps the chat open to us, nearly
THINKING = timedelta(minutes=1)  # at least, for the question: who says nothing is let in all the same


@dataclass(frozen=True, slots=True)
class Asked:
    """What becomes of somebody who asks to come into a group: `in`, `out`, `consent` is asked first, or `members`
    alone come in, or those of a `grade`."""

    group: Linked
    answer: str


def ask(session: Session, person: Person, chat_id: int, shop: Shop, link: str | None, *, now: datetime) -> Asked | None:
    """Somebody asks to be let into a chat, by a link perhaps. None where it is no group of ours: its people decide."""
    group = groups.linked_in(session, person.visitor.platform, chat_id)
    if group is None:
        return None
    if link:
        links.invited(session, person.member_id, link, links.REQUEST, now=now)
    if blacklist.stops(session, person.member_id, blacklist.GROUP):
        return Asked(group, "out")
    if group.least:
        return Asked(group, "in" if circles.may_enter(session, group.id, person.member_id) else "grade")
    if person.role >= Role.MEMBER or shop.rules.group.join == "open":
        return Asked(group, "in")
    if shop.rules.group.join == "members":
        return Asked(group, "members")
    if insert_once(session, ASKERS, group_id=group.id, member_id=person.member_id, asked_at=now) is None:
        again = ASKERS.c.group_id == group.id, ASKERS.c.member_id == person.member_id
        session.connection().execute(ASKERS.update().where(*again).values(asked_at=now))
    return Asked(group, "consent")


def let_in(session: Session, person: Person, shop: Shop, *, now: datetime) -> None:
    """Let somebody in who has just agreed, wherever they asked; the blacklist is asked once more at the door.

    Where the shop has a question for them, it is open from now on; whatever becomes of it they are in within minutes.
    """
    doors = _doors(session, person)
    asks = bool(doors) and shop.rules.group.question != NO_QUESTION
    for door in doors:
        after = max(door.asked_at + OPEN, now + THINKING) if asks else now + MOMENT
        facts: dict[str, Any] = {"listed": person.member_id, "who": person.visitor.external_id}
        outbox.post(session, LET_IN, key=_key(door), now=now, after=after, group_id=door.group_id, **facts)
    if asks:
        conversations.ask(session, person.account_id, QUESTION, now=now)
    else:
        session.connection().execute(ASKERS.delete().where(ASKERS.c.member_id == person.member_id))


def question_open(session: Session, person: Person) -> bool:
    """Whether somebody has not answered yet what brings them here."""
    asked = conversations.asked(session, person.account_id)
    return asked is not None and asked[0] == QUESTION


def answer(session: Session, person: Person, words: str, *, now: datetime) -> bool:
    """Keep what brings somebody here (nothing where they skip it), and let them in.

    Returns whether they stood at the door still. Raises TooLong.
    """
    if words.strip():
        notes.keep(session, person.member_id, words.strip(), by=person.member_id, now=now)
    conversations.close(session, person.account_id, QUESTION)
    keys = [_key(door) for door in _doors(session, person)]
    waits = LETTERS.c.key.in_(keys), LETTERS.c.state == "waiting", LETTERS.c.after > now + MOMENT
    opened = session.connection().execute(LETTERS.update().where(*waits).values(after=now + MOMENT)).rowcount
    session.connection().execute(ASKERS.delete().where(ASKERS.c.member_id == person.member_id))
    tell(session, "letters")
    return bool(opened)


def _doors(session: Session, person: Person) -> list[Row[Any]]:
    """The groups into which somebody asked to be let, and when."""
    doors = select(ASKERS).join(GROUPS, GROUPS.c.id == ASKERS.c.group_id)
    here = ASKERS.c.member_id == person.member_id, GROUPS.c.platform == person.visitor.platform
    return list(session.connection().execute(doors.where(*here, GROUPS.c.state == "linked")))


def _key(door: Row[Any]) -> str:
    return f"{LET_IN}:{door.group_id}:{door.member_id}:{door.asked_at.isoformat()}"
