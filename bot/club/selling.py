"""Selling rules: who bought one product is offered another, told a sentence, or gets a coupon for the next visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy import select as choose
from sqlmodel import Session, col, select, update

from bot.club import audit, budget, outbox, products, suggestions
from bot.club.coupons import Issued
from bot.club.errors import BadNumber, ClubError, StaleButton
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.coupons import Coupon
from db.engine import insert_once
from db.purchases import PURCHASE_LINES, Product, Purchase
from db.suggestions import SELLING_RULES, Pairing, SellingRule

SAYS = 200  # characters of a sentence
DAYS = 3650  # for which a coupon is good
MOST = 100  # rules that stand
PAIRS = 10  # of the shop's own that are shown


class TooManyRules(ClubError):
    """One selling rule more than the shop may have."""

    says = N_("{limit} sentences are the most. Please take one away first.")


class SameTwice(ClubError):
    """A product that should be offered to who bought it."""

    says = N_("Who bought “{name}” has it already: please offer something else with it.")


_bought = choose(PURCHASE_LINES.c.product_id).where(PURCHASE_LINES.c.purchase_id == bindparam("purchase"))
_rewards = (
    choose(SELLING_RULES.c.coupon, SELLING_RULES.c.days)
    .where(SELLING_RULES.c.state == "open", SELLING_RULES.c.coupon.is_not(None))
    .where(SELLING_RULES.c.after_id.is_(None) | SELLING_RULES.c.after_id.in_(_bought))
    .order_by(SELLING_RULES.c.after_id.is_(None), SELLING_RULES.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule as a manager asks for it: after which product (None: any), what to offer or say, or which coupon."""

    after: str | None
    offers: str | None = None
    says: str | None = None
    coupon: Offer | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule as staff see it, and how often its sentence was given and followed."""

    id: int
    plan: Plan
    said: int = 0
    followed: int = 0


@dataclass(frozen=True, slots=True)
class Paired:
    """Two products that the shop's purchases tell of: for what share of the first's, in per cent; said and followed."""

    after: str
    offers: str
    share: int
    said: int
    followed: int


@dataclass(frozen=True, slots=True)
class Script:
    """What the clerks have to say: the owner's rules, and what is bought together."""

    rules: tuple[Ruled, ...]
    pairs: tuple[Paired, ...]


def make(session: Session, by: Person, plan: Plan, *, now: datetime) -> Ruled:
    """Make a rule; a product that was never sold is known from now on. Raises BadProduct, TooManyRules, SameTwice."""
    if plan.days is not None and not 1 <= plan.days <= DAYS:
        raise BadNumber(option="days", limit=DAYS)
    if len(session.exec(select(SellingRule.id).where(SellingRule.state == "open")).all()) >= MOST:
        raise TooManyRules(limit=MOST)
    known = products.sold(session, [name for name in (plan.after, plan.offers) if name], now=now)
    after, offers = (known[name] if name else None for name in (plan.after, plan.offers))
    if after is not None and after == offers:
        raise SameTwice(name=plan.after)
    made = insert_once(
        session,
        SELLING_RULES,
        after_id=after,
        offers_id=offers,
        says=plan.says,
        coupon=str(plan.coupon) if plan.coupon else None,
        days=plan.days,
        state="open",
        made_by=by.member_id,
        made_at=now,
    )
    audit.note(session, by.member_id, "script new", now=now, number=made)
    return _one(session, made or 0)


def drop(session: Session, by: Person, rule_id: int, *, now: datetime) -> Ruled:
    """Take a rule out of use. Raises StaleButton."""
    gone = update(SellingRule).where(col(SellingRule.id) == rule_id, col(SellingRule.state) == "open")
    if not session.exec(gone.values(state="off")).rowcount:
        raise StaleButton
    audit.note(session, by.member_id, "script off", now=now, number=rule_id)
    return _one(session, rule_id)


def script(session: Session) -> Script:
    """All that stands, the rules in their order and the closest pairs first."""
    told = suggestions.counted(session)
    rules = session.exec(select(SellingRule).where(SellingRule.state == "open").order_by(col(SellingRule.id))).all()
    pairs = session.exec(
        select(Pairing)
        .order_by(col(Pairing.share).desc(), col(Pairing.lift).desc(), col(Pairing.after_id))
        .limit(PAIRS)
    ).all()
    names = _names(session)
    return Script(
        tuple(_ruled(rule, names, told) for rule in rules),
        tuple(
            Paired(names[p.after_id], names[p.offers_id], p.share, *told.get((None, p.after_id, p.offers_id), (0, 0)))
            for p in pairs
        ),
    )


def reward(session: Session, purchase_id: int, shop: Shop, *, now: datetime) -> Issued | None:
    """The coupon for the next visit that a purchase brings by the first rule that fits, within the month's budget."""
    rule = session.connection().execute(_rewards, {"purchase": purchase_id}).first()
    if rule is None:
        return None
    member_id = session.get_one(Purchase, purchase_id).member_id
    until = shop.end_of(shop.day(now) + timedelta(days=rule.days or 0))
    key, what = key_of(purchase_id), Offer.read(rule.coupon or "")
    given = budget.give(session, member_id, "next visit", what, shop, good_until=until, key=key, now=now)
    if given:
        outbox.to_member(session, "next_visit", member_id, key=f"next_visit:{purchase_id}", now=now, **given.facts)
    return given


def withdraw(session: Session, purchase_id: int) -> None:
    """Take the coupon of a purchase that is no more out of the member's wallet, if it was not used."""
    unused = (col(Coupon.key) == key_of(purchase_id), col(Coupon.state) == "issued")
    session.exec(update(Coupon).where(*unused).values(state="revoked").execution_options(synchronize_session=False))


def key_of(purchase_id: int) -> str:
    """The key of a purchase's next-visit coupon."""
    return f"next_visit:{purchase_id}"


def _one(session: Session, rule_id: int) -> Ruled:
    told = suggestions.counted(session, rule_id)
    return _ruled(session.get_one(SellingRule, rule_id, populate_existing=True), _names(session), told)


def _ruled(
    rule: SellingRule, names: dict[int, str], told: dict[tuple[int | None, int | None, int], tuple[int, int]]
) -> Ruled:
    mine = [many for key, many in told.items() if key[0] == rule.id]
    after, offers = (names[each] if each else None for each in (rule.after_id, rule.offers_id))
    coupon = Offer.read(rule.coupon) if rule.coupon else None
    said, followed = (sum(many[place] for many in mine) for place in (0, 1))
    return Ruled(rule.id or 0, Plan(after, offers, rule.says, coupon, rule.days), said, followed)


def _names(session: Session) -> dict[int, str]:
    """The names of the products that rules and pairs speak of."""
    spoken = [col(SellingRule.after_id), col(SellingRule.offers_id), col(Pairing.after_id), col(Pairing.offers_id)]
    here = col(Product.id).in_(select(spoken[0])) | col(Product.id).in_(select(spoken[1]))
    there = col(Product.id).in_(select(spoken[2])) | col(Product.id).in_(select(spoken[3]))
    return {number or 0: name for number, name in session.exec(select(Product.id, Product.name).where(here | there))}
