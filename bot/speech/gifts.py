"""How gifts are described, to members and to the shop."""

from datetime import datetime

from bot.club.gifts import GRADES, Shelved
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, fill, grade, last_moment, moment


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
