"""Meeting people: start, consent, the menu, help, the language."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Message

from bot.club import askers, conversations, links, members, referrals, staff, welcome
from bot.club.errors import ClubError
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import LOCALES, N_, _, speaking, spoken
from bot.speech import Html, fill, name, refusals
from bot.speech.buttons import rows, tap
from bot.speech.groups import asked_at_the_door
from bot.speech.impostors import LINK as WHO_IS_REAL
from bot.speech.links import welcomed
from bot.speech.menu import menu_buttons
from bot.speech.referrals import invited
from db.engine import Database
from handlers import contests, deals, guesses, impostors, till, wallet
from handlers.commands import COMMANDS, Command, button, command
from handlers.threshold import ask_consent, speak

Opens = Callable[[Message, str, Person, Database, Shop, datetime], Awaitable[SendMessage]]

# What a link opens for a member, and those links that open something else for who has just become one.
LINKS: dict[str, Opens] = {
    "deal_": deals.open_one,
    wallet.LINK: wallet.open_passed,
    contests.LINK: contests.open_one,
    guesses.LINK: guesses.open_one,
}
NEWLY: dict[str, Opens] = {contests.LINK: contests.open_newly, guesses.LINK: guesses.open_newly}
LANGUAGES = {"zh_CN": "简体中文", "zh_TW": "繁體中文", "en": "English"}


@command("start", "开始", "開始", who=Role.ANYONE, help=N_("begin, and see the menu"))
async def start(
    message: Message, words: str, bot: Bot, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any] | None:
    """Meet someone. The words are the payload of the link that they came by."""
    if words == WHO_IS_REAL:
        return await impostors.verify(message, bot, shop)
    if words.startswith("own_") and await database.write(staff.claim, person, words.removeprefix("own_"), now=now):
        text = fill(_("You are the owner of {shop} now. /help lists what an owner can do."), shop=shop.name)
        return message.answer(text, reply_markup=menu_buttons())
    if person.role < Role.MEMBER:
        return await _newcomer(message, words, person, database, shop, key, now)
    if opened := await _opened(message, words, person, database, shop, now):
        return opened
    if words.startswith("use_"):
        code = words.removeprefix("use_")
        if shown := await till.open_link(message, code, person, database, shop, now):
            return shown
    greeting = fill(_("Good to see you, {name}! What may I do for you?"), name=name(person.name))
    return message.answer(
        fill("<b>{shop}</b>\n\n{greeting}", shop=shop.name, greeting=greeting), reply_markup=menu_buttons()
    )


async def _newcomer(
    message: Message, payload: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask a newcomer for consent; who comes by a friend's invitation, or a named link, reads whose it is."""
    first = Html("")
    if payload.startswith(referrals.LINK):
        if by := await database.write(referrals.open_link, person, payload, update=key, now=now):
            first = invited(by, shop)
    elif payload.startswith(links.LINK):
        if link := await database.write(links.open_link, person, payload, now=now):
            first = welcomed(link, shop)
    else:
        return await ask_consent(message, person, database, shop, payload)
    asked = await ask_consent(message, person, database, shop)
    return asked.model_copy(update={"text": Html(f"{first}\n\n{asked.text}")}) if first else asked


