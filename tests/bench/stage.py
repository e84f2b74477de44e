"""What the benches play on: migrated databases, many members, a silent platform, fifty people who speak at once."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.types import Chat, Message, User

from bot.club.rules import PointRules, ProfileRules, Rules, Shop
from bot.platforms import Capabilities, Keep, Outcome, Sent
from db.upgrade import upgrade

IN_FLIGHT = 50
MORNING = datetime(2027, 2, 10, 2, tzinfo=UTC)  # ten o'clock in the shop
FIRST = 1000  # customers have the numbers from 1001 on, as in the playground
ASKING = Shop(name="Tea House", locale="en", rules=Rules(points=PointRules(streak_days=365)))
# A question follows a check-in on three days of seven at most; the bars are those of the other days.
SHOP = replace(ASKING, rules=ASKING.rules.model_copy(update={"profile": ProfileRules(questions_per_day=0)}))

# Members 1 … :many, each with an account that can be reached; bulk SQL, for a million takes seconds.
MEMBERS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)
INSERT INTO members (id, grade, points, consent, notify, greeting, met_at)
SELECT i, 'new', 0, '2026-11', 'all', 'private', '2027-01-01 00:00:00.000000' FROM n
"""
CONSENTS = """
INSERT INTO consents (member_id, purpose, version, given_at)
SELECT id, purpose, consent, met_at
FROM members, (SELECT 'service' AS purpose UNION SELECT 'offers' UNION SELECT 'family') AS purposes
"""
ACCOUNTS = """
INSERT INTO accounts (member_id, platform, external_id, name, language, reachable, seen_at)
SELECT id, 'playground', id + 1000, 'Guest', 'en', 1, met_at FROM members
"""


class Silent(BaseSession):
    """The Bot API as cheap as can be: every message is the same message."""

    message = Message(message_id=1, date=MORNING, chat=Chat(id=1, type="private"))

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        return self.message

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        yield b""

    async def close(self) -> None:
        pass


class SilentPlatform:
    """A platform that does nothing, at once. It bears the playground's name, whose accounts the members have."""

    name = "playground"
    capabilities = Capabilities(rest=0, group_minute=0)
    alive = True

    def __init__(self) -> None:
        self.bot = Bot("1:silent", session=Silent(), default=DefaultBotProperties(parse_mode="HTML"))
        self.bot._me = User(id=1, is_bot=True, first_name="Silent", username="silent_bot")

    async def start(self, keep: Keep) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        pass

    async def send(self, method: TelegramMethod[Any]) -> Outcome:
        return Sent((await self.bot(method)).message_id)

    def deep_link(self, payload: str) -> str | None:
        return None


@contextmanager
def sqlite_file(members: int = 0) -> Iterator[tuple[str, Path]]:
    """A migrated SQLite database with so many members, as its URL and its path. It goes with the block."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "club.db"
        url = f"sqlite+aiosqlite:///{path}"
        upgrade(url)
        with raw(path) as connection:
            connection.execute(MEMBERS, {"many": members})
            connection.execute(CONSENTS)
            connection.execute(ACCOUNTS)
        yield url, path


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """A plain connection, tuned as ours are; what is done in the block is one transaction."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.execute("COMMIT")
    connection.close()


def execute(path: Path, statements: str) -> None:
    """Some statements, told apart by semicolons, as one transaction."""
    with raw(path) as connection:
        for statement in filter(str.strip, statements.split(";")):
            connection.execute(statement)


def said(text: str, people: int, first: int) -> list[bytes]:
    """The updates of so many people who write one text, as they come over the line, numbered from `first` on."""
    return [json.dumps(_update(first + person, FIRST + 1 + person, text)).encode() for person in range(people)]


def _update(number: int, person: int, text: str) -> dict[str, Any]:
    about = {"id": person, "first_name": "Guest", "username": f"guest{person}"}
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "from": about | {"is_bot": False, "language_code": "en"},
            "chat": about | {"type": "private"},
            "date": int(MORNING.timestamp()),
            "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(text)}],
        },
    }


async def rate(handle: Callable[[Any], Awaitable[Any]], things: Iterable[Any], in_flight: int = IN_FLIGHT) -> float:
    """How many of the things are handled in a second, with so many in flight."""
    left, done = iter(things), 0

    async def worker() -> None:
        nonlocal done
        for thing in left:
            await handle(thing)
            done += 1

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(in_flight):
            tasks.create_task(worker())
    return done / (time.perf_counter() - began)


class Crowd:
    """Fifty people, each of whom speaks again once they are answered; what they say meanwhile comes as one batch."""

    def __init__(self) -> None:
        self._free = 0
        self._someone = asyncio.Event()

    def answered(self) -> None:
        """One of them got an answer."""
        self._free += 1
        self._someone.set()

    async def rate(self, updates: list[bytes], keep: Keep) -> float:
        """How many updates are answered in a second."""
        left, self._free = iter(updates), IN_FLIGHT
        began = time.perf_counter()
        while batch := [json.loads(update) for update in islice(left, self._free)]:
            self._free -= len(batch)
            await keep("playground", batch)
            await self._wait(1)
        await self._wait(IN_FLIGHT)
        return len(updates) / (time.perf_counter() - began)

    async def _wait(self, free: int) -> None:
        while self._free < free:
            self._someone.clear()
            await self._someone.wait()
