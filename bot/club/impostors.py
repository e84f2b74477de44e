"""Who passes for the shop: people who bear an owner's or the bot's name, and the groups' weekly note of who is real."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.club import outbox, staff
from bot.club.letters import KINDS
from bot.club.members import Person, Role
from bot.club.names import folded
from bot.club.rules import Shop
from db.groups import GROUPS
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS, standing
from db.staff import STAFF

ALIKE, NOTE, UNABLE = "lookalike", "safety_note", "pin_refused"  # kinds of letters
SHORTEST = 2  # letters of a name that can be mistaken
OWNER, BOT = "owner", "bot"
# Letters of other alphabets, and figures, that pass for a Latin letter.
LOOKS = str.maketrans("авекмнорстухіјѕԁɡαβεικνορτυχ0135|!l", "abekmhopctyxijsdgabeikvoptuxoiesiii")


@dataclass(frozen=True, slots=True)
class Note:
    """A weekly note in a group that is still to be pinned."""

    letter_id: int
    platform: str
    chat_id: int
    message_id: int


def skeleton(name: str) -> str:
    """What is left of a name for somebody who looks at it in passing: no accents, signs, gaps, or foreign letters."""
    plain = unicodedata.normalize("NFKD", folded(name))
    return "".join(sign for sign in plain.translate(LOOKS) if sign.isalnum())


def notice(session: Session, person: Person, bot: tuple[str, ...], *, now: datetime) -> None:
    """Point somebody out to the owners who bears an owner's name, or one of the bot's; once for each of the two."""
    if person.role >= Role.CLERK:
        return
    seen = {skeleton(each) for each in (person.visitor.name, person.visitor.username or "")}
    seen = {each for each in seen if len(each) >= SHORTEST}
    if not seen:
        return
    if seen & {skeleton(each) for each in bot}:
        _point_out(session, person, BOT, now)
    elif seen & _owners(session):
        _point_out(session, person, OWNER, now)


def due(session: Session, shop: Shop, *, now: datetime) -> list[int]:
    """The groups that have not had this week's note, from Monday's hour of the day's letters on."""
    monday = _monday(shop, now)
    opens = shop.at(monday, shop.rules.sending.day_hour)
    if not shop.rules.group.note or not opens <= now < opens + (KINDS[NOTE].late or timedelta(0)):
        return []
    had = select(LETTERS.c.id).where(LETTERS.c.group_id == GROUPS.c.id, LETTERS.c.kind == NOTE)
    this_week = had.where(LETTERS.c.posted_at >= opens).exists()
    linked = select(GROUPS.c.id).where(GROUPS.c.state == "linked", ~this_week)
    return [*session.connection().execute(linked.order_by(GROUPS.c.id)).scalars()]


def post(session: Session, group_ids: list[int], shop: Shop, *, now: datetime) -> None:
    """Leave this week's note to some groups. It names the owners who have a @username."""
    staffed = STAFF.join(ACCOUNTS, ACCOUNTS.c.member_id == STAFF.c.member_id)
    named = session.connection().execute(
        select(GROUPS.c.id, ACCOUNTS.c.username)
        .select_from(staffed.join(GROUPS, GROUPS.c.platform == ACCOUNTS.c.platform))
        .where(GROUPS.c.id.in_(group_ids), STAFF.c.role == OWNER, ACCOUNTS.c.username.is_not(None))
        .order_by(ACCOUNTS.c.username)
    )
    people = defaultdict(list)
    for group_id, username in named:
        people[group_id].append(username)
    monday = _monday(shop, now)
    for group_id in group_ids:
        key = f"{NOTE}:{group_id}:{monday}"
        outbox.post(session, NOTE, key=key, now=now, group_id=group_id, people=people[group_id])


def unpinned(session: Session) -> list[Note]:
    """The notes that were sent, and are neither pinned yet nor replaced."""
    sent = (standing(LETTERS.c), LETTERS.c.kind == NOTE, LETTERS.c.state == "sent")
    about = (LETTERS.c.id, GROUPS.c.platform, GROUPS.c.chat_id, LETTERS.c.message_id, LETTERS.c.facts)
    rows = session.connection().execute(
        select(*about).join_from(LETTERS, GROUPS, GROUPS.c.id == LETTERS.c.group_id).where(*sent)
    )
    return [Note(*place) for *place, facts in rows if "pinned" not in facts]


def pinned(session: Session, letter_id: int, done: bool, *, now: datetime) -> None:
    """A note was pinned; or it may not be, of which the owners hear once for each group."""
    this = LETTERS.c.id == letter_id
    row = session.connection().execute(
        select(LETTERS.c.facts, LETTERS.c.group_id, GROUPS.c.title)
        .join_from(LETTERS, GROUPS, GROUPS.c.id == LETTERS.c.group_id)
        .where(this)
    )
    facts, group_id, title = row.one()
    session.connection().execute(LETTERS.update().where(this).values(facts=facts | {"pinned": done}))
    if not done:
        staff.write_to(session, staff.reached(session), UNABLE, key=f"{group_id}", now=now, title=title)


def _owners(session: Session) -> set[str]:
    """The owners' names, as they are seen in passing."""
    staffed = STAFF.join(MEMBERS, MEMBERS.c.id == STAFF.c.member_id)
    each = staffed.join(ACCOUNTS, ACCOUNTS.c.member_id == STAFF.c.member_id)
    named = select(MEMBERS.c.name, ACCOUNTS.c.name, ACCOUNTS.c.username).select_from(each)
    rows = session.connection().execute(named.where(STAFF.c.role == OWNER))
    return {skeleton(name) for row in rows for name in row if name}


def _point_out(session: Session, person: Person, like: str, now: datetime) -> None:
    """Write to every owner; the letter's facts hold a stranger's name, and are emptied once it is settled."""
    facts: dict[str, Any] = {"name": person.visitor.name, "username": person.visitor.username, "like": like}
    facts |= {"number": person.number, "who": person.member_id}
    staff.write_to(session, staff.reached(session), ALIKE, key=f"{like}:{person.member_id}", now=now, **facts)


def _monday(shop: Shop, now: datetime) -> date:
    today = shop.day(now)
    return today - timedelta(days=today.weekday())
