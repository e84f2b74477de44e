"""What members ordered of the gift area: ordered, then handed over, cancelled or lapsed. Each has a voucher's code.

Points and stock change in one transaction, each by a conditional UPDATE; always the gift first and then the member,
so that PostgreSQL need not break a deadlock. A look comes first that only ever refuses: who is too late need not wait.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, or_
from sqlalchemy import select as choose
from sqlmodel import Session, col, func, select, update

from bot.club import audit, coupons, gifts, outbox, points, series, vouchers
from bot.club.cuts import GRADES
from bot.club.errors import ClubError, NoSuchCoupon, NotEnoughPoints, StaleButton
from bot.club.gifts import NoSuchGift
from bot.club.members import Named, Person
from bot.club.rules import Shop
from bot.club.vouchers import GiftHanded, GiftOrderOver, Voucher
from bot.i18n import N_
from db.engine import insert_once
from db.gifts import GIFT_ORDERS, GIFTS, GiftOrder
from db.hot import first
from db.members import MEMBERS

REMINDED = timedelta(days=7)  # before a voucher lapses
WITHIN = timedelta(hours=12)  # of the order nobody needs to be reminded

_place = {grade: place for place, grade in enumerate(GRADES)}
_open = (
    (GIFTS.c.state == "open")
    & (GIFTS.c.opens_at <= bindparam("at"))
    & or_(GIFTS.c.closes_at.is_(None), GIFTS.c.closes_at > bindparam("at"))
)
_for = case(_place, value=GIFTS.c.grade)
_wanted = (
    choose(
        GIFTS.c.name,
        GIFTS.c.cost,
        GIFTS.c.each,
        GIFTS.c.stock,
        case((_open, 1), else_=0),
        _for,
        case(_place, value=MEMBERS.c.grade),
        MEMBERS.c.name,
        GIFT_ORDERS.c.id,
    )
    .join_from(GIFTS, MEMBERS, MEMBERS.c.id == bindparam("member"))
    .outerjoin(GIFT_ORDERS, GIFT_ORDERS.c.key == bindparam("key"))
    .where(GIFTS.c.id == bindparam("gift"))
)
_less = (
    GIFTS.update()
    .where(GIFTS.c.id == bindparam("gift"), _open, GIFTS.c.stock > 0, _for <= bindparam("rank"))
    .values(stock=GIFTS.c.stock - 1)
    .returning(GIFTS.c.stock)
)
_hand = (
    GIFT_ORDERS.update()
    .where(GIFT_ORDERS.c.code == bindparam("shown"), GIFT_ORDERS.c.state == "ordered")
    .where(GIFT_ORDERS.c.good_until > bindparam("at"))
    .values(state="handed", settled_at=bindparam("at"), settled_by=bindparam("by"))
    .returning(GIFT_ORDERS.c.id)
)


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
class Wanted:
    """A gift at the moment when a member wants it. `same`: the order that their confirmation has brought already."""

    name: str
    cost: int
    each: int | None
    stock: int
    is_open: int
    for_whom: int
    rank: int
    who: str | None
    same: int | None


def may_have(session: Session, member_id: int, gift_id: int, *, key: str = "", now: datetime) -> Wanted:
    """What a member wants, as it stands. Raises NoSuchGift, GiftAboveGrade, GiftGone where they cannot have it."""
    asked = {"gift": gift_id, "member": member_id, "key": key, "at": now}
    row = first(session.connection(), _wanted, asked)
    if row is None:
        raise NoSuchGift
    wanted = Wanted(*row)
    if wanted.same is not None:
        return wanted
    if not wanted.is_open:
        raise NoSuchGift
    if wanted.rank < wanted.for_whom:
        raise GiftAboveGrade(name=wanted.name)
    if not wanted.stock:
        raise GiftGone(name=wanted.name)
    return wanted


def place(session: Session, person: Person, gift_id: int, shop: Shop, *, key: str, now: datetime) -> Voucher:
    """Order a piece and pay for it, once for each key: the same confirmation gives the same voucher.

    Raises NoSuchGift, GiftGone, GiftAboveGrade, GiftLimit, GiftTooDear, StaleButton.
    """
    member_id, key = person.member_id, f"{person.member_id}:{key}"
    wanted = may_have(session, member_id, gift_id, key=key, now=now)
    if wanted.same:
        return _same(session, key)
    code, last = coupons.new_code(), shop.day(now) + timedelta(days=shop.rules.gifts.keep_days)
    until, who = shop.end_of(last), Named(member_id, wanted.who)
    about = {"gift_id": gift_id, "member_id": member_id, "cost": wanted.cost, "state": "ordered"}
    order_id = insert_once(session, GIFT_ORDERS, code=code, key=key, **about, ordered_at=now, good_until=until)
    if order_id is None:  # the other tap of two at once
        return _same(session, key)
    _take(session, gift_id, member_id, wanted, now)
    try:
        points.spend(session, member_id, wanted.cost, "gift", key=f"gift:{order_id}", now=now, reason=wanted.name)
    except NotEnoughPoints as refusal:
        raise GiftTooDear(lacks=wanted.cost - refusal.facts["points"], name=wanted.name) from None
    voucher = Voucher(order_id, gift_id, wanted.name, code, wanted.cost, now, until, who)
    remind = shop.at(last - REMINDED, shop.rules.sending.day_hour)
    if remind > now + WITHIN:
        address: dict[str, Any] = {"key": f"gift_reminder:{order_id}", "after": remind, "before": until}
        outbox.to_member(session, "gift_reminder", member_id, now=now, **address, **voucher.facts)
    return voucher


def hand_over(session: Session, staff_id: int | None, code: str, shop: Shop, *, now: datetime) -> Voucher:
    """Hand over what a voucher is for, once; with the last piece of a series goes its prize.

    `staff_id` is nobody for a machine, whose act is noted by whoever lets it in.

    Raises NoSuchCoupon, GiftHanded, GiftOrderOver.
    """
    shown = coupons.tidy(code)
    handed = first(session.connection(), _hand, {"shown": shown, "at": now, "by": staff_id})
    if handed is None:
        order = session.exec(select(GiftOrder.id).where(GiftOrder.code == shown)).first()
        raise vouchers.why_over(session, order) if order else NoSuchCoupon
    voucher = vouchers.one(session, handed[0])
    if staff_id:
        audit.note(session, staff_id, "gift handed", voucher.who.member_id, now=now, gift=voucher.gift_id)
    if voucher.series_id:
        series.handed(session, voucher.series_id, voucher.who.member_id, shop, now=now)
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
        with suppress(GiftHanded, GiftOrderOver):  # it was cancelled a moment ago
            voucher = _undo(session, order_id or 0, "lapsed", shop, now=now)
            facts = {"name": voucher.name, "points": voucher.cost}
            key = f"gift_lapsed:{order_id}"
            outbox.to_member(session, "gift_lapsed", voucher.who.member_id, key=key, now=now, **facts)
    return len(orders)


def end(session: Session, member_id: int, *, now: datetime) -> None:
    """Cancel what somebody ordered who is about to be erased."""
    for voucher in vouchers.found(session, GiftOrder.member_id == member_id, GiftOrder.state == "ordered"):
        _undo(session, voucher.id, "cancelled", None, now=now)


def had(session: Session, member_id: int) -> dict[int, int]:
    """How many a member has of each gift, fetched or not."""
    kept = GiftOrder.member_id == member_id, col(GiftOrder.state).in_(("ordered", "handed"))
    return dict(
        session.exec(select(GiftOrder.gift_id, func.count()).where(*kept).group_by(col(GiftOrder.gift_id))).all()
    )


def _take(session: Session, gift_id: int, member_id: int, wanted: Wanted, now: datetime) -> None:
    """Take a piece off the shelf, in one conditional UPDATE; the gift's row then holds back others of this member."""
    asked = {"gift": gift_id, "rank": wanted.rank, "at": now}
    if first(session.connection(), _less, asked) is None:
        may_have(session, member_id, gift_id, now=now)
        raise GiftGone(name=wanted.name)  # a piece came back this very moment
    if wanted.each and had(session, member_id).get(gift_id, 0) > wanted.each:  # with the one being placed
        raise GiftLimit(name=wanted.name)


def _settle(session: Session, order_id: int, state: str, *, staff_id: int | None = None, now: datetime) -> bool:
    """Give an order its end, unless it has one."""
    still = col(GiftOrder.id) == order_id, col(GiftOrder.state) == "ordered"
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


def _same(session: Session, key: str) -> Voucher:
    """The order of a confirmation that was tapped before. Raises StaleButton where it was taken back."""
    order = session.exec(select(GiftOrder).where(GiftOrder.key == key)).one()
    if order.state not in ("ordered", "handed"):
        raise StaleButton
    return vouchers.one(session, order.id or 0)
