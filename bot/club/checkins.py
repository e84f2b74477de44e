"""Check-in: points once a shop-day, and a streak that our own outage does not break."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from bot.club import points
from bot.club.rules import Shop
from db.engine import insert_once
from db.members import MEMBERS
from db.points import CHECKINS, SHOP_DAYS

_last = (
    select(CHECKINS.c.day, CHECKINS.c.streak)
    .where(CHECKINS.c.member_id == bindparam("member"))
    .order_by(CHECKINS.c.day.desc())
    .limit(1)
)
_open_between = select(func.count()).where(SHOP_DAYS.c.day > bindparam("after"), SHOP_DAYS.c.day < bindparam("before"))
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
    last = connection.execute(_last, {"member": member_id}).first()
    if last and last.day >= today:
        return _stands(session, member_id, shop, last.streak)
    streak = last.streak + 1 if last and _unbroken(session, last.day, today) else 1
    prize = rules.streak_prize if streak % rules.streak_days == 0 else 0
    earned = rules.checkin + prize
    if insert_once(session, CHECKINS, member_id=member_id, day=today, streak=streak, points=earned) is None:
        return _stands(session, member_id, shop, streak)
    balance = points.award(session, member_id, rules.checkin, "checkin", key=f"checkin:{member_id}:{today}", now=now)
    if prize:
        balance = points.award(session, member_id, prize, "streak", key=f"streak:{member_id}:{today}", now=now)
    if balance is None:
        balance = connection.execute(_balance, {"member": member_id}).scalar_one()
    return CheckedIn(True, earned, prize, streak, _to_prize(streak, shop), rules.streak_prize, balance)


def open_day(session: Session, shop: Shop, *, now: datetime) -> None:
    """Note that the bot runs on this shop-day."""
    insert_once(session, SHOP_DAYS, day=shop.day(now))


def _unbroken(session: Session, last: date, today: date) -> bool:
    """Whether the bot was down on every day between."""
    if last == today - timedelta(days=1):
        return True
    return not session.connection().execute(_open_between, {"after": last, "before": today}).scalar()


def _stands(session: Session, member_id: int, shop: Shop, streak: int) -> CheckedIn:
    balance = session.connection().execute(_balance, {"member": member_id}).scalar_one()
    return CheckedIn(False, 0, 0, streak, _to_prize(streak, shop), shop.rules.points.streak_prize, balance)


def _to_prize(streak: int, shop: Shop) -> int:
    cycle = shop.rules.points.streak_days
    return cycle - streak % cycle
