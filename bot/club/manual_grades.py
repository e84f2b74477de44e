"""Grades that staff give by hand, with a reason and an end: whatever the purchases say, until then."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.club import audit, grades, members, outbox, standings
from bot.club.cuts import GRADES
from bot.club.errors import ClubError
from bot.club.gifts import BadGrade
from bot.club.members import Named, Person, Role, Who
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_
from db.engine import insert_once
from db.members import MEMBERS
from db.standings import MANUAL_GRADES, ManualGrade


class OwnGrade(ClubError):
    """Staff changing their own grade."""

    says = N_("Nobody changes their own grade; please ask the owner.")


@dataclass(frozen=True, slots=True)
class Given:
    """A member's grade after staff spoke; `until` it ends, None where it never does or was `earned`."""

    who: Named
    grade: str
    until: datetime | None
    earned: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A grade by hand as managers read of it."""

    grade: str
    reason: str
    until: datetime | None
    by: Named


def give(
    session: Session, by: Person, who: Who, grade: str, until: str | None, reason: str, shop: Shop, *, now: datetime
) -> Given:
    """Give a member a grade, in the place of one by hand before; they are told.

    Raises UnknownMember, WhichMember, OwnGrade, BadGrade, BadTime.
    """
    named = _whose(session, by, who)
    if grade not in GRADES:
        raise BadGrade
    ends = read_when(until, shop, now=now, ends=now) if until else None
    standings.count(session, [named.member_id], shop, now=now)  # so that what is earned runs on below
    session.connection().execute(MANUAL_GRADES.delete().where(MANUAL_GRADES.c.member_id == named.member_id))
    about = {"grade": grade, "reason": reason, "until": ends, "set_by": by.member_id, "set_at": now}
    insert_once(session, MANUAL_GRADES, member_id=named.member_id, **about)
    grades.show(session, [named.member_id], shop, now=now)
    audit.note(session, by.member_id, "grade", named.member_id, now=now, grade=grade)
    facts = {"grade": grade, "reason": reason, "until": ends.isoformat() if ends else None}
    key = f"grade_given:{named.member_id}:{now.isoformat()}"
    outbox.to_member(session, "grade_given", named.member_id, key=key, now=now, **facts)
    return Given(named, grade, ends)


def take(session: Session, by: Person, who: Who, shop: Shop, *, now: datetime) -> Given:
    """Let a member's purchases decide again. Raises UnknownMember, WhichMember, OwnGrade."""
    named = _whose(session, by, who)
    session.connection().execute(MANUAL_GRADES.delete().where(MANUAL_GRADES.c.member_id == named.member_id))
    grades.review(session, [named.member_id], shop, now=now)
    grades.show(session, [named.member_id], shop, now=now)
    audit.note(session, by.member_id, "grade earned", named.member_id, now=now)
    grade = select(MEMBERS.c.grade).where(MEMBERS.c.id == named.member_id)
    return Given(named, session.connection().execute(grade).scalar_one(), None, earned=True)


def of(session: Session, member_id: int, *, now: datetime) -> Word | None:
    """What staff said of a member's grade that still holds."""
    row = session.get(ManualGrade, member_id)
    if row is None or (row.until and row.until <= now):
        return None
    return Word(row.grade, row.reason, row.until, Named(row.set_by, members.standing(session, row.set_by)[0]))


def _whose(session: Session, by: Person, who: Who) -> Named:
    named = members.find(session, who)
    if by.role < Role.OWNER and by.member_id == named.member_id:
        raise OwnGrade
    return named
