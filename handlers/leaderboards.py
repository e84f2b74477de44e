"""The leaderboard, for members: the most active of the week and of the month, in the group too."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import leaderboards
from bot.club.members import Role
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.leaderboards import described, drawn
from db.engine import Database
from handlers.commands import Where, command


@command(
    "top",
    "排行榜",
    who=Role.MEMBER,
    where=Where.GROUP_TOO,
    in_group=True,
    help=N_("who is most active this week and this month"),
)
async def show(message: Message, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show the leaders: a picture, and the same in words."""
    found = await database.read(leaderboards.of, shop, now=now)
    picture = await asyncio.to_thread(drawn, found)
    file, quoted = BufferedInputFile(picture, "top.png"), message.as_reply_parameters(allow_sending_without_reply=True)
    in_group = message.chat.type != "private"
    return message.answer_photo(file, caption=described(found), reply_parameters=quoted if in_group else None)
