"""What the check-in is measured against: the same rows by hand, and the way most bots are written."""

import asyncio
import itertools
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
from aiogram import Bot, Dispatcher
from aiogram.filters import Command
from aiogram.types import Message, Update
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from db.inbox import Received
from db.members import Account, Member
from db.points import CheckIn, Entry, Lot
from db.sqlite import tune
from tests.bench.stage import MORNING, rate, said

LAST = "SELECT day, streak FROM checkins WHERE member_id = $1 ORDER BY day DESC LIMIT 1"
CHECKIN = "INSERT INTO checkins (member_id, day, streak, points) VALUES ($1, $2, $3, 5)"
LOT = (
    "INSERT INTO lots (member_id, amount, remaining, source, earned_at, available_at, key) "
    "VALUES ($1, 5, 5, 'checkin', $2, $2, $3)"
)
ENTRY = "INSERT INTO entries (member_id, amount, source, at, key) VALUES ($1, 5, 'checkin', $2, $3)"
EARN = "UPDATE members SET points = points + 5, moved_at = $2 WHERE id = $1 RETURNING points"
RECEIVED = (
    "INSERT INTO inbox (platform, update_id, payload, state, received_at) "
    "VALUES ('playground', $1, $2, 'waiting', $3) RETURNING id"
)
DONE = "UPDATE inbox SET state = 'done', payload = NULL WHERE id = $1"


class Raw:
    """One aiosqlite connection: a transaction for each update, of the same rows, by hand."""

    def __init__(self, connection: aiosqlite.Connection, people: int) -> None:
        self._connection, self._people = connection, people
        self._alone = asyncio.Lock()
        self._days = (MORNING.date() + timedelta(days=n) for n in itertools.count(1))
        self._numbers = itertools.count(1)
        self.close = connection.close

    @classmethod
    async def open(cls, path: Path, people: int) -> "Raw":
        connection = await aiosqlite.connect(path, isolation_level=None)
        await connection.execute("PRAGMA synchronous=FULL")
        await connection.execute("PRAGMA foreign_keys=ON")
        return cls(connection, people)

    async def measure(self) -> float:
        """Transactions in a second."""
        self._day = next(self._days)
        return await rate(self._check_in, range(1, self._people + 1))

    async def _check_in(self, member: int) -> None:
        number, at, key = next(self._numbers), f"{self._day} 02:00:00.000000", f"checkin:{member}:{self._day}"
        payload = said("/checkin", 1, number)[0].decode()
        async with self._alone:
            await self._do("BEGIN IMMEDIATE")
            [(row,)] = await self._do(RECEIVED, number, payload, at)
            last = await self._do(LAST, member)
            await self._do(CHECKIN, member, str(self._day), last[0][1] + 1 if last else 1)
            await self._do(LOT, member, at, key)
            await self._do(ENTRY, member, at, key)
            await self._do(EARN, member, at)
            await self._do(DONE, row)
            await self._do("COMMIT")

    async def _do(self, statement: str, *values: Any) -> Any:
        return await self._connection.execute_fetchall(statement.replace("$", "?"), values)


class RawPostgres:
    """Eight asyncpg connections: five round trips in a transaction for each check-in."""

    def __init__(self, pool: asyncpg.Pool, people: int) -> None:
        self._pool, self._people = pool, people
        self._days = (MORNING.date() + timedelta(days=n) for n in itertools.count(1))
        self.close = pool.close

    @classmethod
    async def open(cls, url: str, people: int) -> "RawPostgres":
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        return cls(await asyncpg.create_pool(address, min_size=8, max_size=8), people)

    async def measure(self) -> float:
        """Check-ins in a second."""
        day = next(self._days)
        return await rate(lambda member: self._check_in(member, day), range(1, self._people + 1))

    async def _check_in(self, member: int, day: date) -> None:
        at, key = datetime.combine(day, MORNING.timetz()), f"checkin:{member}:{day}"
        async with self._pool.acquire() as connection, connection.transaction():
            last = await connection.fetchrow(LAST, member)
            await connection.execute(CHECKIN, member, day, last[1] + 1 if last else 1)
            await connection.execute(LOT, member, at, key)
            await connection.execute(ENTRY, member, at, key)
            await connection.fetchval(EARN, member, at)


class Naive:
    """The way most bots are written: an AsyncSession for each update, models in and out, a commit at the end.

    One connection, so that nobody meets "database is locked"; with more of them most of its updates fail.
    """

    def __init__(self, url: str, bot: Bot, people: int) -> None:
        self._bot, self._people = bot, people
        self._engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=60)
        event.listen(self._engine.sync_engine, "connect", tune)
        self._days = (MORNING.date() + timedelta(days=n) for n in itertools.count(1))
        self._first = itertools.count(1, people)
        self._dispatcher = Dispatcher()
        self._dispatcher.message.register(self._check_in, Command("checkin"))
        self.close = self._engine.dispose

    async def measure(self) -> float:
        """Updates in a second, dispatched, checked in and answered."""
        self._day = next(self._days)
        return await rate(self._handle, said("/checkin", self._people, next(self._first)))

    async def _handle(self, line: bytes) -> None:
        update = json.loads(line)
        parsed = Update.model_validate(update, context={"bot": self._bot})
        await self._dispatcher.feed_update(self._bot, parsed, raw=update)

    async def _check_in(self, message: Message, raw: dict[str, Any]) -> None:
        at, day = datetime.combine(self._day, MORNING.timetz()), self._day
        async with AsyncSession(self._engine) as session:
            received = Received(platform="playground", update_id=raw["update_id"], payload=raw, received_at=at)
            session.add(received)
            who = select(Account).where(Account.platform == "playground", Account.external_id == message.chat.id)
            account = (await session.exec(who)).one()
            member = await session.get_one(Member, account.member_id)
            past = select(CheckIn).where(CheckIn.member_id == member.id).order_by(col(CheckIn.day).desc()).limit(1)
            last = (await session.exec(past)).first()
            about = {"member_id": member.id, "amount": 5, "source": "checkin", "key": f"checkin:{member.id}:{day}"}
            session.add(CheckIn(member_id=member.id, day=day, streak=last.streak + 1 if last else 1, points=5))
            session.add(Lot(**about, remaining=5, earned_at=at, available_at=at))
            session.add(Entry(**about, at=at))
            member.points, member.moved_at = member.points + 5, at
            received.state, received.payload = "done", None
            points = member.points
            await session.commit()
        await message.answer(f"Checked in: +5 points.\nYou have {points} points.")
