"""The yearly dates of the next seven days are prepared as letters; and each night all of them are looked over."""

from datetime import date, datetime

from bot.club import occasions, reminders, upkeep
from bot.club.rules import Shop
from db.engine import Database

BATCH = 200
LOOK = 250  # dates in one look of the nightly pass; what it corrects goes in one short act


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Prepare all that is due, a batch at a time."""
    for prepare in (occasions.prepare, reminders.prepare):
        while await database.write(prepare, shop, now=now, limit=BATCH) == BATCH:
            continue


class NightlyPass:
    """Looks over all dates once a shop-day, and when the rule for 29 February changed; writes only what is wrong."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done: tuple[date, bool] | None = None

    async def run(self, shop: Shop, now: datetime) -> None:
        """Look over all dates, unless that was done already."""
        asked = shop.day(now), shop.rules.birthday.leap_day_in_march
        after: int | None = 0 if asked != self._done else None
        while after is not None:
            wrong, after = await self._database.read(upkeep.astray, shop, after=after, limit=LOOK)
            if wrong:
                await self._database.write(upkeep.put_right, wrong)
        self._done = asked
