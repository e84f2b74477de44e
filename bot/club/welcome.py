"""Becoming a member: consent, and the points that it brings once."""

from datetime import datetime

from sqlmodel import Session

from bot.club import askers, departures, earnings, link_coupons, members
from bot.club.members import Person
from bot.club.rules import Shop


def join(session: Session, person: Person, shop: Shop, *, now: datetime) -> int | None:
    """Keep someone's consent and give its points once. Returns the points, None where they were a member already."""
    if not members.agree(session, person, now=now):
        return None
    askers.let_in(session, person, shop, now=now)
    link_coupons.welcome(session, person, shop, now=now)
    departures.begin(session, "join", person.member_id, shop, cause="join", began=now)
    gift = shop.rules.points.consent
    key = f"consent:{person.member_id}"
    return earnings.earn(session, person.member_id, gift, "consent", shop, key=key, now=now).points
