"""Members go on their journeys, a step when it is due; on days of the calendar everybody begins."""

from datetime import date, datetime

from bot.club import trips, waves
from bot.club.rules import Shop
from db.engine import Database

BATCH = 100
MANY = 500  # members in one act who begin together


class Waves:
    """Begins what is due on the days of the calendar. A wave that another process began changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done: set[tuple[str, date]] = set()

    async def run(self, shop: Shop, now: datetime) -> None:
        """Begin today's waves, many members at a time."""
        for wave in await self._database.read(waves.due, shop, now=now):
            if (wave.step.name, wave.day) in self._done:
                continue
            after: int | None = 0
            while after is not None:
                after = await self._database.write(waves.roll, wave, shop, after=after, limit=MANY)
            self._done.add((wave.step.name, wave.day))


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Let everybody go on whose next step is due, a batch at a time."""
    while await database.write(trips.go_on, shop, now=now, limit=BATCH) == BATCH:
        continue
