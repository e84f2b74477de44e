"""What members ask the shop to put by, since it runs out: the staff hear of it, and one of them sees to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.club import audit, outbox, products, staff, supplies, trips
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Named, Person
from bot.i18n import N_
from db.engine import insert_once
from db.members import MEMBERS
from db.purchases import PRODUCTS
from db.supplies import REORDERS


class SeenTo(ClubError):
    """A wish that a colleague sees to."""

    says = N_("A colleague sees to it already.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member asked to have again."""

    id: int
    who: Named
    product: str
    quantity: int


def ask(session: Session, person: Person, trip_id: int, *, now: datetime) -> Wish:
    """Pass a member's wish on to the staff, once. Raises StaleButton."""
    product_id, quantity = supplies.of_trip(session, person, trip_id)
    trips.tapped(session, trip_id, now=now)
    known = products.one(session, product_id).id
    key = f"trip:{trip_id}"
    made = insert_once(
        session,
        REORDERS,
        key=key,
        member_id=person.member_id,
        product_id=known,
        quantity=quantity,
        state="waiting",
        asked_at=now,
    )
    if made:
        staff.call(session, "reorder", person.member_id, key=f"{made}", now=now, reorder_id=made)
    asked = select(REORDERS.c.id).where(REORDERS.c.key == key)
    return one(session, session.connection().execute(asked).scalar_one())


def take(session: Session, by: Person, reorder_id: int, *, now: datetime) -> Wish:
    """See to a wish, and tell its member so. Raises StaleButton, SeenTo."""
    wish = one(session, reorder_id)
    free = REORDERS.update().where(REORDERS.c.id == reorder_id, REORDERS.c.state == "waiting")
    if not session.connection().execute(free.values(state="taken", taken_by=by.member_id)).rowcount:
        raise SeenTo
    facts = {"product": wish.product, "quantity": wish.quantity}
    outbox.to_member(session, "reorder_taken", wish.who.member_id, key=f"reorder_taken:{wish.id}", now=now, **facts)
    audit.note(session, by.member_id, "reorder", wish.who.member_id, now=now)
    return wish


def one(session: Session, reorder_id: int) -> Wish:
    """A wish by its number. Raises StaleButton."""
    told = select(REORDERS, MEMBERS.c.name, PRODUCTS.c.name.label("product"))
    told = told.join(MEMBERS, MEMBERS.c.id == REORDERS.c.member_id)
    told = told.join(PRODUCTS, PRODUCTS.c.id == REORDERS.c.product_id)
    row = session.connection().execute(told.where(REORDERS.c.id == reorder_id)).first()
    if row is None:
        raise StaleButton
    return Wish(row.id, Named(row.member_id, row.name), row.product, row.quantity)
