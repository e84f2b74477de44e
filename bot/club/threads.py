"""What members ask the shop, and the answers, back and forth.

A question goes to everybody of the staff. Who answers first has it: the others are told, and what the member says next
comes to that one alone, until they hand it over or a colleague takes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from bot.club import audit, blacklist, conversations, outbox, staff
from bot.club.blacklist import NotForYou
from bot.club.errors import BadWords, ClubError, StaleButton, TooLong
from bot.club.letters import Rank
from bot.club.members import Named, Person, Role
from bot.i18n import N_
from db.engine import insert_once
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS
from db.threads import THREAD_LINES, THREADS, ThreadLine

LONGEST = 800  # UTF-16 units of a word, so that it fits under a picture
GOES_ON = timedelta(days=3)  # within which the next question belongs to the last one
AT_ONCE = 5  # words of a member that may wait for an answer
LISTED = 10  # open ones on a page
QUESTION, ANSWER, TAKEN = "thread", "thread_answer", "thread_taken"  # kinds of letters
ASK = "ask"  # what the conversation waits for


class Enough(ClubError):
    """More questions than somebody can have open."""

    says = N_("Your questions are with the shop already; please wait for the answer.")


class TakenBy(ClubError):
    """An answer to what a colleague answers."""

    says = N_("{whom} was faster and answers this one. /ask shows what is open, and lets you take it over.")


@dataclass(frozen=True, slots=True)
class Line:
    """One word: in which thread, whose thread that is, who says it. `taken_by` answers the thread."""

    id: int
    thread: int
    who: Named
    by: Named
    words: str
    photo: str | None  # platform:number
    at: datetime
    taken_by: Named | None


def begin(session: Session, person: Person, *, now: datetime) -> None:
    """Wait for a member's question."""
    conversations.ask(session, person.account_id, ASK, now=now)


def ask(session: Session, person: Person, words: str, photo: str | None = None, *, key: str, now: datetime) -> bool:
    """Put a question to the shop; one soon after another belongs to it. Returns whether anybody could be told now.

    Raises BadWords, TooLong, Enough, and NotForYou to who gets no letters.
    """
    _speakable(words, photo)
    if blacklist.stops(session, person.member_id, blacklist.MESSAGES):
        raise NotForYou
    conversations.close(session, person.account_id)
    thread = _under_way(session, person, now)
    if thread is None:
        about = {"member_id": person.member_id, "account_id": person.account_id, "state": "waiting"}
        made = THREADS.insert().values(**about, asked_at=now, said_at=now).returning(THREADS)
        thread = session.connection().execute(made).one()
    elif _waiting_words(session, thread) >= AT_ONCE:
        raise Enough
    _become(session, thread.id, state="waiting", said_at=now, account_id=person.account_id)
    line = _say(session, thread.id, person, words, photo, key, now)
    return _tell(session, QUESTION, line, _listeners(session, thread), now)


def say(
    session: Session, person: Person, thread_id: int, words: str, photo: str | None, *, key: str, now: datetime
) -> Line | bool:
    """Go on in a thread: its member asks on, the staff answer. Raises what `ask` and `answer` raise."""
    thread = _one(session, thread_id)
    if thread.member_id == person.member_id:
        return ask(session, person, words, photo, key=key, now=now)
    if person.role < Role.CLERK:
        raise StaleButton
    return answer(session, person, thread_id, words, photo, key=key, now=now)


def answer(
    session: Session, by: Person, thread_id: int, words: str, photo: str | None = None, *, key: str, now: datetime
) -> Line:
    """Answer a member; who is first has the thread, and the colleagues are told.

    Raises BadWords, TooLong, TakenBy, StaleButton.
    """
    _speakable(words, photo)
    conversations.close(session, by.account_id)
    thread = _one(session, thread_id)
    first = _become(session, thread_id, THREADS.c.taken_by.is_(None), taken_by=by.member_id)
    if not first and not _become(session, thread_id, THREADS.c.taken_by == by.member_id, said_at=now):
        raise TakenBy(whom=_named(session, _one(session, thread_id).taken_by))
    answered = {"answered_at": now} if thread.answered_at is None else {}
    _become(session, thread_id, state="answered", said_at=now, **answered)
    line = _say(session, thread_id, by, words, photo, key, now)
    audit.note(session, by.member_id, "ask answer", thread.member_id, now=now)
    _tell(session, ANSWER, line, [(thread.account_id, thread.member_id)], now)
    if first:
        _tell(session, TAKEN, line, _staff(session, but=(by.member_id, thread.member_id)), now)
    return one(session, line)


