"""Dates among many: whom to greet is found by an index, and the nightly pass lets others write all the while."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from db.engine import Database, open_database
from jobs import occasions as job
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file

DUE = 300  # birthdays within the week
HELD = 0.2  # seconds for which the nightly pass may hold the writer
# Everybody has a birthday: the first DUE of them within the week, the others' later in the year.
OCCASIONS = """
INSERT INTO occasions
    (member_id, relation, name, calendar, month, day, leap, next_on, last_on, set_at, changes, vouched)
SELECT id, 'self', '', 'solar', strftime('%m', day), strftime('%d', day), 0, day, date(day, '-1 year'),
    '2026-01-01 00:00:00.000000', 0, 0
FROM (SELECT id, date('2027-02-10', '+' || iif(id <= :due, id % 8, 8 + id % 350) || ' days') AS day FROM members)
"""
AGAIN = """
UPDATE occasions SET next_on = date('2027-02-10', '+' || (id % 8) || ' days'), last_on = '2026-06-30' WHERE id <= :due
"""
SPOILT = "UPDATE occasions SET next_on = date(next_on, '+1 day') WHERE id % (:many / :wrong) = 0"


async def prepared(database: Database, path: Path) -> float:
    """Seconds that the job takes for the birthdays of a week, which have never been prepared."""
    with raw(path) as connection:
        for table in ("letters", "coupons", "boosts"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute(AGAIN, {"due": DUE})
    began = time.perf_counter()
    await job.run(database, SHOP, MORNING)
    took = time.perf_counter() - began
    with raw(path) as connection:
        assert connection.execute("SELECT count(*) FROM coupons").fetchone() == (DUE,)
    return took


async def held(database: Database, path: Path, many: int) -> float:
    """The longest that an act waits for its commit while the nightly pass goes over everything and mends a tenth."""
    with raw(path) as connection:
        connection.execute(SPOILT, {"many": many, "wrong": many // 10})
    longest = 0.0
    async with asyncio.TaskGroup() as tasks:
        night = tasks.create_task(job.NightlyPass(database).run(SHOP, MORNING))
        while not night.done():
            began = time.perf_counter()
            await database.write(lambda _session: None)
            longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(0.002)
    with raw(path) as connection:
        wrong = "SELECT count(*) FROM occasions WHERE strftime('%d', next_on) != printf('%02d', day)"
        assert connection.execute(wrong).fetchone() == (0,)
    return longest


async def bar() -> float:
    """The seconds that it may be held."""
    return HELD


@asynccontextmanager
async def birthdays(quick: bool) -> AsyncIterator[Bench]:
    """The birthday job among few, more and many members; the nightly pass over many."""
    sizes = (200_000, 10_000) if quick else (1_000_000, 100_000, 10_000)
    async with AsyncExitStack() as stack:
        variants: dict[str, Callable[[], Awaitable[float]]] = {}
        opened: dict[int, tuple[Any, ...]] = {}
        for members in sizes:
            url, path = stack.enter_context(sqlite_file(members))
            with raw(path) as connection:
                connection.execute(OCCASIONS, {"due": DUE})
            database = open_database(url)
            stack.push_async_callback(database.close)
            opened[members] = database, path
            variants[f"{members:,}"] = partial(prepared, database, path)
        most, *_between, least = variants
        variants |= {"night": partial(held, *opened[sizes[0]], sizes[0]), "bar": bar}
        what = f"{DUE} birthdays prepared, among {{}} ÷ among {least} members"
        lines = [Bar(what.format(size), size, least, 1.2, 1.1, most=True) for size in [most, *_between]]
        night = f"longest hold of the nightly pass over {most} dates ÷ {HELD} s"
        yield Bench("s", variants, [*lines, Bar(night, "night", "bar", 1, most=True)])
