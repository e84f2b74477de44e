"""Databases for the tests (a SQLite file, and PostgreSQL where it runs), and the people who play the stories."""

import asyncio
import os
import shutil
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.clock import Clock
from bot.club import staff
from bot.club.rules import OpenShop, Shop
from bot.platforms.playground import Playground
from bot.rehearsal import PLAYGROUND_STAFF
from bot.running import Club
from db.engine import Database, open_database
from db.upgrade import NEWEST, upgrade
from tests.people import Play
from tests.standin import StandIn

# Plain tracebacks: a rich one shows what people said, and takes its time.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.dev.ConsoleRenderer(colors=False)])

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432")
ZONE = ZoneInfo("Asia/Shanghai")
# As good as new, and ten times as fast as a new database. Nobody of the test before is left who could still write.
EMPTY = f"""
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid();
SET session_replication_role = replica; -- no triggers: the ledger refuses to be emptied
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$;
SELECT setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
UPDATE alembic_version SET version_num = '{NEWEST}';
"""


def psql(statement: str, database: str = "postgres") -> None:
    """Run a statement as the administrator of the test server."""
    address = POSTGRES.replace("+asyncpg", "") + "/" + database
    subprocess.run(["psql", "-q", "-d", address, "-c", statement], check=True, capture_output=True)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "club.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str | None]:
    """The name of a migrated PostgreSQL database, emptied for each test; None where no server answers."""
    name = f"regulars_test_{uuid.uuid4().hex[:12]}"
    try:
        psql(f'CREATE DATABASE "{name}"')
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    upgrade(f"{POSTGRES}/{name}")
    yield name
    psql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path) -> str:
    """A database of the test's own, empty: each test runs on both kinds, but those about words."""
    if request.param == "sqlite":
        shutil.copy(empty_sqlite, tmp_path / "club.db")
        return f"sqlite+aiosqlite:///{tmp_path}/club.db"
    name = request.getfixturevalue("postgres")
    if name is None:
        reason = "no PostgreSQL answers; set TEST_POSTGRES to its address"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    psql(EMPTY, name)
    return f"{POSTGRES}/{name}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """The open database."""
    opened = open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def shop() -> Shop:
    """The shop of the tests."""
    return Shop(name="Tea House", zone=ZONE, locale="en")


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A Bot API server on loopback."""
    with StandIn() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    """A clock that begins on a Wednesday at ten in the morning, shop time."""
    return Clock(datetime(2027, 2, 10, 10, tzinfo=ZONE))


@pytest.fixture
async def play(database: Database, shop: Shop, clock: Clock) -> AsyncIterator[Play]:
    """A running club with its playground and people to play."""
    playground = Playground(clock.now, shop.locale)
    club = Club(database, {"playground": playground}, OpenShop(shop), clock)
    await database.write(staff.appoint, "playground", PLAYGROUND_STAFF, now=clock.now())
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        yield Play(club, playground)
        stop.set()
