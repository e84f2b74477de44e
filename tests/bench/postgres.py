"""The check-in on PostgreSQL, beside asyncpg by hand."""

import asyncio
import subprocess
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.clock import Clock
from bot.club import checkins
from db.engine import open_database
from db.upgrade import upgrade
from tests.bench.peers import RawPostgres
from tests.bench.rounds import Bar, Bench, progress
from tests.bench.stage import ACCOUNTS, MEMBERS, MORNING, SHOP, rate
from tests.conftest import POSTGRES, psql


def answers() -> bool:
    """Whether a server is there to be measured; says so where there is none."""
    try:
        psql("SELECT 1")
    except (OSError, subprocess.CalledProcessError):
        progress("no PostgreSQL answers; set TEST_POSTGRES to its address\n")
        return False
    return True


@asynccontextmanager
async def postgres_database(members: int) -> AsyncIterator[str]:
    """A migrated database with so many members. It goes with the block."""
    name = f"regulars_bench_{uuid.uuid4().hex[:8]}"
    psql(f'CREATE DATABASE "{name}"')
    try:
        await asyncio.to_thread(upgrade, f"{POSTGRES}/{name}")
        psql(MEMBERS.replace(":many", str(members)), name)
        psql(ACCOUNTS.replace(" 1, met_at", " true, met_at"), name)
        yield f"{POSTGRES}/{name}"
    finally:
        psql(f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def postgres(quick: bool) -> AsyncIterator[Bench]:
    """The act of a check-in, 8 connections, 50 in flight. Without a server there is nothing to measure."""
    people = 300 if quick else 1000
    if not answers():
        yield Bench("/s", {}, [])
        return
    async with postgres_database(people) as url, postgres_database(people) as other:
        database, clock = open_database(url), Clock(MORNING)
        raw = await RawPostgres.open(other, people)

        async def ours() -> float:
            clock.advance(timedelta(days=1))
            now = clock.now()
            return await rate(
                lambda member: database.write(checkins.check_in, member, SHOP, now=now), range(1, people + 1)
            )

        what = "check-in on PostgreSQL, 8 connections ÷ raw asyncpg, five trips"
        yield Bench("/s", {"ours": ours, "raw": raw.measure}, [Bar(what, "ours", "raw", 0.6, 1.5)])
        await asyncio.gather(database.close(), raw.close())
