"""What a letter comes with: a picture, or the owner's own voice or video."""

from aiogram.methods import SendDocument, SendVideo, SendVoice
from aiogram.types import BufferedInputFile

from bot.club.reports import Report
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _, spoken
from bot.pictures.cards import greeting_card
from bot.speech import LONGEST_CAPTION, Html, contrasts, journeys, occasions, reports, utf16

GREETINGS = ("birthday", "birthday_post")  # come with a card
PLAIN = ("broadcast", "broadcast_coupon", "deal", "deal_reminder")  # go by the thousand, and nothing is drawn for them


def voice(letter: Outgoing, text: Html) -> SendVoice | SendVideo | SendDocument | None:
    """The owner's own voice or video that a step comes with, where this platform keeps it and the words fit below."""
    platform, kind, file_id = letter.facts.get("media", "::").split(":", 2)
    if platform != letter.platform or utf16(text) > LONGEST_CAPTION:
        return None
    match kind:
        case "voice":
            return SendVoice(chat_id=letter.chat_id, voice=file_id)
        case "video":
            return SendVideo(chat_id=letter.chat_id, video=file_id)
        case _:
            return SendDocument(chat_id=letter.chat_id, document=file_id)


def draws(letter: Outgoing) -> bool:
    """Whether a picture may be drawn for a letter, which takes a moment: not for the event loop."""
    return letter.kind not in PLAIN


def picture(letter: Outgoing, shop: Shop) -> BufferedInputFile | str | None:
    """What a letter comes with: a picture that the platform keeps, a greeting's card, or the member's own."""
    if "photo" in letter.facts:
        return str(letter.facts["photo"])
    kept = letter.facts.get("kept_photo") or getattr(letter.facts.get("activity"), "photo", None) or ""
    platform, _sep, photo = kept.partition(":")
    if photo and platform == letter.platform:
        return str(photo)
    if drawn := _drawn(letter, shop):
        data, file = drawn
        return BufferedInputFile(data, file)
    return None


def _drawn(letter: Outgoing, shop: Shop) -> tuple[bytes, str] | None:
    """What is drawn for a letter, and what it is called."""
    facts = letter.facts
    if letter.kind in GREETINGS:
        return greeting_card(occasions.alone(letter), shop.name, _("Happy birthday!"), "cake"), "birthday.jpg"
    if letter.kind == "report":
        return reports.drawn(Report.of(facts["report"]), shop), "report.png"
    if letter.kind == "deal_post" and (extra := facts["deal"].extra):
        return contrasts.of_deal(facts["deal"], extra, shop), "deal.png"
    if "emblem" in facts:  # nobody's name is on it, so that it can be passed on
        return greeting_card("", shop.name, facts["wish"][spoken()], facts["emblem"]), "greeting.jpg"
    return (journeys.card(letter, shop), "card.png") if "card" in facts else None
