"""The gift area: articles that members pay with points, and who is told when one is back."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from bot.club import audit, outbox
from bot.club.cuts import GRADES
from bot.club.errors import ClubError
from bot.club.members import Person
from bot.i18n import N_
from db.engine import insert_once
from db.gifts import GIFT_SERIES, GIFT_WAITS, GIFTS, Gift, GiftPhoto, GiftSeries, GiftWait
from db.members import Member

NAME = 40  # characters: a button holds it whole
COST = 1_000_000
STOCK = 100_000
EACH = 1000


class BadCost(ClubError):
    """A price that is no whole number of points in bounds."""

    says = N_("The price is a whole number of points from 1 to {limit}.")


class BadStock(ClubError):
    """A stock that is no whole number in bounds."""

    says = N_("The stock is a whole number from 0 to {limit}.")


class BadGrade(ClubError):
    """A grade that does not exist."""

    says = N_("A grade is one of: new, regular, vip, svip.")


class GiftExists(ClubError):
    """A second gift of one name."""

    says = N_("There is a gift “{name}” already. /gift stock changes how many there are.")


class GiftTooLate(ClubError):
    """A gift whose time would end in the past or before it begins."""

    says = N_("A gift's time must end after it begins, and in the future.")


class NoSuchGift(ClubError):
    """A gift that does not exist, or no longer."""

    says = N_("There is no such gift. /gifts shows those that there are.")


class NoPicture(ClubError):
    """A picture of a gift that did not come as one, or is too large for the platform to hand on."""

    says = N_("Please send the picture as a photo of at most 20 MB, with {form} under it.")


class GiftInStock(ClubError):
    """Somebody wants to wait for a gift that is there."""

    says = N_("“{name}” is there: have a look at /gifts.")


@dataclass(frozen=True, slots=True)
class Wish:
    """A gift as the owner asks for it. `each`: pieces a member may have, None for any number; `series`: its name."""

    name: str
    cost: int
    stock: int
    opens_at: datetime
    closes_at: datetime | None = None
    grade: str = GRADES[0]
    each: int | None = None
    series: str | None = None


@dataclass(frozen=True, slots=True)
class Shelved:
    """A gift as people see it, with the stock that the database holds."""

    id: int
    name: str
    cost: int
    stock: int
    opens_at: datetime
    closes_at: datetime | None
    grade: str
    each: int | None
    state: str
    series: str | None = None


def price(cost: int) -> int:
    """A price within bounds. Raises BadCost."""
    if not 1 <= cost <= COST:
        raise BadCost(limit=COST)
    return cost


def pieces(stock: int) -> int:
    """A stock within bounds. Raises BadStock."""
    if not 0 <= stock <= STOCK:
        raise BadStock(limit=STOCK)
    return stock


def free(session: Session, name: str) -> str:
    """A name that no gift of the area has. Raises GiftExists."""
    here = select(Gift.id).where(Gift.folded == folded(name), Gift.state == "open")
    if session.exec(here).first() is not None:
        raise GiftExists(name=name)
    return name


def make(session: Session, by: Person, wish: Wish, *, now: datetime) -> Shelved:
    """Put a gift into the area, and into its series. Raises BadCost, BadStock, BadGrade, GiftTooLate, GiftExists."""
    price(wish.cost)
    pieces(wish.stock)
    if wish.grade not in GRADES:
        raise BadGrade
    if wish.closes_at and wish.closes_at <= max(wish.opens_at, now):
        raise GiftTooLate
    gift_id = insert_once(
        session,
        GIFTS,
        name=wish.name,
        folded=folded(wish.name),
        cost=wish.cost,
        stock=wish.stock,
        grade=wish.grade,
        each=wish.each,
        series_id=_series(session, by, wish.series, now) if wish.series else None,
        opens_at=wish.opens_at,
        closes_at=wish.closes_at,
        state="open",
        made_by=by.member_id,
        made_at=now,
    )
    if gift_id is None:
        raise GiftExists(name=wish.name)
    audit.note(session, by.member_id, "gift new", now=now, gift=gift_id)
    return found(session, gift_id)


def restock(session: Session, by: Person, which: int | str, stock: int, *, now: datetime) -> Shelved:
    """Set how many there are; as many of those who wait as there are pieces are told. Raises BadStock, NoSuchGift."""
    gift = _change(session, which, stock=pieces(stock))
    audit.note(session, by.member_id, "gift stock", now=now, gift=gift.id, stock=stock)
    _tell_waiting(session, gift, stock, now)
    return gift


def withdraw(session: Session, by: Person, which: int | str, *, now: datetime) -> Shelved:
    """Take a gift out of the area; what was ordered stays good, and nobody waits any longer. Raises NoSuchGift."""
    gift = _change(session, which, state="off")
    session.exec(delete(GiftWait).where(col(GiftWait.gift_id) == gift.id))
    audit.note(session, by.member_id, "gift off", now=now, gift=gift.id)
    return gift


def picture(session: Session, by: Person, which: int | str, file_id: str, *, now: datetime) -> Shelved:
    """Keep a gift's picture, by the number under which the platform of `by` keeps it. Raises NoSuchGift."""
    gift = _change(session, which, state="open")
    session.merge(GiftPhoto(gift_id=gift.id, platform=by.visitor.platform, file_id=file_id))
    audit.note(session, by.member_id, "gift photo", now=now, gift=gift.id)
    return gift


