"""What old members get beyond newcomers, as a card that both may see: with a deal's post, and in the zone."""

from bot.club.contrasts import Contrast
from bot.club.deal_looks import Shown
from bot.club.extras import OLD, Extra
from bot.club.rules import Shop
from bot.i18n import _
from bot.pictures.cards import contrast_card
from bot.speech import grade, offer
from bot.speech.deals import from_grade

Row = tuple[str, str, str]  # what it is about, what newcomers get of it, what old members get
DEALS = 2  # of those that give more, on the card of the zone


def of_deal(deal: Shown, extra: Extra, shop: Shop) -> bytes:
    """The card of a deal that gives old members more."""
    whom = _below(extra.grade), from_grade(extra.grade)
    return contrast_card(_("What old members get"), *whom, [_of(deal, extra, shop)], _way(shop, extra.grade))


def of_shop(found: Contrast, shop: Shop) -> bytes | None:
    """The card of all that old members get beyond newcomers; None where that is nothing."""
    rows = [_of(deal, deal.extra, shop) for deal in found.deals[:DEALS] if deal.extra] + _rows(found)
    if not rows:
        return None
    return contrast_card(_("What old members get"), _below(OLD), from_grade(OLD), rows, _way(shop, OLD))


def _of(deal: Shown, extra: Extra, shop: Shop) -> Row:
    return deal.title, offer(deal.offer, shop), offer(extra.offer, shop)


def _rows(found: Contrast) -> list[Row]:
    """What differs, a row for each."""
    few, all_ = found.gifts
    rows = []
    if found.kept:
        rows.append((_("Products kept in the zone"), "–", f"{found.kept}"))
    if all_ > few:
        rows.append((_("Gifts for points"), f"{few}", f"{all_}"))
    if found.factors[1] > found.factors[0]:
        most = _("up to {factor}×").format(factor=f"{found.factors[1]:g}")
        rows.append((_("Points for what is bought"), _("{factor}×").format(factor=f"{found.factors[0]:g}"), most))
    return rows


def _below(name: str) -> str:
    """Who gets the plain offer: newcomers, or all below a grade."""
    return _("New members") if name == OLD else _("Below {grade}").format(grade=grade(name))


def _way(shop: Shop, name: str) -> str:
    """How one becomes a regular, where purchases lead there and it is a regular's."""
    count = shop.rules.grades.regular_purchases
    if not count or name != OLD:
        return ""
    text = _("After {count} purchase it is yours too.", "After {count} purchases it is yours too.", count)
    return text.format(count=count)
