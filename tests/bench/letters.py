"""Letters by the hundred thousand: queueing them for a deal, and carrying them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from aiogram.methods import SendMessage

from bot.clock import Clock
from bot.club import deals
from bot.club.deals import Plan
from bot.club.members import Person, Role, Visitor
from bot.club.offers import Offer
from bot.club.rules import OpenShop
from db.engine import Database, open_database
from jobs.delivery import Delivery
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import FIRST, MORNING, SHOP, SilentPlatform, rate, raw, sqlite_file

OWNER = Person(Visitor("playground", FIRST + 1, "Owner"), 1, 1, "Owner", "en", True, True, Role.OWNER)
BARE = """
INSERT INTO letters (key, kind, rank, alone, account_id, member_id, facts, after, before, state, doubts, posted_at)
SELECT 'deal:0:' || members.id, 'deal', 2, FALSE, min(accounts.id), members.id, '{"deal_id": 0}',
    '2027-02-10 02:00:00.000000', '2027-02-11 02:00:00.000000', 'waiting', 0, '2027-02-10 02:00:00.000000'
FROM members JOIN accounts ON accounts.member_id = members.id
WHERE members.consent IS NOT NULL AND members.notify = 'all' AND accounts.reachable
GROUP BY members.id
"""
IN_FLIGHT = 32


def emptied(path: Path) -> None:
    """No letters, and nothing left of them in the log."""
    with raw(path) as connection:
        connection.execute("DELETE FROM letters")
    with raw(path) as connection:
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("BEGIN")


async def new_deal(database: Database) -> None:
    """A deal that opens at once."""
    plan = Plan("Cold brew", Offer.read("20%"), MORNING, MORNING + timedelta(days=1))
    await database.write(deals.make, OWNER, plan, SHOP, now=MORNING)


@asynccontextmanager
async def queueing(quick: bool) -> AsyncIterator[Bench]:
    """Queueing a deal's letters to 100,000 members."""
    members = 20_000 if quick else 100_000
    with sqlite_file(members) as (url, path):
        database = open_database(url)

        async def ours() -> float:
            emptied(path)
            began = time.perf_counter()
            await new_deal(database)
            return time.perf_counter() - began

        async def bare() -> float:
            emptied(path)
            began = time.perf_counter()
            with raw(path) as connection:
                connection.execute(BARE)
            return time.perf_counter() - began

        what = f"queueing {members:,} letters ÷ the bare INSERT … SELECT"
        yield Bench("s", {"ours": ours, "bare": bare}, [Bar(what, "ours", "bare", 1.2, 1.05, most=True)])
        await database.close()


@asynccontextmanager
async def delivery(quick: bool) -> AsyncIterator[Bench]:
    """Durable delivery to a platform that does nothing, beside bare awaits of the same."""
    members = 200 if quick else 1000
    with sqlite_file(members) as (url, path):
        database, platform = open_database(url), SilentPlatform()
        await new_deal(database)

        async def ours() -> float:
            with raw(path) as connection:
                connection.execute("UPDATE letters SET state = 'waiting', settled_at = NULL, after = '2027-02-10'")
            sender = Delivery(database, {"playground": platform}, OpenShop(SHOP), Clock(MORNING))
            async with asyncio.TaskGroup() as tasks:
                began = time.perf_counter()
                sending = tasks.create_task(sender.run())
                await sender.quiet()
                took = time.perf_counter() - began
                sending.cancel()
            with raw(path) as connection:
                assert connection.execute("SELECT count(*) FROM letters WHERE state = 'sent'").fetchone() == (members,)
            return members / took

        async def bare() -> float:
            methods = [SendMessage(chat_id=FIRST + 1 + n, text="Cold brew: 20% off") for n in range(members)]
            return await rate(platform.send, methods, IN_FLIGHT)

        bar = Bar("durable delivery, as paced ÷ bare awaits, 32 in flight", "ours", "bare")
        yield Bench("/s", {"ours": ours, "bare": bare}, [bar])
        await database.close()
