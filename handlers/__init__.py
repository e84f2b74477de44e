"""What is said. The front desk takes what the door lets in and finds who answers it: a table each for commands, buttons
and answers; the groups' own events go to the groups."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, MaybeInaccessibleMessageUnion, Message

from bot.clock import Clock
from bot.club import conversations
from bot.club import threads as questions_to_us
from bot.club.coupons import is_code, is_whole
from bot.club.errors import BadWords, ClubError, NoSense, NotAvailable, StaleButton
from bot.club.members import Person, Role
from bot.club.questions import ASKED
from bot.club.rules import OpenShop
from bot.i18n import _
from bot.speech import fill, refusals
from db.engine import Database
from handlers import (
    activities,
    audiences,
    ballots,
    birthdays,
    blacklist,
    broadcasts,
    cards,
    checkins,
    conduct,
    contests,
    counter,
    coupons,
    deals,
    decisions,
    draws,
    exports,
    family,
    fields,
    gifts,
    givings,
    grades,
    groups,
    guesses,
    imports,
    impostors,
    journeys,
    keywords,
    leaderboards,
    liability,
    links,
    members,
    merges,
    notes,
    notify,
    occasions,
    packets,
    plan,
    points,
    privacy,
    products,
    profile,
    questions,
    quizzes,
    ratings,
    referrals,
    reports,
    rules,
    sales,
    shelf,
    staff,
    stages,
    supplies,
    threads,
    till,
    wallet,
    welcome,
    which,
    zone,
)
from handlers.commands import ANSWERS, BUTTONS, COMMANDS, Command, Where, is_for, is_slash, look_up
from handlers.conduct import Pace
from handlers.doors import Doors, refuse
from handlers.lines import storable
from handlers.threshold import come_in, privately, reply, speak

# The nouns in the order of /help; importing them filled the tables in an order of its own.
NOUNS = (
    checkins, points, cards, wallet, till, coupons, givings, gifts, deals, zone, referrals, packets, draws, quizzes,
    guesses, contests, ballots, activities, leaderboards, broadcasts, plan, profile, family, threads, questions, notify,
    impostors, welcome, privacy, sales, products, counter, members, audiences, birthdays, occasions, notes, decisions,
    blacklist, conduct, shelf, grades, fields, journeys, keywords, ratings, supplies, stages, merges, imports, exports,
    reports, links, liability, staff, rules, groups, which,
)  # fmt: skip
LINE = 60  # characters of a line that are said back
LOOKS, BETWEEN = 20, 0.1  # for the thread of a message that is replied to at once, and seconds between them
_as_imported = [*COMMANDS.values()]
COMMANDS.clear()
COMMANDS.update({c.name: c for noun in NOUNS for c in _as_imported if c.handler.__module__ == noun.__name__})


def front_desk(database: Database, shop: OpenShop, clock: Clock) -> Dispatcher:
    """A dispatcher with the door and everything that can be said. Who may use what is told by each handler's flag."""
    dispatcher = Dispatcher(disable_fsm=True, pace=Pace())
    dispatcher.update.outer_middleware(Doors(database, shop, clock))
    dispatcher.message.register(said, flags={"who": Role.ANYONE})
    dispatcher.callback_query.register(tapped, flags={"who": Role.ANYONE})
    dispatcher.my_chat_member.register(groups.bot_changed, flags={"who": Role.ANYONE})
    dispatcher.chat_member.register(groups.member_changed, flags={"who": Role.ANYONE})
    dispatcher.chat_join_request.register(groups.asked_in, flags={"who": Role.ANYONE})
    return dispatcher


async def said(message: Message, bot: Bot, person: Person | None, **data: Any) -> TelegramMethod[Any] | None:
    """Answer a message: a command, or the answer to an open question."""
    if message.migrate_to_chat_id:
        await groups.migrated(message, data["platform"], data["database"])
    if person is None:
        return None
    username = (await bot.me()).username or ""
    if message.chat.type != "private":
        about = {name: data[name] for name in ("pace", "database", "shop", "key", "now")}
        if await conduct.watched(message, username, person=person, **about):
            return None
    if message.forward_origin or message.via_bot:  # somebody else's words
        return refuse(message, _(NoSense.says))
    text = storable(message.text or message.caption or "")
    command, words = look_up(text, username)
    data |= {"message": message, "bot": bot, "person": person, "words": words}
    if message.chat.type == "private":
        return await _in_private(command, text, data)
    return await _among_others(command, text, username, data)


