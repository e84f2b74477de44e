"""How it is put into words what members may still come for, and the month's budget."""

from bot.club.budget import Month
from bot.club.liability import Liability
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.pictures.cards import liability_picture
from bot.speech import Html, fill, money
from bot.speech.buttons import DeepLink, Written, rows, tap

NAMES = {
    "balance": N_("Points"),
    "money": N_("Coupons, money off"),
    "percent": N_("Coupons, per cent off"),
    "gift": N_("Coupons, gifts"),
    "points": N_("Coupons, points"),
    "times": N_("Coupons, points multiplied"),
    "ordered": N_("Ordered gifts"),
}


def described(found: Liability, shop: Shop) -> Html:
    """All that members may come for, with what it would cost."""
    line = _("· {what}: {count}, {cost}")
    parts = [fill(_("<b>If everybody came for theirs: {cost}</b>"), cost=money(found.cost, shop))]
    parts += [
        fill(line, what=_(NAMES[each.what]), count=each.count, cost=money(each.cost, shop)) for each in found.promised
    ]
    return Html(
        "\n".join([*parts, *_notes(found), _budget(found.month, shop), _("By your estimates: /settings budget")])
    )


def drawn(found: Liability, shop: Shop) -> bytes:
    """The same as a picture. Drawing takes a moment: not for the event loop."""
    month, whole = found.month, found.cost or 1
    shares = [(_(NAMES[each.what]), each.count, money(each.cost, shop), each.cost / whole) for each in found.promised]
    spent = None if month.ceiling is None else min(1.0, month.spent / month.ceiling)
    title = _("If everybody came for theirs")
    return liability_picture(title, money(found.cost, shop), shares, _notes(found), (_budget(month, shop), spent))


def _notes(found: Liability) -> list[Html]:
    if not found.lapsing:
        return []
    return [fill(_("{points} points lapse within 30 days if nobody uses them."), points=found.lapsing)]


def _budget(month: Month, shop: Shop) -> Html:
    """How much of the month's budget is used."""
    if month.ceiling is None:
        return fill(_("Given on my own this month: {spent}, without a limit."), spent=money(month.spent, shop))
    of = {"spent": money(month.spent, shop), "ceiling": money(month.ceiling, shop)}
    return fill(_("Given on my own this month: {spent} of {ceiling}."), **of)


def reached_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Tell an owner that the month's budget is used up."""
    text = _(
        "This month's budget of {ceiling} is used up, so I give no more coupons on my own until the next month; wishes "
        "and reminders still go out. You may raise it."
    )
    ceiling = money(letter.facts["ceiling"], shop)
    return fill(text, ceiling=ceiling), rows(tap(_("Change it"), "rule", "budget.monthly"))
