"""The door of the groups: who asks to be let in, and what is asked of them first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.club import blacklist, groups, outbox
from bot.club.groups import Linked
from bot.club.members import Person, Role
from bot.club.rules import Shop
from db.engine import insert_once
from db.groups import ASKERS, GROUPS

LET_IN = "let_in"  # the kind of a word to a group that lets somebody in
MOMENT = timedelta(seconds=2)  # for the answer to their yes: once they are in, Telegram may close the chat to us


@dataclass(frozen=True, slots=True)
class Asked:
    """What becomes of somebody who asks to come into a group: `in`, `out`, `consent` is asked first, or `members`
    alone come in."""

    group: Linked
    answer: str


def ask(session: Session, person: Person, chat_id: int, shop: Shop, *, now: datetime) -> Asked | None:
    """Somebody asks to be let into a chat. None where it is none of the club's groups: its people decide."""
    group = groups.linked_in(session, person.visitor.platform, chat_id)
    if group is None:
        return None
    if blacklist.stops(session, person.member_id, blacklist.GROUP):
        return Asked(group, "out")
    if person.role >= Role.MEMBER or shop.rules.group.join == "open":
        return Asked(group, "in")
    if shop.rules.group.join == "members":
        return Asked(group, "members")
    insert_once(session, ASKERS, group_id=group.id, member_id=person.member_id, asked_at=now)
    return Asked(group, "consent")


def let_in(session: Session, person: Person, *, now: datetime) -> None:
    """Let somebody in who has just agreed, wherever they asked; the blacklist is asked once more at the door."""
    waiting = ASKERS.c.member_id == person.member_id
    doors = select(ASKERS.c.group_id, ASKERS.c.asked_at).join(GROUPS, GROUPS.c.id == ASKERS.c.group_id)
    here = waiting, GROUPS.c.platform == person.visitor.platform, GROUPS.c.state == "linked"
    for group_id, asked_at in session.connection().execute(doors.where(*here)).all():
        key = f"{LET_IN}:{group_id}:{person.member_id}:{asked_at.isoformat()}"
        facts: dict[str, Any] = {"listed": person.member_id, "who": person.visitor.external_id}
        outbox.post(session, LET_IN, key=key, now=now, after=now + MOMENT, group_id=group_id, **facts)
    session.connection().execute(ASKERS.delete().where(waiting))
