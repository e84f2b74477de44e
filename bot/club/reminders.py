"""The letter about a relative's day: to their member, a week ahead, once a year."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from sqlmodel import Session, col

from bot.club import budget, consents, coupons, journeys, outbox
from bot.club.calendar import YearlyDate, celebration_year
from bot.club.family import is_child
from bot.club.occasions import AHEAD, due, move_on, settled, when_of
from bot.club.offers import Offer
from bot.club.rules import NO_OFFER, Shop
from db.occasions import Occasion

LATE = timedelta(days=3)  # the letter may come so long after its time


def prepare(session: Session, shop: Shop, *, now: datetime, limit: int = 200) -> int:
    """Prepare the letters about relatives whose day comes within 7 days. Returns how many dates were looked at."""
    found = due(session, col(Occasion.relation) != "self", shop, now=now, limit=limit)
    for occasion in found:
        _write(session, occasion, shop, now)
        move_on(session, occasion, shop, now=now)
    return len(found)


def gone(session: Session, occasion_id: int, day: date) -> str | None:
    """Why a letter about a relative's day no longer makes sense."""
    kept = session.get(Occasion, occasion_id)
    if kept is None:
        return "relative removed"
    child = is_child(kept.relation, (when_of(kept),), day)
    return "no consent" if child and not consents.given(session, kept.member_id, "children") else None


def about(session: Session, occasion_id: int) -> tuple[str, str, YearlyDate]:
    """A relative as a letter names them: relation, name, date."""
    kept = session.get_one(Occasion, occasion_id)
    return kept.relation, kept.name, when_of(kept)


def _write(session: Session, occasion: Occasion, shop: Shop, now: datetime) -> None:
    """The letter about one relative's day; none to who told of it only after the letter's time."""
    member_id, day = occasion.member_id, occasion.next_on
    at = shop.at(day - AHEAD, shop.rules.sending.day_hour)
    if occasion.set_at >= at or not journeys.is_on(session, "family-dates"):
        return
    if now >= at + LATE:
        outbox.report(session, "missed", member_id, "family", now=now)
        return
    key = f"{occasion.id}:{celebration_year(when_of(occasion), day)}"
    gift = _give(session, occasion, key, shop, now) if settled(occasion, day, shop) else None
    facts = {"occasion_id": occasion.id, "day": day.isoformat()} | ({"gift": gift.facts} if gift else {})
    kind = "family_offer" if gift else "family"
    outbox.to_member(session, kind, member_id, key=f"family:{key}", now=now, after=at, before=at + LATE, **facts)


def _give(session: Session, occasion: Occasion, key: str, shop: Shop, now: datetime) -> coupons.Issued | None:
    """The coupon for a relative's day, where the owner set an offer."""
    offer = shop.rules.family.offer
    if offer == NO_OFFER:
        return None
    day = occasion.next_on
    last = day if occasion.day else day.replace(day=monthrange(day.year, day.month)[1])
    until = shop.end_of(last + AHEAD)
    what, key = Offer.read(offer), f"family:{key}"
    return budget.give(session, occasion.member_id, "family", what, shop, good_until=until, key=key, now=now)
