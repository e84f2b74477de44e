"""What guards the database itself: one process at a time, a schema that fits, a ledger that cannot be rewritten."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from bot.club import points
from db.engine import Database, open_database
from db.lock import AlreadyServed, sole_process
from db.members import MEMBERS
from db.points import ENTRIES
from db.upgrade import NEWEST, upgrade, wipe
from tests.acts import AT, many, meet, outside
from tests.tables import everything

SERVER = """
import asyncio, sys
from db.lock import sole_process

async def serve():
    async with sole_process(sys.argv[1]):
        print("serving", flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


@contextmanager
def served(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that serves the database, until it is killed."""
    with subprocess.Popen([sys.executable, "-c", SERVER, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "serving\n"
        try:
            yield process
        finally:
            process.kill()


async def test_one_process_serves_a_database(url: str):
    with served(url) as other:
        with pytest.raises(AlreadyServed, match="Stop it first"):
            async with sole_process(url):
                pass
        assert other.poll() is None
        other.send_signal(signal.SIGKILL)
        other.wait()
        async with sole_process(url):
            pass  # a restart right after a kill is let in
    async with sole_process(url):
        pass  # and nothing of it stays


async def test_upgrading_again_changes_nothing(url: str, database: Database):
    await database.write(meet, 7)
    assert await asyncio.to_thread(upgrade, url) == NEWEST
    assert await database.read(many) == 1


async def test_an_upgrade_begins_from_nothing(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/rooms/new.db"
    assert await asyncio.to_thread(upgrade, url) is None
    database = open_database(url)
    assert await database.write(meet) == 1
    await database.close()


async def test_a_newer_database_is_left_alone(url: str):
    outside(url, "UPDATE alembic_version SET version_num = '9999'")
    migrate = [sys.executable, "-m", "bot", "migrate"]
    told = await asyncio.to_thread(
        subprocess.run, migrate, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert re.fullmatch(rf"[^\n]*9999[^\n]*{NEWEST}[^\n]*Update Regulars\.\n", told.stderr)
    assert outside(url, "SELECT version_num FROM alembic_version") == "9999"


def enter(session: Session) -> None:
    """An act: a member with a ledger line by a colleague."""
    line = {"member_id": meet(session, 5), "amount": 5, "source": "grant", "at": AT, "key": "grant:1"}
    session.connection().execute(ENTRIES.insert().values(**line, staff_id=meet(session), reason="for Ann"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entries SET amount = 500",
        "UPDATE entries SET amount = 500, reason = NULL",
        "UPDATE entries SET reason = 'better words'",
        "UPDATE entries SET reason = ''",
        "UPDATE entries SET staff_id = member_id, reason = NULL",
        "UPDATE entries SET staff_id = NULL",
        "UPDATE entries SET at = '2020-01-01 00:00:00', reason = NULL",
        "UPDATE entries SET key = 'grant:2', reason = NULL",
        "UPDATE entries SET source = 'deduct', reason = NULL",
        "UPDATE entries SET id = 7, reason = NULL",
        "DELETE FROM entries",
    ],
)
async def test_a_ledger_line_stays_as_it_was_written(database: Database, change: str):
    await database.write(enter)
    with pytest.raises(DBAPIError, match="ledger entries are never changed"):
        await database.write(lambda session: session.connection().exec_driver_sql(change).close())
    lines = await database.read(lambda session: session.connection().execute(ENTRIES.select()).all())
    assert [(line.amount, line.key, line.reason) for line in lines] == [(5, "grant:1", "for Ann")]


async def test_only_the_words_of_a_ledger_line_can_be_taken_back(database: Database):
    await database.write(enter)
    before = await database.read(lambda session: session.connection().execute(ENTRIES.select()).one()._asdict())
    for _twice in range(2):
        await database.write(lambda session: session.connection().execute(ENTRIES.update().values(reason=None)).close())
        after = await database.read(lambda session: session.connection().execute(ENTRIES.select()).one()._asdict())
        assert after == before | {"reason": None}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE lot_uses SET amount = 1",
        "UPDATE lot_uses SET lot_id = lot_id",
        "DELETE FROM lot_uses",
        "UPDATE take_backs SET owed = 0",
        "DELETE FROM take_backs",
    ],
)
async def test_what_was_used_and_taken_back_stays_as_it_was_written(database: Database, change: str):
    member = await database.write(meet)
    await database.write(points.award, member, 5, "grant", key="tea", now=AT)
    await database.write(points.spend, member, 3, "gift", key="cup", now=AT)
    await database.write(points.take_back, member, 5, "refund", earned_key="tea", key="back", now=AT)
    before = await database.read(everything)
    with pytest.raises(DBAPIError, match="the books are never changed"):
        await database.write(lambda session: session.connection().exec_driver_sql(change).close())
    assert await database.read(everything) == before


async def test_the_playground_empties_the_books_all_the_same(url: str, database: Database):
    await test_what_was_used_and_taken_back_stays_as_it_was_written(database, "DELETE FROM lot_uses")
    await database.close()
    await asyncio.to_thread(wipe, url)
    again = open_database(url)
    assert await again.read(many) == 0
    assert await again.write(meet) == 1
    await again.close()


async def test_nobody_owes_less_than_nothing_nor_when_they_are_erased(database: Database):
    member = await database.write(meet)

    def owe(session: Session, points: int) -> None:
        session.connection().execute(MEMBERS.update().where(MEMBERS.c.id == member).values(owed=points))

    with pytest.raises(IntegrityError, match="owed_not_negative"):
        await database.write(owe, -1)
    await database.write(owe, 7)
    with pytest.raises(IntegrityError, match="erased_without_debt"):
        await database.write(
            lambda session: session.connection().execute(MEMBERS.update().values(erased_at=AT)).close()
        )


async def test_points_are_never_negative(database: Database):
    member = await database.write(meet, 5)

    def take(session: Session, points: int) -> None:
        change = MEMBERS.update().where(MEMBERS.c.id == member).values(points=MEMBERS.c.points - points)
        session.connection().execute(change)

    with pytest.raises(IntegrityError, match="not_negative"):
        await database.write(take, 6)
    await database.write(take, 5)
    with pytest.raises(IntegrityError, match="not_negative"):
        await database.write(take, 1)
