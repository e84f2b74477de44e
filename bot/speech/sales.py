"""How purchases and refunds are put into words: for whoever entered them, and in the member's letters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.types import InlineKeyboardMarkup

from bot.club.goals import Goal
from bot.club.members import Named
from bot.club.multipliers import WHOLE, Multiplier
from bot.club.offers import Offer
from bot.club.prices import Price
from bot.club.purchases import Sale
from bot.club.receipts import Receipt
from bot.club.refunds import Foreseen, Refunded
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.club.undoing import Undone
from bot.i18n import _
from bot.speech import Html, coupon, coupon_name, fill, fitting, grade, money, near_day, offer, person
from bot.speech.buttons import DeepLink, Written, rows, tap
from bot.speech.goals import goal_line
from bot.speech.profile import answers, asking
from bot.speech.suggestions import sentence


def entered(receipt: Receipt, shop: Shop) -> Html:
    """What staff read of a purchase that they entered."""
    facts = receipt.facts
    earned = _("+{points} points ({why}); the balance is {balance} now.")
    if receipt.multiplier.factor == WHOLE:
        earned = _("+{points} points; the balance is {balance} now.")
    why = reason(receipt.multiplier)
    parts = [
        fill(_("<b>{paid}</b> paid by {whom}."), paid=money(receipt.paid, shop), whom=person(receipt.who)),
        *_bought(facts),
        *_discounted(facts, shop),
        fill(earned, points=receipt.points, why=why, balance=receipt.balance),
        *_cut(facts),
        *_pending(facts, shop),
        *_unneeded(receipt.unneeded, why),
        *(
            [fill(_("A reason to congratulate: {grade} from now on."), grade=grade(receipt.grade))]
            if receipt.risen
            else []
        ),
        fill(_("Order {order}"), order=receipt.order),
    ]
    if receipt.say:
        parts.append(fill(_("Say: “{sentence}”"), sentence=sentence(receipt.say)))
    return fitting(parts)


def reason(multiplier: Multiplier) -> str:
    """Which multiplier counted, such as `1.2× as vip`."""
    says = {
        "birthday": _("{factor}× around the birthday"),
        "coupon": _("{factor}× by the coupon"),
    }
    if multiplier.because == "none":
        return ""
    text = says.get(multiplier.because) or _("{factor}× as {grade}")
    rank = grade(multiplier.because) if multiplier.because not in says else ""
    return text.format(factor=f"{multiplier.factor / WHOLE:g}", grade=rank)


@dataclass(frozen=True, slots=True)
class Preview:
    """A purchase before it is entered: who bought, what was told, what it would cost and earn."""

    who: Named
    sale: Sale
    price: Price


def previewed(preview: Preview, shop: Shop) -> Html:
    """A purchase as it would be, for staff to confirm."""
    sale, price = preview.sale, preview.price
    earned, why = price.worth(shop), reason(price.multiplier)
    text = _("+{points} points ({why})") if why else _("+{points} points")
    facts = {"lines": [[line.name, line.quantity] for line in sale.lines], "total": sale.total, "coupon": None}
    if used := price.discount:
        facts |= {"coupon": [used.name, str(used.offer), used.points], "discount": used.off}
    return fitting(
        [
            fill(_("<b>{paid}</b> paid by {whom}."), paid=money(price.paid, shop), whom=person(preview.who)),
            *_bought(facts),
            *_discounted(facts, shop),
            fill(text, points=earned, why=why),
            *_unneeded(price.unneeded, why),
            *([fill(_("Order {order}"), order=sale.order)] if sale.order else []),
        ]
    )


def undo_button(receipt: Receipt) -> InlineKeyboardMarkup:
    """The button that takes a purchase back while it is fresh."""
    return rows(tap(_("Undo"), "unsale", receipt.id))


def refund_foreseen(seen: Foreseen, shop: Shop) -> Html:
    """A refund as it would be, for staff to confirm."""
    facts = {"amount": money(seen.part.amount, shop), "order": seen.order, "whom": person(seen.who)}
    parts = [fill(_("<b>{amount}</b> of order {order} back to {whom}."), **facts)]
    if seen.part.points:
        parts.append(fill(_("−{points} points"), points=seen.part.points))
    if seen.coupon:
        parts.append(Html(_("Its coupon becomes good again.")))
    return fitting(parts)


def refunded(done: Refunded, shop: Shop) -> Html:
    """What staff read of a refund."""
    facts = {"amount": money(done.amount, shop), "order": done.order, "whom": person(done.who)}
    parts = [fill(_("<b>{amount}</b> of order {order} refunded to {whom}."), **facts)]
    if done.points:
        parts.append(
            fill(_("−{points} points; the balance is {balance} now."), points=done.points, balance=done.balance)
        )
    if done.owed:
        parts.append(fill(_("{owed} of them were spent already: the next points pay that first."), owed=done.owed))
    if done.coupon:
        parts.append(fill(_("The coupon “{coupon}” is good again."), coupon=coupon_name(done.coupon.name)))
    if done.left:
        parts.append(fill(_("{left} can still be refunded."), left=money(done.left, shop)))
    return fitting(parts)


def undone(done: Undone, shop: Shop) -> Html:
    """What staff read of a purchase that they undid."""
    facts = {"order": done.order, "paid": money(done.paid, shop), "whom": person(done.who)}
    text = _("Undone: {paid} of {whom}. It is as if it had not been, and the order number {order} is free again.")
    return fill(text, **facts)


def receipt_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The member's receipt: the balance first, then what was bought, what it earned and why; maybe a question below."""
    facts = letter.facts
    parts = [
        fill(_("Thank you for your purchase! You have <b>{balance} points</b> now."), balance=facts["balance"]),
        Html(""),
        *_bought(facts),
        *_discounted(facts, shop),
        fill(_("Paid: {paid}"), paid=money(facts["paid"], shop)),
        *_earned(facts),
        *_cut(facts),
        *_pending(facts, shop),
        *_risen(facts),
        *([goal_line(Goal(**facts["goal"]))] if facts["goal"] else []),
        fill(_("Order {order}"), order=facts["order"]),
    ]
    if asked := facts.get("asked"):
        return fitting(parts, last=f"\n{asking(asked)}"), rows(*answers(asked))
    return fitting(parts), None


