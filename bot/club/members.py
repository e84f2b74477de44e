"""Who is known to the club: meeting people, their consent, their language, what may be sent to them."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import literal_column, union
from sqlmodel import Session, col, func, select, update

from bot.club import consents, erased, events, phones
from bot.club.errors import UnknownMember, WhichMember
from bot.club.names import narrow
from db.engine import insert_once, tell
from db.members import ACCOUNTS, MEMBERS, Account, Member
from db.profile import Answer
from db.staff import Staff

NOTIFY = ("all", "own", "none")
LEVELS = ("points", "deals", "messages", "group")  # of the blacklist; each stops what those before it stop
PAUSE = timedelta(days=30)
SEEN = timedelta(days=7)  # how exactly it is kept when somebody was seen last: keeping it costs an act of its own


class Role(IntEnum):
    """Who may do a thing; each may do what the ones before it may."""

    ANYONE = 0
    MEMBER = 1  # has consented; staff too
    CLERK = 2
    MANAGER = 3
    OWNER = 4


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone as a platform tells of them."""

    platform: str
    external_id: int
    name: str
    username: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone as the club knows them; what the doors hand to every handler."""

    visitor: Visitor
    account_id: int
    member_id: int
    name: str | None  # the one that they gave the club, or else the platform's
    locale: str | None
    consented: bool
    reachable: bool
    role: Role
    seen_at: datetime | None = None

    @property
    def number(self) -> str:
        """The member number, such as M0042."""
        return number(self.member_id)

    def seen(self, now: datetime) -> bool:
        """Whether it is kept already that they were here lately."""
        return self.seen_at is not None and now - self.seen_at < SEEN


@dataclass(frozen=True, slots=True)
class Named:
    """A member as staff see them in an answer."""

    member_id: int
    name: str | None

    @property
    def number(self) -> str:
        """The member number."""
        return number(self.member_id)


@dataclass(frozen=True, slots=True)
class Who:
    """A member as staff name one: by a reply (the author's id), or by @username, number, phone number or name."""

    platform: str
    words: str
    replied_to: int | None = None


def number(member_id: int) -> str:
    """The member number of an id."""
    return f"M{member_id:04d}"


def meet(session: Session, visitor: Visitor, *, private: bool, now: datetime) -> Person:
    """Know someone by their account, or begin to. `private`: they speak in the private chat, so they can be reached.

    Before consent neither name nor username is kept.
    """
    row = _look_up(session, visitor)
    if row is None:
        _begin(session, visitor, now)
        row = _look_up(session, visitor)
    assert row is not None
    account, member, role = row
    if private and not account.reachable:
        account.reachable = True
    if now - account.seen_at >= SEEN:
        account.seen_at = now
    if member.consent or role:  # no consent is needed of the staff
        _learn(session, account, visitor)
        member.name = member.name or visitor.name or None
        session.add(member)
    session.add(account)
    return _person(visitor, account, member, role)


def agree(session: Session, person: Person, *, now: datetime) -> bool:
    """Keep someone's consent to service, offers and family. Returns whether it is new."""
    fresh = session.exec(
        update(Member)
        .where(col(Member.id) == person.member_id, col(Member.consent).is_distinct_from(consents.VERSION))
        .values(consent=consents.VERSION, name=func.coalesce(col(Member.name), person.visitor.name or None))
    ).rowcount
    if fresh:
        consents.give(session, person.member_id, consents.AGREED, now=now)
        events.post(session, "member.joined", person.member_id, now=now, member=person.number)
    account = session.get_one(Account, person.account_id)
    _learn(session, account, person.visitor)
    tell(session, "member", person.member_id)
    return bool(fresh)


def speak(session: Session, person: Person, locale: str) -> None:
    """Keep the language that someone chose."""
    session.exec(update(Member).where(col(Member.id) == person.member_id).values(locale=locale))
    tell(session, "member", person.member_id)


def notify(session: Session, person: Person, choice: str, *, now: datetime) -> tuple[str, datetime | None]:
    """Keep what may be sent to someone: all, own, none, or `pause`: nothing for 30 days. Returns what stands now."""
    paused = choice == "pause"
    values: dict[str, Any] = {"quiet_until": now + PAUSE} if paused else {"notify": choice, "quiet_until": None}
    session.exec(update(Member).where(col(Member.id) == person.member_id).values(**values))
    return notified(session, person.member_id)


def notified(session: Session, member_id: int) -> tuple[str, datetime | None]:
    """What may be sent to a member, and until when they paused everything."""
    member = session.get_one(Member, member_id)
    return member.notify, member.quiet_until


def unreachable(session: Session, account_id: int) -> None:
    """An account that blocked the bot is not written to until it speaks again."""
    session.exec(update(Account).where(col(Account.id) == account_id).values(reachable=False))
    tell(session, "member", session.get_one(Account, account_id).member_id)


def reachable_on(session: Session, platform: str) -> list[int]:
    """The platform ids of those who can be written to there."""
    here = select(Account.external_id).where(Account.platform == platform, col(Account.reachable))
    return list(session.exec(here))


def standing(session: Session, member_id: int) -> tuple[str | None, str]:
    """A member's name and grade."""
    member = session.get_one(Member, member_id)
    return member.name, member.grade


def find(session: Session, who: Who) -> Named:
    """The member whom staff mean. Raises UnknownMember, WhichMember."""
    if who.replied_to is not None:
        here = select(Account.member_id).where(Account.platform == who.platform, Account.external_id == who.replied_to)
        means = col(Member.id).in_(here)
    else:
        means = _named(who.words)
    found = session.exec(
        select(Member).where(means, col(Member.erased_at).is_(None)).order_by(col(Member.id)).limit(6)
    ).all()
    if not found:
        raise UnknownMember(who=who.words[:40])
    if len(found) > 1:
        several = [Named(m.id or 0, m.name) for m in found]
        raise WhichMember(who=who.words[:40], numbers=", ".join(m.number for m in several), members=several)
    return Named(found[0].id or 0, found[0].name)


def count(session: Session) -> tuple[int, int, int]:
    """How many the club knows, how many of them agreed, how many can be written to."""
    reachable = select(func.count(func.distinct(Account.member_id))).where(col(Account.reachable))
    return (
        session.exec(select(func.count()).where(col(Member.erased_at).is_(None))).one(),
        session.exec(select(func.count()).where(col(Member.consent).is_not(None))).one(),
        session.exec(reachable).one(),
    )


def _look_up(session: Session, visitor: Visitor) -> tuple[Account, Member, str | None] | None:
    return session.exec(
        select(Account, Member, Staff.role)
        .select_from(Account)
        .join(Member)
        .outerjoin(Staff, col(Staff.member_id) == col(Member.id))
        .where(Account.platform == visitor.platform, Account.external_id == visitor.external_id)
    ).first()


def _begin(session: Session, visitor: Visitor, now: datetime) -> None:
    member = Member(met_at=now)
    session.add(member)
    session.flush()
    made = insert_once(
        session,
        ACCOUNTS,
        member_id=member.id,
        platform=visitor.platform,
        external_id=visitor.external_id,
        reachable=False,
        seen_at=now,
    )
    if made is None:  # two updates of a newcomer, side by side: the other one began
        session.delete(member)
        session.flush()
    elif member.id:
        had = erased.had(session, member.id, [f"blocked:{level}" for level in LEVELS])
        member.blocked = next((level for level in LEVELS if f"blocked:{level}" in had), None)


def _learn(session: Session, account: Account, visitor: Visitor) -> None:
    account.name, account.language = visitor.name or None, visitor.language
    account.username = visitor.username.lower() if visitor.username else None
    session.add(account)


def _person(visitor: Visitor, account: Account, member: Member, role: str | None) -> Person:
    least = Role.MEMBER if member.consent else Role.ANYONE
    return Person(
        visitor=visitor,
        account_id=account.id or 0,
        member_id=member.id or 0,
        name=member.name or visitor.name,
        locale=member.locale,
        consented=member.consent is not None,
        reachable=account.reachable,
        role=Role[role.upper()] if role else least,
        seen_at=account.seen_at,
    )


def _named(words: str) -> Any:
    """Those whom a word means: a member number (as the card's code holds it), @username, a phone, or a name."""
    who = narrow(words)
    if found := re.fullmatch(r"[mM](\d{1,9})", who):
        return col(Member.id) == int(found[1])
    if who.startswith("@"):
        owners = select(Account.member_id).where(Account.username == who[1:].lower())
        return col(Member.id).in_(owners)
    called = func.lower(words)
    either = union(
        select(MEMBERS.c.id).where(func.lower(MEMBERS.c.name) == called),
        select(ACCOUNTS.c.member_id).where(func.lower(ACCOUNTS.c.name) == called),
        *_of_phone(who),
    )
    return col(Member.id).in_(
        either
    )  # each by its index, and not one after the other of all, as PostgreSQL takes an OR


def _of_phone(who: str) -> list[Any]:
    """Those of a phone number, if it is one."""
    is_phone = col(Answer.field) == literal_column("'phone'")  # said outright, so that its index is found
    numbers = phones.meant(who)
    return [select(Answer.member_id).where(is_phone, col(Answer.value).in_(numbers))] if numbers else []


def as_consented(person: Person) -> Person:
    """The person as they are once they agreed."""
    return replace(person, consented=True, role=max(person.role, Role.MEMBER))
