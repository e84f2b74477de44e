"""What members use up: for how long it lasts them, so that a journey asks a little before it runs out.

It is reckoned by the piece: the median of the gaps between the days on which they bought it, each divided by how many
they had bought, and what they taught. While there is little of that, by how long the shop says that a piece lasts one
person, shared by the family.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session

from bot.club import departures, products, trips
from bot.club.errors import StaleButton
from bot.club.journeys import DONE, STOPPED, UNDER_WAY
from bot.club.members import Person
from bot.club.rules import Shop
from bot.club.spending import STANDS
from db.engine import insert_once
from db.journeys import TRIPS
from db.occasions import OCCASIONS
from db.purchases import PRODUCTS, PURCHASE_LINES, PURCHASES
from db.supplies import SUPPLIES

EVENT = "product"  # that begins the journey
AHEAD = 3  # days before the last one of it, as the journey's file says
LATEST = 20  # purchases that tell
LEAST = 7  # days: of what lasts no longer nobody is reminded
ENOUGH = 2  # gaps that tell more than what the shop says of a product


@dataclass(frozen=True, slots=True)
class Said:
    """What a member said of a product: for how many days a piece lasts, and whether they want no word about it."""

    pace: float | None = None
    stopped: bool = False


def bought(session: Session, purchase_id: int, awaited: Collection[str], shop: Shop) -> None:
    """Begin a journey for each product of a purchase of which it is known how long it lasts this member."""
    if EVENT not in awaited:
        return
    made = session.connection().execute(select(PURCHASES).where(PURCHASES.c.id == purchase_id)).one()
    pieces = func.sum(PURCHASE_LINES.c.quantity)
    lines = select(PURCHASE_LINES.c.product_id, pieces).where(PURCHASE_LINES.c.purchase_id == purchase_id)
    for product_id, quantity in session.connection().execute(lines.group_by(PURCHASE_LINES.c.product_id)).all():
        pace = _pace(session, made.member_id, product_id, shop)
        if pace and not _said(session, made.member_id, product_id).stopped:
            about = {"purchase_id": purchase_id, "product_id": product_id, "quantity": int(quantity)}
            _begin(session, made.member_id, made.at, round(pace * quantity), shop, about)


def plenty(session: Session, person: Person, trip_id: int, shop: Shop, *, now: datetime) -> date:
    """Learn that something lasts longer, and ask again later. Returns from which day on. Raises StaleButton."""
    trip = _mine(session, person, trip_id)
    trips.tapped(session, trip_id, now=now)
    answered = TRIPS.update().where(TRIPS.c.id == trip_id, TRIPS.c.state == DONE)
    if not session.connection().execute(answered.values(state=STOPPED, reason="still plenty")).rowcount:
        raise StaleButton
    bought_on, today = shop.day(trip.began_at), shop.day(now)
    lasted = (today - bought_on).days
    lasts = lasted + max(LEAST, lasted // 3)
    _keep(session, person.member_id, trip.facts["product_id"], pace=lasts / trip.facts["quantity"])
    _begin(session, person.member_id, trip.began_at, lasts, shop, trip.facts)
    return bought_on + timedelta(days=lasts - AHEAD)


def stop(session: Session, person: Person, trip_id: int, *, now: datetime) -> str:
    """Write no more about a product. Returns its name. Raises StaleButton."""
    product_id = _mine(session, person, trip_id).facts["product_id"]
    trips.tapped(session, trip_id, now=now)
    _keep(session, person.member_id, product_id, stopped_at=now)
    mine = select(TRIPS).where(TRIPS.c.member_id == person.member_id, TRIPS.c.state.in_((UNDER_WAY, DONE)))
    for trip in session.connection().execute(mine).all():
        if "quantity" in trip.facts and trip.facts["product_id"] == product_id:
            ended = {"state": STOPPED, "reason": "no more reminders", "next_at": None}
            session.connection().execute(TRIPS.update().where(TRIPS.c.id == trip.id).values(ended))
    return products.one(session, product_id).name


def resume(session: Session, person: Person, trip_id: int) -> str:
    """Write about a product again, from the next purchase on. Returns its name. Raises StaleButton."""
    product_id = _mine(session, person, trip_id).facts["product_id"]
    _keep(session, person.member_id, product_id, stopped_at=None)
    return products.one(session, product_id).name


def of_trip(session: Session, person: Person, trip_id: int) -> tuple[int, int]:
    """The product of somebody's own trip, and how many they had bought. Raises StaleButton."""
    facts = _mine(session, person, trip_id).facts
    return facts["product_id"], facts["quantity"]


def _begin(session: Session, member_id: int, began: datetime, lasts: int, shop: Shop, about: dict[str, Any]) -> None:
    if lasts >= LEAST:
        cause = f"{about['purchase_id']}:{about['product_id']}:{lasts}"
        departures.begin(session, EVENT, member_id, shop, cause=cause, began=began, shift=lasts, **about)


def _mine(session: Session, person: Person, trip_id: int) -> Row[Any]:
    mine = select(TRIPS).where(TRIPS.c.id == trip_id, TRIPS.c.member_id == person.member_id)
    trip = session.connection().execute(mine).first()
    if trip is None or "quantity" not in trip.facts:
        raise StaleButton
    return trip


def _pace(session: Session, member_id: int, product_id: int, shop: Shop) -> float | None:
    """For how many days a piece lasts a member; None where nothing tells."""
    known, taught = _gaps(session, member_id, product_id, shop), _said(session, member_id, product_id).pace
    if taught or len(known) >= ENOUGH:
        return median([*known, taught] if taught else known)
    for_one = select(PRODUCTS.c.lasts_days).where(PRODUCTS.c.id == product_id)
    family = select(func.count() + 1).where(OCCASIONS.c.member_id == member_id, OCCASIONS.c.relation != "self")
    if days := session.connection().execute(for_one).scalar():
        return float(days) / session.connection().execute(family).scalar_one()
    return known[0] if known else None


def _gaps(session: Session, member_id: int, product_id: int, shop: Shop) -> list[float]:
    """For how many days a piece lasted, from each day on which a member bought a product to the next one."""
    theirs = (
        select(PURCHASES.c.at, PURCHASE_LINES.c.quantity)
        .join(PURCHASE_LINES, PURCHASE_LINES.c.purchase_id == PURCHASES.c.id)
        .where(PURCHASES.c.member_id == member_id, PURCHASE_LINES.c.product_id == product_id, *STANDS)
        .order_by(PURCHASES.c.at.desc())
        .limit(LATEST)
    )
    days: dict[date, int] = {}
    for at, quantity in session.connection().execute(theirs).all():
        days[shop.day(at)] = days.get(shop.day(at), 0) + quantity
    return [(later - day).days / days[day] for day, later in pairwise(sorted(days))]


def _said(session: Session, member_id: int, product_id: int) -> Said:
    """What a member said of a product."""
    here = (SUPPLIES.c.member_id == member_id, SUPPLIES.c.product_id == product_id)
    row = session.connection().execute(select(SUPPLIES).where(*here)).first()
    return Said(row.pace, row.stopped_at is not None) if row else Said()


def _keep(session: Session, member_id: int, product_id: int, **said: Any) -> None:
    insert_once(session, SUPPLIES, member_id=member_id, product_id=product_id)
    here = (SUPPLIES.c.member_id == member_id, SUPPLIES.c.product_id == product_id)
    session.connection().execute(SUPPLIES.update().where(*here).values(**said))
