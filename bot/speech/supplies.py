"""What runs out, in words: the member is asked, the staff hear of a wish."""

from bot.club.reorders import Wish
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _
from bot.speech import Html, fill, journeys, person
from bot.speech.buttons import DeepLink, Written, rows, tap


def running_out_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Something runs out about now: have it again, not yet, or no word about it any more."""
    trip = letter.facts["trip_id"]
    buttons = rows(
        tap(_("Reorder"), "reorder", trip),
        tap(_("Still have plenty"), "plenty", trip),
        [tap(_("No reminders of this"), "refill", "off", trip), tap(_("No more offers"), "stop")],
    )
    return journeys.words(letter, shop), buttons


def reorder_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """A member's wish, to the staff."""
    wish = letter.facts["wish"]
    return _wished(wish), rows(tap(_("I'll see to it"), "seeto", wish.id))


def taken(wish: Wish) -> Html:
    """A wish that somebody of the staff sees to."""
    return Html(_wished(wish) + "\n" + _("✓ You see to it; I have told them."))


def taken_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Word to the member that somebody sees to their wish."""
    facts = letter.facts
    text = _("Good news: we are putting {product} × {quantity} by for you. You hear from us.")
    return fill(text, product=facts["product"], quantity=facts["quantity"]), None


def _wished(wish: Wish) -> Html:
    text = _("{whom} would like to have {product} × {quantity} again.")
    return fill(text, whom=person(wish.who), product=wish.product, quantity=wish.quantity)
