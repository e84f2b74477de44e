"""Coupons for many are given a batch at a time, from where the last run came to; whoever gave them is told."""

import time
from collections.abc import Mapping
from datetime import datetime

from bot.club import givings
from bot.club.addresses import Address
from bot.club.givings import Standing
from bot.club.rules import Shop
from bot.platforms import Platform
from bot.speech.givings import told
from bot.speech.notes import seed_of
from db.engine import Database
from jobs import addresses

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
    with addresses.spoken_at(address, shop, now):
        text = told(stands, shop, now)
    return await addresses.tell(platform, address, text, over=not stands.under_way)
