"""Purchases: entered once for each order number, with their coupon and their points in one act."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Integer, bindparam
from sqlalchemy import select as choose
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.club import (
    amounts,
    audit,
    consents,
    departures,
    discounts,
    earnings,
    events,
    grades,
    journeys,
    members,
    prices,
    products,
    receipts,
    selling,
    suggestions,
    supplies,
)
from bot.club.amounts import BadMoney
from bot.club.errors import ClubError, StaleButton, UnknownMember
from bot.club.members import Named, Person, Role, Who
from bot.club.names import narrow
from bot.club.prices import Price
from bot.club.receipts import Bought, Receipt, key_of
from bot.club.rules import Shop
from bot.club.suggestions import Suggested
from bot.i18n import N_
from db.engine import insert_once
from db.hot import first
from db.members import Member
from db.purchases import PURCHASE_LINES, PURCHASES, Purchase

COUNTER, API, IMPORT = "counter", "api", "import"
LINES = 30  # of a purchase
PIECES = 999  # of a product
ORDER = 40  # characters of an order number
AHEAD = timedelta(hours=1)  # that another clock may be before ours


class OrderExists(ClubError):
    """A second purchase under an order number."""

    says = N_("Order {order} was entered already: {whose}, on {at}.")


class NoSuchOrder(ClubError):
    """An order number that no purchase has."""

    says = N_("There is no order {order}. Its receipt shows the number.")


class BadOrder(ClubError):
    """An order number that is none."""

    says = N_("An order number is letters and digits, such as #A-1001, with at most {limit} characters.")


class BadQuantity(ClubError):
    """How many of a product, in no whole number in bounds."""

    says = N_("How many is a whole number from 1 to {limit}, such as tea*2.")


class TooManyLines(ClubError):
    """More products than a purchase may have."""

    says = N_("A purchase has at most {limit} products.")


class BadPrice(ClubError):
    """A price of a piece out of bounds."""

    says = N_("The price of a piece is from 0 to 10,000,000.")


class FuturePurchase(ClubError):
    """A purchase of later than now."""

    says = N_("A purchase cannot be later than now.")


class OwnPurchase(ClubError):
    """Staff entering or refunding a purchase of their own."""

    says = N_("Nobody enters or refunds a purchase of their own; please ask a colleague.")


_earned = (
    PURCHASES.update().where(PURCHASES.c.id == bindparam("which")).values(points=bindparam("points", type_=Integer))
)
_by_key = choose(PURCHASES.c.id).where(PURCHASES.c.key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Sale:
    """A purchase as it is told. `total` is before the coupon, in minor units; without an order number it gets one."""

    who: Who
    total: int
    lines: tuple[Bought, ...] = ()
    coupon: str | None = None
    order: str | None = None
    source: str = COUNTER
    at: datetime | None = None


def enter(
    session: Session, by: Person | None, sale: Sale, shop: Shop, *, key: str, now: datetime
) -> Receipt | ClubError:
    """Enter a purchase, once for each key and for each order number. `by` is nobody for a machine.

    A wrong coupon code of the staff's is returned, so that its trace is kept. Raises UnknownMember, WhichMember,
    OwnPurchase, BadMoney, BadOrder, BadProduct, BadQuantity, BadPrice, TooManyLines, FuturePurchase, OrderExists,
    StaleButton, and what discounts.foresee raises.
    """
    buyer = buyer_of(session, by, sale.who)
    sale = _checked(sale, now)
    if again := _under(session, key):
        return _same(session, again, buyer, now)
    price = prices.foresee(session, by, buyer, sale.total, sale.coupon, shop, at=sale.at or now, now=now)
    if isinstance(price, ClubError):
        return price
    made = _insert(session, by, buyer, sale, price, shop, key, now)
    if made is None:
        return _same(session, _under(session, key), buyer, now)
    if price.discount:
        discounts.use(session, price.discount, buyer, by, shop, purchase=key_of(made), now=now)
    _lay_down(session, made, sale, now)
    capped = _earn(session, made, buyer, sale, price, shop, now)
    risen = grades.review(session, [buyer.member_id], shop, by=made, quiet=sale.source == IMPORT, now=now)
    receipt = receipts.of(session, made, now=now)
    receipt = replace(receipt, unneeded=price.unneeded, capped=capped, risen=bool(risen))
    receipt = replace(receipt, say=_follow_up(session, made, buyer, by, sale, shop, now))
    if sale.source != IMPORT:  # it tells of long ago
        receipts.send(session, receipt, now=now)
        events.post(session, "purchase.entered", receipt.who.member_id, now=now, **receipts.told(receipt, sale.source))
    if by:
        audit.note(session, by.member_id, "sale", buyer.member_id, now=now, purchase=made)
    return receipt


def _follow_up(
    session: Session, purchase_id: int, buyer: Named, by: Person | None, sale: Sale, shop: Shop, now: datetime
) -> Suggested | None:
    """What a purchase leads to: a sentence for the clerk, by the owner's rule a coupon for the next visit, journeys."""
    if sale.source == IMPORT:
        return None
    suggestions.follow(session, buyer.member_id, purchase_id, now=now)
    selling.reward(session, purchase_id, shop, now=now)
    awaited = journeys.awaited(session)
    departures.bought(session, purchase_id, awaited, shop)
    supplies.bought(session, purchase_id, awaited, shop)
    say = suggestions.for_purchase(session, purchase_id)
    if say:
        suggestions.say(session, buyer.member_id, by.member_id if by else None, say, now=now)
    return say


