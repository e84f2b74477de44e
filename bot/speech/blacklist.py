"""How the blacklist is told: to the staff, and to whom it is about, who asked."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from bot.club.blacklist import Listed
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting, moment, person
from bot.speech.buttons import Written, rows, tap

BUTTONS = 10  # under the list
# Each level with all that it stops.
STOPS = {
    "points": N_("earns no points"),
    "deals": N_("earns no points, claims no deals"),
    "messages": N_("earns no points, claims no deals, gets no letters"),
    "group": N_("earns no points, claims no deals, gets no letters, is kept out of the groups"),
}
# The same on buttons, where each goes on from the one above.
LABELS = {
    "points": N_("No points"),
    "deals": N_("… and no deals"),
    "messages": N_("… and no letters"),
    "group": N_("… and out of the group"),
}


def level_name(level: str) -> str:
    """What a level stops."""
    return _(STOPS[level])


def barred() -> Html:
    """What a member reads who earns nothing."""
    return Html(_("No points are earned at the moment. The shop's people can tell you more."))


def line(about: Listed, shop: Shop) -> Html:
    """A member on the blacklist, as /member tells it."""
    if about.at is None:
        return fill(_("⛔ Blacklist: {level} (from before they were erased)"), level=level_name(about.level))
    text = _("⛔ Blacklist: {level} – “{reason}” ({by}, {at})")
    return fill(text, level=level_name(about.level), reason=about.reason, by=about.by, at=moment(about.at, shop))


def done(about: Listed, _shop: Shop) -> Html:
    """What stands once somebody was put on the blacklist."""
    text = fill(_("{who} is on the blacklist: {level}."), who=person(about.who), level=level_name(about.level))
    told = _("They are told only when they ask. /unblock {number} takes them off again.")
    return Html(text + "\n" + fill(told, number=about.who.number))


def page(listed: Sequence[Listed], shop: Shop) -> Written:
    """Who is on the blacklist, with a button each that takes them off."""
    if not listed:
        return Html(_("Nobody is on the blacklist.")), None
    lines = [fill("<b>{who}</b>\n{line}", who=person(each.who), line=line(each, shop)) for each in listed]
    return fitting([_("<b>Blacklist</b>: whom shall I take off?"), *lines], "\n\n"), _offs(listed)


def _offs(listed: Sequence[Listed]) -> InlineKeyboardMarkup:
    taken = [each.who for each in listed[:BUTTONS]]
    return rows(*(tap(f"{who.number} {who.name or ''}".strip(), "unblock", who.member_id) for who in taken))
