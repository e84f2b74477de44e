"""How a day's plan is put into words: a line for each kind of letter, and a button that skips it."""

from datetime import date

from aiogram.types import InlineKeyboardButton

from bot.club import journeys
from bot.club.plan import Line, Plan
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.club.skips import BROADCAST, DEAL
from bot.i18n import N_, _, spoken
from bot.speech import Html, fill, fitting, money, name, weekday
from bot.speech.buttons import DeepLink, Written, rows, tap
from bot.speech.switches import when

MOST = 40  # lines with a button

WHAT = {
    "birthday": N_("Birthday wishes"),
    "birthday_ahead": N_("Birthday coupons, a week ahead"),
    "birthday_reminder": N_("Reminders of birthday coupons"),
    "family": N_("Family days, a week ahead"),
    "coupon_reminder": N_("Reminders of coupons"),
    "coupon_giving": N_("Coupons that you gave"),
    "expiry": N_("Word that points expire"),
    "grade_up": N_("Congratulations on a grade"),
    "grade_notice": N_("Word that a grade ends soon"),
    "grade_falls": N_("Grades that end; nobody is written to"),
    "gift_reminder": N_("Reminders of gifts to fetch"),
    "gift_lapsed": N_("Word that an order lapsed"),
    "gift_back": N_("Word that a gift is back"),
    "question": N_("Questions about themselves"),
}


def letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The card of the evening."""
    return card(Plan.of(sent.facts), shop)


def card(plan: Plan, shop: Shop) -> Written:
    """What goes out on a day, line by line, with a button for each."""
    head = [fill(_("<b>Plan for {day}</b>"), day=weekday(plan.day))]
    if shop.rules.sending.paused:
        head.append(Html(_("⏸ Everything is paused: of this nothing goes before /resume.")))
    if not plan.lines:
        return Html("\n".join([*head, _("Nothing goes out on its own.")])), None
    lines = [_line(each, shop) for each in plan.lines]
    cost = sum(line.cost for line in plan.lines if not line.skipped)
    together = fill(_("Together it costs {cost} at most."), cost=money(cost, shop)) if cost else _("It costs nothing.")
    below = "\n" + together + "\n" + _("All of it goes by itself, without a word from you. A tap skips a line.")
    buttons = [_button(plan.day, each) for each in plan.lines[:MOST] if not each.stays]
    return fitting([*head, *lines], last=below), rows(*buttons) if buttons else None


def _line(line: Line, shop: Shop) -> Html:
    mark = "✖️" if line.skipped else "•" if line.stays else "✅"
    names = _(", ").join(name(each) for each in line.names)
    if names and line.count > len(line.names):
        names = _("{names} and more").format(names=names)
    parts = [f"{line.count:,}", names, money(line.cost, shop) if line.cost else ""]
    parts.append(_("skipped") if line.skipped else "")
    told = " · ".join(part for part in parts if part)
    return fill(_("{mark} <b>{what}</b>: {told}"), mark=mark, what=called(line.line, line.title), told=told)


def _button(day: date, line: Line) -> InlineKeyboardButton:
    label, do = (_("Send: {what}"), "go") if line.skipped else (_("Skip: {what}"), "skip")
    return tap(label.format(what=called(line.line, line.title)), "plan", do, day, line.line)


def called(line: str, title: str = "") -> str:
    """A line of a plan in a few words: what would be sent. `title`: a broadcast's audience, a deal's title."""
    first, _sep, which = line.partition("/")
    if first == BROADCAST:
        return _("Broadcast {id} to {audience}").format(id=which, audience=title or "…")
    if first == DEAL:
        return _("Deal “{title}”").format(title=title or which)
    if which:
        journey = journeys.shipped()[first]
        step = journey.step(which)
        return f"{journey.title[spoken()]}{f', {when(step)}' if step else ''}"
    return _(WHAT[first]) if first in WHAT else first
