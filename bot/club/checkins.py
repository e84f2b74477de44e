"""Check-in: points once a shop-day, and a streak that our own outage does not break."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Date, Insert, Integer, bindparam, case, exists, func, select
from sqlmodel import Session

from bot.club import points
from bot.club.rules import Shop
from db.engine import insert_once, once
from db.hot import first
from db.members import MEMBERS
from db.points import CHECKINS, SHOP_DAYS

_latest = (
    select(CHECKINS.c.streak, MEMBERS.c.points)
    .join_from(CHECKINS, MEMBERS, MEMBERS.c.id == CHECKINS.c.member_id)
    .where(MEMBERS.c.id == bindparam("member"))
    .order_by(CHECKINS.c.day.desc())
    .limit(1)
)
_balance = select(MEMBERS.c.points).where(MEMBERS.c.id == bindparam("member"))


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What a check-in brought; not `fresh` the second time on a day. `to_prize` days are left to the next prize."""

    fresh: bool
    earned: int
    prize: int
    streak: int
    to_prize: int
    next_prize: int
    balance: int


def check_in(session: Session, member_id: int, shop: Shop, *, now: datetime) -> CheckedIn:
    """Check a member in for the shop-day of `now`. A second time on one day gives nothing and says what stands."""
    connection, rules, today = session.connection(), shop.rules.points, shop.day(now)
    paid = {"daily": rules.checkin, "cycle": rules.streak_days, "extra": rules.streak_prize}
    fresh = first(connection, _insert(connection.dialect.name), {"member": member_id, "today": today, **paid})
    if fresh is None:
        return _stands(session, member_id, shop)
    streak, earned = fresh
    prize = earned - rules.checkin
    balance = points.award(session, member_id, rules.checkin, "checkin", key=f"checkin:{member_id}:{today}", now=now)
    if prize:
        balance = points.award(session, member_id, prize, "streak", key=f"streak:{member_id}:{today}", now=now)
    if balance is None:
        balance = connection.execute(_balance, {"member": member_id}).scalar_one()
    return CheckedIn(True, earned, prize, streak, _to_prize(streak, shop), rules.streak_prize, balance)


def between(session: Session, member_id: int, first: date, last: date) -> dict[date, int]:
    """A member's check-ins from one day to another, both included: the points of each day."""
    came = select(CHECKINS.c.day, CHECKINS.c.points).where(
        CHECKINS.c.member_id == member_id, CHECKINS.c.day.between(first, last)
    )
    return {row.day: row.points for row in session.connection().execute(came)}


def open_day(session: Session, shop: Shop, *, now: datetime) -> None:
    """Note that the bot runs on this shop-day."""
    insert_once(session, SHOP_DAYS, day=shop.day(now))


@cache
def _insert(dialect: str) -> Insert:
    """Today, unless today or a later day is there. The streak goes on from the last day that the bot ran before."""
    member, today = bindparam("member", type_=Integer), bindparam("today", type_=Date)
    mine, day = CHECKINS.c.member_id == member, CHECKINS.c.day
    ran_last = select(func.max(SHOP_DAYS.c.day)).where(SHOP_DAYS.c.day < today).scalar_subquery()
    unbroken = mine, day < today, day >= func.coalesce(ran_last, day)
    so_far = select(CHECKINS.c.streak).where(*unbroken).order_by(day.desc()).limit(1).scalar_subquery()
    streak = select((func.coalesce(so_far, 0) + 1).label("streak")).subquery().c.streak
    extra = case((streak % bindparam("cycle", type_=Integer) == 0, bindparam("extra", type_=Integer)), else_=0)
    points = bindparam("daily", type_=Integer) + extra
    row = select(member, today, streak, points).where(~exists().where(mine, day >= today))
    insert = once(CHECKINS, dialect).from_select(["member_id", "day", "streak", "points"], row)
    return insert.returning(CHECKINS.c.streak, CHECKINS.c.points)


def _stands(session: Session, member_id: int, shop: Shop) -> CheckedIn:
    streak, balance = session.connection().execute(_latest, {"member": member_id}).one()
    return CheckedIn(False, 0, 0, streak, _to_prize(streak, shop), shop.rules.points.streak_prize, balance)


def _to_prize(streak: int, shop: Shop) -> int:
    cycle = shop.rules.points.streak_days
    return cycle - streak % cycle
