"""The report, for managers: how the club stands and what a time brought, as a picture and in words."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import periods, reports
from bot.club.errors import BadLine
from bot.club.members import Role
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.reports import choices, described, drawn
from db.engine import Database
from handlers.commands import button, command

FORM = "/report 7d | 30d | month"
CALLED = {"": periods.WEEK, "7天": periods.WEEK, "30天": periods.THIRTY, "本月": periods.MONTH}


@command("report", "报告", "報告", who=Role.MANAGER, help=N_("what the last days or this month brought"))
async def show(message: Message, words: str, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show the report of a period: a picture, and the same in words."""
    asked = words.strip().lower()
    name = CALLED.get(asked, asked)
    if name not in periods.NAMES:
        raise BadLine(form=FORM)
    return await _shown(message, name, database, shop, now)


@button("report", who=Role.MANAGER)
async def change(message: Message, about: str, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show the report of another period."""
    if about not in periods.NAMES:
        raise ValueError(about)
    return await _shown(message, about, database, shop, now)


async def _shown(message: Message, name: str, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    found = await database.read(reports.of, periods.until(shop.day(now), name), shop, now=now)
    picture = await asyncio.to_thread(drawn, found, shop)
    file = BufferedInputFile(picture, "report.png")
    return message.answer_photo(file, caption=described(found, shop), reply_markup=choices())