def photo(session: Session, person: Person, gift_id: int) -> str | None:
    """The number under which someone's platform keeps a gift's picture."""
    kept = session.get(GiftPhoto, (gift_id, person.visitor.platform))
    return kept.file_id if kept else None


def listed(session: Session) -> list[Shelved]:
    """The gifts in the area, the cheapest first, for the shop."""
    rows = session.exec(
        select(Gift, GiftSeries.name)
        .outerjoin(GiftSeries, col(GiftSeries.id) == col(Gift.series_id))
        .where(Gift.state == "open")
        .order_by(col(Gift.cost), col(Gift.id))
    )
    return [as_shown(gift, series) for gift, series in rows]


def found(session: Session, gift_id: int) -> Shelved:
    """One gift, be it in the area or no longer. Raises NoSuchGift."""
    gift = session.get(Gift, gift_id, populate_existing=True)
    if gift is None:
        raise NoSuchGift
    series = session.get(GiftSeries, gift.series_id) if gift.series_id else None
    return as_shown(gift, series.name if series else None)


def open_now(session: Session, *, now: datetime) -> list[Shelved]:
    """The gifts that members see at the moment."""
    return [gift for gift in listed(session) if is_open(gift, now)]


def is_open(gift: Shelved, now: datetime) -> bool:
    """Whether a gift can be had at an instant, if there are any."""
    return gift.state == "open" and gift.opens_at <= now and (gift.closes_at is None or now < gift.closes_at)


def put_back(session: Session, gift_id: int, *, now: datetime) -> None:
    """Put a piece back that was ordered, and tell who waits longest."""
    more = update(Gift).where(col(Gift.id) == gift_id).values(stock=col(Gift.stock) + 1)
    session.exec(more.execution_options(synchronize_session=False))
    gift = found(session, gift_id)
    if is_open(gift, now):
        _tell_waiting(session, gift, 1, now)


def wait(session: Session, person: Person, gift_id: int, *, now: datetime) -> Shelved:
    """Have somebody told once when a gift is back. Raises NoSuchGift, GiftInStock."""
    gift = session.get(Gift, gift_id)
    if gift is None or not is_open(as_shown(gift), now):
        raise NoSuchGift
    if gift.stock:
        raise GiftInStock(name=gift.name)
    insert_once(session, GIFT_WAITS, gift_id=gift_id, member_id=person.member_id, since=now)
    return as_shown(gift)


def folded(name: str) -> str:
    """A name as names are compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def as_shown(gift: Gift, series: str | None = None) -> Shelved:
    """A gift as people see it, with its series' name."""
    return Shelved(
        gift.id or 0,
        gift.name,
        gift.cost,
        gift.stock,
        gift.opens_at,
        gift.closes_at,
        gift.grade,
        gift.each,
        gift.state,
        series,
    )


def ranks(session: Session, member_id: int) -> tuple[str, ...]:
    """The grades whose gifts a member may have."""
    return GRADES[: GRADES.index(session.get_one(Member, member_id).grade) + 1]


def _series(session: Session, by: Person, name: str, now: datetime) -> int:
    """The series of a name, which begins with its first gift."""
    about = {"name": name, "folded": folded(name), "made_by": by.member_id, "made_at": now}
    begun = insert_once(session, GIFT_SERIES, **about)
    return begun or session.exec(select(GiftSeries.id).where(GiftSeries.folded == about["folded"])).one() or 0


def _change(session: Session, which: int | str, **values: object) -> Shelved:
    """Change an open gift, by its number or its name, in one statement. Raises NoSuchGift."""
    meant = col(Gift.id) == which if isinstance(which, int) else col(Gift.folded) == folded(which)
    here = update(Gift).where(meant, col(Gift.state) == "open").values(**values)
    gift_id = session.exec(
        here.returning(col(Gift.id)).execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if gift_id is None:
        raise NoSuchGift
    return found(session, gift_id)


def _tell_waiting(session: Session, gift: Shelved, pieces: int, now: datetime) -> None:
    """Write to those who wait longest, one for each piece; they are off the list then, and the others stay on it."""
    waits = select(GiftWait).where(GiftWait.gift_id == gift.id).order_by(col(GiftWait.since), col(GiftWait.member_id))
    for each in session.exec(waits.limit(pieces)).all():
        key = f"gift_back:{gift.id}:{each.member_id}:{each.since.isoformat()}"
        facts = {"gift_id": gift.id, "name": gift.name}
        outbox.to_member(session, "gift_back", each.member_id, key=key, now=now, **facts)
        session.delete(each)
