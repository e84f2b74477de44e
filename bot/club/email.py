"""E-mail, the second channel: for members who gave an address, as long as no chat of theirs can be reached.

An address is an account of its member like any other, so a letter is written to it as to any other. Where it leads is
the answer in the profile; that it may be used is a consent of its own, given with the address and withdrawn by a link
in each mail, or under /notify.
"""

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, literal, select
from sqlmodel import Session

from bot.club import consents
from bot.club.letters import KINDS, Verdict
from bot.club.outbox import best_first
from bot.club.rules import Shop
from db.consents import CONSENTS
from db.engine import insert_once, tell
from db.members import ACCOUNTS, EMAIL, MEMBERS
from db.outbox import LETTERS
from db.profile import ANSWERS

APART = timedelta(seconds=1)  # between two mails
AT_ONCE = 2  # mails under way: the chats' letters need the room
ITS_TURN = "its turn among the e-mails"

_own = (ANSWERS.c.member_id == bindparam("member"), ANSWERS.c.field == EMAIL)
_address = select(ANSWERS.c.value, ANSWERS.c.told_at).where(*_own)
_chats = select(ACCOUNTS).where(ACCOUNTS.c.member_id == bindparam("member"), ACCOUNTS.c.platform != EMAIL)
_chat = _chats.order_by(*best_first()).limit(1)


@dataclass(slots=True)
class Turns:
    """When the next mail may go. Held by the sender, so that a thousand mails are looked at once each."""

    free: datetime | None = None

    def wait(self, session: Session, letter: Row[Any], going: Sized, now: datetime) -> Verdict | None:
        """A mail goes at its turn, unless those before it, or that are `going` with it, are still under way."""
        full = _under_way(session) + len(going) >= AT_ONCE
        turn = self._take(now + APART) if full else now if letter.reason == ITS_TURN else self._take(now)
        return Verdict(turn, reason=ITS_TURN) if turn > now else None

    def _take(self, now: datetime) -> datetime:
        at = max(self.free or now, now)
        self.free = at + APART
        return at


def told(session: Session, member_id: int, shop: Shop, *, now: datetime) -> None:
    """An address was given, or changed: letters may go there. Who wished for no e-mail stays without."""
    if not _ever(session, member_id):
        consents.give(session, member_id, [EMAIL], now=now)
    if shop.email:
        _open(session, member_id, now)


def cleared(session: Session, member_id: int) -> None:
    """The address is gone, and no letter goes there."""
    _mark(session, member_id, reachable=False)


def leave(session: Session, member_id: int, *, now: datetime) -> None:
    """No more e-mail for a member; the chat is not touched by it."""
    consents.withdraw(session, member_id, EMAIL, now=now)
    _mark(session, member_id, reachable=False)


def back(session: Session, member_id: int, shop: Shop, *, now: datetime) -> None:
    """E-mail again, for who wishes for it: if the address is still good."""
    consents.give(session, member_id, [EMAIL], now=now)
    if shop.email:
        _open(session, member_id, now)


def wished(session: Session, member_id: int) -> bool | None:
    """Whether a member who gave an address takes e-mail; None for one who gave none."""
    if session.connection().execute(_address, {"member": member_id}).first() is None:
        return None
    return consents.given(session, member_id, EMAIL)


def prepare(session: Session, *, now: datetime) -> int:
    """Make accounts of the addresses that members gave before there was a mail server. Returns how many."""
    theirs = ANSWERS.c.field == EMAIL, ANSWERS.c.source == "member"
    known = select(ACCOUNTS.c.id).where(ACCOUNTS.c.platform == EMAIL, ACCOUNTS.c.external_id == ANSWERS.c.member_id)
    agreed = select(MEMBERS.c.id).where(MEMBERS.c.id == ANSWERS.c.member_id, MEMBERS.c.consent.is_not(None))
    new = select(ANSWERS.c.member_id).where(*theirs, ~known.exists(), agreed.exists())
    found: Iterable[int] = session.connection().execute(new).scalars().all()
    many = 0
    for many, member_id in enumerate(found, 1):  # noqa: B007 (what is left of it is how many)
        if not _ever(session, member_id):
            consents.give(session, member_id, [EMAIL], now=now)
        _open(session, member_id, now)
    return many


