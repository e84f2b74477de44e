"""What stands between a stranger and the club: consent, the way into the private chat, and who may what."""

from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot.club import erased
from bot.club.errors import NotAvailable
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import _
from bot.platforms import Platform
from bot.speech import Html, fill
from bot.speech.buttons import Written, link, rows, tap
from db.engine import Database
from handlers.commands import Entry

LINKED = {
    "claim": "deal",
    "contest": "contest",
    "guess": "guess",
}  # a group's buttons, and the link of what they are about
LONGEST_PAYLOAD = 40  # bytes that a consent button carries along


async def speak(entry: Entry, data: dict[str, Any]) -> TelegramMethod[Any] | None:
    """Let an entry speak to someone who may use it; a newcomer is asked for consent, anybody else learns nothing."""
    if data["person"].role >= entry.who:
        return await entry.speak(data)
    if entry.who > Role.MEMBER:
        raise NotAvailable
    if data["message"].chat.type != "private" and "query" in data:
        return come_in_by(data["query"], data["platform"])
    return await ask_consent(data["message"], data["person"], data["database"], data["shop"])


async def ask_consent(
    message: Message, person: Person, database: Database, shop: Shop, payload: str = ""
) -> SendMessage:
    """Greet a newcomer and ask for consent. `payload` is opened for them once they agree."""
    text, buttons = await consent(person, database, shop, payload)
    return message.answer(text, reply_markup=buttons)


async def consent(person: Person, database: Database, shop: Shop, payload: str = "") -> Written:
    """What a newcomer reads and is asked."""
    gift = 0 if await database.read(erased.returned, person.member_id) else shop.rules.points.consent
    text = fill(
        _(
            "<b>Welcome to {shop}!</b>\n\n"
            "I look after the members' club: points, coupons, members' offers, and a word on your birthday.\n\n"
            "If you agree, {shop} keeps your name here, what you tell me and what you buy, for three things: to serve "
            "you, to send you members' offers, and to greet you and your family. Nobody else gets it. Under /notify "
            "you take back any of it, /mydata shows all that is kept, and /forget erases you."
        ),
        shop=shop.name,
    )
    if gift:
        text = Html(text + "\n\n" + fill(_("Agreeing brings {points} points."), points=gift))
    about = [payload] if payload and len(payload.encode()) <= LONGEST_PAYLOAD else []
    more = [tap(_("Menu"), "go", "menu"), tap(_("Language"), "go", "lang")]
    return text, rows(tap(_("I agree"), "agree", *about), more)


def reply(message: Message, text: str, buttons: InlineKeyboardMarkup | None = None) -> TelegramMethod[Any]:
    """Answer somebody in a group by quoting them, or plainly where their message is gone by now."""
    quoted = message.as_reply_parameters(allow_sending_without_reply=True)
    return message.answer(text, reply_parameters=quoted, reply_markup=buttons)


def privately(answer: TelegramMethod[Any], person: Person) -> TelegramMethod[Any]:
    """Give in private what would be answered in a group."""
    private = {"chat_id": person.visitor.external_id, "reply_parameters": None, "message_thread_id": None}
    return answer.model_copy(update=private)


def come_in(message: Message, platform: Platform) -> TelegramMethod[Any]:
    """In a group, show the way into the private chat, and nothing personal."""
    url = platform.deep_link("menu")
    buttons = rows(link(_("Start"), url)) if url else None
    return reply(message, _("That is between you and me: press Start, and I'll answer in private."), buttons)


def come_in_by(query: CallbackQuery, platform: Platform) -> TelegramMethod[Any]:
    """Open the private chat from a group's button; there what was tapped is shown."""
    verb, _sep, about = (query.data or "").partition(":")
    return query.answer(url=platform.deep_link(f"{LINKED[verb]}_{about}" if verb in LINKED else "menu"))
