"""Birthdays are found by an index: a larger club with as many birthdays waits no longer."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from db.engine import Database, open_database
from jobs import occasions as job
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file

DUE = 300  # birthdays within the week
# Everybody has a birthday: the first DUE of them within the week, the others' later in the year.
OCCASIONS = """
INSERT INTO occasions (member_id, relation, name, calendar, month, day, leap, next_on, set_at, changes)
SELECT id, 'self', '', 'solar', strftime('%m', day), strftime('%d', day), 0, day, '2026-01-01 00:00:00.000000', 0
FROM (SELECT id, date('2027-02-10', '+' || iif(id <= :due, id % 8, 8 + id % 350) || ' days') AS day FROM members)
"""
AGAIN = "UPDATE occasions SET next_on = date('2027-02-10', '+' || (id % 8) || ' days') WHERE id <= :due"


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


@asynccontextmanager
async def birthdays(quick: bool) -> AsyncIterator[Bench]:
    """The birthday job among few and among many members."""
    few, many = 10_000, 200_000 if quick else 1_000_000
    async with AsyncExitStack() as stack:
        variants = {}
        for name, members in (("many", many), ("few", few)):
            url, path = stack.enter_context(sqlite_file(members))
            with raw(path) as connection:
                connection.execute(OCCASIONS, {"due": DUE})
            database = open_database(url)
            stack.push_async_callback(database.close)
            variants[name] = lambda database=database, path=path: prepared(database, path)
        what = f"{DUE} birthdays prepared, among {many:,} ÷ among {few:,} members"
        yield Bench("s", variants, [Bar(what, "many", "few", 1.2, 1.1, most=True)])
