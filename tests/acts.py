"""Acts and looks to try the engine with, and the view of somebody outside."""

import asyncio
import sqlite3
import subprocess
import threading
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import Session

from db.engine import Database
from db.members import MEMBERS, Member

AT = datetime(2027, 2, 10, 2, tzinfo=UTC)


class Refused(Exception):
    """What the failing acts of these tests raise."""


def meet(session: Session, points: int = 0) -> int:
    """An act: a new member. Returns the id."""
    values = {"points": points, "grade": "new", "notify": "all", "greeting": "private", "met_at": AT}
    return session.connection().execute(MEMBERS.insert().values(**values)).inserted_primary_key[0]


def move(session: Session, giver: int, taker: int) -> None:
    """An act: one point changes hands, in two steps (in one order, so that PostgreSQL need not break a deadlock)."""
    for member, more in sorted([(giver, -1), (taker, 1)]):
        change = MEMBERS.update().where(MEMBERS.c.id == member).values(points=MEMBERS.c.points + more)
        session.connection().execute(change)


def balances(session: Session) -> tuple[int, int]:
    """A look: all points in one sum, and member by member, with time for others to write in between."""
    connection = session.connection()
    ids = connection.execute(select(MEMBERS.c.id)).scalars().all()
    one_by_one = [connection.execute(select(MEMBERS.c.points).where(MEMBERS.c.id == each)).scalar_one() for each in ids]
    return connection.execute(select(func.sum(MEMBERS.c.points))).scalar_one(), sum(one_by_one)


def many(session: Session) -> int:
    """A look: how many members there are."""
    return session.connection().execute(select(func.count()).select_from(MEMBERS)).scalar_one()


def linger(session: Session, seconds: float = 0.1) -> None:
    """Hold the transaction open, so that others must queue behind it or run beside it."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_sleep(:seconds)"), {"seconds": seconds})
    else:
        time.sleep(seconds)


def outside(url: str, statement: str) -> str:
    """What somebody beside this process sees or does."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///")) as connection:
            return "".join(str(value) for row in connection.execute(statement) for value in row)
    address = url.replace("+asyncpg", "")
    run = subprocess.run(["psql", "-qAt", "-d", address, "-c", statement], check=True, capture_output=True, text=True)
    return run.stdout.strip()


async def together(database: Database, *acts: Coroutine[Any, Any, Any]) -> list[Any]:
    """Let acts queue up behind a slow one, so that on SQLite they share a commit. Results and errors, in order."""
    loop, begun, queued = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def slow(_: Session) -> None:
        loop.call_soon_threadsafe(begun.set)
        if database.dialect == "sqlite":  # in the writer's thread
            queued.wait(60)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(slow))
        await begun.wait()
        answers = asyncio.gather(*acts, return_exceptions=True)
        await asyncio.sleep(0)
        queued.set()
        return await answers


def by_refusal(session: Session) -> None:
    raise Refused


def by_statement(session: Session) -> None:
    meet(session, -1)


def by_flush(session: Session) -> None:
    session.add(Member(points=-1, met_at=AT))


def by_early_end(session: Session) -> None:
    next(iter(()))
