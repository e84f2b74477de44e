"""The birthdays to come, for managers: who and when, and as a calendar."""

import asyncio
import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import occasions
from bot.club.calendar import YearlyDate
from bot.club.members import Named, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import calendar
from bot.speech import LONGEST_CAPTION, Html, fill, fitting, month_day, name, weekdays, yearly
from db.engine import Database
from handlers.commands import command

AHEAD = timedelta(days=29)  # with today, 30 days


@command("birthdays", who=Role.MANAGER, help=N_("the birthdays of the next 30 days"))
async def coming(message: Message, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show the birthdays of the next 30 days."""
    first = shop.day(now)
    found = await database.read(occasions.birthdays, first, first + AHEAD)
    title = _("Birthdays of the next 30 days")
    if not found:
        return message.answer(fill(_("{title}: none yet."), title=title))
    marks: dict[date, list[str]] = defaultdict(list)
    for day, who, _when in found:
        marks[day].append(who.name if who.name and re.search(r"\w", who.name) else who.number)
    picture = await asyncio.to_thread(calendar, title, weekdays(), first, first + AHEAD, first, marks)
    head = fill("<b>{title}</b>", title=title)
    text = fitting([head, *(_line(*each) for each in found)], longest=LONGEST_CAPTION)
    return message.answer_photo(BufferedInputFile(picture, "birthdays.png"), caption=text)


def _line(day: date, who: Named, when: YearlyDate) -> Html:
    facts = {"day": month_day(day), "number": who.number, "name": name(who.name)}
    if when.calendar == "solar":
        return fill(_("{day}: {number} {name}"), **facts)
    return fill(_("{day}: {number} {name}, {lunar}"), **facts, lunar=yearly(when))
