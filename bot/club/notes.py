"""What staff note about a member, and what they said themselves at the door: tags and sentences.

Members see them under /mydata, and nowhere else.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from bot.club import audit, departures, members
from bot.club.errors import NoTag, TooLong, TooMany
from bot.club.members import Named, Person, Who
from bot.club.rules import Shop
from db.engine import insert_once
from db.notes import TAGS, Note, Tag

TAG = 30  # characters
TAGS_EACH = 20  # tags of a member
NOTE = 500  # characters

# The first tags that a shop finds: whom to speak to about sharing, and what somebody cares about.
SEEDS = (
    "office sharer",
    "cares about: taste",
    "cares about: health",
    "cares about: price",
    "cares about: gifts",
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A sentence about a member: by whom (their number), when."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notes:
    """What is noted about a member: the tags in order of the alphabet, the latest sentences first."""

    who: Named
    tags: tuple[str, ...]
    notes: tuple[Noted, ...]


def tidy(tag: str) -> str:
    """A tag as it is kept, however it was typed."""
    return " ".join(unicodedata.normalize("NFKC", tag).casefold().split())


def tag(session: Session, by: Person, who: Who, tags: Iterable[str], shop: Shop, *, now: datetime) -> Notes:
    """Put tags to a member. Returns what is noted then. Raises UnknownMember, WhichMember, TooLong, TooMany."""
    member = members.find(session, who)
    fresh = sorted({tidy(each) for each in tags} - {""})
    if any(len(each) > TAG for each in fresh):
        raise TooLong(limit=TAG)
    for each in fresh:
        if insert_once(session, TAGS, member_id=member.member_id, tag=each, tagged_by=by.member_id, tagged_at=now):
            audit.note(session, by.member_id, "tag", member.member_id, now=now)
            departures.told(session, departures.TAG, [(member.member_id, each)], shop, now=now)
    having = select(func.count()).where(Tag.member_id == member.member_id)
    if session.exec(having).one() > TAGS_EACH:
        raise TooMany(limit=TAGS_EACH)
    return about(session, member)


def untag(session: Session, by: Person, who: Who, tags: Iterable[str], *, now: datetime) -> Notes:
    """Take tags from a member. Returns what is noted then. Raises UnknownMember, WhichMember, NoTag."""
    member = members.find(session, who)
    for each in {tidy(each) for each in tags} - {""}:
        worn = (col(Tag.member_id) == member.member_id, col(Tag.tag) == each)
        if not session.exec(delete(Tag).where(*worn)).rowcount:
            raise NoTag(tag=each[:TAG], number=member.number)
        audit.note(session, by.member_id, "untag", member.member_id, now=now)
    return about(session, member)


def note(session: Session, by: Person, who: Who, words: str, *, now: datetime) -> Notes:
    """Note a sentence about a member. Raises UnknownMember, WhichMember, TooLong."""
    member = members.find(session, who)
    keep(session, member.member_id, words, by=by.member_id, now=now)
    audit.note(session, by.member_id, "note", member.member_id, now=now)
    return about(session, member)


def keep(session: Session, member_id: int, words: str, *, by: int, now: datetime) -> None:
    """Keep a sentence about a member, by staff or in their own words. Raises TooLong."""
    if len(words) > NOTE:
        raise TooLong(limit=NOTE)
    session.add(Note(member_id=member_id, words=words, noted_by=by, noted_at=now))
    session.flush()


def seen(session: Session, who: Who) -> Notes:
    """What is noted about the member whom staff mean. Raises UnknownMember, WhichMember."""
    return about(session, members.find(session, who))


def about(session: Session, member: Named, count: int = 5) -> Notes:
    """What is noted about a member."""
    tags = session.exec(select(Tag.tag).where(Tag.member_id == member.member_id).order_by(Tag.tag))
    latest = select(Note).where(Note.member_id == member.member_id).order_by(col(Note.id).desc()).limit(count)
    notes = tuple(Noted(n.words, members.number(n.noted_by), n.noted_at) for n in session.exec(latest))
    return Notes(member, tuple(tags), notes)
