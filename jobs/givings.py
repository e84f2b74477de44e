"""Coupons for many are given a batch at a time, from where the last run came to; whoever gave them is told."""

import time
from collections.abc import Mapping
from datetime import datetime

from aiogram.methods import EditMessageText, SendMessage

from bot.club import givings
from bot.club.givings import Address, Standing
from bot.club.rules import Shop
from bot.i18n import speaking, understood
from bot.platforms import Later, Platform, Refused, Unsure
from bot.speech import spoken_on
from bot.speech.givings import told
from bot.speech.notes import seed_of
from db.engine import Database

SOON = 3.0  # seconds after which whoever waits is shown how far it is, and again after as many


async def run(database: Database, platforms: Mapping[str, Platform], shop: Shop, now: datetime) -> None:
    """Finish what was begun, and report it."""
    for giving_id in await database.read(givings.undone, now=now):
        address = await database.read(givings.address, giving_id)
        shown = time.monotonic()
        while (stands := await database.write(givings.go_on, giving_id, shop, now=now, called=seed_of)).under_way:
            if address and time.monotonic() - shown >= SOON:
                await _tell(stands, address, platforms, shop, now)
                shown = time.monotonic()
        if address is None or await _tell(stands, address, platforms, shop, now):
            await database.write(givings.reported, giving_id)


async def _tell(
    stands: Standing, address: Address, platforms: Mapping[str, Platform], shop: Shop, now: datetime
) -> bool:
    """Say how a giving stands where it was begun; its end anew, if that message is gone. Returns whether it is said."""
    platform = platforms.get(address.platform)
    if platform is None:
        return False
    with speaking(address.locale or understood(address.language, shop.locale)), spoken_on(shop.day(now)):
        text = told(stands, shop, now)
    edit = EditMessageText(chat_id=address.chat_id, message_id=address.message_id, text=text)
    outcome = await platform.send(edit)
    if isinstance(outcome, Refused) and not stands.under_way:
        outcome = await platform.send(SendMessage(chat_id=address.chat_id, text=text))
    return not isinstance(outcome, Later | Unsure)
