"""Check-in: points once a shop-day, and a streak that our own outage does not break."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import Date, Insert, Integer, bindparam, case, exists, func, select
from sqlmodel import Session

from bot.club import blacklist, earnings, points
from bot.club.errors import ClubError
from bot.club.rules import PointRules, Shop
from bot.i18n import N_
from db.engine import insert_once, once
from db.hot import first
from db.members import MEMBERS
from db.points import CHECKINS, ENTRIES, SHOP_DAYS

_latest = (
    select(CHECKINS.c.streak, MEMBERS.c.points)
    .join_from(CHECKINS, MEMBERS, MEMBERS.c.id == CHECKINS.c.member_id)
    .where(MEMBERS.c.id == bindparam("member"))
    .order_by(CHECKINS.c.day.desc())
    .limit(1)
)
_balance = select(MEMBERS.c.points).where(MEMBERS.c.id == bindparam("member"))


class CheckInTooEarly(ClubError):
    """A check-in by somebody who is new, where the owner asks for some hours in the club before the first points."""

    says = N_("You are new here, and welcome! Your first check-in works from {opens} on.")


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What a check-in brought; not `fresh` the second time on a day. `to_prize` days are left to the next prize.

    `capped`: today's cap left less than there was to earn; `barred`: who is on the blacklist earns nothing.
    """

    fresh: bool
    earned: int
    prize: int
    streak: int
    to_prize: int
    next_prize: int
    balance: int
    capped: bool = False
    barred: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """What a day's check-in brought, and whether a streak's prize was in it."""

    points: int
    prize: bool


def check_in(session: Session, member_id: int, shop: Shop, *, now: datetime) -> CheckedIn:
    """Check a member in for the shop-day of `now`. A second time on one day gives nothing and says what stands.

    Raises CheckInTooEarly.
    """
    connection, rules, today = session.connection(), shop.rules.points, shop.day(now)
    if rules.checkin_after_hours:
        _long_enough(session, member_id, timedelta(hours=rules.checkin_after_hours), now)
    daily, extra = rules.checkin, rules.streak_prize
    if (left := earnings.room(session, member_id, "checkin", shop, now=now)) is not None:
        daily, extra = min(daily, left), min(extra, max(0, left - daily))
    paid = {"daily": daily, "cycle": rules.streak_days, "extra": extra}
    fresh = first(connection, _insert(connection.dialect.name), {"member": member_id, "today": today, **paid})
    if fresh is None:
        return _stands(session, member_id, shop)
    streak, earned = fresh
    daily = min(daily, earned)
    prize = earned - daily
    balance = points.award(session, member_id, daily, "checkin", key=f"checkin:{member_id}:{today}", now=now)
    if prize:
        balance = points.award(session, member_id, prize, "streak", key=f"streak:{member_id}:{today}", now=now)
    if balance is None:
        balance = connection.execute(_balance, {"member": member_id}).scalar_one()
    less = earned < _worth(streak, rules)
    barred = less and not earned and blacklist.stops(session, member_id)
    ahead = (_to_prize(streak, shop), rules.streak_prize)
    return CheckedIn(True, earned, prize, streak, *ahead, balance, capped=less and not barred, barred=barred)


def between(session: Session, member_id: int, first: date, last: date) -> dict[date, Came]:
    """A member's check-ins from one day to another, both included."""
    came = select(CHECKINS.c.day, CHECKINS.c.points).where(
        CHECKINS.c.member_id == member_id, CHECKINS.c.day.between(first, last)
    )
    points = {row.day: row.points for row in session.connection().execute(came)}
    keys = [f"streak:{member_id}:{day}" for day in points]
    prizes = set(session.connection().execute(select(ENTRIES.c.key).where(ENTRIES.c.key.in_(keys))).scalars())
    return {day: Came(points[day], f"streak:{member_id}:{day}" in prizes) for day in sorted(points)}


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
    barred = select(MEMBERS.c.blocked).where(MEMBERS.c.id == member).scalar_subquery().is_not(None)  # by the blacklist
    points = case((barred, 0), else_=bindparam("daily", type_=Integer) + extra)
    row = select(member, today, streak, points).where(~exists().where(mine, day >= today))
    insert = once(CHECKINS, dialect).from_select(["member_id", "day", "streak", "points"], row)
    return insert.returning(CHECKINS.c.streak, CHECKINS.c.points)


def _long_enough(session: Session, member_id: int, hours: timedelta, now: datetime) -> None:
    met_at = session.connection().execute(select(MEMBERS.c.met_at).where(MEMBERS.c.id == member_id)).scalar_one()
    opens = (met_at + hours).replace(second=0, microsecond=0)  # as it is told
    if now < opens:
        raise CheckInTooEarly(opens=opens)


def _worth(streak: int, rules: PointRules) -> int:
    """What a check-in brings where no cap is in the way."""
    return rules.checkin + (0 if streak % rules.streak_days else rules.streak_prize)


def _stands(session: Session, member_id: int, shop: Shop) -> CheckedIn:
    streak, balance = session.connection().execute(_latest, {"member": member_id}).one()
    return CheckedIn(False, 0, 0, streak, _to_prize(streak, shop), shop.rules.points.streak_prize, balance)


def _to_prize(streak: int, shop: Shop) -> int:
    cycle = shop.rules.points.streak_days
    return cycle - streak % cycle