def hand_over(session: Session, by: Person, thread_id: int, *, now: datetime) -> Named:
    """Leave a thread to the colleagues, who are asked again. Returns its member. Raises StaleButton."""
    thread = _one(session, thread_id)
    if not _become(session, thread_id, THREADS.c.taken_by == by.member_id, taken_by=None, state="waiting"):
        raise StaleButton
    audit.note(session, by.member_id, "ask over", thread.member_id, now=now)
    last = _last(session, thread)
    _tell(session, QUESTION, last, _staff(session, but=(by.member_id, thread.member_id)), now)
    return _named(session, thread.member_id)


def take(session: Session, by: Person, thread_id: int, *, now: datetime) -> Line:
    """Take over a thread that waits, whoever had it, and wait for one's answer. Raises StaleButton."""
    thread = _one(session, thread_id)
    if thread.member_id == by.member_id:
        raise StaleButton
    if thread.taken_by not in (None, by.member_id):
        if not _become(session, thread_id, THREADS.c.state == "waiting", taken_by=by.member_id):
            raise TakenBy(whom=_named(session, thread.taken_by))
        audit.note(session, by.member_id, "ask take", thread.member_id, now=now)
    conversations.ask(session, by.account_id, QUESTION, now=now, thread=thread_id)
    return one(session, _last(session, thread))


def drop(session: Session, by: Person, thread_id: int, *, now: datetime) -> Named:
    """Let a thread rest that wants no answer. Raises StaleButton."""
    thread = _one(session, thread_id)
    if not _become(session, thread_id, THREADS.c.state == "waiting", state="dropped"):
        raise StaleButton
    audit.note(session, by.member_id, "ask drop", thread.member_id, now=now)
    return _named(session, thread.member_id)


def go_on(session: Session, person: Person, thread_id: int, *, now: datetime) -> None:
    """Wait for a member's next word in their own thread. Raises StaleButton."""
    if _one(session, thread_id).member_id != person.member_id:
        raise StaleButton
    conversations.ask(session, person.account_id, QUESTION, now=now, thread=thread_id)


def rate(session: Session, person: Person, thread_id: int, stars: int) -> None:
    """Keep how content a member is with the answers. Raises StaleButton."""
    mine = (THREADS.c.member_id == person.member_id) & THREADS.c.answered_at.is_not(None)
    if not _become(session, thread_id, mine, stars=stars):
        raise StaleButton


def replied(session: Session, person: Person, message_id: int) -> tuple[int | None, bool]:
    """The thread of a message that somebody replies to, in their chat; None where it is none of a thread's.

    And whether that may soon be another: a letter about one may have reached them of which that is not known yet. This
    is asked first, or what is settled in between would be missed.
    """
    under_way = select(LETTERS.c.id).where(*_letters_to(person), LETTERS.c.state == "sending").limit(1)
    soon = session.connection().execute(under_way).first() is not None
    here = select(LETTERS.c.facts).where(*_letters_to(person), LETTERS.c.message_id == message_id)
    facts = session.connection().execute(here).scalars().first()
    if not facts:
        return None, soon
    thread = select(THREAD_LINES.c.thread_id).where(THREAD_LINES.c.id == facts["line"])
    return session.connection().execute(thread).scalar(), soon


def waiting(session: Session) -> list[Line]:
    """The threads that wait for the shop, the oldest first, each by its last word."""
    open_ones = select(THREADS).where(THREADS.c.state == "waiting").order_by(THREADS.c.asked_at).limit(LISTED)
    return [one(session, _last(session, thread)) for thread in session.connection().execute(open_ones).all()]


def one(session: Session, line_id: int) -> Line:
    """A word with all that is told of it."""
    told = select(THREAD_LINES, THREADS.c.member_id, THREADS.c.taken_by).join(THREADS)
    row = session.connection().execute(told.where(THREAD_LINES.c.id == line_id)).one()
    taken = _named(session, row.taken_by) if row.taken_by else None
    who, by = _named(session, row.member_id), _named(session, row.said_by)
    return Line(row.id, row.thread_id, who, by, row.words, row.photo, row.said_at, taken)


