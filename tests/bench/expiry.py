"""A million lots expire in one night, and others write all the while."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import points
from bot.club.rules import PointRules, Rules
from db.engine import Database, open_database
from db.members import MEMBERS
from jobs import expiry as job
from tests.bench.postgres import postgres_database
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file
from tests.conftest import psql

HELD, WANT = 0.2, 0.05  # seconds for which others may wait for one act of the night, and should
DAILY = replace(SHOP, rules=Rules(points=PointRules(expiry="days 1")))
PURSES = 10  # lots of each member
DAYS = {
    "sqlite": "(SELECT value AS n FROM json_each('[0,1,2,3,4,5,6,7,8,9]'))",
    "postgresql": "generate_series(0, 9) AS n",
}
MOMENT = {"sqlite": "'{}.000000'", "postgresql": "('{}+00')::timestamptz"}
LOTS = """
INSERT INTO lots (member_id, amount, remaining, source, earned_at, available_at, key)
SELECT id, 5, 5, 'checkin', {earned}, {available}, id || ':' || n || ':' || {turn}
FROM members, {days}
"""
ENTRIES = """
INSERT INTO entries (member_id, amount, source, at, key)
SELECT member_id, amount, source, earned_at, key FROM lots WHERE remaining > 0
"""
FULL = f"UPDATE members SET points = {5 * PURSES}"


def filled(dialect: str, turn: int) -> str:
    """Statements that give everybody their lots of one more round."""
    moment = MOMENT[dialect]
    earned = moment.format("2027-01-1' || n || ' 04:00:00")
    available = moment.format("2027-01-10 04:00:00")
    return ";".join((LOTS.format(earned=earned, available=available, turn=turn, days=DAYS[dialect]), ENTRIES, FULL))


def touch(session: Session, member_id: int) -> None:
    """An act that moves nothing and waits for whoever moves this member's points."""
    points.lock(session, [member_id])


def left(session: Session) -> int:
    """A look: everybody's points."""
    return session.connection().execute(select(func.sum(MEMBERS.c.points))).scalar_one()


async def held(database: Database, fill: Callable[[str], None], members: int, turns: "count[int]") -> float:
    """The longest that an act of somebody waits while everybody's points expire."""
    await asyncio.to_thread(fill, filled(database.dialect, next(turns)))
    longest = 0.0
    async with asyncio.TaskGroup() as tasks:
        night = tasks.create_task(job.NightlyPass(database).run(DAILY, MORNING))
        for number in count():
            if night.done():
                break
            began = time.perf_counter()
            await database.write(touch, 1 + number % members)
            longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(0.002)
    assert await database.read(left) == 0
    return longest


async def bar() -> float:
    """The seconds that it may be held."""
    return HELD


def into_file(path: Path, script: str) -> None:
    """Run statements on SQLite."""
    with raw(path) as connection:
        for statement in script.split(";"):
            connection.execute(statement)


@asynccontextmanager
async def expiry(quick: bool) -> AsyncIterator[Bench]:
    """The night in which so many lots expire."""
    members = 10_000 if quick else 100_000
    what = f"longest wait while {members * PURSES:,} lots expire"
    async with AsyncExitStack() as stack:
        url, path = stack.enter_context(sqlite_file(members))
        database = open_database(url)
        stack.push_async_callback(database.close)
        variants = {"night": partial(held, database, partial(into_file, path), members, count()), "bar": bar}
        bars = [Bar(f"{what}, SQLite ÷ {HELD} s", "night", "bar", 1, WANT / HELD, most=True)]
        try:
            url = await stack.enter_async_context(postgres_database(members))
        except (OSError, subprocess.CalledProcessError):
            yield Bench("s", variants, bars)
            return
        other = open_database(url)
        stack.push_async_callback(other.close)
        fill = partial(psql, database=url.rpartition("/")[2])
        variants["night on PostgreSQL"] = partial(held, other, fill, members, count())
        bars.append(Bar(f"{what}, PostgreSQL ÷ {HELD} s", "night on PostgreSQL", "bar", 1, WANT / HELD, most=True))
        yield Bench("s", variants, bars)
