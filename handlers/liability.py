"""What members may still come for, and the month's budget, for the owner."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import liability
from bot.club.members import Role
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.liability import described, drawn
from db.engine import Database
from handlers.commands import command


@command("liability", "负债", "負債", who=Role.OWNER, help=N_("what all live points and coupons would cost"))
async def show(message: Message, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show what all live points and coupons would cost: a picture, and the same in words."""
    found = await database.read(liability.of, shop, now=now)
    picture = await asyncio.to_thread(drawn, found, shop)
    return message.answer_photo(BufferedInputFile(picture, "liability.png"), caption=described(found, shop))
