"""The receipt of a purchase, for whoever entered it and for the member: what was paid, and what it brought."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session

from bot.club import discounts, goals, outbox, points
from bot.club.goals import Goal
from bot.club.members import Named
from bot.club.multipliers import Multiplier
from bot.club.offers import Offer
from bot.club.suggestions import Suggested
from db.coupons import Coupon
from db.hot import first
from db.members import MEMBERS
from db.points import ENTRIES, LOTS
from db.purchases import PRODUCTS, PURCHASE_LINES, PURCHASES

_names = ("order_number", "member_id", "total", "discount", "paid", "coupon_id", "points", "factor", "because")
_made = (
    select(*(PURCHASES.c[name] for name in _names), MEMBERS.c.name, MEMBERS.c.grade)
    .join_from(PURCHASES, MEMBERS, MEMBERS.c.id == PURCHASES.c.member_id)
    .where(PURCHASES.c.id == bindparam("purchase"))
)
_lines = (
    select(PRODUCTS.c.name, PURCHASE_LINES.c.quantity, PURCHASE_LINES.c.price)
    .join_from(PURCHASE_LINES, PRODUCTS, PRODUCTS.c.id == PURCHASE_LINES.c.product_id)
    .where(PURCHASE_LINES.c.purchase_id == bindparam("purchase"))
    .order_by(PURCHASE_LINES.c.id)
)
_debts = select(func.sum(ENTRIES.c.amount)).where(
    or_(ENTRIES.c.key == bindparam("own"), ENTRIES.c.key == bindparam("of_coupon"))
)
_available = select(LOTS.c.available_at).where(LOTS.c.key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of a purchase: a product, how many, and the price of one where it is known."""

    name: str
    quantity: int = 1
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """The coupon that a purchase used: its name, what it gives, and the points that it paid by itself."""

    name: str
    offer: Offer
    points: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A purchase that was entered. Money in minor units; `balance` can be spent, `pending_until` its own points cannot.

    `repaid` of the points went to what was owed for a refund; `capped`: today's cap left fewer. `unneeded` is a coupon
    that was named and kept, since a higher multiplier counts; `risen`: it brought the member their `grade`; `say` is a
    sentence for the clerk to say.
    """

    id: int
    order: str
    who: Named
    grade: str
    lines: tuple[Bought, ...]
    total: int
    discount: int
    paid: int
    coupon: Used | None
    points: int
    repaid: int
    multiplier: Multiplier
    pending_until: datetime | None
    balance: int
    goal: Goal | None
    capped: bool = False
    unneeded: str = ""
    risen: bool = False
    say: Suggested | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What the member's letter keeps."""
        return {
            "purchase_id": self.id,
            "order": self.order,
            "lines": [[line.name, line.quantity] for line in self.lines],
            "total": self.total,
            "discount": self.discount,
            "paid": self.paid,
            "coupon": [self.coupon.name, str(self.coupon.offer), self.coupon.points] if self.coupon else None,
            "points": self.points,
            "repaid": self.repaid,
            "capped": self.capped,
            "factor": self.multiplier.factor,
            "because": self.multiplier.because,
            "pending_until": self.pending_until.isoformat() if self.pending_until else None,
            "balance": self.balance,
            "risen": self.grade if self.risen else None,
            "goal": asdict(self.goal) if self.goal else None,
        }


def key_of(purchase_id: int) -> str:
    """The key under which a purchase's points are in the ledger."""
    return f"purchase:{purchase_id}"


def of(session: Session, purchase_id: int, *, now: datetime) -> Receipt:
    """The receipt of a purchase, with the balance as it is now."""
    row = first(session.connection(), _made, {"purchase": purchase_id})
    order, member_id, total, discount, paid, coupon_id, earned, factor, because, name, grade = row
    balance = points.usable(session, member_id, now=now)
    available = session.connection().execute(_available, {"key": key_of(purchase_id)}).scalar()
    return Receipt(
        id=purchase_id,
        order=order,
        who=Named(member_id, name),
        grade=grade,
        lines=lines(session, purchase_id),
        total=total,
        discount=discount,
        paid=paid,
        coupon=_used(session, coupon_id, purchase_id) if coupon_id else None,
        points=earned,
        repaid=_repaid(session, purchase_id),
        multiplier=Multiplier(factor, because),
        pending_until=available if available and available > now else None,
        balance=balance,
        goal=goals.next_gift(session, member_id, balance, now=now),
    )


def told(receipt: Receipt, source: str) -> dict[str, Any]:
    """What a webhook is told of a purchase."""
    about = {"purchase": receipt.id, "order": receipt.order, "member": receipt.who.number, "source": source}
    names = ("total", "discount", "paid", "points", "balance", "grade")
    return about | {name: getattr(receipt, name) for name in names}


def send(session: Session, receipt: Receipt, *, now: datetime) -> None:
    """Send the member their receipt."""
    key = f"receipt:{receipt.id}"
    outbox.to_member(session, "receipt", receipt.who.member_id, key=key, now=now, **receipt.facts)


def lines(session: Session, purchase_id: int) -> tuple[Bought, ...]:
    """What was bought, in the order in which it was said."""
    return tuple(Bought(*row) for row in session.connection().execute(_lines, {"purchase": purchase_id}))


def _repaid(session: Session, purchase_id: int) -> int:
    """What of a purchase's points went at once to what was still owed."""
    own = key_of(purchase_id)
    keys = {"own": f"debt:{own}", "of_coupon": f"debt:{discounts.of_coupon(own)}"}
    return -(first(session.connection(), _debts, keys)[0] or 0)


def _used(session: Session, coupon_id: int, purchase_id: int) -> Used:
    coupon = session.get_one(Coupon, coupon_id)
    return Used(coupon.name, Offer.read(coupon.offer), discounts.paid(session, key_of(purchase_id)))
