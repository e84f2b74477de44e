"""What goes wrong around acts: callers who leave, an end in the middle, full and broken disks, lost races."""

import asyncio
import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from db.engine import TRIES, Database, DatabaseClosed, insert_once, open_database, tell
from db.inbox import INBOX
from db.members import MEMBERS, Member
from db.points import SHOP_DAYS, ShopDay
from tests.acts import AT, balances, by_refusal, linger, many, meet, outside, together

DAY = date(2027, 2, 10)

on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("url", ["postgres"], indirect=True)


async def test_a_caller_who_leaves_harms_no_neighbour(database: Database):
    loop, begun, left = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def slow(session: Session) -> None:
        loop.call_soon_threadsafe(begun.set)
        while not left.is_set():
            linger(session, 0.01)

    def two(session: Session) -> None:
        meet(session)
        slow(session)
        meet(session)

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(database.write(slow))
        acts = [tasks.create_task(database.write(two)) for _ in range(12)]
        await begun.wait()
        for leaving in (first, *acts[::3]):
            leaving.cancel()
        left.set()
    assert [act.cancelled() for act in acts] == [True, False, False] * 4
    await database.write(two)  # whoever drives the acts goes on
    kept = await database.read(many)
    assert kept % 2 == 0, "an act is kept whole or not at all"
    assert kept >= 2 * 9


async def test_closing_keeps_what_waits_and_refuses_the_rest(url: str):
    database = open_database(url)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(linger))
        waiting = [tasks.create_task(database.write(meet)) for _ in range(100)]
        await asyncio.sleep(0.01)
        tasks.create_task(database.close())
        await asyncio.sleep(0)
        with pytest.raises(DatabaseClosed):
            await database.write(meet)
    assert outside(url, "SELECT count(*) FROM members") == "100"
    assert len({task.result() for task in waiting}) == 100
    await database.close()
    with pytest.raises(DatabaseClosed):
        await database.write(meet)


async def test_closing_ends_with_the_last_act(url: str):
    database = open_database(url)
    async with asyncio.TaskGroup() as tasks:
        last = tasks.create_task(database.write(linger))
        await asyncio.sleep(0.02)
        await database.close()
        assert last.done()


def full(session: Session) -> None:
    """The disk has no room left."""
    pages = session.connection().execute(text("PRAGMA page_count")).scalar_one()
    session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    session.connection().execute(INBOX.insert().values(platform="x" * 10**6, update_id=1, state="", received_at=AT))


def broken_at_commit(session: Session) -> None:
    """A commit that SQLite refuses as a whole: a foreign key that was let pass until then."""
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    session.connection().exec_driver_sql("INSERT INTO lot_uses VALUES (404, 404, 1)")


def undone_by_sqlite(session: Session) -> None:
    """An error after which SQLite itself has undone everything, as after some that a bad disk gives."""
    insert_once(session, SHOP_DAYS, day=DAY)
    session.connection().exec_driver_sql(f"INSERT OR ROLLBACK INTO shop_days VALUES ('{DAY}')")


@on_sqlite
@pytest.mark.parametrize("ruin", [broken_at_commit, undone_by_sqlite])
async def test_a_commit_that_fails_fails_all_who_share_it(database: Database, ruin):
    told: list[None] = []
    database.listen("met", told.append)

    def act(session: Session) -> None:
        meet(session)
        tell(session, "met")

    acts = [database.write(act), database.write(by_refusal), database.write(ruin), database.write(act)]
    answers = await together(database, *acts)
    assert all(isinstance(answer, DBAPIError | sqlite3.Error) for answer in answers)
    assert (await database.read(many), told) == (0, [])
    await database.write(act)
    assert (await database.read(many), told) == (1, [None])


@on_sqlite
async def test_a_full_disk_is_survived(database: Database):
    answers = await together(database, database.write(meet), database.write(full), database.write(meet))
    assert isinstance(answers[1], DBAPIError)
    assert "full" in str(answers[1])
    kept = sum(isinstance(answer, int) for answer in answers)
    assert await database.read(many) == kept
    await database.write(lambda session: session.connection().exec_driver_sql("PRAGMA max_page_count = 100000").close())
    await database.write(meet)
    assert await database.read(many) == kept + 1


async def test_what_is_no_database_is_said_at_once(tmp_path: Path):
    (tmp_path / "club.db").write_text("a letter to the editor, " * 100)
    with pytest.raises(DBAPIError, match="not a database"):
        open_database(f"sqlite+aiosqlite:///{tmp_path}/club.db")


@on_postgres
@pytest.mark.parametrize("lost", [2, 99])
async def test_a_lost_race_is_run_three_times(database: Database, url: str, lost: int):
    member = await database.write(meet, 0)
    runs = 0

    def act(session: Session) -> None:
        nonlocal runs
        runs += 1
        tell(session, "run", runs)
        session.connection().execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        session.connection().execute(select(MEMBERS.c.points)).all()
        if runs <= lost:
            outside(url, "UPDATE members SET points = points + 10")
        session.connection().execute(MEMBERS.update().values(points=MEMBERS.c.points + 1))

    heard: list[int] = []
    database.listen("run", heard.append)
    if lost < TRIES:
        await database.write(act)
    else:
        with pytest.raises(DBAPIError, match="could not serialize"):
            await database.write(act)
    assert runs == TRIES
    assert heard == ([3] if lost < TRIES else [])
    points = await database.read(lambda session: session.get_one(Member, member).points)
    assert points == (21 if lost < TRIES else 30)


@on_postgres
async def test_a_key_that_was_taken_since_the_look_is_seen_the_second_time(database: Database, url: str):
    def act(session: Session) -> str:
        if session.get(ShopDay, DAY):
            return "seen"
        outside(url, f"INSERT INTO shop_days (day) VALUES ('{DAY}')")
        session.add(ShopDay(day=DAY))
        return "made"

    assert await database.write(act) == "seen"


@on_postgres
async def test_a_deadlock_ends_well_for_both(database: Database):
    pair = [await database.write(meet), await database.write(meet)]
    runs, held = 0, set()

    def act(session: Session, first: int, second: int) -> None:
        nonlocal runs
        runs += 1
        for each in (first, second):
            change = MEMBERS.update().where(MEMBERS.c.id == each).values(points=MEMBERS.c.points + 1)
            session.connection().execute(change)
            held.add(each)
            while len(held) < 2:
                linger(session, 0.01)

    await asyncio.gather(database.write(act, *pair), database.write(act, *reversed(pair)))
    assert runs > 2, "there was no deadlock"
    assert await database.read(balances) == (4, 4)
