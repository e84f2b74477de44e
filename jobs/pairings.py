"""Each night it is counted anew what is bought together."""

from datetime import date, datetime

from bot.club import pairings
from bot.club.rules import Shop
from db.engine import Database


class NightlyCount:
    """Counts once a shop-day: a long look, and a short act with what it found."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done: date | None = None

    async def run(self, shop: Shop, now: datetime) -> None:
        """Count, unless that was done today."""
        if self._done != shop.day(now):
            await self._database.write(pairings.keep, await self._database.read(pairings.count, now=now))
            self._done = shop.day(now)
