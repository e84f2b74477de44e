"""A letter as a mail: its subject, and of its buttons those that lead somewhere from outside the chat."""

from collections.abc import Iterator

from aiogram.types import BufferedInputFile, InlineKeyboardMarkup

from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.platforms.email import Mail
from bot.speech import Html
from bot.speech.buttons import DeepLink

COUPON, POINTS, GRADE, DEAL = (
    N_("A coupon for you at {shop}"),
    N_("Your points at {shop}"),
    N_("Your grade at {shop}"),
    N_("For members of {shop}"),
)
PURCHASE, GIFT, FAMILY, NEWS = (
    N_("Your purchase at {shop}"),
    N_("Your gift at {shop}"),
    N_("A day in your family"),
    N_("A word from {shop}"),
)
# What stands in the head of a mail: of the shop and the kind of letter, and nothing of its reader.
SUBJECTS = {
    "points_changed": POINTS,
    "receipt": N_("Your receipt from {shop}"),
    "refunded": N_("Your refund from {shop}"),
    "refunded_coupon": N_("Your refund from {shop}"),
    "purchase_undone": PURCHASE,
    "referral": POINTS,
    "referral_back": POINTS,
    "coupon_issued": COUPON,
    "coupon_revoked": N_("Your coupon at {shop}"),
    "coupon_given": COUPON,
    "activity_prize": N_("You won at {shop}"),
    "coupon_passed": N_("Your coupon at {shop}"),
    "next_visit": COUPON,
    "coupon_giving": COUPON,
    "coupon_reminder": N_("Your coupon at {shop} ends soon"),
    "birthday_ahead": N_("Something for your birthday from {shop}"),
    "birthday": N_("Happy birthday from {shop}"),
    "birthday_reminder": N_("Your birthday coupon at {shop} ends soon"),
    "expiry": N_("Points of yours at {shop} expire soon"),
    "family": FAMILY,
    "family_offer": FAMILY,
    "grade_given": GRADE,
    "grade_up": GRADE,
    "grade_notice": GRADE,
    "leaving": GRADE,
    "gift_cancelled": GIFT,
    "series_complete": N_("You collected them all: {shop}"),
    "gift_reminder": GIFT,
    "gift_lapsed": GIFT,
    "gift_back": GIFT,
    "reorder_taken": N_("Your wish at {shop}"),
    "stage": NEWS,
    "journey_card": N_("Your member card of {shop}"),
    "journey": NEWS,
    "journey_offer": NEWS,
    "broadcast": NEWS,
    "broadcast_coupon": NEWS,
    "deal": DEAL,
    "deal_reminder": DEAL,
}


def mail(
    letter: Outgoing,
    text: Html,
    buttons: InlineKeyboardMarkup | None,
    picture: BufferedInputFile | str | None,
    shop: Shop,
    deep_link: DeepLink,
) -> Mail:
    """A letter as a mail to the address that its facts hold, without a picture that only a chat's platform keeps."""
    leave = _(
        "You get this by e-mail because {shop} cannot reach you in the chat. "
        "No more e-mail: open this link and confirm."
    )
    return Mail(
        letter=letter.id,
        to=letter.facts["address"],
        reader=letter.facts["reader"],
        shop=shop.name,
        subject=_(SUBJECTS[letter.kind]).format(shop=shop.name),
        text=text,
        leave=leave.format(shop=shop.name),
        links=tuple(_links(buttons, deep_link)),
        picture=picture.data if isinstance(picture, BufferedInputFile) else None,
    )


def _links(buttons: InlineKeyboardMarkup | None, deep_link: DeepLink) -> Iterator[tuple[str, str]]:
    """What can be opened from a mail: links, a deal, and last the chat itself."""
    for button in (each for row in (buttons.inline_keyboard if buttons else []) for each in row):
        verb, _sep, about = (button.callback_data or "").partition(":")
        url = button.url or (deep_link(f"deal_{about}") if verb == "claim" else None)
        if url:
            yield button.text, url
    if chat := deep_link("menu"):
        yield _("Open the chat"), chat
