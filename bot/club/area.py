"""The gift area as one member sees it: what is there, what stands in the way, what they collected, what to fetch."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.club import gifts, orders, points, series, vouchers
from bot.club.gifts import Shelved
from bot.club.members import Person
from bot.club.series import Collection
from bot.club.vouchers import Voucher
from db.gifts import GiftOrder, GiftWait


@dataclass(frozen=True, slots=True)
class Offered:
    """A gift as one member sees it: what they lack, whether their grade has it, their limit is reached, they wait."""

    gift: Shelved
    lacks: int
    allowed: bool
    full: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Area:
    """The gift area as one member sees it, with what they ordered and have not fetched."""

    points: int
    offers: tuple[Offered, ...]
    collections: tuple[Collection, ...]
    orders: tuple[Voucher, ...]


def seen(session: Session, person: Person, *, now: datetime) -> Area:
    """What /gifts shows someone."""
    mine = orders.had(session, person.member_id)
    return Area(
        points.usable(session, person.member_id, now=now),
        tuple(_offered(session, gift, person.member_id, now) for gift in gifts.open_now(session, now=now)),
        tuple(series.collections(session, person.member_id, now=now)),
        tuple(vouchers.found(session, GiftOrder.member_id == person.member_id, GiftOrder.state == "ordered"))
        if mine
        else (),
    )


def offered(session: Session, person: Person, gift_id: int, *, now: datetime) -> Offered:
    """One gift, for someone who may have it at once.

    Raises NoSuchGift, GiftGone, GiftAboveGrade, GiftLimit, GiftTooDear.
    """
    gift = gifts.found(session, gift_id)
    orders.may_have(session, person.member_id, gift_id, now=now)
    offer = _offered(session, gift, person.member_id, now)
    if offer.full:
        raise orders.GiftLimit(name=gift.name)
    if offer.lacks:
        raise orders.GiftTooDear(lacks=offer.lacks, name=gift.name)
    return offer


def _offered(session: Session, gift: Shelved, member_id: int, now: datetime) -> Offered:
    lacks = max(0, gift.cost - points.usable(session, member_id, now=now))
    full = bool(gift.each and orders.had(session, member_id).get(gift.id, 0) >= gift.each)
    waits = session.get(GiftWait, (gift.id, member_id)) is not None
    return Offered(gift, lacks, gift.grade in gifts.ranks(session, member_id), full, waits)
