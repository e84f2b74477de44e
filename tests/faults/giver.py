"""A process that gives coupons to many until it is killed: `python -m tests.faults.giver URL GIVING BATCH`."""

import asyncio
import sys
from datetime import UTC, datetime

from bot.club import giving_batches, givings
from bot.club.rules import Shop
from db.engine import open_database

NOW = datetime(2027, 2, 10, 2, tzinfo=UTC)
SHOP = Shop(name="Tea House")


async def main(url: str, giving: str, batch: str) -> None:
    giving_batches.BATCH = int(batch)
    database = open_database(url)
    under_way = True
    while under_way:
        sys.stdout.write("giving\n")  # whoever kills it counts the batches
        sys.stdout.flush()
        under_way = (await database.write(givings.go_on, int(giving), SHOP, now=NOW)).under_way
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
