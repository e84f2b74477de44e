"""A member at the counter, as a clerk may see them: nothing private, and one sentence to say."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.club import coupons, members, suggestions
from bot.club.coupons import Issued
from bot.club.members import Named, Person, Who
from bot.club.suggestions import Suggested
from db.members import Member


@dataclass(frozen=True, slots=True)
class AtCounter:
    """A member at the counter: who, grade, good coupons, and what the clerk may say."""

    who: Named
    grade: str
    coupons: tuple[Issued, ...]
    say: Suggested | None


def show(session: Session, by: Person, who: Who, *, now: datetime) -> AtCounter:
    """What a clerk sees of the member whom they mean; the sentence counts as given.

    Raises UnknownMember, WhichMember.
    """
    member = members.find(session, who)
    say = suggestions.for_member(session, member.member_id)
    if say:
        suggestions.say(session, member.member_id, by.member_id, say, now=now)
    mine = coupons.wallet(session, member.member_id, now=now)
    return AtCounter(member, session.get_one(Member, member.member_id).grade, tuple(mine), say)
