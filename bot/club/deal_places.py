"""A deal's places: of the whole deal, or of one with hours of the day as many again each day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, case, not_, or_
from sqlmodel import Session

from bot.club.rules import Shop
from bot.club.windows import Window
from db.deals import DEALS
from db.hot import first

OVER, UNCOUNTED = "over", "open"  # what a post may show beside the places left

_of_that_day = DEALS.c.counted_on.is_not_distinct_from(bindparam("day", type_=Date))
_one_more = (
    DEALS.update()
    .where(DEALS.c.id == bindparam("deal"), DEALS.c.state == "open")
    .where(DEALS.c.opens_at <= bindparam("at"), DEALS.c.closes_at > bindparam("at"))
    .where(or_(DEALS.c.stock.is_(None), not_(_of_that_day), DEALS.c.taken < DEALS.c.stock))
    .values(
        claimed=DEALS.c.claimed + 1,
        taken=case((_of_that_day, DEALS.c.taken + 1), else_=1),
        counted_on=bindparam("day", type_=Date),
    )
    .returning(DEALS.c.claimed)
)


def take(session: Session, deal: Any, shop: Shop, *, now: datetime) -> bool:
    """Take one of a deal's places, if there is one at this very moment."""
    about = {"deal": deal.id, "at": now, "day": _day(deal, shop, now)}
    return first(session.connection(), _one_more, about) is not None


def left(deal: Any, shop: Shop, now: datetime) -> int | None:
    """How many places there are, with hours of the day in those that are on or come next. None: any number."""
    if deal.stock is None:
        return None
    counted: int = deal.stock - (deal.taken if deal.counted_on == _day(deal, shop, now) else 0)
    return counted


def hours_of(deal: Any) -> Window | None:
    """The hours of the day in which a deal can be claimed, None for all."""
    return Window.read(deal.daily) if deal.daily else None


def is_to_be_had(deal: Any, shop: Shop, now: datetime) -> bool:
    """Whether there are places left of a deal, now or on a day to come."""
    hours = hours_of(deal)
    if hours and hours.next(shop, now)[0] >= deal.closes_at:
        return False
    return left(deal, shop, now) != 0 or comes_again(deal, shop, now)


def comes_again(deal: Any, shop: Shop, now: datetime) -> bool:
    """Whether a deal's hours come once more after those that are on or come next."""
    hours = hours_of(deal)
    return bool(hours and hours.next(shop, hours.next(shop, now)[1])[0] < deal.closes_at)


def face(deal: Any, shop: Shop, now: datetime) -> str:
    """What a deal's post in a group shows: the places left, `open` while they are not counted, or `over`."""
    if deal.state != "open":
        return OVER
    hours, places = hours_of(deal), left(deal, shop, now)
    return UNCOUNTED if places is None or (hours and not hours.is_open(shop, now)) else str(places)


def _day(deal: Any, shop: Shop, now: datetime) -> date | None:
    """The shop-day on which those hours begin for which places are counted; None where they are the whole deal's."""
    hours = hours_of(deal)
    return shop.day(hours.next(shop, now)[0]) if hours else None
