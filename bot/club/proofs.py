"""Proof that a phone number is somebody's own: their platform says so. Then what a list brought under it is theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal_column, select
from sqlmodel import Session

from bot.club import blacklist, matching, merges, profile
from bot.club.errors import ClubError
from bot.club.members import Person
from bot.club.phones import PROVEN
from bot.club.rules import Shop
from bot.i18n import N_
from db.imports import IMPORTED
from db.members import MEMBERS
from db.profile import ANSWERS


class NotYourContact(ClubError):
    """A contact of somebody else, or one that nobody vouches for."""

    says = N_("That is somebody else's number, which I do not keep. Please send /phone and tap the button there.")


@dataclass(frozen=True, slots=True)
class Proof:
    """A number that is somebody's own, what telling it earned, and what came over: from a list, if it was on one."""

    phone: str
    earned: int
    listed: bool
    points: int
    purchases: int


def prove(session: Session, person: Person, phone: str, shop: Shop, *, now: datetime) -> Proof:
    """Keep a number for which a platform vouched, and give its owner what a list brought under it. Raises BadPhone.

    What the blacklist said of them before they were erased goes on.
    """
    value, earned = profile.tell_field(session, person.member_id, "phone", phone, shop, now=now, source=PROVEN)
    blacklist.recall(session, person.member_id, now=now)
    came = [0, 0]
    listed = _from_lists(session, value)
    for member_id in listed:
        came = [sum(both) for both in zip(came, merges.having(session, member_id), strict=True)]
        merges.join(session, member_id, person.member_id, shop, now=now)
    return Proof(value, earned, bool(listed), *came)


def wanted(session: Session) -> bool:
    """Whether a list brought anybody who has not been here: only then a proof may bring something."""
    return session.connection().execute(select(IMPORTED.c.member_id).limit(1)).first() is not None


def _from_lists(session: Session, phone: str) -> list[int]:
    here = (
        select(MEMBERS.c.id)
        .join_from(MEMBERS, ANSWERS, ANSWERS.c.member_id == MEMBERS.c.id)
        .where(ANSWERS.c.field == literal_column("'phone'"), ANSWERS.c.value == phone)
        .where(MEMBERS.c.erased_at.is_(None), matching.without_account())
        .order_by(MEMBERS.c.id)
    )
    return list(session.connection().execute(here).scalars())
