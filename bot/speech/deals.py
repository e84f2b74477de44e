"""How a deal is described, to one person or in a group's post."""

from aiogram.types import InlineKeyboardButton

from bot.club.cuts import GRADES
from bot.club.deal_looks import Shown
from bot.club.extras import Extra
from bot.club.rules import Shop
from bot.club.windows import Window
from bot.i18n import _
from bot.speech import Html, fill, grade, last_moment, offer
from bot.speech.buttons import tap


def described(deal: Shown, shop: Shop) -> Html:
    """A deal in a few lines: what, until when, how many are left."""
    lines = [fill("<b>{title}</b>", title=deal.title), fill("{offer}", offer=offer(deal.offer, shop))]
    if deal.extra:
        lines.append(more(deal.extra, shop))
    if deal.state != "open":
        return Html("\n".join([*lines, _("This deal is over.")]))
    lines.append(fill(_("Until {until}"), until=last_moment(deal.closes_at, shop)))
    if deal.daily:
        lines.append(each_day(deal.daily))
    if deal.left is not None:
        lines.append(places(deal, deal.left) if deal.left else _all_taken(deal))
    if deal.each > 1:
        lines.append(for_each(deal.each))
    if deal.mine:
        lines.append(Html(_("You have it: /coupons")))
    return Html("\n".join(lines))


def _all_taken(deal: Shown) -> Html:
    return Html(_("All taken for today") if deal.daily else _("All taken"))


def each_day(hours: Window) -> Html:
    """The hours of the day in which something can be had."""
    return fill(_("Each day {begins} to {ends}"), begins=f"{hours.begins:%H:%M}", ends=f"{hours.ends:%H:%M}")


def more(extra: Extra, shop: Shop) -> Html:
    """What old members get beyond what everybody gets."""
    return fill(_("{whom}: {offer}"), whom=from_grade(extra.grade), offer=offer(extra.offer, shop))


def from_grade(name: str) -> str:
    """Those of a grade and of the higher ones."""
    return grade(name) if name == GRADES[-1] else _("From {grade} up").format(grade=grade(name))


def in_stock(stock: int, *, daily: bool) -> Html:
    """How many places there are to begin with, of the whole deal or each day."""
    text = _("{count} each day", "{count} each day", stock) if daily else _("{count} left", "{count} left", stock)
    return fill(text, count=stock)


def for_each(limit: int) -> Html:
    """How often a member may claim a deal."""
    return fill(_("One for each member", "Up to {count} for each member", limit), count=limit)


def places(deal: Shown, left: int) -> Html:
    """How many places are left: while the hours of a day are on, of that day."""
    if deal.daily and deal.on:
        return fill(_("{count} left today", "{count} left today", left), count=left)
    return in_stock(left, daily=deal.daily is not None)


def claim_button(deal_id: int, title: str = "") -> InlineKeyboardButton:
    """The button that claims a deal, with its title where several stand together."""
    return tap(_("Claim: {title}").format(title=title) if title else _("Claim"), "claim", deal_id)
