"""How gifts are described, to members and to the shop."""

from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.club.gifts import GRADES, Shelved
from bot.club.orders import Area, Offered
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import _
from bot.speech import Html, fill, grade, last_moment, moment, name, person
from bot.speech.buttons import tap


def on_the_shelf(gift: Shelved, shop: Shop, now: datetime) -> Html:
    """A gift in a line, as the shop reads it."""
    text = fill(
        _("<b>{name}</b>: {cost} points, {stock} left"),
        name=gift.name,
        cost=gift.cost,
        stock=gift.stock,
    )
    begins = [fill(_("from {opens}"), opens=moment(gift.opens_at, shop))] if gift.opens_at > now else []
    return Html(_(", ").join([text, *begins, *conditions(gift, shop)]))


def conditions(gift: Shelved, shop: Shop) -> list[Html]:
    """Who may have a gift, how often, and when."""
    found = []
    if gift.grade != GRADES[0]:
        found.append(fill(_("from grade {grade}"), grade=grade(gift.grade)))
    if gift.each:
        found.append(fill(_("{count} for each member"), count=gift.each))
    if gift.closes_at:
        found.append(fill(_("until {until}"), until=last_moment(gift.closes_at, shop)))
    return found


def offered(offer: Offered, shop: Shop) -> Html:
    """A gift as one member sees it: price, what is left, and what still stands in the way."""
    gift = offer.gift
    lines = [on_the_shelf(gift, shop, gift.opens_at)]
    if not offer.allowed:
        lines.append(Html(_("For a higher grade than yours.")))
    elif offer.full:
        lines.append(Html(_("You have had it as often as each member may.")))
    elif offer.waits:
        lines.append(Html(_("I tell you when it is back.")))
    elif offer.lacks:
        lines.append(fill(_("You still need {lacks} points."), lacks=offer.lacks))
    return Html("\n".join(lines))


def choices(area: Area) -> list[InlineKeyboardButton]:
    """The buttons under the gift area: to redeem what is there, to wait for what is not, to take an order back."""
    wanted = [offer for offer in area.offers if offer.allowed and not offer.full]
    there = [tap(offer.gift.name, "gift", "ask", offer.gift.id) for offer in wanted if offer.gift.stock]
    gone = [
        tap(_("Tell me: {name}").format(name=offer.gift.name), "gift", "wait", offer.gift.id)
        for offer in wanted
        if not (offer.gift.stock or offer.waits)
    ]
    return [*there, *gone, *(cancel_button(voucher, voucher.name) for voucher in area.orders)]


def cancel_button(voucher: Voucher, title: str = "") -> InlineKeyboardButton:
    """The button that takes an order back, with the gift's name where several stand together."""
    return tap(_("Cancel: {name}").format(name=title) if title else _("Cancel the order"), "gift", "drop", voucher.id)


def ticket(voucher: Voucher, shop: Shop) -> Html:
    """A voucher in words, with its code."""
    return fill(
        _("<b>{name}</b>\nCode: <code>{code}</code>\nTo be fetched by {until}"),
        name=voucher.name,
        code=voucher.code,
        until=last_moment(voucher.good_until, shop),
    )


def of_whom(voucher: Voucher, shop: Shop) -> Html:
    """An order as the staff read it: for whom, what, since when, until when."""
    return fill(
        _("{who}: “{name}”, ordered on {at}, good until {until}"),
        who=person(voucher.who),
        name=voucher.name,
        at=moment(voucher.ordered_at, shop),
        until=last_moment(voucher.good_until, shop),
    )


def handed(voucher: Voucher) -> Html:
    """What staff read once they handed something over."""
    return fill(
        _("Done: “{gift}” for {number}, {name}."),
        gift=voucher.name,
        number=voucher.who.number,
        name=name(voucher.who.name),
    )
