"""How gifts are described, to members and to the shop."""

from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.club.area import Area, Offered
from bot.club.cuts import GRADES
from bot.club.gifts import Shelved
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.club.series import Collection
from bot.club.vouchers import Voucher
from bot.i18n import _
from bot.speech import Html, coupon, fill, grade, last_moment, moment, name, offer, person
from bot.speech.buttons import DeepLink, Written, rows, tap


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
    if gift.series:
        found.append(fill(_("of the series “{series}”"), series=gift.series))
    return found


def offered(seen: Offered, shop: Shop) -> Html:
    """A gift as one member sees it: price, what is left, and what still stands in the way."""
    gift = seen.gift
    lines = [on_the_shelf(gift, shop, gift.opens_at)]
    if not seen.allowed:
        lines.append(Html(_("For a higher grade than yours.")))
    elif seen.full:
        lines.append(Html(_("You have had it as often as each member may.")))
    elif seen.waits:
        lines.append(Html(_("I tell you when it is back.")))
    elif seen.lacks:
        lines.append(fill(_("You still need {lacks} points."), lacks=seen.lacks))
    return Html("\n".join(lines))


def collected(series: Collection, shop: Shop) -> Html:
    """A series as one member sees it: what they have, what is missing, and what all together bring."""
    have = fill(
        # NOTE: How many pieces of a series somebody has; the pieces follow.
        _("<b>{series}</b>: {have} of {all}"),
        series=series.name,
        have=series.collected,
        all=len(series.pieces),
    )
    pieces = (fill("✓ {piece}" if piece.mine else "{piece}", piece=piece.name) for piece in series.pieces)
    lines = [" · ".join([have, *pieces])]
    if series.won:
        lines.append(_("You have had its prize: well done!"))
    elif series.offer:
        lines.append(fill(_("Whoever has them all gets: {offer}"), offer=offer(series.offer, shop)))
    return Html("\n".join(lines))


def choices(area: Area) -> list[InlineKeyboardButton]:
    """The buttons under the gift area: to redeem what is there, to wait for what is not, and two for each order."""
    wanted = [seen for seen in area.offers if seen.allowed and not seen.full]
    there = [tap(seen.gift.name, "gift", "ask", seen.gift.id) for seen in wanted if seen.gift.stock]
    gone = [
        tap(_("Tell me: {name}").format(name=seen.gift.name), "gift", "wait", seen.gift.id)
        for seen in wanted
        if not (seen.gift.stock or seen.waits)
    ]
    return [*there, *gone, *(button for each in area.orders for button in _of_voucher(each, each.name))]


def voucher_buttons(voucher: Voucher) -> InlineKeyboardMarkup:
    """The buttons under a voucher: to show it as a picture, and to take the order back."""
    return rows(*_of_voucher(voucher))


def _of_voucher(voucher: Voucher, title: str = "") -> list[InlineKeyboardButton]:
    """With the gift's name where several stand together."""
    show = _("QR code: {name}").format(name=title) if title else _("Show the QR code")
    cancel = _("Cancel: {name}").format(name=title) if title else _("Cancel the order")
    return [tap(show, "voucher", "qr", voucher.id), tap(cancel, "voucher", "drop", voucher.id)]


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


def series_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The prize for a whole series."""
    facts = letter.facts
    about = {"name": name(letter.name), "series": facts["series"], "shop": shop.name}
    if facts.get("coupon"):
        text = _(
            "Congratulations, {name}: you have collected all of “{series}”! This is from {shop} for it:\n\n{coupon}\n\n"
            "Show the code when you pay. /coupons keeps it for you."
        )
        return fill(text, **about, coupon=coupon(facts["coupon"], shop)), None
    text = _("Congratulations, {name}: you have collected all of “{series}”! {shop} gives you {prize} for it.")
    return fill(text, **about, prize=offer(Offer.read(facts["offer"]), shop)), None


def reminder_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Remind of a gift that waits to be fetched."""
    text = _(
        "A small reminder: “{gift}” is still waiting for you in the shop.\n"
        "Code: <code>{code}</code>\nFetch it by {until}."
    )
    until = last_moment(datetime.fromisoformat(letter.facts["good_until"]), shop)
    return fill(text, gift=letter.facts["name"], code=letter.facts["code"], until=until), None


def lapsed_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell that an order ended, since nobody fetched the gift."""
    text = _("Nobody fetched “{gift}”, so the order has ended. Your {points} points are back.")
    return fill(text, gift=letter.facts["name"], points=letter.facts["points"]), None


def cancelled_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell that the shop had to cancel an order."""
    text = _("We had to cancel your order of “{gift}”. Your {points} points are back.")
    return fill(text, gift=letter.facts["name"], points=letter.facts["points"]), None


def back_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell who asked for it that a gift is back."""
    text = _("“{gift}”, which you asked for, is back. Who is first has it.")
    return fill(text, gift=letter.facts["name"]), rows(
        tap(letter.facts["name"], "gift", "ask", letter.facts["gift_id"])
    )
