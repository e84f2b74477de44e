"""What an owner said yes to is carried out to its end, whatever came between; what nobody said yes to is dropped."""

from datetime import datetime

from bot.club import imports, staging
from bot.club.rules import Shop
from db.engine import Database

BATCH = 500


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Go on with imports that were interrupted, then clear away what is left of others."""
    while (number := await database.read(imports.unfinished, now=now)) is not None:
        while (await database.write(imports.carry_on, number, shop, now=now, tell=True)).left:
            continue
    while await database.write(staging.left_over, now=now, limit=BATCH):
        continue
