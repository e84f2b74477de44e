"""Draws (抽奖): whoever taps takes part, and at the deadline chance decides, as everybody can check afterwards."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.club import activities, blacklist
from bot.club.activities import Shown
from bot.club.errors import BadNumber, BadOffer, ClubError
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ENTRANTS, Activity

KIND = "draw"
WINNERS = 100
LONGEST = timedelta(days=92)
TITLE = 60  # characters


class DrawTooLate(ClubError):
    """A draw that would end in the past, or in the far future."""

    says = N_("A draw must end in the future, within three months: such as until:2h or until:“tomorrow 18:00”.")


class DrawEntered(ClubError):
    """A second tap of somebody who takes part."""

    says = N_("You are in already: your lot is number {nth}.")


class DrawOver(ClubError):
    """A tap after the deadline."""

    says = N_("This draw is over.")


def ends(closes_at: datetime, now: datetime) -> datetime:
    """When a draw ends, if it may. Raises DrawTooLate."""
    if not now < closes_at <= now + LONGEST:
        raise DrawTooLate
    return closes_at


def offer_of(prize: str) -> Offer:
    """What a prize gives: an offer as it is written, or else a gift of that name."""
    try:
        return Offer.read(prize)
    except BadOffer:
        return Offer("gift", 0, prize)


def make(
    session: Session,
    by: Person,
    prize: str,
    winners: int,
    closes_at: datetime,
    *,
    key: str,
    now: datetime,
    chat_id: int | None = None,
) -> Shown:
    """Begin a draw in a group, or in all. Raises BadNumber, DrawTooLate, NoGroupHere."""
    if not 1 <= winners <= WINNERS:
        raise BadNumber(option="winners", limit=WINNERS)
    about: dict[str, Any] = {
        "title": prize,
        "prize": str(offer_of(prize)),
        "places": winners,
        "closes_at": ends(closes_at, now),
    }
    return activities.begin(session, by, KIND, key=key, now=now, chat_id=chat_id, **about)


def enter(session: Session, person: Person, draw_id: int, *, now: datetime) -> int:
    """Take part, once: the number of their lot.

    Raises NoSuchActivity, ForMembers, NotForYou, TookPart, DrawEntered, DrawOver.
    """
    draw = activities.wanted(session, person, draw_id, KIND, blacklist.DEALS)
    if draw.mine:
        raise DrawEntered(nth=draw.nth)
    if draw.state != "open" or draw.closes_at <= now:
        raise DrawOver
    nth = activities.enter(session, person, draw_id, now=now)
    if nth is None:
        raise DrawOver
    return nth


def turn(session: Session, shop: Shop, *, now: datetime) -> None:
    """Draw where the time is over: each winner gets the prize as a coupon, and the groups read how it came out."""
    for draw in activities.due(session, KIND, now=now):
        if activities.end(session, draw.id or 0, "closed", now=now, told=True):
            _draw(session, draw, shop, now)


def order(seed: str, lots: list[int]) -> list[int]:
    """Lots in the order of chance: by the SHA-256 of `seed:lot`, the smallest first, as everybody can reckon."""
    return sorted(lots, key=lambda lot: hashlib.sha256(f"{seed}:{lot}".encode()).hexdigest())


def _draw(session: Session, draw: Activity, shop: Shop, now: datetime) -> None:
    connection = session.connection()
    entered = select(ENTRANTS.c.nth, ENTRANTS.c.member_id).where(ENTRANTS.c.activity_id == draw.id)
    lots: dict[int, int] = {row.nth: row.member_id for row in connection.execute(entered)}
    lucky = [lot for lot in order(draw.seed, [*lots]) if not blacklist.stops(session, lots[lot], blacklist.DEALS)]
    for lot in lucky[: draw.places]:
        activities.reward(session, draw, lot, lots[lot], shop, now=now)
