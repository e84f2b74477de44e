"""Broadcasts to a Bot API server of our own: at the paces that can be set, and as fast as it goes."""

import asyncio
import itertools
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from aiogram.methods import SendMessage
from aiogram.types import User

from bot.clock import Clock
from bot.club import broadcasts, drafts
from bot.club.drafts import Wish
from bot.club.rules import OpenShop, SendingRules
from bot.platforms.telegram import Telegram
from bot.running import Club
from bot.speech.broadcasts import under
from db.engine import Database, open_database
from tests.bench.letters import IN_FLIGHT, OWNER
from tests.bench.rounds import Bar, Bench, Variant
from tests.bench.stage import FIRST, MORNING, SHOP, rate, raw, said, sqlite_file

TEXT = "<b>New tea</b>, {name}! The first picking has come in. Come by until Friday and taste it."
BUTTONS = (("Deals", "/deals"),)
CHAT = b'"chat":{"id":1,"type":"private","first_name":"Guest"}'
BOT = b'"from":{"id":1,"is_bot":true,"first_name":"Regulars","username":"regulars_bot"}'
WORDS = b'"text":"New tea, Guest!","entities":[{"type":"bold","offset":0,"length":7}]'
ANSWER = b'{"ok":true,"result":{"message_id":1,"date":1,%s,%s,%s}}' % (BOT, CHAT, WORDS)
SAYS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER
CALM, PAID = 25, 1000  # letters a second; the second with paid broadcasts
ASKS = 0.2  # seconds between two questions of somebody


class Unpaced(Telegram):
    """Telegram that can be hurried."""

    pace = property(lambda _: 1e6, lambda _, pace: None)  # type: ignore[assignment]


async def cast_written(database: Database, many: int) -> None:
    """A broadcast to so many members, with all its letters written."""
    wish = Wish({"": TEXT}, "grade:new", buttons=BUTTONS)
    draft_id = await database.write(drafts.draw_up, OWNER, wish, most=many, key="paces", now=MORNING)
    for sure in (False, True):
        await database.write(broadcasts.confirm, OWNER, draft_id, 1, 1, SHOP, sure=sure, now=MORNING)
    while await database.write(broadcasts.go_on, draft_id, SHOP, now=MORNING):
        pass


