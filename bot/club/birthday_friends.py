"""Friends who are brought in a birthday week: both of them get more for it, where the rule says so."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club.entry import NO_MORE, more
from bot.club.rules import Shop
from db.points import BOOSTS


@dataclass(frozen=True, slots=True)
class Gifts:
    """What a friend who counts brings whoever invited them, and the friend; whether more, for a birthday."""

    points: int
    friend_points: int
    birthday: bool = False


def gifts(session: Session, referrer_id: int, opened_at: datetime, shop: Shop) -> Gifts:
    """What a friend brings who came at some time."""
    rules = shop.rules.referral
    if week(session, referrer_id, shop, now=opened_at) is None:
        return Gifts(rules.points, rules.friend_points)
    return Gifts(more(rules.birthday, rules.points), more(rules.birthday, rules.friend_points), birthday=True)


def week(session: Session, member_id: int, shop: Shop, *, now: datetime) -> date | None:
    """The last day of a member's birthday week, in which friends bring more; None where it is not now or never."""
    if shop.rules.referral.birthday == NO_MORE:
        return None
    today = shop.day(now)
    around = BOOSTS.c.member_id == member_id, BOOSTS.c.first_day <= today, BOOSTS.c.last_day >= today
    last: date | None = session.connection().execute(select(func.max(BOOSTS.c.last_day)).where(*around)).scalar()
    return last
