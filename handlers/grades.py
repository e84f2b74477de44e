"""Grades, as managers see and give them."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import manual_grades, ranking
from bot.club.cuts import grade_called
from bot.club.errors import BadLine, NoReason, TooLong
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.grades import described, drawn, given
from db.engine import Database
from handlers.commands import command
from handlers.lines import read_line, whom

FORM = N_("/grade @ann vip until:90d our first customer")
OPTIONS = frozenset({"until"})
EARNED = ("auto", "自动", "自動")  # by the purchases again
REASON = 200  # characters


@command("grades", "等级", "等級", who=Role.MANAGER, help=N_("the grades: what they take, how many are in each"))
async def show(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show what each grade takes, how many are in it, and what changed this month: a picture, and the same in words."""
    found = await database.read(ranking.of, shop, now=now)
    picture = await asyncio.to_thread(drawn, found, shop)
    caption = described(found, shop, tunes=person.role >= Role.OWNER)
    return message.answer_photo(BufferedInputFile(picture, "grades.png"), caption=caption)


@command("grade", who=Role.MANAGER, help=N_("give a grade by hand: /grade WHO GRADE until:WHEN REASON"))
async def grade(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Give a member a grade by hand, or let the purchases decide again."""
    who, rest = whom(message, words, person, form=FORM)
    line = read_line(rest, options=OPTIONS, form=FORM)
    if not line.words:
        raise BadLine(form=FORM)
    name, *reason = line.words
    if name.lower() in EARNED:
        return message.answer(given(await database.write(manual_grades.take, person, who, shop, now=now), shop))
    why = " ".join(filter(None, [line.quoted, *reason]))
    if not why:
        raise NoReason(form=FORM)
    if len(why) > REASON:
        raise TooLong(limit=REASON)
    about = (grade_called(name) or name, line.options.get("until"), why)
    return message.answer(given(await database.write(manual_grades.give, person, who, *about, shop, now=now), shop))
