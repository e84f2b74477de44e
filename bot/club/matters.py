"""What a letter is about, looked up at the moment it is sent: whether it still makes sense, and how things stand."""

from datetime import date
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session

from bot.club import reminders
from db.coupons import COUPONS
from db.deals import DEALS
from db.gifts import GIFTS
from db.groups import GROUPS
from db.staff import REQUESTS


def over(session: Session, facts: dict[str, Any]) -> str | None:
    """Why a letter about a coupon, a deal, a gift, a relative, a request or a group no longer makes sense."""
    connection = session.connection()
    if coupon := facts.get("coupon_id"):
        state = connection.execute(select(COUPONS.c.state).where(COUPONS.c.id == coupon)).scalar()
        return None if state == "issued" else "coupon used"
    if deal := facts.get("deal_id"):
        state = connection.execute(select(DEALS.c.state).where(DEALS.c.id == deal)).scalar()
        return None if state == "open" else "deal over"
    if gift := facts.get("gift_id"):
        here = GIFTS.c.id == gift, GIFTS.c.state == "open", GIFTS.c.stock > 0
        return None if connection.execute(select(GIFTS.c.id).where(*here)).first() else "gift gone"
    if occasion := facts.get("occasion_id"):
        return reminders.gone(session, occasion, date.fromisoformat(facts["day"]))
    if request := facts.get("request"):
        state = connection.execute(select(REQUESTS.c.state).where(REQUESTS.c.id == request)).scalar()
        return None if state == "waiting" else "decided"
    return _of_group(session, facts)


def _of_group(session: Session, facts: dict[str, Any]) -> str | None:
    """Why a question or a complaint about a group is over: it was answered, or set right."""
    still = (
        ("group", GROUPS.c.state == "seen"),
        ("muted", and_(GROUPS.c.state == "linked", GROUPS.c.muted_at.is_not(None))),
        ("lost", GROUPS.c.state == "lost"),
    )
    for about, true in still:
        if group := facts.get(about):
            so = session.connection().execute(select(GROUPS.c.id).where(GROUPS.c.id == group, true)).first()
            return None if so else "group settled"
    return None


def as_they_stand(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    """A letter's facts with what is looked up now: the deal, the relative, and no gift that was used already."""
    facts = facts | _deal(session, facts) | _relative(session, facts)
    if "gift" in facts and over(session, facts["gift"]):
        del facts["gift"]
    return facts


def _deal(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    if "deal_id" not in facts:
        return {}
    deal = session.connection().execute(select(DEALS).where(DEALS.c.id == facts["deal_id"])).one()
    left = None if deal.stock is None else deal.stock - deal.claimed
    return {"title": deal.title, "offer": deal.offer, "closes_at": deal.closes_at.isoformat(), "left": left}


def _relative(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    return {"relative": reminders.about(session, facts["occasion_id"])} if "occasion_id" in facts else {}
