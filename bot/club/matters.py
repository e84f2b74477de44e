"""What a letter is about, looked up at the moment it is sent: whether it still makes sense, and how things stand."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session

from bot.club import (
    activity_looks,
    blacklist,
    circles,
    invites,
    passing,
    ratings,
    referrals,
    reminders,
    reorders,
    threads,
    trips,
)
from bot.club.deal_looks import as_shown
from bot.club.rules import Shop
from db.activities import ACTIVITIES
from db.coupons import COUPONS
from db.deals import DEALS, Deal
from db.gifts import GIFT_ORDERS, GIFTS
from db.groups import GROUPS
from db.staff import REQUESTS
from db.supplies import REORDERS

# What a letter may be about: the state in which it makes sense, and why it makes none in any other.
STANDING = {
    "deal_id": (DEALS, "open", "deal over"),
    "activity_id": (ACTIVITIES, "open", "activity over"),
    "voting": (ACTIVITIES, "voting", "activity over"),
    "picking": (ACTIVITIES, "picking", "activity over"),
    "order_id": (GIFT_ORDERS, "ordered", "gift settled"),
    "request": (REQUESTS, "waiting", "decided"),
    "reorder_id": (REORDERS, "waiting", "a colleague sees to it"),
}

ABOUT_ACTIVITY = ("activity_id", "voting", "picking", "ended")

# What is asked or told about a group, and what is true as long as it is.
OPEN = {
    "group": GROUPS.c.state == "seen",
    "muted": and_(GROUPS.c.state == "linked", GROUPS.c.muted_at.is_not(None)),
    "lost": GROUPS.c.state == "lost",
}

OVER: dict[str, Callable[[Session, Any], str | None]] = {
    "trip_id": trips.over,
    "rating_id": ratings.gone,
    "line": threads.over,
    "referral": referrals.over,
    "invite": invites.over,
    "place": circles.stays,
}

# What is looked up of it at the moment it goes.
CARRIED: dict[str, Callable[[Session, Any], dict[str, Any]]] = {
    "line": threads.carried,
    "rating_id": ratings.carried,
    "invite": invites.carried,
    "place": circles.carried,
}


def over(session: Session, facts: dict[str, Any]) -> str | None:
    """Why a letter about a coupon, a deal, a gift, a relative, a request or a group no longer makes sense."""
    for about, (table, good, why) in STANDING.items():
        if row := facts.get(about):
            state = session.connection().execute(select(table.c.state).where(table.c.id == row)).scalar()
            return None if state == good else why
    for about, why_over in OVER.items():
        if row := facts.get(about):
            return why_over(session, row)
    if coupon := facts.get("coupon_id"):
        return _of_coupon(session, coupon, facts["code"])
    if gift := facts.get("gift_id"):
        here = GIFTS.c.id == gift, GIFTS.c.state == "open", GIFTS.c.stock > 0
        return None if session.connection().execute(select(GIFTS.c.id).where(*here)).first() else "gift gone"
    if occasion := facts.get("occasion_id"):
        return reminders.gone(session, occasion, date.fromisoformat(facts["day"]))
    return _of_group(session, facts)


def _of_coupon(session: Session, coupon: int, code: str) -> str | None:
    """Why a letter about a coupon is over: it is no longer good, or was passed on and has another code."""
    here = COUPONS.c.id == coupon, COUPONS.c.code == code, COUPONS.c.state == "issued"
    return None if session.connection().execute(select(COUPONS.c.id).where(*here)).first() else "coupon used"


def _of_group(session: Session, facts: dict[str, Any]) -> str | None:
    """Why a question or a complaint about a group is over: it was answered, or set right."""
    for about, true in OPEN.items():
        if group := facts.get(about):
            so = session.connection().execute(select(GROUPS.c.id).where(GROUPS.c.id == group, true)).first()
            return None if so else "group settled"
    return None


def as_they_stand(session: Session, facts: dict[str, Any], shop: Shop, *, now: datetime) -> dict[str, Any]:
    """A letter's facts with what is looked up now: deal, relative, friends, and no gift that was used already."""
    facts = facts | _deal(session, facts, shop, now) | _relative(session, facts) | _friend(session, facts, shop)
    for about, carried in CARRIED.items():
        if about in facts:
            facts |= carried(session, facts[about])
    if activity := next((facts[about] for about in ABOUT_ACTIVITY if about in facts), None):
        facts |= {"activity": activity_looks.shown(session, activity)}
    if "listed" in facts:
        facts |= {"out": blacklist.stops(session, facts["listed"], blacklist.GROUP)}
    if "trip_id" in facts:
        facts |= trips.carried(session, facts)
    if "reorder_id" in facts:
        facts |= {"wish": reorders.one(session, facts["reorder_id"])}
    if "gift" in facts and over(session, facts["gift"]):
        del facts["gift"]
    return facts


def _deal(session: Session, facts: dict[str, Any], shop: Shop, now: datetime) -> dict[str, Any]:
    if "deal_id" not in facts:
        return {}
    return {"deal": as_shown(session.get_one(Deal, facts["deal_id"]), shop, now)}


def _relative(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    return {"relative": reminders.about(session, facts["occasion_id"])} if "occasion_id" in facts else {}


def _friend(session: Session, facts: dict[str, Any], shop: Shop) -> dict[str, Any]:
    if "referral" in facts:
        return {"held": referrals.held(session, facts["referral"], shop)}
    return {"friend": passing.first_name(session, facts["taker"])} if "taker" in facts else {}
