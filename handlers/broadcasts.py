"""Broadcasts for the managers: a line shows the message and the count, a yes sends it; pause, resume, cancel."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import broadcast_letters, broadcast_reports, broadcasts, drafts
from bot.club.audiences import EVERYBODY
from bot.club.broadcast_reports import Bought, Brought
from bot.club.broadcasts import NoSuchBroadcast, Standing
from bot.club.drafts import Draft, Reach, Reading, Wish
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import LOCALES, N_, _
from bot.speech import messages
from bot.speech.broadcasts import as_read, foretold, listed, really, told
from bot.speech.buttons import rows, tap
from bot.speech.notes import seed_of
from bot.speech.outcomes import of_broadcast
from db.engine import Database, in_several_acts
from handlers.commands import COMMANDS, button, command
from handlers.forms import begin, photo_of
from handlers.lines import QUOTES, row_id
from handlers.newbroadcasts import NEW, going
from handlers.threshold import speak

FORM = N_('/broadcast "New oolong has come" audience:"grade:vip" at:18:00')
OPTION = re.compile(
    r"\s+(?P<name>audience|人群|at|时间|時間|zh_CN|zh_TW|en)[:：]\s?"
    r'(?P<value>"[^"]*"|“[^”]*”|「[^」]*」|\S+(?:\s+\d{1,2}[:：]\d{2}(?!\S))?)\s*$',
    re.IGNORECASE,
)
NAMES = {"人群": "audience", "时间": "at", "時間": "at"} | {locale.lower(): locale for locale in LOCALES}
ACTS = {
    "pause": broadcasts.pause,
    "暂停": broadcasts.pause,
    "暫停": broadcasts.pause,
    "resume": broadcasts.resume,
    "继续": broadcasts.resume,
    "繼續": broadcasts.resume,
    "cancel": broadcasts.cancel,
    "取消": broadcasts.cancel,
}
VERB = re.compile(rf"({'|'.join(ACTS)})\s+#?(\d+)", re.IGNORECASE)
LIST = ("list", "列表")


@dataclass(frozen=True, slots=True)
class Looked:
    """A broadcast with what was bought after it."""

    standing: Standing
    bought: Bought


@command("broadcast", "群发", "群發", who=Role.MANAGER, help=N_('write to everybody, or to some: /broadcast "TEXT"'))
async def broadcast(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Show a message as it would be sent, and to how many; or list, pause, resume or cancel one."""
    if words.strip().lower() in LIST:
        text, buttons = listed(await database.read(broadcasts.listed))
    elif verb := VERB.fullmatch(words.strip()):
        act = ACTS[verb[1].lower()]
        text, buttons = told(await database.write(act, person, _number(verb[2]), now=now), shop)
    elif not words.strip() and not message.photo:
        text, buttons = await begin(NEW, person, database, shop, key=key, now=now)
        every = [tap(_("All broadcasts"), "cast", "list")]
        buttons = rows(*(buttons.inline_keyboard if buttons else []), every)
    else:
        wish = wished(words, message, person, shop, now)
        reach, about = await database.read(_foresee, person, wish, shop, now)
        draft_id = await database.write(drafts.draw_up, person, wish, most=reach.letters, key=key, now=now)
        text, buttons = foretold(Draft(draft_id, 1, wish, reach, False, about), person.name, shop, now)
    return message.answer(text, reply_markup=buttons)


