"""The whole way of a /checkin, beside what it could cost and what it usually does."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.methods import SendMessage
from aiogram.types import Message, Update

from bot.clock import Clock
from bot.club.rules import OpenShop, Shop
from bot.platforms.playground import Playground
from bot.platforms.playground.session import PlaygroundSession
from bot.running import Club
from db.engine import open_database
from tests.bench.dispatch import Desk
from tests.bench.peers import Naive, Raw
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import ASKING, FIRST, MORNING, SHOP, Crowd, Silent, SilentPlatform, rate, said, sqlite_file


class HeardPlayground(PlaygroundSession):
    """The playground's session, which lets the crowd know of each answer."""

    crowd: Crowd

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:
        result = await super().make_request(bot, method, timeout)
        self.crowd.answered()
        return result


class HeardSilence(Silent):
    """The silent session, likewise."""

    crowd: Crowd

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:
        self.crowd.answered()
        return self.message


class Stage:
    """A running club, and people whose check-ins are all new: each round has a day of its own."""

    def __init__(self, url: str, people: int, *, shop: Shop = SHOP, silent: bool = False) -> None:
        self.crowd, self.clock = Crowd(), Clock(MORNING)
        self.platform: Any = SilentPlatform() if silent else rehearsed(people)
        session = HeardSilence() if silent else HeardPlayground(self.platform._world)
        session.crowd = self.crowd
        self.platform.bot.session = session
        self.database = open_database(url)
        self.club = Club(self.database, {"playground": self.platform}, OpenShop(shop), self.clock)
        self._people, self._numbers = people, itertools.count(1, people)

    async def measure(self) -> float:
        """Updates in a second, the whole way: kept, dispatched, checked in, answered."""
        self.clock.advance(timedelta(days=1))
        updates = said("/checkin", self._people, next(self._numbers))
        figure = await self.crowd.rate(updates, self.club.inbox.keep)
        await self.club.inbox.settled()
        return figure


def rehearsed(people: int) -> Playground:
    """A playground with so many people more, who have all pressed Start."""
    playground = Playground(lambda: MORNING, "en")
    for person in range(FIRST + 1, FIRST + 1 + people):
        added = playground.add("Guest", "en", f"guest{person}")
        assert added.id == person, f"the playground numbers its people from {added.id}"
        playground._world.started.add(person)
    return playground


@asynccontextmanager
async def checkin(quick: bool) -> AsyncIterator[Bench]:
    """/checkin, SQLite with FULL, 50 in flight."""
    people = 300 if quick else 1000
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        urls = [stack.enter_context(sqlite_file(people)) for _ in range(6)]
        ours, silent = Stage(urls[0][0], people), Stage(urls[1][0], people, silent=True)
        asking = Stage(urls[5][0], people, shop=ASKING)
        running = [tasks.create_task(stage.club.inbox.run()) for stage in (ours, silent, asking)]
        desk = Desk(urls[2][0], rehearsed(people), people)
        raw, naive = await Raw.open(urls[3][1], people), Naive(urls[4][0], rehearsed(people).bot, people // 3)
        yield Bench(
            "/s",
            {
                "ours": ours.measure,
                "raw aiosqlite": raw.measure,
                "dispatch alone": desk.measure,
                "bare echo": echo(people),
                "naive": naive.measure,
                "ours, silent": silent.measure,
                "ours, asking": asking.measure,
                "playground send": sends(rehearsed(people).bot, people),
                "silent send": sends(SilentPlatform().bot, people),
            },
            [
                Bar("/checkin, whole way ÷ raw aiosqlite, the same rows", "ours", "raw aiosqlite", 1.5, 2.5),
                Bar("/checkin, whole way ÷ our dispatch without a database", "ours", "dispatch alone", 0.35, 0.5),
                Bar("/checkin, whole way ÷ a naive SQLModel AsyncSession handler", "ours", "naive", 5, 10),
                Bar("/checkin, whole way ÷ a bare aiogram echo", "ours", "bare echo"),
                Bar("/checkin with a question about the member ÷ without", "ours, asking", "ours"),
                Bar("/checkin, playground session ÷ a session that does nothing", "ours", "ours, silent"),
                Bar("sending on the playground session ÷ on one that does nothing", "playground send", "silent send"),
            ],
        )
        for task in running:
            task.cancel()
        for database in (ours.database, silent.database, asking.database, desk.database, raw, naive):
            await database.close()


def echo(people: int) -> Any:
    """A bare aiogram echo: a dispatcher with one handler, on the same session."""
    dispatcher, bot = Dispatcher(), rehearsed(people).bot

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(message.text or "")

    async def handle(update: bytes) -> None:
        await dispatcher.feed_update(bot, Update.model_validate(json.loads(update), context={"bot": bot}))

    async def measure() -> float:
        return await rate(handle, said("/checkin", people, 1))

    return measure


def sends(bot: Bot, people: int) -> Any:
    """Nothing but the answer."""

    async def measure() -> float:
        methods = [SendMessage(chat_id=FIRST + 1 + n, text="Checked in: +5 points.") for n in range(people)]
        return await rate(bot, methods)

    return measure
