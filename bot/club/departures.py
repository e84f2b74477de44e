"""Where journeys begin: an event of a member's, in the act that brings it about."""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import journeys, spending
from bot.club.journeys import KEPT_BACK, UNDER_WAY, Standing, Step
from bot.club.names import folded
from bot.club.rules import Shop
from db.engine import insert_once
from db.journeys import TRIPS
from db.members import ACCOUNTS
from db.purchases import PURCHASE_LINES, PURCHASES

PURCHASE, FIRST = "purchase", "first purchase"  # events
TAG, GRADE, ISSUED, REDEEMED = "tag", "grade", "coupon issued", "coupon redeemed"


@dataclass(frozen=True, slots=True)
class Event:
    """What begins a journey: its name, when it was, from how many days later on the steps count, what they need.

    `what` it was about, where a journey may wait for one alone: the tag, the grade, the coupon's name.
    """

    cause: str
    began: datetime
    shift: int
    facts: dict[str, Any]
    what: str = ""


def begin(
    session: Session,
    event: str,
    member_id: int,
    shop: Shop,
    *,
    cause: str,
    began: datetime,
    shift: int = 0,
    **facts: Any,
) -> None:
    """Begin the journeys that an event begins, for a member who can be written to. `cause` names the event.

    `shift`: the days of the steps count from so many days later.
    """
    _depart(session, journeys.on(session), event, member_id, Event(cause, began, shift, facts), shop)


def told(session: Session, event: str, whom: Iterable[tuple[int, str]], shop: Shop, *, now: datetime) -> None:
    """Begin the journeys that wait for a tag, a grade or a coupon: for each member with what it was.

    One quick look where none waits for it, since many acts ask.
    """
    if event not in journeys.awaited(session):
        return
    switched_on = journeys.on(session)
    for member_id, what in whom:
        about = Event(f"{event}:{folded(what)}:{now.isoformat()}", now, 0, {}, folded(what))
        _depart(session, switched_on, event, member_id, about, shop)


def bought(session: Session, purchase_id: int, awaited: Collection[str], shop: Shop) -> None:
    """Begin the journeys that wait for a purchase; they are about its dearest product."""
    if not {PURCHASE, FIRST} & set(awaited):
        return
    made = session.connection().execute(select(PURCHASES).where(PURCHASES.c.id == purchase_id)).one()
    facts = {"purchase_id": purchase_id, "product_id": _dearest(session, purchase_id)}
    about, switched_on = Event(f"purchase:{purchase_id}", made.at, 0, facts), journeys.on(session)
    if PURCHASE in awaited:
        _depart(session, switched_on, PURCHASE, made.member_id, about, shop)
    if FIRST in awaited and spending.of(session, made.member_id).purchases == 1:
        _depart(session, switched_on, FIRST, made.member_id, about, shop)


def row(standing: Standing, member_id: int, key: str, event: Event, step: Step | None, shop: Shop) -> dict[str, Any]:
    """A trip as it begins, at a step or at the first of its arm; of those who are kept back it is over at once."""
    journey, who = standing.journey, f"{standing.name}:{member_id}"
    arm = ("b" if _share(who, "arm") < journey.split else "a") if journey.split else ""
    first = step or next(iter(journey.after(journey.steps[0].name, arm)))
    back = _share(who, "holdout") < standing.holdout
    return {
        "key": key,
        "journey": standing.name,
        "member_id": member_id,
        "arm": arm,
        "step": first.name,
        "shift": event.shift,
        "next_at": None if back else first.due(event.began, shop, event.shift),
        "state": KEPT_BACK if back else UNDER_WAY,
        "facts": event.facts,
        "began_at": event.began,
        "ended_at": event.began if back else None,
    }


def _depart(
    session: Session, switched_on: Iterable[Standing], event: str, member_id: int, about: Event, shop: Shop
) -> None:
    for standing in switched_on:
        begins, of = standing.journey.begins, standing.journey.of
        if begins != event or of not in ("", about.what) or not _has_account(session, member_id):
            continue
        if key := _key(session, standing, member_id, about):
            insert_once(session, TRIPS, **row(standing, member_id, key, about, None, shop))


def _key(session: Session, standing: Standing, member_id: int, event: Event) -> str | None:
    """The key under which a member goes on a journey; None where it is too soon for another time.

    Where days must lie between, the times are numbered, so that two events at once begin one.
    """
    mine, again = f"{standing.name}:{member_id}", standing.journey.again
    if again == "once":
        return mine
    if again == "each":
        return f"{mine}:{event.cause}"
    theirs = TRIPS.c.member_id == member_id, TRIPS.c.journey == standing.name
    many, last = session.connection().execute(select(func.count(), func.max(TRIPS.c.began_at)).where(*theirs)).one()
    if last and event.began < last + timedelta(days=int(again.split()[0])):
        return None
    return f"{mine}:{many}"


def _share(who: str, what: str) -> int:
    """A number from 0 to 99 by which a member goes one way or the other: the same each time, and as good as drawn."""
    return zlib.crc32(f"{what}:{who}".encode()) % 100


def _has_account(session: Session, member_id: int) -> bool:
    here = select(ACCOUNTS.c.id).where(ACCOUNTS.c.member_id == member_id).limit(1)
    return session.connection().execute(here).first() is not None


def _dearest(session: Session, purchase_id: int) -> int | None:
    """The product of a purchase that cost most, the first of equal ones."""
    lines = select(PURCHASE_LINES.c.product_id).where(PURCHASE_LINES.c.purchase_id == purchase_id)
    cost = func.coalesce(PURCHASE_LINES.c.price, 0) * PURCHASE_LINES.c.quantity
    product: int | None = session.connection().execute(lines.order_by(cost.desc(), PURCHASE_LINES.c.id)).scalar()
    return product