@button("draft", who=Role.MANAGER)
async def decide(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Send what was shown, or ask once more where it is to many; send it to its author alone; or throw it away."""
    what, _sep, which = about.partition(":")
    number, _sep, version = which.partition(":")
    match what:
        case "yes" | "sure":
            yes = (person, row_id(number), row_id(version), message.message_id, shop)
            standing = await database.write(broadcasts.confirm, *yes, sure=what == "sure", now=now, called=seed_of)
            if standing:
                text, buttons = told(standing, shop)
                return message.edit_text(text, reply_markup=buttons)
            draft = await database.read(drafts.shown, person, row_id(number), shop, now=now, called=seed_of)
            text, buttons = foretold(draft, person.name, shop, now)
            return message.edit_text(text, reply_markup=buttons)
        case "me":
            reading = await database.read(drafts.read_by, person, row_id(number), person.member_id, now=now)
            return _sent(message, reading, person, shop, now)
        case "no":
            await database.write(drafts.throw_away, person, row_id(number))
            return message.edit_text(_("Nothing is sent."))
        case _:
            raise ValueError(about)


@button("cast", who=Role.MANAGER)
async def tapped(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """List broadcasts; show one, or what it brought; pause, resume or cancel it."""
    what, _sep, number = about.partition(":")
    match what:
        case "list":
            text, buttons = listed(await database.read(broadcasts.listed))
        case "show":
            looked = await database.read(_look, row_id(number))
            text, buttons = told(looked.standing, shop, looked.bought)
        case "brought":
            standing, brought = await database.read(_measure, row_id(number))
            text, picture = await asyncio.to_thread(of_broadcast, standing, brought)
            return message.answer_photo(BufferedInputFile(picture, "broadcast.png"), caption=text)
        case "cancel":
            text, buttons = really(await database.read(broadcasts.one, row_id(number)))
            return message.answer(text, reply_markup=buttons)
        case "pause" | "resume" | "end":
            act = ACTS["cancel" if what == "end" else what]
            text, buttons = told(await database.write(act, person, row_id(number), now=now), shop)
        case _:
            raise ValueError(about)
    return message.edit_text(text, reply_markup=buttons)


@button("opened", who=Role.ANYONE)
async def opened(
    about: str, everything: dict[str, Any], person: Person, database: Database, now: datetime
) -> TelegramMethod[Any] | None:
    """Do what a button under a broadcast names, and count that it was opened."""
    number, _sep, name = about.partition(":")
    if name not in COMMANDS:
        raise ValueError(about)
    with in_several_acts():
        await database.write(broadcast_letters.opened, row_id(number), person.member_id, now=now)
    return await speak(COMMANDS[name], everything)


def _sent(message: Message, reading: Reading, person: Person, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """The message as its author would get it."""
    text, buttons = as_read(reading, shop, now)
    if reading.wish.photo and reading.wish.photo_on == person.visitor.platform:
        return message.answer_photo(reading.wish.photo, caption=text, reply_markup=buttons)
    return message.answer(text, reply_markup=buttons)


def wished(words: str, message: Message, person: Person, shop: Shop, now: datetime) -> Wish:
    """What a line asks for. Raises BadLine, BadTime and what messages.read raises."""
    options: dict[str, str] = {}
    text = words.strip()
    while found := OPTION.search(text):
        name = found["name"].lower()
        options[NAMES.get(name, name)] = found["value"].strip('"“”「」').strip()
        text = text[: found.start()].rstrip()
    if text[:1] in QUOTES and len(text) > 1 and text[-1] == QUOTES[text[0]]:
        text = text[1:-1]
    if not text.strip():
        raise BadLine(form=FORM)
    photo = photo_of(message) if message.photo else ""
    said = {"": text} | {each: options[each] for each in LOCALES if each in options}
    texts = {locale: messages.read(each, pictured=bool(photo)) for locale, each in said.items()}
    hour, starts_at = going(options.get("at", "now"), shop, now)
    return Wish(texts, options.get("audience") or EVERYBODY[0], hour, starts_at, photo, person.visitor.platform)


def _number(text: str) -> int:
    try:
        return row_id(text)
    except ValueError:
        raise NoSuchBroadcast from None


def _foresee(session: Session, person: Person, wish: Wish, shop: Shop, now: datetime) -> tuple[Reach, dict[str, Any]]:
    reach = drafts.reach_of(session, person, wish, shop, now=now, called=seed_of)
    return reach, broadcast_letters.about(session, person.member_id, now=now)


def _measure(session: Session, broadcast_id: int) -> tuple[Standing, Brought]:
    return broadcasts.one(session, broadcast_id), broadcast_reports.brought(session, broadcast_id)


def _look(session: Session, broadcast_id: int) -> Looked:
    return Looked(broadcasts.one(session, broadcast_id), broadcast_reports.bought(session, broadcast_id))
