"""What members ordered of the gift area: ordered, then handed over, cancelled or lapsed. Each has a voucher's code.

Points and stock change in one transaction, each by a conditional UPDATE; always the gift first and then the member,
so that PostgreSQL need not break a deadlock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select, update

from bot.club import audit, coupons, gifts, outbox, points, vouchers
from bot.club.errors import ClubError, NoSuchCoupon, NotEnoughPoints, StaleButton
from bot.club.gifts import NoSuchGift, Shelved
from bot.club.members import Person
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import N_
from db.engine import insert_once
from db.gifts import GIFT_ORDERS, Gift, GiftOrder, GiftWait

REMINDED = timedelta(days=7)  # before a voucher lapses
WITHIN = timedelta(hours=12)  # of the order nobody needs to be reminded


class GiftGone(ClubError):
    """The last piece is taken."""

    says = N_("All of “{name}” are taken; no points were used. /gifts can tell you when it is back.")


class GiftAboveGrade(ClubError):
    """A gift for a higher grade."""

    says = N_("“{name}” is for a higher grade than yours.")


class GiftLimit(ClubError):
    """A gift that a member has as often as allowed."""

    says = N_("You have had “{name}” as often as each member may.")


class GiftTooDear(ClubError):
    """A gift that costs more than the balance."""

    says = N_("You still need {lacks} points for “{name}”.")


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
    orders: tuple[Voucher, ...]


def area(session: Session, person: Person, *, now: datetime) -> Area:
    """What /gifts shows someone."""
    mine = _mine(session, person.member_id)
    return Area(
        points.usable(session, person.member_id, now=now),
        tuple(_offered(session, gift, person.member_id, now) for gift in gifts.open_now(session, now=now)),
        tuple(vouchers.found(session, GiftOrder.member_id == person.member_id, GiftOrder.state == "ordered"))
        if mine
        else (),
    )


def offered(session: Session, person: Person, gift_id: int, *, now: datetime) -> Offered:
    """One gift, for someone who may have it at once.

    Raises NoSuchGift, GiftGone, GiftAboveGrade, GiftLimit, GiftTooDear.
    """
    gift = session.get(Gift, gift_id)
    if gift is None or not gifts.is_open(gifts.as_shown(gift), now):
        raise NoSuchGift
    found = _offered(session, gifts.as_shown(gift), person.member_id, now)
    if not (found.gift.stock and found.allowed):
        raise _why_not(session, gift, person.member_id, now)
    if found.full:
        raise GiftLimit(name=gift.name)
    if found.lacks:
        raise GiftTooDear(lacks=found.lacks, name=gift.name)
    return found


def place(session: Session, person: Person, gift_id: int, shop: Shop, *, key: str, now: datetime) -> Voucher:
    """Order a piece and pay for it, once for each key: the same confirmation gives the same voucher.

    Raises NoSuchGift, GiftGone, GiftAboveGrade, GiftLimit, GiftTooDear, StaleButton.
    """
    gift = session.get(Gift, gift_id)
    if gift is None:
        raise NoSuchGift
    last = shop.day(now) + timedelta(days=shop.rules.gifts.keep_days)
    about = {"gift_id": gift_id, "member_id": person.member_id, "cost": gift.cost, "state": "ordered"}
    times = {"ordered_at": now, "good_until": shop.end_of(last)}
    key = f"{person.member_id}:{key}"
    order_id = insert_once(session, GIFT_ORDERS, code=coupons.new_code(), key=key, **about, **times)
    if order_id is None:
        return _same(session, key)
    _take(session, gift, person.member_id, now)
    try:
        points.spend(session, person.member_id, gift.cost, "gift", key=f"gift:{order_id}", now=now, reason=gift.name)
    except NotEnoughPoints as refusal:
        raise GiftTooDear(lacks=gift.cost - refusal.facts["points"], name=gift.name) from None
    voucher = vouchers.one(session, order_id)
    remind = shop.at(last - REMINDED, shop.rules.sending.day_hour)
    if remind > now + WITHIN:
        address: dict[str, Any] = {"key": f"gift_reminder:{order_id}", "after": remind, "before": voucher.good_until}
        outbox.to_member(session, "gift_reminder", person.member_id, now=now, **address, **voucher.facts)
    return voucher


def hand_over(session: Session, staff_id: int, code: str, *, now: datetime) -> Voucher:
    """Hand over what a voucher is for, once. Raises NoSuchCoupon, GiftHanded, GiftOrderOver."""
    order = session.exec(select(GiftOrder.id).where(GiftOrder.code == coupons.tidy(code))).first()
    if order is None:
        raise NoSuchCoupon
    good = col(GiftOrder.good_until) > now
    if not _settle(session, order, "handed", good, staff_id=staff_id, now=now):
        raise vouchers.why_over(session, order)
    voucher = vouchers.one(session, order)
    audit.note(session, staff_id, "gift handed", voucher.who.member_id, now=now, gift=voucher.gift_id)
    return voucher


def cancel(session: Session, person: Person, order_id: int, shop: Shop, *, now: datetime) -> Voucher:
    """Take back one's own order. Raises StaleButton, GiftHanded, GiftOrderOver."""
    own = col(GiftOrder.member_id) == person.member_id
    if session.exec(select(GiftOrder.id).where(GiftOrder.id == order_id, own)).first() is None:
        raise StaleButton
    return _undo(session, order_id, "cancelled", shop, now=now)


