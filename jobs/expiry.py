"""Points lapse at the end of a shop-day, and their members are warned in the morning."""

from datetime import date, datetime

from bot.club import lapsing
from bot.club.rules import Shop
from db.engine import Database

LOOK = 500  # lots in one look; what it found goes in one short act each


class NightlyPass:
    """Looks over all live lots once a shop-day, when its letters may go, and when the rule changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done: tuple[date, bool, str] | None = None

    async def run(self, shop: Shop, now: datetime) -> None:
        """Date, collect and warn, unless that was done already."""
        morning = now >= shop.at(shop.day(now), shop.rules.sending.day_hour)
        asked = shop.day(now), morning, shop.rules.points.expiry
        after: int | None = 0 if asked != self._done else None
        while after is not None:
            after = await self._step(shop, now, after, morning)
        self._done = asked

    async def _step(self, shop: Shop, now: datetime, after: int, morning: bool) -> int | None:
        found = await self._database.read(lapsing.look_over, shop, now=now, after=after, limit=LOOK)
        if found.wrong:
            await self._database.write(lapsing.put_right, found.wrong)
        if found.due:
            await self._database.write(lapsing.collect, found.due, shop, now=now)
        if found.soon and morning:
            await self._database.write(lapsing.warn, found.soon, shop, now=now)
        return found.last
