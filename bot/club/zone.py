"""The zone: products for old members only, each for those whom its audience means, by grade or by profile."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from bot.club import audiences, audit, queries
from bot.club.deal_letters import is_for
from bot.club.errors import ClubError, TooLong, TooMany
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_
from db.zone import ZoneItem

TITLE = 60  # characters
MOST = 30
OLD = "grade:regular,vip,svip"  # whom a product is for where nothing else is said


class NoSuchItem(ClubError):
    """A product that is not in the zone."""

    says = N_("There is no such product in the zone. /zone shows what there is.")


class BadPrice(ClubError):
    """A price of a product that is no amount of money."""

    says = N_("Write the price in money, such as 188 or 29.90.")


@dataclass(frozen=True, slots=True)
class Item:
    """A product in the zone, its price in minor units; `photo` is its picture where the reader's platform keeps it."""

    id: int
    title: str
    price: int
    audience: str = OLD
    photo: str | None = None


def priced(text: str) -> int:
    """A price in minor units. Raises BadPrice."""
    price = queries.minor(text.strip())
    if not price:
        raise BadPrice
    return price


def titled(text: str) -> str:
    """What a product is called. Raises TooLong."""
    if len(text) > TITLE:
        raise TooLong(limit=TITLE)
    return text


def add(
    session: Session, by: Person, item: Item, shop: Shop, *, now: datetime, called: Callable[[str], str]
) -> tuple[Item, int]:
    """Put a product into the zone. Returns it, and how many members see it now. `called`: see audiences.read.

    Raises TooLong, TooMany, and what audiences.read raises.
    """
    titled(item.title)
    if len(listed(session)) >= MOST:
        raise TooMany(limit=MOST)
    many = audiences.count(session, audiences.read(item.audience, shop, now=now, called=called)).agreed
    row = ZoneItem(title=item.title, price=item.price, audience=item.audience, made_by=by.member_id, made_at=now)
    if item.photo:
        row.photo, row.photo_on = item.photo, by.visitor.platform
    session.add(row)
    session.flush()
    audit.note(session, by.member_id, "zone add", now=now, item=row.id)
    return _as_item(row, by), many


def remove(session: Session, by: Person, item_id: int, *, now: datetime) -> Item:
    """Take a product out of the zone. Raises NoSuchItem."""
    here = (col(ZoneItem.id) == item_id, col(ZoneItem.state) == "shown")
    gone = update(ZoneItem).where(*here).values(state="removed")
    if not session.exec(gone.execution_options(synchronize_session=False)).rowcount:
        raise NoSuchItem
    audit.note(session, by.member_id, "zone remove", now=now, item=item_id)
    return _as_item(session.get_one(ZoneItem, item_id), by)


def listed(session: Session, reader: Person | None = None) -> list[Item]:
    """All that is in the zone, with the pictures that a reader's platform keeps."""
    rows = session.exec(select(ZoneItem).where(ZoneItem.state == "shown").order_by("id"))
    return [_as_item(row, reader) for row in rows]


def open_to(session: Session, person: Person, shop: Shop, *, now: datetime, called: Callable[[str], str]) -> list[Item]:
    """What is in the zone for a member at this moment."""
    mine = (session, person.member_id, shop, now, called)
    return [item for item in listed(session, person) if _is_mine(item, *mine)]


def pictured(
    session: Session, person: Person, item_id: int, shop: Shop, *, now: datetime, called: Callable[[str], str]
) -> Item:
    """A product with a picture, for whom it is in the zone, and for managers. Raises NoSuchItem."""
    manages = person.role >= Role.MANAGER
    there = listed(session, person) if manages else open_to(session, person, shop, now=now, called=called)
    found = next((item for item in there if item.id == item_id and item.photo), None)
    if found is None:
        raise NoSuchItem
    return found


def _is_mine(
    item: Item, session: Session, member_id: int, shop: Shop, now: datetime, called: Callable[[str], str]
) -> bool:
    return is_for(session, item.audience, member_id, shop, now=now, called=called)


def _as_item(row: ZoneItem, reader: Person | None) -> Item:
    kept = reader is not None and row.photo_on == reader.visitor.platform
    return Item(row.id or 0, row.title, row.price, row.audience, row.photo if kept else None)
