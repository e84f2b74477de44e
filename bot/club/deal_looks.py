"""Deals as people see them: those open to a member, and all of them for the shop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from bot.club import deal_letters, deal_places
from bot.club.errors import NoSuchDeal
from bot.club.extras import Extra
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.windows import Window
from db.coupons import Coupon
from db.deals import Deal


@dataclass(frozen=True, slots=True)
class Shown:
    """A deal as people see it. `left` is None where places are not counted.

    Of a deal with hours of the day (`daily`) it is as many as are left of the day while they are `on`.
    """

    id: int
    title: str
    offer: Offer
    opens_at: datetime
    closes_at: datetime
    left: int | None
    claimed: int
    state: str
    mine: bool = False
    each: int = 1
    audience: str = ""
    daily: Window | None = None
    on: bool = True
    extra: Extra | None = None
    holdout: int = 0


def open_to(
    session: Session, person: Person, shop: Shop, *, now: datetime, called: Callable[[str], str] = str
) -> list[Shown]:
    """The deals that a member may claim or has claimed, the one that ends soonest first."""
    deals = session.exec(
        select(Deal)
        .where(Deal.state == "open", Deal.opens_at <= now, Deal.closes_at > now)
        .order_by(col(Deal.closes_at))
    )
    return [
        as_shown(deal, shop, now, mine=_claims(session, deal.id or 0, person.member_id) >= deal.each)
        for deal in deals
        if deal_letters.is_for(session, deal.audience, person.member_id, shop, now=now, called=called)
    ]


def with_more(session: Session, shop: Shop, *, now: datetime) -> list[Shown]:
    """The open deals for everybody that give old members more, the latest first."""
    here = (Deal.state == "open", Deal.opens_at <= now, Deal.closes_at > now, Deal.extra != "", Deal.audience == "")
    return [as_shown(deal, shop, now) for deal in session.exec(select(Deal).where(*here).order_by(col(Deal.id).desc()))]


def listed(session: Session, shop: Shop, *, now: datetime, many: int = 10) -> list[Shown]:
    """The latest deals, for staff."""
    return [as_shown(deal, shop, now) for deal in session.exec(select(Deal).order_by(col(Deal.id).desc()).limit(many))]


def running(session: Session, shop: Shop, *, now: datetime) -> list[Shown]:
    """The deals that can be stopped, the latest first."""
    here = select(Deal).where(col(Deal.state).in_(("planned", "open"))).order_by(col(Deal.id).desc())
    return [as_shown(deal, shop, now) for deal in session.exec(here)]


def shown(session: Session, person: Person, deal_id: int, shop: Shop, *, now: datetime) -> Shown:
    """One deal as a member sees it. Raises NoSuchDeal."""
    deal = session.get(Deal, deal_id)
    if deal is None or deal.state == "planned":
        raise NoSuchDeal
    return as_shown(deal, shop, now, mine=_claims(session, deal_id, person.member_id) >= deal.each)


def as_shown(deal: Any, shop: Shop, now: datetime, *, mine: bool = False) -> Shown:
    """A deal, be it an object or a mere row, as people see it."""
    hours = deal_places.hours_of(deal)
    return Shown(
        deal.id,
        deal.title,
        Offer.read(deal.offer),
        deal.opens_at,
        deal.closes_at,
        deal_places.left(deal, shop, now),
        deal.claimed,
        deal.state,
        mine,
        deal.each,
        deal.audience,
        hours,
        on=hours is None or hours.is_open(shop, now),
        extra=extra_of(deal),
        holdout=deal.holdout,
    )


def extra_of(deal: Any) -> Extra | None:
    """What a deal gives old members beyond its offer, None for nothing."""
    return Extra.read(deal.extra) if deal.extra else None


def _claims(session: Session, deal_id: int, member_id: int) -> int:
    mine = select(func.count()).select_from(Coupon).where(Coupon.deal_id == deal_id, Coupon.member_id == member_id)
    return session.exec(mine).one()
