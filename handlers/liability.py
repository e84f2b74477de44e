"""What members may still come for, and the month's budget, for the owner."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import liability
from bot.club.members import Role
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.liability import described
from db.engine import Database
from handlers.commands import command


@command("liability", "负债", "負債", who=Role.OWNER, help=N_("what all live points and coupons would cost"))
async def show(message: Message, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show what all live points and coupons would cost."""
    return message.answer(described(await database.read(liability.of, shop, now=now), shop))
