"""The groups' weekly note who is the shop: left on Mondays, and pinned once it stands there."""

from collections.abc import Mapping
from datetime import datetime

from aiogram.methods import PinChatMessage

from bot.club import impostors
from bot.club.rules import Shop
from bot.platforms import Later, Platform, Sent, Unsure
from db.engine import Database


async def run(database: Database, platforms: Mapping[str, Platform], shop: Shop, now: datetime) -> None:
    """Leave the week's notes, and pin those that were sent; what the platform leaves open is tried by the next run."""
    if due := await database.read(impostors.due, shop, now=now):
        await database.write(impostors.post, due, shop, now=now)
    for note in await database.read(impostors.unpinned):
        platform = platforms.get(note.platform)
        if platform is None:
            continue
        pin = PinChatMessage(chat_id=note.chat_id, message_id=note.message_id, disable_notification=True)
        outcome = await platform.send(pin)
        if not isinstance(outcome, Later | Unsure):
            await database.write(impostors.pinned, note.letter_id, isinstance(outcome, Sent), now=now)