@button("agree", who=Role.ANYONE)
async def agree(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Keep someone's consent, and show the menu."""
    earned = await database.write(welcome.join, person, shop, now=now)
    thanks = _("You are member {number} now. Welcome, {name}!")
    if earned is None:
        thanks = _("You are member {number} already, {name}.")
    text = fill(thanks, name=name(person.name), number=person.number)
    if earned:
        text = Html(text + "\n" + fill(_("Here are {points} points to begin with."), points=earned))
    if await database.read(askers.question_open, person):
        question, past = asked_at_the_door(shop)
        return message.edit_text(Html(f"{text}\n\n{question}"), reply_markup=past)
    try:
        if shown := await _opened(message, about, members.as_consented(person), database, shop, now, newly=True):
            return shown.model_copy(update={"text": Html(f"{text}\n\n{shown.text}")})
    except ClubError as over:  # they are a member all the same
        text = Html(f"{text}\n\n{refusals.words(over, shop)}")
    return message.edit_text(text, reply_markup=menu_buttons())


async def _opened(
    message: Message,
    payload: str,
    person: Person,
    database: Database,
    shop: Shop,
    now: datetime,
    *,
    newly: bool = False,
) -> SendMessage | None:
    """What a member came for by a link: a deal, an activity, a friend's coupon. Raises why there is none.

    Who became a member `newly` only looks: their update had its act.
    """
    if payload.startswith(links.LINK):
        await database.read(links.check, payload)
    for link, opens in (LINKS | NEWLY if newly else LINKS).items():
        if payload.startswith(link):
            return await opens(message, payload.removeprefix(link), person, database, shop, now)
    return None


@command("menu", "菜单", "選單", "菜單", "选单", who=Role.ANYONE, help=N_("everything, as buttons"))
async def menu(message: Message, shop: Shop) -> TelegramMethod[Any]:
    """Show the menu."""
    return message.answer(fill("<b>{shop}</b>", shop=shop.name), reply_markup=menu_buttons())


@button("go", who=Role.ANYONE)
async def go(about: str, everything: dict[str, Any]) -> TelegramMethod[Any] | None:
    """Do what a button of the menu names."""
    if about not in COMMANDS:
        raise ValueError(about)
    return await speak(COMMANDS[about], everything)


@command("lang", "语言", "語言", who=Role.ANYONE, help=N_("choose the language"))
async def language(message: Message) -> TelegramMethod[Any]:
    """Ask which language to speak."""
    buttons = [tap(LANGUAGES[locale], "lang", locale) for locale in LOCALES]
    return message.answer(_("Which language shall I speak?"), reply_markup=rows(*buttons))


@button("lang", who=Role.ANYONE)
async def choose_language(message: Message, about: str, person: Person, database: Database) -> TelegramMethod[Any]:
    """Keep the chosen language and speak it at once."""
    if about not in LOCALES:
        raise ValueError(about)
    await database.write(members.speak, person, about)
    with speaking(about):
        return message.edit_text(_("I speak English from now on."), reply_markup=menu_buttons())


@command("help", "帮助", "幫助", "說明", who=Role.ANYONE, help=N_("all commands"))
async def help_(message: Message, person: Person, shop: Shop) -> TelegramMethod[Any]:
    """List what the person may do."""
    mine = [line(c) for c in COMMANDS.values() if c.who <= Role.MEMBER]
    text = fill(_("<b>{shop}: what you can do</b>"), shop=shop.name) + "\n" + "\n".join(mine)
    if staffs := [line(c) for c in COMMANDS.values() if Role.MEMBER < c.who <= person.role]:
        text += "\n\n" + _("<b>For the staff</b>") + "\n" + "\n".join(staffs)
    return message.answer(text)


def line(entry: Command) -> str:
    """A command's line in the help."""
    return f"/{entry.name}{_word(entry)} – {_(entry.help)}"


def _word(entry: Command) -> str:
    """The word that does the same: the first is mainland's, the second, where it differs, Taiwan's."""
    if spoken() == "en" or not entry.words:
        return ""
    return " " + entry.words[1 if spoken() == "zh_TW" and len(entry.words) > 1 else 0]


@command("cancel", "取消", who=Role.ANYONE, help=N_("stop answering a question"))
async def cancel(message: Message, person: Person, database: Database) -> TelegramMethod[Any]:
    """Drop the question that is open."""
    if await database.write(conversations.close, person.account_id):
        return message.answer(_("All right, dropped. Nothing was changed."))
    return message.answer(_("Nothing is open. /menu shows what I can do."))
