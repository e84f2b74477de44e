"""How the shop reads its gift area: the list, one gift, the series, and what the guided form asks."""

from collections.abc import Iterable
from datetime import datetime

from bot.club.cuts import GRADES
from bot.club.gifts import Shelved
from bot.club.rules import Shop
from bot.club.series import Series
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting, grade, offer
from bot.speech.gifts import on_the_shelf

ASKS = {
    "name": N_("What is the gift called? At most 40 characters."),
    "cost": N_("How many points does it cost?"),
    "stock": N_("How many are there?"),
    "grade": N_("From which grade may a member have it?"),
    "each": N_("How many may each member have?"),
    "until": N_("Until when is it there? For example: 30d, or 2027-12-31."),
    "series": N_("Does it belong to a series that members collect?"),
    "photo": N_("Send me a photo of it, if you have one."),
}
COSTS, STOCKS, LIMITS, DAYS = (50, 100, 200, 500), (1, 5, 10, 20, 50), (1, 2, 3), (7, 30, 90)


def options(name: str) -> dict[str, str]:
    """What a step may be answered with by a button, with the words on it."""
    match name:
        case "cost" | "stock":
            return {str(number): str(number) for number in (COSTS if name == "cost" else STOCKS)}
        case "grade":
            return {each: _("Everybody") if each == GRADES[0] else grade(each) for each in GRADES}
        case "each":
            return {"": _("Any number")} | {str(limit): str(limit) for limit in LIMITS}
        case "until":
            lengths = {f"{days}d": _("{days} day", "{days} days", days).format(days=days) for days in DAYS}
            return {"": _("No end")} | lengths
        case _:
            return {"": _("No picture")} if name == "photo" else {}


def explained(form: str, first: str) -> Html:
    """What follows the first question of the form: the line that does the same at once."""
    text = _(
        "At once with one line: its name, the price in points, how many there are:\n<code>{form}</code>\n"
        "You may add grade:vip (from which grade), limit:1 (for each member), from:now and until:30d, and a series to "
        "collect:\n<code>{first}</code>"
    )
    return fill(text, form=form, first=first)


def laid_down(gift: Shelved, shop: Shop, now: datetime, *, pictured: bool) -> Html:
    """A gift with all that is said of it."""
    picture = _("Members see a picture of it.") if pictured else _("There is no picture of it yet.")
    return Html(on_the_shelf(gift, shop, now) + "\n" + picture)


def listed(found: list[Shelved], all_series: list[Series], shop: Shop, now: datetime) -> Html:
    """All gifts, the cheapest first, then the series."""
    parts = [on_the_shelf(gift, shop, now) for gift in found]
    if all_series:
        parts += [Html("\n" + _("<b>Series</b>")), *_series(all_series, shop)]
    return fitting(parts)


def series_listed(found: list[Series], shop: Shop, *, form: str, first: str) -> Html:
    """All series, and how one begins and gets its prize."""
    how = fill(
        _(
            "A gift begins a series or joins one: <code>{first}</code>\n"
            "What whoever has them all gets: <code>{form}</code>"
        ),
        first=first,
        form=form,
    )
    return fitting([*_series(found, shop), ("\n" if found else "") + how])


def described(series: Series, shop: Shop) -> Html:
    """A series in a line: its pieces, its prize, how many won it."""
    pieces = _("{count} gift", "{count} gifts", len(series.pieces))
    parts = [fill("<b>{name}</b>", name=series.name), fill(pieces, count=len(series.pieces))]
    if series.offer is None:
        parts.append(Html(_("no prize yet")))
    else:
        parts.append(fill(_("all together bring {offer}"), offer=offer(series.offer, shop)))
        winners = _("{count} member has had it", "{count} members have had it", series.winners)
        parts += [fill(winners, count=series.winners)] if series.winners else []
    return Html(" · ".join(parts))


def _series(found: Iterable[Series], shop: Shop) -> Iterable[Html]:
    return (described(series, shop) for series in found)
