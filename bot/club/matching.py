"""Whom the rows of a list mean: members who are known for certain. A phone number that somebody only typed is no proof.

Certain are the club's own number, a platform's account, a phone number that its platform vouched for, and the number of
somebody who came with a list and has not been here. Else whoever types a stranger's number would get what is theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, literal_column, or_, select
from sqlmodel import Session

from bot.club.cells import ACCOUNT
from bot.club.errors import ClubError
from bot.club.members import number
from bot.club.names import folded
from bot.club.phones import PROVEN
from bot.i18n import N_
from db.imports import IMPORTED
from db.members import ACCOUNTS, MEMBERS
from db.profile import ANSWERS

_is_phone = ANSWERS.c.field == literal_column("'phone'")  # said outright, so that its index is found


class NobodyHas(ClubError):
    """A row about somebody whom the club does not know."""

    says = N_("The club knows nobody with “{who}”. Import the list of members first.")


class OnlyTyped(ClubError):
    """A row about a phone number that a member only typed."""

    says = N_("{number} typed this phone number, which is no proof. Write {number} into a column “member number”.")


class SomebodyElse(ClubError):
    """A member number beside the name of another person."""

    says = N_("{number} is somebody else in this club. Take the number out if it is another club's.")


class NoSuchNumber(ClubError):
    """A member number that nobody has."""

    says = N_("Nobody here has the number {number}. Take it out if it is another club's.")


@dataclass(slots=True)
class Known:
    """The members whom some rows may mean: by phone, by account, by number with their name; and typed phones."""

    phones: dict[str, int] = field(default_factory=dict)
    typed: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    names: dict[int, str | None] = field(default_factory=dict)
    again: dict[str, int] = field(default_factory=dict)

    def means(self, facts: dict[str, Any]) -> int | None:
        """The member whom a row means, None for somebody new. Raises SomebodyElse, NoSuchNumber."""
        found = self.accounts.get(facts.get("account", "")) or self.phones.get(facts.get("phone", ""))
        said = facts.get("number")
        if said is None:
            return found or self.again.get(facts.get("again", ""))
        if said not in self.names and not found:
            raise NoSuchNumber(number=number(said))
        name = self.names.get(said)
        if found not in (None, said) or (name and "name" in facts and folded(name) != folded(facts["name"])):
            raise SomebodyElse(number=number(said))
        return int(said)

    def certainly(self, facts: dict[str, Any]) -> int:
        """The member whom a row means, who must be known. Raises NobodyHas, OnlyTyped, SomebodyElse, NoSuchNumber."""
        if (found := self.means(facts)) is not None:
            return found
        if typed := self.typed.get(facts.get("phone", "")):
            raise OnlyTyped(number=number(typed))
        raise NobodyHas(who=facts.get("phone") or facts.get("account") or "–")


def look(session: Session, rows: Sequence[dict[str, Any]]) -> Known:
    """Whom the club knows of those whom some rows may mean."""
    known = Known()
    _by_phone(session, {row["phone"] for row in rows if "phone" in row}, known)
    _by_account(session, {row["account"] for row in rows if "account" in row}, known)
    numbers = {row["number"] for row in rows if "number" in row}
    if numbers:
        here = select(MEMBERS.c.id, MEMBERS.c.name).where(MEMBERS.c.id.in_(numbers), MEMBERS.c.erased_at.is_(None))
        known.names = {row.id: row.name for row in session.connection().execute(here)}
    if again := {row["again"] for row in rows if "again" in row}:
        mine = select(IMPORTED.c.key, IMPORTED.c.member_id).where(IMPORTED.c.key.in_(again))
        known.again = {row.key: row.member_id for row in session.connection().execute(mine)}
    return known


def having_phone(session: Session, phone: str) -> list[int]:
    """The members with a phone number: those who proved it, else those from a list, else those who only typed it."""
    rows = _with_phones(session, {phone})
    proven = [row.id for row in rows if row.source == PROVEN]
    return proven or [row.id for row in rows if row.unseen] or [row.id for row in rows]


def without_account() -> ColumnElement[bool]:
    """The members who came with a list and have not been here."""
    return ~exists().where(ACCOUNTS.c.member_id == MEMBERS.c.id)


def may_be_told_of() -> ColumnElement[bool]:
    """The members about whom a list may add something: not those who were here and never agreed."""
    return or_(MEMBERS.c.consent.is_not(None), without_account())


def _by_phone(session: Session, phones: Iterable[str], known: Known) -> None:
    if not phones:
        return
    rows = _with_phones(session, phones)
    for row in sorted(rows, key=lambda row: row.source != PROVEN):  # who proved it comes before a list's row
        certain = row.source == PROVEN or row.unseen
        (known.phones if certain else known.typed).setdefault(row.value, row.id)


def _with_phones(session: Session, phones: Iterable[str]) -> Sequence[Row[Any]]:
    here = (
        select(ANSWERS.c.value, ANSWERS.c.source, MEMBERS.c.id, without_account().label("unseen"))
        .join_from(ANSWERS, MEMBERS, MEMBERS.c.id == ANSWERS.c.member_id)
        .where(_is_phone, ANSWERS.c.value.in_(phones), MEMBERS.c.erased_at.is_(None))
        .order_by(MEMBERS.c.id)
    )
    return session.connection().execute(here).all()


def _by_account(session: Session, accounts: Iterable[str], known: Known) -> None:
    for account in accounts:
        if found := ACCOUNT.fullmatch(account):
            here = ACCOUNTS.c.platform == found[1], ACCOUNTS.c.external_id == int(found[2])
            member_id = session.connection().execute(select(ACCOUNTS.c.member_id).where(*here)).scalar()
            if member_id:
                known.accounts[account] = member_id
