"""Members go on their journeys, a step when it is due; some begin by the calendar, or as somebody stays away."""

from datetime import date, datetime

from bot.club import trips, waves
from bot.club.journeys import on
from bot.club.rules import Shop
from db.engine import Database

BATCH = 50  # steps in one act, some 40 ms for which others wait
MANY = 500  # members in one act who begin together


class Waves:
    """Begins what is due on the days of the calendar. A wave that another process began changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done: set[tuple[str, date]] = set()
        self._looked: tuple[date, frozenset[str]] | None = None  # who stays away: on which day, for which journeys

    async def run(self, shop: Shop, now: datetime) -> None:
        """Begin today's waves, many members at a time."""
        for wave in await self._database.read(waves.due, shop, now=now):
            if (wave.step.name, wave.day) in self._done:
                continue
            after: int | None = 0
            while after is not None:
                after = await self._database.write(waves.roll, wave, shop, after=after, limit=MANY)
            self._done.add((wave.step.name, wave.day))
        await self._silent(shop, now)

    async def _silent(self, shop: Shop, now: datetime) -> None:
        """Begin once a day, and when a journey was switched on, for those who stay away."""
        asked = shop.day(now), frozenset(each.name for each in await self._database.read(on))
        if asked != self._looked:
            while await self._database.write(waves.silent, shop, now=now, limit=BATCH) >= BATCH:
                continue
            self._looked = asked


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Let everybody go on whose next step is due, a batch at a time."""
    while await database.write(trips.go_on, shop, now=now, limit=BATCH) == BATCH:
        continue
