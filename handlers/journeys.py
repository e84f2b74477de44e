"""The journeys, for managers: the list, one journey with what it sends, and the switch."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import journeys
from bot.club.errors import BadLine
from bot.club.journeys import Standing
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.journeys import listed, shown, switched
from db.engine import Database
from handlers.commands import button, command

FORM = "/journeys on how-is-it"
SWITCH = {"on": True, "开": True, "開": True, "off": False, "关": False, "關": False}


@command("journeys", "旅程", who=Role.MANAGER, help=N_("letters that follow a member step by step: /journeys on NAME"))
async def all_of_them(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """List the journeys, show one, or switch one."""
    verb, _sep, name = words.strip().partition(" ")
    if not verb:
        text, buttons = listed(await _standing(database))
    elif verb.lower() in SWITCH:
        if not name.strip():
            raise BadLine(form=FORM)
        on = SWITCH[verb.lower()]
        found = await database.write(journeys.switch, person, name, on=on, now=now)
        return message.answer(switched(found))
    else:
        text, buttons = shown(await database.read(journeys.one, words), shop)
    return message.answer(text, reply_markup=buttons)


@button("journey", who=Role.MANAGER)
async def tap_on_one(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show one of them or the list again, or switch one."""
    what, _sep, name = about.partition(":")
    if what == "list":
        text, buttons = listed(await _standing(database))
        return message.edit_text(text, reply_markup=buttons)
    if name not in journeys.shipped() or what not in ("show", "on", "off"):
        raise ValueError(about)
    if what == "show":
        found = await database.read(journeys.one, name)
    else:
        found = await database.write(journeys.switch, person, name, on=what == "on", now=now)
    text, buttons = shown(found, shop)
    return message.edit_text(text, reply_markup=buttons)


async def _standing(database: Database) -> list[Standing]:
    return list((await database.read(journeys.standing)).values())