async def _among_others(
    command: Command | None, text: str, username: str, data: dict[str, Any]
) -> TelegramMethod[Any] | None:
    """Answer what was said in a group, if it was meant for the bot, or is one of the shop's keywords."""
    ours = is_slash(text) and is_for(text, username)
    if command and (ours or command.in_group):
        return await _in_group(command, text, data)
    if ours:
        return _aside(data, text, NoSense())
    answer = keywords.answer_to(text, data["shop"])
    return reply(data["message"], answer) if answer else None


async def tapped(query: CallbackQuery, person: Person | None, **data: Any) -> TelegramMethod[Any] | None:
    """Answer a tap on a button."""
    verb, _sep, about = (query.data or "").partition(":")
    entry = BUTTONS.get(verb)
    if person is None or query.message is None:
        return query.answer()
    message = _known(query.message).as_(query.bot)
    if entry is None or not (entry.in_group or message.chat.type == "private"):
        raise StaleButton
    data |= {"query": query, "message": message, "person": person, "about": about, "words": ""}
    data["everything"] = data
    try:
        return await speak(entry, data)
    except ValueError:  # data that no button of ours holds
        raise StaleButton from None


def _known(message: MaybeInaccessibleMessageUnion) -> Message:
    """The message under a button. Of one older than two days Telegram tells no more than where it stands."""
    if isinstance(message, Message):
        return message
    return Message(message_id=message.message_id, date=datetime.fromtimestamp(0, UTC), chat=message.chat)


async def _in_private(command: Command | None, text: str, data: dict[str, Any]) -> TelegramMethod[Any] | None:
    """Answer what was said in private: a command, or the answer to an open question."""
    if command:
        return await which.asking(command, data)
    if is_slash(text):
        raise NoSense
    return await _answer(data | {"words": text})


async def _answer(data: dict[str, Any]) -> TelegramMethod[Any] | None:
    """Take a text as the answer to what was asked last."""
    database: Database = data["database"]
    message: Message = data["message"]
    asked = await database.read(conversations.asked, data["person"].account_id)
    if message.reply_to_message:
        said_to = message.reply_to_message.message_id
        if thread := await _thread(database, data["person"], said_to):
            asked = (questions_to_us.QUESTION, {"thread": thread})
    if message.contact:
        asked = ("contact", {})
    if (asked is None and is_code(data["words"])) or (asked and asked[0] == ASKED and is_whole(data["words"])):
        asked = ("code", {})
    answer = keywords.answer_to(data["words"], data["shop"]) if asked is None or asked[0] == ASKED else None
    if answer:
        return message.answer(answer)
    entry = ANSWERS.get(asked[0]) if asked else None
    if asked is None or entry is None:
        raise NoSense
    if not (data["words"].strip() or message.contact or entry.photos):
        raise BadWords
    return await speak(entry, data | {"facts": asked[1]})


async def _thread(database: Database, person: Person, said_to: int) -> int | None:
    """The thread of a message that is replied to. Of one that came this instant it may not be known yet: it soon is."""
    for _look in range(LOOKS):
        thread, soon = await database.read(questions_to_us.replied, person, said_to)
        if thread or not soon:
            return thread
        await asyncio.sleep(BETWEEN)
    return None


async def _in_group(command: Command, line: str, data: dict[str, Any]) -> TelegramMethod[Any] | None:
    """Answer a command that was said in a group: there, or in private where it is personal."""
    person: Person = data["person"]
    if person.role < command.who and command.who > Role.MEMBER:
        return _aside(data, line, NotAvailable())
    if command.where is Where.GROUP_TOO and person.role >= command.who:
        return await command.speak(data)
    if not person.reachable:
        return come_in(data["message"], data["platform"])
    try:
        answer = await which.asking(command, data)
    except ClubError as refusal:
        answer = data["message"].answer(refusals.words(refusal, data["shop"]))
    if answer is None:
        return None
    return privately(answer, person)


def _aside(data: dict[str, Any], line: str, refusal: ClubError) -> TelegramMethod[Any] | None:
    """Tell staff in private why a line of theirs did nothing in the group. Anybody else meets silence."""
    person: Person = data["person"]
    if person.role <= Role.MEMBER or not person.reachable:
        return None
    why = refusals.words(refusal, data["shop"])
    return privately(data["message"].answer(fill(_("“{line}” in the group: {why}"), line=line[:LINE], why=why)), person)
