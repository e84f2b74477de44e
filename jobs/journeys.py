"""Members go on their journeys, a step when it is due."""

from datetime import datetime

from bot.club import trips
from bot.club.rules import Shop
from db.engine import Database

BATCH = 100


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Let everybody go on whose next step is due, a batch at a time."""
    while await database.write(trips.go_on, shop, now=now, limit=BATCH) == BATCH:
        continue
