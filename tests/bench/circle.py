"""The group at its busiest: thousands open one red packet, and people pour into a group that is full already."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from statistics import quantiles
from typing import Any

from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Chat, Message
from sqlmodel import Session, func, select

from bot.clock import Clock
from bot.club import packets
from bot.club.rules import OpenShop
from bot.running import Club
from db.activities import Activity, Entrant
from db.engine import open_database
from db.groups import GROUPS, PLACES
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import FIRST, MORNING, SHOP, Silent, SilentPlatform, sqlite_file

GROUP = -1_001_000
PARTS = 100  # of the packet
SECONDS = 10.0  # within which everybody taps
AT_ONCE = 0.02  # seconds of taps that come as one batch
PATIENCE, JOINS = 2.0, 200.0  # seconds that a tap may wait, and people who come in a second
NEWCOMERS = 2_000


class Answered(Silent):
    """The Bot API as cheap as can be, which knows when each tap was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[str, float] = {}

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:
        if isinstance(method, AnswerCallbackQuery):
            self.at[method.callback_query_id] = time.perf_counter()
        return self.message


class Circle:
    """A running club with a linked group, in which everybody is."""

    def __init__(self, url: str) -> None:
        self.database, self.clock = open_database(url), Clock(MORNING)
        platform: Any = SilentPlatform()
        self.answered = platform.bot.session = Answered()
        self.club = Club(self.database, {"playground": platform}, OpenShop(SHOP), self.clock)
        self._numbers, self._newcomers = itertools.count(1), itertools.count(9_000_001)

    async def taps(self, people: int) -> float:
        """Seconds that 19 of 20 who open a packet wait at most, all of them within ten seconds."""
        packet = await self.database.write(lay_down, f"{next(self._numbers)}")
        ids = [f"{packet}:{person}" for person in range(people)]
        begins, sent = time.perf_counter(), {}
        for first, batch in enumerate(pieces(ids, round(people / SECONDS * AT_ONCE))):
            await asyncio.sleep(max(begins + first * AT_ONCE - time.perf_counter(), 0))
            sent |= dict.fromkeys(batch, time.perf_counter())
            await self.club.inbox.keep("playground", [self._tap(each, packet) for each in batch])
        await self.club.inbox.settled()
        assert await self.database.read(winners, packet) == PARTS
        waited = [self.answered.at.pop(each) - at for each, at in sent.items()]
        return quantiles(waited, n=20)[-1]

    async def joins(self) -> float:
        """People who come into the group in a second."""
        updates = [self._join() for _ in range(NEWCOMERS)]
        begins = time.perf_counter()
        for batch in pieces(updates, 50):
            await self.club.inbox.keep("playground", batch)
        await self.club.inbox.settled()
        return NEWCOMERS / (time.perf_counter() - begins)

    def _tap(self, number: str, packet: int) -> dict[str, Any]:
        person = FIRST + 1 + int(number.partition(":")[2])
        user = {"id": person, "is_bot": False, "first_name": "Guest", "username": f"guest{person}"}
        message = Message(message_id=1, date=MORNING, chat=Chat(id=GROUP, type="supergroup", title="Circle"), text="🧧")
        query = {"id": number, "from": user | {"language_code": "en"}, "chat_instance": "1", "data": f"packet:{packet}"}
        query["message"] = message.model_dump(mode="json", exclude_none=True) | {"date": int(MORNING.timestamp())}
        return {"update_id": next(self._numbers), "callback_query": query}

    def _join(self) -> dict[str, Any]:
        person = next(self._newcomers)
        user = {"id": person, "is_bot": False, "first_name": "Guest", "language_code": "en"}
        about = {"chat": {"id": GROUP, "type": "supergroup", "title": "Circle"}, "from": user}
        about |= {"date": int(MORNING.timestamp()), "old_chat_member": {"status": "left", "user": user}}
        return {
            "update_id": next(self._numbers),
            "chat_member": about | {"new_chat_member": {"status": "member", "user": user}},
        }


def pieces(whole: list[Any], size: int) -> Iterator[list[Any]]:
    """Some things, so many at a time."""
    return (whole[at : at + size] for at in range(0, len(whole), size))


def everybody(session: Session) -> None:
    """An act: a linked group, and everybody in it."""
    connection = session.connection()
    about = {"id": 1, "platform": "playground", "chat_id": GROUP, "title": "Circle", "state": "linked"}
    connection.execute(GROUPS.insert(), [about])
    told = "INSERT INTO places (group_id, member_id, joined_at) SELECT 1, id, met_at FROM members"
    connection.exec_driver_sql(told)
    assert session.exec(select(func.count()).select_from(PLACES)).one()


def lay_down(session: Session, key: str) -> int:
    """An act: a packet of three points a part, whose post stands in the group."""
    about = {"kind": packets.KIND, "title": "", "prize": f"{PARTS * 3}", "places": PARTS, "made_by": 1}
    packet = Activity(key=key, seed=key, made_at=MORNING, closes_at=MORNING + timedelta(days=1), **about)
    session.add(packet)
    session.flush()
    assert packet.id
    return packet.id


def winners(session: Session, packet: int) -> int:
    """A look: how many have a part of a packet; the parts add up."""
    won = select(func.count(), func.sum(Entrant.won)).where(Entrant.activity_id == packet, Entrant.won > 0)
    many, points = session.exec(won).one()
    assert points == PARTS * 3
    return many


async def _bar(figure: float) -> float:
    return figure


@asynccontextmanager
async def circle(quick: bool) -> AsyncIterator[Bench]:
    """5,000 people open one packet within ten seconds; people join a group of 100,000, and one of 1,000."""
    people, many = (500, 10_000) if quick else (5_000, 100_000)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        circles: list[Circle] = []
        for members in (many, 1_000):
            url, _path = stack.enter_context(sqlite_file(members))
            circles.append(Circle(url))
            stack.push_async_callback(circles[-1].database.close)
            await circles[-1].database.write(everybody)
        running = [tasks.create_task(each.club.inbox.run()) for each in circles]
        full, small = circles
        variants = {
            "taps": partial(full.taps, people),
            "patience": lambda: _bar(PATIENCE),
            "joins": full.joins,
            "few": small.joins,
            "joins wanted": lambda: _bar(JOINS),
        }
        bars = [
            Bar(f"{people:,} open a packet in 10 s: p95 seconds ÷ 2 s", "taps", "patience", 1, 0.25, most=True),
            Bar(f"joins in a second, in a group of {many:,} ÷ 200", "joins", "joins wanted", 1, 2),
            Bar(f"the same ÷ in a group of {1_000:,}", "joins", "few"),
        ]
        yield Bench("", variants, bars)
        for task in running:
            task.cancel()