def refund_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A refund, as the member reads of it."""
    facts = letter.facts
    parts = [
        fill(_("A refund is on its way; you have <b>{balance} points</b> now."), balance=facts["balance"]),
        Html(""),
        fill(_("{amount} of your order {order}"), amount=money(facts["amount"], shop), order=facts["order"]),
    ]
    if facts["points"]:
        parts.append(fill(_("−{points} points, which it had earned"), points=facts["points"]))
    if facts["owed"]:
        parts.append(
            fill(_("{owed} of them were spent already: what you earn next pays that first."), owed=facts["owed"])
        )
    if facts["coupon"]:
        parts += [Html("\n" + _("Your coupon is good again:")), coupon(facts["coupon"], shop)]
    return fitting(parts), None


def undone_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A purchase that was entered by mistake, in one friendly line."""
    text = _(
        "Please forgive a slip at the till: you have {balance} points, "
        "and the purchase of {paid} that was just noted is gone again."
    )
    return fill(text, balance=letter.facts["balance"], paid=money(letter.facts["paid"], shop)), None


def _bought(facts: dict[str, Any]) -> list[Html]:
    return [
        fill(_("· {product} × {count}") if many > 1 else _("· {product}"), product=name, count=many)
        for name, many in facts["lines"]
    ]


def _discounted(facts: dict[str, Any], shop: Shop) -> list[Html]:
    """What the coupon did."""
    if not facts["coupon"]:
        return []
    name, written, paid = facts["coupon"]
    if facts["discount"]:
        text = _("{total} less {off} with “{coupon}”")
        sums = {"total": money(facts["total"], shop), "off": money(facts["discount"], shop)}
        return [fill(text, **sums, coupon=coupon_name(name))]
    text = _("With “{coupon}”: +{points} points") if paid else _("With “{coupon}”: {offer}")
    return [fill(text, coupon=coupon_name(name), points=paid, offer=offer(Offer.read(written), shop))]


def _risen(facts: dict[str, Any]) -> list[Html]:
    """A receipt of an earlier release tells of no grade."""
    if not facts.get("risen"):
        return []
    return [fill(_("And it makes you <b>{grade}</b>! 🎉"), grade=grade(facts["risen"]))]


def _earned(facts: dict[str, Any]) -> list[Html]:
    if not facts["points"]:
        return []
    why = reason(Multiplier(facts["factor"], facts["because"]))
    text = _("It earned you {points} points ({why}).") if why else _("It earned you {points} points.")
    return [fill(text, points=facts["points"], why=why)]


def _cut(facts: dict[str, Any]) -> list[Html]:
    """Why there are fewer points than one would think."""
    parts = [Html(_("Today's limit for purchases is reached."))] if facts["capped"] else []
    if facts["repaid"]:
        text = _("{repaid} of them paid what was still owed for a refund.")
        parts.append(fill(text, repaid=facts["repaid"]))
    return parts


def _pending(facts: dict[str, Any], shop: Shop) -> list[Html]:
    if not facts["pending_until"]:
        return []
    day = datetime.fromisoformat(facts["pending_until"]).astimezone(shop.zone).date()
    return [fill(_("These points can be used from {day} on."), day=near_day(day))]


def _unneeded(kept: str, why: str) -> list[Html]:
    if not kept:
        return []
    text = _("The coupon “{coupon}” was not needed ({why}), so it stays good.")
    return [fill(text, coupon=coupon_name(kept), why=why)]
