"""Draws (抽奖): whoever taps takes part, and at the deadline chance decides, as everybody can check afterwards."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.club import activities, blacklist
from bot.club.activity_looks import Shown
from bot.club.errors import ClubError
from bot.club.members import Person
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ENTRANTS, Activity

KIND = "draw"


class DrawEntered(ClubError):
    """A second tap of somebody who takes part."""

    says = N_("You are in already: your lot is number {nth}.")


class DrawOver(ClubError):
    """A tap after the deadline."""

    says = N_("This draw is over.")


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
    """Begin a draw in a group, or in all. Raises BadNumber, EndsTooLate, NoGroupHere."""
    about: dict[str, Any] = {
        "title": prize,
        "prize": str(activities.offer_of(prize)),
        "places": activities.win(winners),
        "closes_at": activities.ends(closes_at, now),
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
    activities.finish(session, KIND, _by_chance, shop, now=now)


def order(seed: str, lots: list[int]) -> list[int]:
    """Lots in the order of chance: by the SHA-256 of `seed:lot`, the smallest first, as everybody can reckon."""
    return sorted(lots, key=lambda lot: hashlib.sha256(f"{seed}:{lot}".encode()).hexdigest())


def _by_chance(session: Session, draw: Activity) -> activities.Ranking:
    entered = select(ENTRANTS.c.nth, ENTRANTS.c.member_id).where(ENTRANTS.c.activity_id == draw.id)
    lots: dict[int, int] = {row.nth: row.member_id for row in session.connection().execute(entered)}
    return [(lot, lots[lot]) for lot in order(draw.seed, [*lots])]
