"""What members said of a purchase, as the staff read it, and what the member is answered."""

from aiogram.types import InlineKeyboardMarkup

from bot.club.ratings import BAD, CARES, Rated
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, fill, person
from bot.speech.buttons import DeepLink, Written, pairs, rows, tap
from bot.speech.notes import tag_name

USAGE = {"good": N_("very well"), "so-so": N_("so-so"), "not yet": N_("not tried yet")}


def staff_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """What a member said, to the staff: a bad rating as a call, a word with tags to put to its member."""
    return told(letter.facts["rated"])


def told(said: Rated) -> Written:
    """All that a member said of a purchase, with what staff may do about it."""
    facts = {"whom": person(said.who), "product": said.product or _("a purchase"), "stars": said.stars}
    title = _("{whom} about {product}:")
    if said.stars and said.stars <= BAD:
        title = _("❗ {whom} gave {product} {stars} of 5. Please get in touch with them.")
    elif said.stars:
        title = _("{whom} gave {product} {stars} of 5.")
    parts = [fill(title, **facts)]
    if said.usage:
        parts.append(fill(_("Asked how it goes: {usage}"), usage=_(USAGE[said.usage])))
    if said.comment:
        parts.append(fill(_("In their words: “{words}”"), words=said.comment))
    if not said.offers:
        parts.append(Html(_("No offers go to them until one of you lifts that.")))
    return Html("\n".join(parts)), _buttons(said)


def _buttons(said: Rated) -> InlineKeyboardMarkup | None:
    tags = []
    if said.comment:
        for place, tag in enumerate(CARES):
            mark = "✓ " if tag in said.cares else "+ "
            tags.append(tap(mark + tag_name(tag), "heard", said.id, place))
    lift = [] if said.offers else [tap(_("All is well: offers again"), "lift", said.id)]
    return rows(*([lift] if lift else []), *pairs(tags)) if lift or tags else None


def thanks(stars: int, points: int) -> Html:
    """The answer to a rating, which asks for a word."""
    if stars <= BAD:
        return Html(
            _(
                "I am sorry that it was not as it should be, and thank you for saying so. Somebody of us gets in touch "
                "with you. If you like, write here what went wrong: it goes straight to them."
            )
        )
    text = _("Thank you for your {stars}! Would you add a few words? What was good, what could be better?")
    more = [fill(_("It earns {points} points."), points=points)] if points else []
    return Html("\n".join([fill(text, stars=stars), *more]))
