"""Keywords: what the shop answers whoever says one, such as its hours or its prices."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.club import audit
from bot.club.errors import ClubError, TooLong, TooMany
from bot.club.members import Person
from bot.club.names import folded
from bot.club.rules import TURNS
from bot.i18n import N_
from db.engine import one_at_a_time, tell
from db.keywords import KEYWORDS

BYTES = 45  # of a word: so that it fits on a button
ANSWER = 1000  # characters
MOST = 50
CHANGES = 0x6B_6579_776F  # "keywo", in PostgreSQL's numbers of advisory locks


class BadKeyword(ClubError):
    """A word that nobody would say, or that means something already."""

    says = N_("“{word}” cannot be a keyword: it must be a short word of its own that is no command's.")


class NoSuchKeyword(ClubError):
    """A word that is no keyword."""

    says = N_("“{word}” is no keyword. /keyword lists them.")


def current(session: Session) -> Mapping[str, str]:
    """The answer to each keyword, as it is looked up."""
    rows = session.connection().execute(select(KEYWORDS.c.folded, KEYWORDS.c.answer))
    return {row.folded: row.answer for row in rows}


def keep(session: Session, by: Person, word: str, answer: str, *, now: datetime) -> None:
    """Answer a word from now on; a former answer is replaced. Raises BadKeyword, TooLong, TooMany."""
    key = folded(word)
    if not key or len(key.encode()) > BYTES:
        raise BadKeyword(word=word[:40])
    if len(answer) > ANSWER:
        raise TooLong(limit=ANSWER)
    one_at_a_time(session, CHANGES)  # so that what is told of them is in order
    known = current(session)
    if key not in known and len(known) >= MOST:
        raise TooMany(limit=MOST)
    connection = session.connection()
    connection.execute(KEYWORDS.delete().where(KEYWORDS.c.folded == key))
    row = {"folded": key, "word": word, "answer": answer, "made_by": by.member_id, "made_at": now}
    connection.execute(KEYWORDS.insert(), row)
    audit.note(session, by.member_id, "keyword", now=now, keyword=word)
    tell(session, "words", (next(TURNS), "keywords", current(session)))


def remove(session: Session, by: Person, word: str, *, now: datetime) -> str:
    """Answer a word no longer. Returns it as it was written. Raises NoSuchKeyword."""
    one_at_a_time(session, CHANGES)  # so that what is told of them is in order
    if folded(word) not in current(session):  # a forged button may name what no database takes
        raise NoSuchKeyword(word=word[:40])
    gone = KEYWORDS.delete().where(KEYWORDS.c.folded == folded(word)).returning(KEYWORDS.c.word)
    written: str = session.connection().execute(gone).scalar_one()
    audit.note(session, by.member_id, "keyword remove", now=now, keyword=written)
    tell(session, "words", (next(TURNS), "keywords", current(session)))
    return written


def listed(session: Session) -> list[tuple[str, str]]:
    """Every keyword and its answer, in the order of the words."""
    rows = select(KEYWORDS.c.word, KEYWORDS.c.answer).order_by(KEYWORDS.c.folded)
    return [(word, answer) for word, answer in session.connection().execute(rows)]
