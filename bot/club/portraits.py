"""A member on one page, for managers: everything the club knows of them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from bot.club import blacklist, coupons, links, manual_grades, members, notes, profile, ratings, rfm, spending
from bot.club.blacklist import Listed
from bot.club.manual_grades import Word
from bot.club.members import Named, Who
from bot.club.notes import Notes
from bot.club.profile import Known
from bot.club.ratings import Rated
from bot.club.rfm import Scores
from bot.club.rules import Shop
from bot.club.spending import Spending
from db.members import Account, Member
from db.points import CheckIn


@dataclass(frozen=True, slots=True)
class Portrait:
    """A member as a manager sees them."""

    who: Named
    grade: str
    points: int
    met_at: datetime
    agreed: bool
    reachable: bool
    notify: str
    last_check_in: date | None
    coupons: int
    spending: Spending
    scores: Scores | None
    by_hand: Word | None
    fields: tuple[Known, ...]
    notes: Notes
    ratings: tuple[Rated, ...]
    listed: Listed | None
    came_by: str | None  # a named link


def of(session: Session, who: Who, shop: Shop, *, now: datetime) -> Portrait:
    """All that is known of the member whom staff mean. Raises UnknownMember, WhichMember."""
    named = members.find(session, who)
    member = session.get_one(Member, named.member_id)
    reached = select(func.count()).where(Account.member_id == named.member_id, col(Account.reachable))
    return Portrait(
        who=named,
        grade=member.grade,
        points=member.points,
        met_at=member.met_at,
        agreed=member.consent is not None,
        reachable=session.exec(reached).one() > 0,
        notify=member.notify,
        last_check_in=session.exec(select(func.max(CheckIn.day)).where(CheckIn.member_id == named.member_id)).one(),
        coupons=len(coupons.wallet(session, named.member_id, now=now)),
        spending=spending.of(session, named.member_id),
        scores=rfm.of(session, named.member_id, shop, now=now),
        by_hand=manual_grades.of(session, named.member_id, now=now),
        fields=tuple(field for field in profile.known(session, named.member_id, shop) if field.value),
        notes=notes.about(session, named),
        ratings=tuple(ratings.latest(session, named.member_id)),
        listed=blacklist.stands(session, named.member_id),
        came_by=links.came_by(session, named.member_id),
    )