def over(session: Session, line_id: int) -> str | None:
    """Why a letter about a word makes no sense any more."""
    return None if session.get(ThreadLine, line_id) else "erased"


def carried(session: Session, line_id: int) -> dict[str, Any]:
    """What a letter tells of a word, with its picture."""
    line = one(session, line_id)
    return {"said": line, "kept_photo": line.photo or ""}


def _speakable(words: str, photo: str | None) -> None:
    if not (words.strip() or photo):
        raise BadWords
    if len(words.encode("utf-16-le")) // 2 > LONGEST:
        raise TooLong(limit=LONGEST)


def _under_way(session: Session, person: Person, now: datetime) -> Any:
    """The thread that a member's next question belongs to, None where it begins one."""
    mine = THREADS.c.member_id == person.member_id, THREADS.c.said_at > now - GOES_ON, THREADS.c.state != "dropped"
    latest = select(THREADS).where(*mine).order_by(THREADS.c.id.desc()).limit(1)
    return session.connection().execute(latest).first()


def _waiting_words(session: Session, thread: Any) -> int:
    """How many words of a member came since the shop's last one."""
    words = select(THREAD_LINES.c.said_by).where(THREAD_LINES.c.thread_id == thread.id)
    latest = session.connection().execute(words.order_by(THREAD_LINES.c.id.desc()).limit(AT_ONCE)).scalars().all()
    return len(latest) if all(by == thread.member_id for by in latest) else 0


def _say(session: Session, thread_id: int, by: Person, words: str, photo: str | None, key: str, now: datetime) -> int:
    about = {"thread_id": thread_id, "said_by": by.member_id, "words": words.strip(), "photo": photo}
    line = insert_once(session, THREAD_LINES, key=key, said_at=now, **about)
    if line is None:
        raise StaleButton
    return line


def _tell(session: Session, kind: str, line: int, whom: Iterable[tuple[int, int]], now: datetime) -> bool:
    """Leave a letter about a word to some people. Returns whether any of them can be reached."""
    reachable = False
    for account_id, member_id in whom:
        key = f"{kind}:{line}:{member_id}:{now.isoformat()}"
        outbox.post(session, kind, key=key, now=now, account_id=account_id, member_id=member_id, line=line)
        here = select(ACCOUNTS.c.reachable).where(ACCOUNTS.c.id == account_id)
        reachable = reachable or bool(session.connection().execute(here).scalar())
    return reachable


def _listeners(session: Session, thread: Any) -> list[tuple[int, int]]:
    """Who hears a member's word: who answers the thread, if that one still works here, else everybody."""
    everybody = _staff(session, but=(thread.member_id,))
    return [each for each in everybody if each[1] == thread.taken_by] or everybody


def _staff(session: Session, but: tuple[int, ...]) -> list[tuple[int, int]]:
    return [each for each in staff.reached(session, staff.ROLES[0]) if each[1] not in but]


def _become(session: Session, thread_id: int, *still: Any, **values: Any) -> bool:
    """Change a thread if it still is so. Returns whether it was."""
    here = THREADS.update().where(THREADS.c.id == thread_id, *still).values(**values)
    return bool(session.connection().execute(here).rowcount)


def _one(session: Session, thread_id: int) -> Any:
    thread = session.connection().execute(select(THREADS).where(THREADS.c.id == thread_id)).first()
    if thread is None:
        raise StaleButton
    return thread


def _letters_to(person: Person) -> tuple[ColumnElement[bool], ...]:
    """Letters about threads to somebody, in the chat where they speak."""
    mine = (LETTERS.c.member_id == person.member_id, LETTERS.c.account_id == person.account_id)
    return *mine, LETTERS.c.rank == Rank.TRANSACTIONAL, LETTERS.c.kind.in_((QUESTION, ANSWER, TAKEN))


def _last(session: Session, thread: Any) -> int:
    """The last word of a thread's member."""
    theirs = THREAD_LINES.c.thread_id == thread.id, THREAD_LINES.c.said_by == thread.member_id
    latest = select(THREAD_LINES.c.id).where(*theirs).order_by(THREAD_LINES.c.id.desc()).limit(1)
    return int(session.connection().execute(latest).scalar_one())


def _named(session: Session, member_id: int | None) -> Named:
    name = session.connection().execute(select(MEMBERS.c.name).where(MEMBERS.c.id == member_id)).scalar()
    return Named(member_id or 0, name)
