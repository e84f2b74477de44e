"""The month before is reported to the owners on the 1st, if anything happened in it."""

from datetime import datetime

from bot.club import reports
from bot.club.periods import Period
from bot.club.rules import Shop
from db.engine import Database


class MonthlyReport:
    """Draws the report once a month, while nobody waits for the writer, and leaves its letters.

    An empty month is not worth a letter: it is looked at again after a restart only.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._empty: Period | None = None

    async def run(self, shop: Shop, now: datetime) -> None:
        """Draw what is due."""
        period = await self._database.read(reports.due, shop, now=now)
        if period is None or period == self._empty:
            return
        found = await self._database.read(reports.of, period, shop, now=now)
        if reports.happened(found):
            await self._database.write(reports.show, found, shop, now=now)
        else:
            self._empty = period
