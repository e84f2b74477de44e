"""The bot's own messages in the groups are cleared away when newer ones replace them; who has to leave a group goes."""

from collections.abc import Mapping
from datetime import datetime

from aiogram.methods import DeleteMessage

from bot.club import circles, groups
from bot.club.rules import Shop
from bot.platforms import Later, Platform, Unsure
from db.engine import Database


async def clear(database: Database, platforms: Mapping[str, Platform]) -> None:
    """Delete what a newer one of its kind replaced."""
    for letter_id, name, chat_id, message_id in await database.read(groups.former):
        platform = platforms.get(name)
        if platform is None:
            continue
        if not isinstance(await platform.send(DeleteMessage(chat_id=chat_id, message_id=message_id)), Later | Unsure):
            await database.write(groups.cleared, letter_id)


async def see_out(database: Database, shop: Shop, now: datetime) -> None:
    """Tell who has to leave a group that is for a higher grade, and put out whose time has come."""
    if any(each.least or each.leaving for each in await database.read(circles.listed)):
        while await database.write(circles.turn, shop, now=now):
            pass