def cancel_for(session: Session, by: Person, order_id: int, shop: Shop, *, now: datetime) -> Voucher:
    """Take back a member's order, who is told. Raises StaleButton, GiftHanded, GiftOrderOver."""
    if session.get(GiftOrder, order_id) is None:
        raise StaleButton
    voucher = _undo(session, order_id, "cancelled", shop, staff_id=by.member_id, now=now)
    audit.note(session, by.member_id, "gift cancel", voucher.who.member_id, now=now, gift=voucher.gift_id)
    facts = {"name": voucher.name, "points": voucher.cost}
    key = f"gift_cancelled:{order_id}"
    outbox.to_member(session, "gift_cancelled", voucher.who.member_id, key=key, now=now, **facts)
    return voucher


def lapse(session: Session, shop: Shop, *, now: datetime, limit: int = 100) -> int:
    """End the orders that nobody fetched in time, and tell their members. Returns how many."""
    late = select(GiftOrder.id).where(GiftOrder.state == "ordered", GiftOrder.good_until <= now).limit(limit)
    orders = session.exec(late.order_by(col(GiftOrder.good_until))).all()
    for order_id in orders:
        voucher = _undo(session, order_id or 0, "lapsed", shop, now=now)
        facts = {"name": voucher.name, "points": voucher.cost}
        outbox.to_member(session, "gift_lapsed", voucher.who.member_id, key=f"gift_lapsed:{order_id}", now=now, **facts)
    return len(orders)


def end(session: Session, member_id: int, *, now: datetime) -> None:
    """Cancel what somebody ordered who is about to be erased."""
    for voucher in vouchers.found(session, GiftOrder.member_id == member_id, GiftOrder.state == "ordered"):
        _undo(session, voucher.id, "cancelled", None, now=now)


def _take(session: Session, gift: Gift, member_id: int, now: datetime) -> None:
    """Take a piece off the shelf, in one conditional UPDATE; the gift's row then holds back others of this member."""
    here = (
        col(Gift.id) == gift.id,
        col(Gift.state) == "open",
        col(Gift.stock) > 0,
        col(Gift.opens_at) <= now,
        or_(col(Gift.closes_at).is_(None), col(Gift.closes_at) > now),
        col(Gift.grade).in_(gifts.ranks(session, member_id)),
    )
    less = update(Gift).where(*here).values(stock=col(Gift.stock) - 1)
    if not session.exec(less.execution_options(synchronize_session=False)).rowcount:
        raise _why_not(session, gift, member_id, now)
    if gift.each and _mine(session, member_id).get(gift.id or 0, 0) > gift.each:  # with the one being placed
        raise GiftLimit(name=gift.name)


def _settle(
    session: Session, order_id: int, state: str, *where: Any, staff_id: int | None = None, now: datetime
) -> bool:
    """Give an order its end, unless it has one."""
    still = col(GiftOrder.id) == order_id, col(GiftOrder.state) == "ordered", *where
    ends = update(GiftOrder).where(*still).values(state=state, settled_at=now, settled_by=staff_id)
    return bool(session.exec(ends.execution_options(synchronize_session=False)).rowcount)


def _undo(
    session: Session, order_id: int, state: str, shop: Shop | None, *, staff_id: int | None = None, now: datetime
) -> Voucher:
    """End an order that was not fetched: the piece goes back on the shelf, the points to the lots they came from."""
    if not _settle(session, order_id, state, staff_id=staff_id, now=now):
        raise vouchers.why_over(session, order_id)
    gifts.put_back(session, session.get_one(GiftOrder, order_id).gift_id, now=now)
    points.give_back(session, f"gift:{order_id}", shop, key=f"gift_back:{order_id}", now=now)
    return vouchers.one(session, order_id)


def _offered(session: Session, gift: Shelved, member_id: int, now: datetime) -> Offered:
    lacks = max(0, gift.cost - points.usable(session, member_id, now=now))
    full = bool(gift.each and _mine(session, member_id).get(gift.id, 0) >= gift.each)
    waits = session.get(GiftWait, (gift.id, member_id)) is not None
    return Offered(gift, lacks, gift.grade in gifts.ranks(session, member_id), full, waits)


def _mine(session: Session, member_id: int) -> dict[int, int]:
    """How many a member has of each gift, fetched or not."""
    kept = GiftOrder.member_id == member_id, col(GiftOrder.state).in_(("ordered", "handed"))
    return dict(
        session.exec(select(GiftOrder.gift_id, func.count()).where(*kept).group_by(col(GiftOrder.gift_id))).all()
    )


def _same(session: Session, key: str) -> Voucher:
    """The order of a confirmation that was tapped before. Raises StaleButton where it was taken back."""
    order = session.exec(select(GiftOrder).where(GiftOrder.key == key)).one()
    if order.state not in ("ordered", "handed"):
        raise StaleButton
    return vouchers.one(session, order.id or 0)


def _why_not(session: Session, gift: Gift, member_id: int, now: datetime) -> ClubError:
    if not gifts.is_open(gifts.as_shown(gift), now):
        return NoSuchGift()
    if gift.grade not in gifts.ranks(session, member_id):
        return GiftAboveGrade(name=gift.name)
    return GiftGone(name=gift.name)
