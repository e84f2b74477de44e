"""A million lots expire in one night, and others write all the while."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.club.rules import PointRules, Rules
from db.engine import Database, open_database
from jobs import expiry as job
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file

HELD = 0.2  # seconds for which the night may hold the writer
DAILY = replace(SHOP, rules=Rules(points=PointRules(expiry="days 1")))
PURSES = 10  # lots of each member
LOTS = """
INSERT INTO lots (member_id, amount, remaining, source, earned_at, available_at, key)
SELECT id, 5, 5, 'checkin', '2027-01-1' || n || ' 04:00:00.000000', '2027-01-10 04:00:00.000000',
    id || ':' || n || ':' || :turn
FROM members, (SELECT value AS n FROM json_each('[0,1,2,3,4,5,6,7,8,9]'))
"""
ENTRIES = """
INSERT INTO entries (member_id, amount, source, at, key)
SELECT member_id, amount, source, earned_at, key FROM lots WHERE remaining > 0
"""
FULL = "UPDATE members SET points = :points"


async def held(database: Database, path: Path, members: int) -> float:
    """The longest that an act waits for its commit while everybody's points expire."""
    with raw(path) as connection:
        connection.execute(LOTS, {"turn": time.time_ns()})
        connection.execute(ENTRIES)
        connection.execute(FULL, {"points": 5 * PURSES})
    longest = 0.0
    async with asyncio.TaskGroup() as tasks:
        night = tasks.create_task(job.NightlyPass(database).run(DAILY, MORNING))
        while not night.done():
            began = time.perf_counter()
            await database.write(lambda _session: None)
            longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(0.002)
    with raw(path) as connection:
        assert connection.execute("SELECT sum(points) FROM members").fetchone() == (0,)
    return longest


async def bar() -> float:
    """The seconds that it may be held."""
    return HELD


@asynccontextmanager
async def expiry(quick: bool) -> AsyncIterator[Bench]:
    """The night in which so many lots expire."""
    members = 10_000 if quick else 100_000
    with sqlite_file(members) as (url, path):
        database = open_database(url)
        try:
            what = f"longest hold while {members * PURSES:,} lots expire ÷ {HELD} s"
            variants = {"night": partial(held, database, path, members), "bar": bar}
            yield Bench("s", variants, [Bar(what, "night", "bar", 1, 0.25, most=True)])
        finally:
            await database.close()
