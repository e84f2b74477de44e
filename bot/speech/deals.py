"""How a deal is described, to one person or in a group's post."""

from aiogram.types import InlineKeyboardButton

from bot.club.deals import Shown
from bot.club.rules import Shop
from bot.club.windows import Window
from bot.i18n import _
from bot.speech import Html, fill, last_moment, offer
from bot.speech.buttons import tap


def described(deal: Shown, shop: Shop) -> Html:
    """A deal in a few lines: what, until when, how many are left."""
    lines = [fill("<b>{title}</b>", title=deal.title), fill("{offer}", offer=offer(deal.offer, shop))]
    if deal.state != "open":
        return Html("\n".join([*lines, _("This deal is over.")]))
    lines.append(fill(_("Until {until}"), until=last_moment(deal.closes_at, shop)))
    if deal.daily:
        lines.append(each_day(deal.daily))
    if deal.left is not None:
        left = _("{count} left", "{count} left", deal.left)
        lines.append(fill(left, count=deal.left) if deal.left else Html(_("All taken")))
    if deal.mine:
        lines.append(Html(_("You have it: /coupons")))
    return Html("\n".join(lines))


def each_day(hours: Window) -> Html:
    """The hours of the day in which something can be had."""
    return fill(_("Each day {begins} to {ends}"), begins=f"{hours.begins:%H:%M}", ends=f"{hours.ends:%H:%M}")


def claim_button(deal_id: int, title: str = "") -> InlineKeyboardButton:
    """The button that claims a deal, with its title where several stand together."""
    return tap(_("Claim: {title}").format(title=title) if title else _("Claim"), "claim", deal_id)
