"""Tomorrow's plan is shown to the managers each evening, if there is anything in it."""

from datetime import date, datetime

from bot.club import plan
from bot.club.rules import Shop
from bot.speech.notes import seed_of
from db.engine import Database


class EveningPlan:
    """Draws tomorrow's plan once an evening, while nobody waits for the writer, and leaves its card.

    An empty plan is not worth a letter: it is drawn again after a restart only, and answers /plan.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._empty: date | None = None

    async def run(self, shop: Shop, now: datetime) -> None:
        """Draw what is due."""
        day = await self._database.read(plan.due, shop, now=now)
        if day is None or day == self._empty:
            return
        drawn = await self._database.read(plan.draw, day, shop, now=now, called=seed_of)
        if drawn.lines:
            await self._database.write(plan.show, drawn, now=now)
        else:
            self._empty = day