def tidy(order: str) -> str:
    """An order number as it is kept: in capitals, without its #. Raises BadOrder."""
    plain = narrow(order).lstrip("#").strip().upper()
    if not re.fullmatch(rf"[A-Z0-9][A-Z0-9._/-]{{0,{ORDER - 1}}}", plain):
        raise BadOrder(limit=ORDER)
    return plain


def buyer_of(session: Session, by: Person | None, who: Who) -> Named:
    """Who bought; of somebody who never agreed nothing is kept. Raises UnknownMember, WhichMember, OwnPurchase."""
    buyer = members.find(session, who)
    if not consents.served(session, buyer.member_id):
        raise UnknownMember(who=buyer.number)
    not_their_own(by, buyer.member_id)
    return buyer


def free(session: Session, order: str, by: Person | None) -> None:
    """Make sure that no purchase has an order number yet. Raises OrderExists, which tells a machine no name."""
    if first := session.exec(_standing(order)).first():
        name = session.get_one(Member, first.member_id).name if by else None
        raise OrderExists(order=order, whose=Named(first.member_id, name), at=first.made_at)


def find(session: Session, order: str) -> Purchase:
    """The purchase with an order number. Raises BadOrder, NoSuchOrder."""
    found = session.exec(_standing(tidy(order))).first()
    if found is None:
        raise NoSuchOrder(order=tidy(order))
    return found


def hold(session: Session, purchase_id: int) -> Purchase:
    """A purchase that nobody else refunds or undoes until the act ends."""
    held = select(Purchase).where(Purchase.id == purchase_id).with_for_update()
    return session.exec(held.execution_options(populate_existing=True)).one()


def _standing(order: str) -> SelectOfScalar[Purchase]:
    return select(Purchase).where(Purchase.order_number == order, col(Purchase.undone_at).is_(None))


def not_their_own(by: Person | None, member_id: int) -> None:
    """Staff below the owner leave purchases of their own to a colleague. Raises OwnPurchase."""
    if by and by.role < Role.OWNER and by.member_id == member_id:
        raise OwnPurchase


def _checked(sale: Sale, now: datetime) -> Sale:
    """A sale in bounds, with its order number as it is kept; the only product's price is known by the total."""
    if not 1 <= sale.total <= amounts.MOST:
        raise BadMoney
    if len(sale.lines) > LINES:
        raise TooManyLines(limit=LINES)
    if any(not 1 <= line.quantity <= PIECES for line in sale.lines):
        raise BadQuantity(limit=PIECES)
    if any(line.price is not None and not 0 <= line.price <= amounts.MOST for line in sale.lines):
        raise BadPrice
    if sale.at and sale.at > now + AHEAD:
        raise FuturePurchase
    lines = sale.lines
    if len(lines) == 1 and lines[0].price is None and sale.total % lines[0].quantity == 0:
        lines = (replace(lines[0], price=sale.total // lines[0].quantity),)
    return replace(sale, lines=lines, order=tidy(sale.order) if sale.order else None)


def _under(session: Session, key: str) -> Purchase | None:
    found = first(session.connection(), _by_key, {"key": key})
    return session.get_one(Purchase, found[0]) if found else None


def _same(session: Session, made: Purchase | None, buyer: Named, now: datetime) -> Receipt:
    """The receipt of what was entered under a key before. Raises StaleButton where that was undone, or another's."""
    if made is None or made.undone_at or made.member_id != buyer.member_id:
        raise StaleButton
    return receipts.of(session, made.id or 0, now=now)


def _insert(
    session: Session, by: Person | None, buyer: Named, sale: Sale, price: Price, shop: Shop, key: str, now: datetime
) -> int | None:
    """Enter the purchase itself, under its order number or the next one of our own; None where the key is taken.

    Raises OrderExists.
    """
    coupon_id, multiplier = price.discount.coupon_id if price.discount else None, price.multiplier
    about = {"key": key, "member_id": buyer.member_id, "coupon_id": coupon_id, "source": sale.source}
    about |= {"total": price.total, "discount": price.off, "paid": price.paid, "points": price.worth(shop)}
    about |= {"factor": multiplier.factor, "because": multiplier.because, "at": sale.at or now, "made_at": now}
    about |= {"staff_id": by.member_id if by else None}
    for more in count(1):
        number = sale.order or f"S-{(session.exec(select(func.max(Purchase.id))).one() or 0) + more:04}"
        made = insert_once(session, PURCHASES, order_number=number, **about)
        if made is not None or _under(session, key):
            return made
        if sale.order:
            free(session, sale.order, by)
    raise AssertionError("unreachable")


def _lay_down(session: Session, purchase_id: int, sale: Sale, now: datetime) -> None:
    """Keep the lines of a purchase. Raises BadProduct."""
    known = products.sold(session, [line.name for line in sale.lines], now=now)
    for line in sale.lines:
        about = {"purchase_id": purchase_id, "product_id": known[line.name]}
        insert_once(session, PURCHASE_LINES, **about, quantity=line.quantity, price=line.price)


def _earn(
    session: Session, purchase_id: int, buyer: Named, sale: Sale, price: Price, shop: Shop, now: datetime
) -> bool:
    """Give a purchase its points, and keep with it what the day's cap left of them. Returns whether it left less."""
    worth, key = price.worth(shop), key_of(purchase_id)
    pending = timedelta(days=shop.rules.points.pending_days)
    available = max(now, (sale.at or now) + pending) if pending else now
    why = {"available_at": available}
    earned = earnings.earn(session, buyer.member_id, worth, "purchase", shop, key=key, now=now, **why)
    if earned.points != worth:
        first(session.connection(), _earned, {"which": purchase_id, "points": earned.points})
    return earned.capped
