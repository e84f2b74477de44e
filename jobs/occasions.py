"""The yearly dates of the next seven days are prepared as letters."""

from datetime import datetime

from bot.club import family, occasions
from bot.club.rules import Shop
from db.engine import Database

BATCH = 200


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Prepare all that is due, a batch at a time."""
    for prepare in (occasions.prepare, family.prepare):
        while await database.write(prepare, shop, now=now, limit=BATCH) == BATCH:
            continue
