"""The guided ways to enter a purchase and to refund one: what /sale and /refund ask, where nothing more is said."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.club import amounts, coupons, prices, products, purchases, refunds
from bot.club.errors import BadLine, ClubError, NoSuchCoupon
from bot.club.members import Person, Role, Who
from bot.club.purchases import LINES, PIECES, BadQuantity, Sale, TooManyLines
from bot.club.receipts import Bought, Receipt
from bot.club.refunds import Foreseen, Refunded
from bot.i18n import N_, _
from bot.speech import coupon_name, money, name, offer
from bot.speech.sales import Preview, entered, previewed, refund_foreseen, refunded, undo_button
from handlers import baskets
from handlers.forms import Asking, Form, Step, enter

SKIP = "-"
WHAT = N_("tea*2, Green cup")
ALL = "all"
SHORT = 28  # bytes of an order number that fits on a button


def _who(session: Session, asking: Asking, words: str) -> dict[str, Any]:
    who = Who(asking.person.visitor.platform, words.strip())
    return known(session, asking.person, who, now=asking.now)


def known(session: Session, by: Person, who: Who, *, now: datetime) -> dict[str, Any]:
    """A buyer as the form keeps one. Raises UnknownMember, WhichMember, OwnPurchase."""
    buyer = purchases.buyer_of(session, by, who)
    having = bool(coupons.wallet(session, buyer.member_id, now=now))
    return {"id": buyer.member_id, "number": buyer.number, "coupons": having}


def _amount(_session: Session, asking: Asking, words: str) -> int:
    return amounts.read(words, asking.shop)


def _what(session: Session, asking: Asking, words: str) -> list[list[Any]]:
    if words == SKIP:
        return []
    lines = baskets.listed(words)
    if not lines:
        raise BadLine(form=WHAT)
    if len(lines) > LINES:
        raise TooManyLines(limit=LINES)
    if any(not 1 <= line.quantity <= PIECES for line in lines):
        raise BadQuantity(limit=PIECES)
    usual = {f"={number}": called for number, called in products.usual(session, asking.facts["who"]["id"])}
    return [[products.called(usual.get(line.name, line.name)), line.quantity] for line in lines]


def _products(session: Session, asking: Asking) -> dict[str, str]:
    usual = products.usual(session, asking.facts["who"]["id"])
    return {f"={number}": called for number, called in usual} | {SKIP: _("Skip")}


def _coupon(session: Session, asking: Asking, words: str) -> str:
    """One of the buyer's own: of others a form says nothing, so it is no place to guess codes."""
    if words == SKIP:
        return ""
    mine = {each.code for each in coupons.wallet(session, asking.facts["who"]["id"], now=asking.now)}
    if coupons.tidy(words) not in mine:
        raise NoSuchCoupon
    _priced(session, asking, _sale(asking, coupon=coupons.tidy(words)))
    return coupons.tidy(words)


def _coupons(session: Session, asking: Asking) -> dict[str, str]:
    mine = coupons.wallet(session, asking.facts["who"]["id"], now=asking.now)
    good = [each for each in mine if each.minimum <= asking.facts["amount"]]
    return {each.code: f"{coupon_name(each.name)}: {offer(each.offer, asking.shop)}" for each in good} | {
        SKIP: _("No coupon")
    }


def _order(session: Session, asking: Asking, words: str) -> str:
    if words == SKIP:
        return ""
    order = purchases.tidy(baskets.order_in(words)[0])
    purchases.free(session, order, asking.person)
    return order


def _sale(asking: Asking, **more: Any) -> Sale:
    facts = asking.facts | more
    return Sale(
        Who(asking.person.visitor.platform, facts["who"]["number"]),
        facts["amount"],
        tuple(Bought(called, many) for called, many in facts.get("what", ())),
        facts.get("coupon") or None,
        facts.get("order") or None,
    )


def _priced(session: Session, asking: Asking, told: Sale) -> Preview:
    """A purchase with its price as it would be now. Raises what stands in its way."""
    buyer = purchases.buyer_of(session, asking.person, told.who)
    about = (session, asking.person, buyer, told.total, told.coupon, asking.shop)
    price = prices.foresee(*about, at=asking.now, now=asking.now)
    if isinstance(price, ClubError):
        raise price
    return Preview(buyer, told, price)


def _preview(session: Session, asking: Asking) -> Preview:
    return _priced(session, asking, _sale(asking))


def _enter(session: Session, asking: Asking) -> Receipt:
    done = purchases.enter(session, asking.person, _sale(asking), asking.shop, key=f"sale:{asking.key}", now=asking.now)
    if isinstance(done, ClubError):
        raise done
    return done


GUIDED_SALE = enter(
    Form(
        "newsale",
        N_("A purchase"),
        Role.CLERK,
        (
            Step("who", N_("Who bought it? The number on the card, a phone number, @username or the name."), _who),
            Step("amount", N_("How much was it before any coupon? Such as 128.50."), _amount),
            Step("what", N_("What was it? Such as: tea*2, Green cup"), _what, _products),
            Step(
                "coupon",
                N_("Which coupon shall it use?"),
                _coupon,
                _coupons,
                wanted=lambda facts: bool(facts.get("who", {}).get("coupons")),
            ),
            Step(
                "order",
                N_("Which order number does it have?"),
                _order,
                lambda _session, _asking: {SKIP: _("One of our own")},
            ),
        ),
        _enter,
        lambda receipt, shop, _now: (entered(receipt, shop), undo_button(receipt)),
        summary=lambda asking, seen: previewed(seen, asking.shop),
        sees=_preview,
    )
)


def _which(session: Session, asking: Asking, words: str) -> str:
    return refunds.foresee(session, asking.person, baskets.order_in(words)[0], None).order


def _latest(session: Session, asking: Asking) -> dict[str, str]:
    return {
        each.order: f"{each.order} · {name(each.who.name)} · {money(each.part.amount, asking.shop)}"
        for each in refunds.latest(session)
        if len(each.order) <= SHORT
    }


def _how_much(session: Session, asking: Asking, words: str) -> int | None:
    amount = None if words == ALL else amounts.read(words, asking.shop)
    refunds.foresee(session, asking.person, asking.facts["order"], amount)
    return amount


def _left(session: Session, asking: Asking) -> dict[str, str]:
    left = refunds.foresee(session, asking.person, asking.facts["order"], None).part.amount
    return {ALL: _("All of it: {left}").format(left=money(left, asking.shop))}


def _foresee(session: Session, asking: Asking) -> Foreseen:
    return refunds.foresee(session, asking.person, asking.facts["order"], asking.facts["amount"])


def _refund(session: Session, asking: Asking) -> Refunded:
    order, amount = asking.facts["order"], asking.facts["amount"]
    key = f"refund:{asking.key}"
    return refunds.refund(session, asking.person, order, amount, asking.shop, key=key, now=asking.now)


GUIDED_REFUND = enter(
    Form(
        "moneyback",
        N_("A refund"),
        Role.CLERK,
        (
            Step("order", N_("Of which order? Write its number, or tap one of the latest."), _which, _latest),
            Step("amount", N_("How much of it? Such as 28.50."), _how_much, _left),
        ),
        _refund,
        lambda done, shop, _now: (refunded(done, shop), None),
        summary=lambda asking, seen: refund_foreseen(seen, asking.shop),
        sees=_foresee,
    )
)