def readdressed(session: Session, letter: Row[Any], shop: Shop) -> bool:
    """Write a letter that is due to another account, where its member is reached by that one.

    From a chat that is closed to e-mail, and back to a chat that is open again.
    """
    mail = letter.platform == EMAIL
    if letter.member_id is None or (letter.reachable and not mail):
        return False
    chat = session.connection().execute(_chat, {"member": letter.member_id}).first()
    if chat and chat.reachable:
        other = int(chat.id) if mail else None
    else:
        other = _reached(session, letter.member_id) if goes(letter.kind, shop) and not mail else None
    if other is None:
        return False
    session.connection().execute(LETTERS.update().where(LETTERS.c.id == letter.id).values(account_id=other))
    return True


def catches(session: Session, letter: Row[Any]) -> bool:
    """Whether a letter that came back from a chat can go by e-mail."""
    if letter.member_id is None or not KINDS[letter.kind].by_email:
        return False
    return _reached(session, letter.member_id) not in (None, letter.account_id)


def goes(kind: str, shop: Shop) -> bool:
    """Whether letters of a kind go by e-mail."""
    return shop.email and KINDS[kind].by_email


def address(session: Session, member_id: int) -> str:
    """Where the e-mail of a member leads at this moment."""
    return str(session.connection().execute(_address, {"member": member_id}).one().value)


def speaks(session: Session, member_id: int) -> tuple[str | None, str | None]:
    """The language that a reader of e-mail chose, and that of their client."""
    theirs = (ACCOUNTS.c.member_id == member_id, ACCOUNTS.c.platform == EMAIL)
    look = select(MEMBERS.c.locale, ACCOUNTS.c.language).join(ACCOUNTS, ACCOUNTS.c.member_id == MEMBERS.c.id)
    row = session.connection().execute(look.where(*theirs)).first()
    return (row.locale, row.language) if row else (None, None)


def _open(session: Session, member_id: int, now: datetime) -> None:
    """Let an address be written to, unless its member wants no e-mail, or a letter came back since it was told."""
    here = session.connection().execute(_address, {"member": member_id}).first()
    if here is None:
        return
    chat = session.connection().execute(_chat, {"member": member_id}).first()
    about = {"member_id": member_id, "platform": EMAIL, "external_id": member_id}
    about |= {"language": chat.language if chat else None}
    insert_once(session, ACCOUNTS, **about, reachable=False, seen_at=now)
    good = consents.given(session, member_id, EMAIL) and not _came_back(session, member_id, here.told_at)
    _mark(session, member_id, reachable=good)


def _mark(session: Session, member_id: int, *, reachable: bool) -> None:
    theirs = (ACCOUNTS.c.member_id == member_id, ACCOUNTS.c.platform == EMAIL)
    session.connection().execute(ACCOUNTS.update().where(*theirs).values(reachable=reachable))
    tell(session, "member", member_id)


def _under_way(session: Session) -> int:
    """How many mails are under way."""
    going = select(func.count()).select_from(LETTERS).join(ACCOUNTS, ACCOUNTS.c.id == LETTERS.c.account_id)
    here = (LETTERS.c.state == "sending", ACCOUNTS.c.platform == EMAIL)
    return int(session.connection().execute(going.where(*here)).scalar_one())


def _ever(session: Session, member_id: int) -> bool:
    """Whether a member ever said yes or no to e-mail."""
    said = select(CONSENTS.c.id).where(CONSENTS.c.member_id == member_id, CONSENTS.c.purpose == EMAIL).limit(1)
    return session.connection().execute(said).first() is not None


def _came_back(session: Session, member_id: int, since: datetime) -> bool:
    mails = select(literal(1)).join_from(LETTERS, ACCOUNTS, ACCOUNTS.c.id == LETTERS.c.account_id)
    back_again = (LETTERS.c.member_id == member_id, LETTERS.c.state == "blocked", LETTERS.c.settled_at >= since)
    here = mails.where(*back_again, ACCOUNTS.c.platform == EMAIL).limit(1)
    return session.connection().execute(here).first() is not None


def _reached(session: Session, member_id: int) -> int | None:
    mine = select(ACCOUNTS.c.id).where(
        ACCOUNTS.c.member_id == member_id, ACCOUNTS.c.platform == EMAIL, ACCOUNTS.c.reachable
    )
    found: int | None = session.connection().execute(mine).scalar()
    return found
