"""Broadcasts for the managers: a line shows the message and the count, a yes sends it; pause, resume, cancel."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import broadcast_reports, broadcasts, drafts
from bot.club.audiences import EVERYBODY
from bot.club.broadcast_reports import Bought
from bot.club.broadcasts import NoSuchBroadcast, Standing
from bot.club.drafts import Draft, Wish
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import LOCALES, N_, _
from bot.speech import Html, messages
from bot.speech.broadcasts import foretold, listed, really, told
from bot.speech.notes import seed_of
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import QUOTES, row_id

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
    else:
        wish = wished(words, shop, now)
        draft = await database.write(drafts.draw_up, person, wish, shop, key=key, now=now, called=seed_of)
        text, buttons = foretold(draft, person.name, shop, now)
    return message.answer(text, reply_markup=buttons)


@button("cast", who=Role.MANAGER)
async def tapped(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Send what was shown, or ask once more where it is to many; show, pause, resume or cancel what is under way."""
    what, _sep, which = about.partition(":")
    number, _sep, version = which.partition(":")
    match what:
        case "yes" | "sure":
            yes = (person, row_id(number), row_id(version), message.message_id, shop)
            done = await database.write(broadcasts.confirm, *yes, sure=what == "sure", now=now, called=seed_of)
            text, buttons = foretold(done, person.name, shop, now) if isinstance(done, Draft) else told(done, shop)
        case "no":
            await database.write(drafts.throw_away, person, row_id(number))
            text, buttons = Html(_("Nothing is sent.")), None
        case "cancel":
            text, buttons = really(await database.read(broadcasts.one, row_id(number)))
            return message.answer(text, reply_markup=buttons)
        case "show":
            looked = await database.read(_look, row_id(number))
            text, buttons = told(looked.standing, shop, looked.bought)
        case "pause" | "resume" | "end":
            act = ACTS["cancel" if what == "end" else what]
            text, buttons = told(await database.write(act, person, row_id(number), now=now), shop)
        case _:
            raise ValueError(about)
    return message.edit_text(text, reply_markup=buttons)


def wished(words: str, shop: Shop, now: datetime) -> Wish:
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
    texts = {"": messages.read(text)} | {each: messages.read(options[each]) for each in LOCALES if each in options}
    at = read_when(options["at"], shop, now=now) if "at" in options else None
    about = (options.get("audience") or EVERYBODY[0], "at" if at and at > now else "now")
    return Wish(texts, *about, None if at == now else at)


def _number(text: str) -> int:
    try:
        return row_id(text)
    except ValueError:
        raise NoSuchBroadcast from None


def _look(session: Session, broadcast_id: int) -> Looked:
    return Looked(broadcasts.one(session, broadcast_id), broadcast_reports.bought(session, broadcast_id))
