"""A list is imported whole or not at all, whenever the process ends: read again before a yes, finished after it."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from bot.clock import Clock
from bot.club import books
from bot.club.rules import OpenShop
from bot.platforms.playground import Playground, StoredFile
from bot.running import Club
from db.engine import Database
from db.imports import IMPORT_ROWS, IMPORTS
from db.members import MEMBERS
from tests.faults.importing import SHOP
from tests.people import Play

MANY = 1300
ROOT = Path(__file__).parents[2]


async def died(url: str, tmp_path: Path, point: str) -> bytes:
    """Let a process die over a file. Returns the file."""
    file = tmp_path / "members.csv"
    lines = (f"Member {n},138{n:08},8-15,5" for n in range(MANY))
    file.write_text("\n".join(["name,phone,birthday,points", *lines]), "utf-8")
    words = [sys.executable, "-m", "tests.faults.importing", url, str(file), point]
    run = await asyncio.to_thread(subprocess.run, words, cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == 9, run.stderr.decode()
    return file.read_bytes()


async def counted(database: Database) -> tuple[int, int]:
    """How many members there are, and their points."""
    many = select(func.count(), func.coalesce(func.sum(MEMBERS.c.points), 0)).select_from(MEMBERS)
    return await database.read(lambda s: tuple(s.connection().execute(many).one()))


async def state(database: Database) -> str:
    """How the file stands."""
    return await database.read(lambda s: s.connection().execute(select(IMPORTS.c.state)).scalar_one())


@pytest.mark.parametrize("after", [0, 2])
async def test_a_list_that_was_being_read_is_read_again(
    database: Database, url: str, tmp_path: Path, after: int
) -> None:
    data = await died(url, tmp_path, f"reading:{after}")
    assert await counted(database) == (1, 0)
    clock, stop = Clock(), asyncio.Event()
    playground = Playground(clock.now, "en")
    file_id = await database.read(lambda s: s.connection().execute(select(IMPORTS.c.file_id)).scalar_one())
    playground._world.files[file_id] = StoredFile(file_id, "members.csv", "text/csv", data)
    playground._world.started.add(1)
    club = Club(database, {"playground": playground}, OpenShop(SHOP), clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        await club.inbox._begun.wait()  # what the other process left is in hand
        play = Play(club, playground)
        await play.quiet()
        assert f"new members: {MANY:,}" in play.owner.heard()[-1]
        assert (
            await database.read(lambda s: s.connection().execute(select(func.count(IMPORT_ROWS.c.row))).scalar_one())
            == MANY
        )
        await play.owner.taps("Confirm")
        stop.set()
    assert await counted(database) == (MANY + 1, 5 * MANY)
    assert await database.read(books.faults) == []


@pytest.mark.parametrize("after", [0, 1, 4])
async def test_a_list_that_was_confirmed_is_finished(database: Database, url: str, tmp_path: Path, after: int) -> None:
    await died(url, tmp_path, f"carrying:{after}")
    assert await state(database) == "confirmed"
    clock, stop = Clock(), asyncio.Event()
    playground = Playground(clock.now, "en")
    playground._world.started.add(1)
    club = Club(database, {"playground": playground}, OpenShop(SHOP), clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        play = Play(club, playground)
        clock.advance(timedelta(minutes=2))
        await club.tick()
        await club.tick()
        assert "Done: members.csv is imported." in play.owner.heard()[-1]
        assert f"new members: {MANY:,}" in play.owner.heard()[-1]
        stop.set()
    assert await state(database) == "done"
    assert await counted(database) == (MANY + 1, 5 * MANY)
    assert await database.read(books.faults) == []