class Cast:
    """A broadcast that is sent again and again, and what came of it the last time."""

    def __init__(self, database: Database, path: Path, port: int) -> None:
        self._database, self._path, self._api = database, path, f"http://127.0.0.1:{port}"
        self._numbers = itertools.count(1)
        self.cores = self.slowest = 0.0

    async def send(self, many: int, pace: int, platform: Telegram | None = None) -> float:
        """Send letters at a pace, while somebody asks something again and again. Returns how many went in a second."""
        with raw(self._path) as connection:
            anew = "UPDATE letters SET settled_at = NULL, after = ?, state = iif(id > ?, 'held', 'waiting')"
            connection.execute(anew, ("2027-02-10", many))
        rules = SHOP.rules.model_copy(update={"sending": SendingRules(pace=pace)})
        platform = platform or Telegram("1:silent", self._api)
        platform.bot._me = User(id=1, is_bot=True, first_name="Regulars", username="regulars_bot")
        club = Club(self._database, {"telegram": platform}, OpenShop(replace(SHOP, rules=rules)), Clock(MORNING))
        async with asyncio.TaskGroup() as tasks:
            began, cpu = time.perf_counter(), time.process_time()
            running = [tasks.create_task(work) for work in (club.delivery.run(), club.inbox.run(), self._ask(club))]
            await club.delivery.quiet()
            took, used = time.perf_counter() - began, time.process_time() - cpu
            for each in running:
                each.cancel()
        await platform.stop()
        with raw(self._path) as connection:
            sent = connection.execute("SELECT count(*) FROM letters WHERE state = 'sent'").fetchone()
        assert sent == (many,), sent
        self.cores = used / took
        return many / took

    async def send_unpaced(self, many: int) -> float:
        """As fast as it goes, at most as many under way as with paid broadcasts."""
        return await self.send(many, PAID, Unpaced("1:silent", self._api, 1e6))

    async def bare(self, many: int) -> float:
        """The same messages by aiogram alone, as many under way."""
        platform = Telegram("1:silent", self._api)
        below = under(BUTTONS, 1)
        methods = [SendMessage(chat_id=FIRST + n, text=TEXT, reply_markup=below) for n in range(many)]
        figure = await rate(platform.bot, methods, IN_FLIGHT)
        await platform.stop()
        return figure

    async def _ask(self, club: Club) -> None:
        """The owner asks something again and again, each time once they were answered."""
        waits: list[float] = []
        for number in self._numbers:
            [update] = said("/help", 1, number)
            asked = time.perf_counter()
            await club.inbox.keep("telegram", [json.loads(update)])
            await club.inbox.settled()
            waits.append(time.perf_counter() - asked)
            self.slowest = sorted(waits)[len(waits) * 95 // 100]
            await asyncio.sleep(ASKS)


@asynccontextmanager
async def paces(quick: bool) -> AsyncIterator[Bench]:
    """A durable broadcast to a server in a process of its own, beside the pace that is set and beside bare aiogram."""
    calm, paid = (200, 5000) if quick else (1500, 60_000)  # a minute of each
    most = min(paid, 10_000)
    with sqlite_file(paid + 1) as (url, path), server() as port:
        with raw(path) as connection:
            connection.execute("UPDATE accounts SET platform = 'telegram'")
        database = open_database(url)
        await cast_written(database, paid)
        cast = Cast(database, path, port)
        figures: dict[str, Callable[[], float]] = {
            "cores": lambda: cast.cores,
            "half a core": lambda: 0.5,
            "p95": lambda: cast.slowest,
            "0.3 s": lambda: 0.3,
            "set calm": lambda: CALM,
            "set paid": lambda: PAID,
        }
        measured: dict[str, Variant] = {
            "calm": lambda: cast.send(calm, CALM),
            "paid": lambda: cast.send(paid, PAID),
        }
        told = {name: partial(_told, figure) for name, figure in figures.items()}
        free: dict[str, Variant] = {"free": lambda: cast.send_unpaced(most), "bare": lambda: cast.bare(most)}
        yield Bench("/s", measured | told | free, BARS)
        await database.close()


async def _told(figure: Callable[[], float]) -> float:
    return figure()


BARS = [
    Bar("letters to a local Bot API server ÷ the pace of 25 a second", "calm", "set calm", 0.98, 0.99),
    Bar("the same ÷ a thousand a second, as with paid broadcasts", "paid", "set paid", 0.99, 1),
    Bar("cores in use meanwhile ÷ half a core", "cores", "half a core", 1, 0.8, most=True),
    Bar("the answer to somebody who asks meanwhile, p95 ÷ 0.3 s", "p95", "0.3 s", 1, 0.33, most=True),
    Bar("letters as fast as it goes ÷ bare aiogram, 32 in flight", "free", "bare", 0.65, 0.85),
]


@contextmanager
def server() -> Iterator[int]:
    """A server that accepts every call, in a process of its own, and its port."""
    told, tell = os.pipe()
    if not (process := os.fork()):
        os.close(told)
        asyncio.new_event_loop().run_until_complete(_serve(tell))
    os.close(tell)
    with os.fdopen(told) as line:
        port = int(line.readline())
    yield port
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


async def _serve(tell: int) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):  # they have hung up
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.lower().split(b"\r\n")
                length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
                await reader.readexactly(length)
                writer.write(SAYS)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    os.write(tell, b"%d\n" % server.sockets[0].getsockname()[1])
    os.close(tell)
    await server.serve_forever()
