"""Who left long ago is erased, a few at a time."""

from datetime import datetime

from bot.club import retention
from bot.club.rules import Shop
from db.engine import Database

A_NIGHT = 2000  # people looked up at once
TOGETHER = 10  # erased in one act


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Erase those who are long gone, and leave no trace of them."""
    while gone := await database.read(retention.long_gone, shop, now=now, limit=A_NIGHT):
        for at in range(0, len(gone), TOGETHER):
            await database.write(retention.erase, gone[at : at + TOGETHER], shop, now=now)
        await database.tidy()
