"""How a member is described to a manager, on one page."""

from aiogram.types import InlineKeyboardMarkup

from bot.club.portraits import Portrait
from bot.club.profile import Known
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, blacklist, day, fill, fitting, grade, grades, money, name, notes
from bot.speech.buttons import rows, tap
from bot.speech.profile import label, value

NOTIFY = {
    "all": N_("gets everything"),
    "own": N_("gets no offers, only what is their own"),
    "none": N_("wants no letters"),
}


def portrait(of: Portrait, shop: Shop) -> Html:
    """A member on one page: who and since when, what they told, what staff noted."""
    about = [_field(field) for field in of.fields] or [Html(_("Nothing told yet."))]
    title = fill("<b>{number} {name}</b>", number=of.who.number, name=name(of.who.name))
    noted = [notes.tags(of.notes), *notes.notes(of.notes, shop)]
    return fitting([title, *_standing(of, shop), Html(""), *about, Html(""), *noted])


def _standing(of: Portrait, shop: Shop) -> list[Html]:
    since = day(of.met_at.astimezone(shop.zone).date())
    lines = [
        fill(
            _("{grade} · {points} points · {coupons} coupons"),
            grade=grade(of.grade),
            points=of.points,
            coupons=of.coupons,
        ),
        fill(_("Member since {day}") if of.agreed else _("Known since {day}, has not agreed yet"), day=since),
    ]
    if of.came_by:
        lines.append(fill(_("Came by the link “{link}”"), link=of.came_by))
    if of.spending.last_at:
        text = _(
            "{count} purchase for {paid}, the last on {day}",
            "{count} purchases for {paid}, the last on {day}",
            of.spending.purchases,
        )
        last = day(of.spending.last_at.astimezone(shop.zone).date())
        lines.append(fill(text, count=of.spending.purchases, paid=money(of.spending.paid, shop), day=last))
    if of.scores:
        lines.append(grades.scored(of.scores))
    if of.by_hand:
        lines.append(grades.by_hand(of.by_hand, shop))
    if of.last_check_in:
        lines.append(fill(_("Last check-in: {day}"), day=of.last_check_in))
    lines += _rated(of)
    reach = _(NOTIFY[of.notify]) if of.reachable else _("cannot be written to: has not pressed Start, or blocked me")
    lines.append(fill(_("Letters: {reach}"), reach=reach))
    return [*lines, blacklist.line(of.listed, shop)] if of.listed else lines


def _rated(of: Portrait) -> list[Html]:
    """The last ratings, and whether a bad one holds the offers."""
    if not of.ratings:
        return []
    each = [fill("{product} {stars}", product=said.product or _("a purchase"), stars=said.stars) for said in of.ratings]
    lines = [fill(_("Ratings, the last first: {ratings}"), ratings=Html(_(", ").join(each)))]
    return lines if of.ratings[0].offers else [*lines, Html(_("No offers go to them: a bad rating."))]


def lift_button(of: Portrait) -> InlineKeyboardMarkup | None:
    """The button that lets offers go to somebody again."""
    if not of.ratings or of.ratings[0].offers:
        return None
    return rows(tap(_("All is well: offers again"), "lift", of.ratings[0].id))


def _field(field: Known) -> Html:
    return fill(_("· {field}: {value}"), field=label(field), value=value(field))
