"""Letters to a Bot API server of our own, at the pace that is set: 25 a second, and a thousand with paid broadcasts."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace

from bot.clock import Clock
from bot.club.rules import OpenShop, SendingRules
from bot.platforms.telegram import Telegram
from db.engine import open_database
from jobs.delivery import Delivery
from tests.bench.letters import new_deal
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file

ANSWER = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"Tea"}}'
SAYS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER
PACES = {"calm": 25, "paid": 1000}


@asynccontextmanager
async def paces(quick: bool) -> AsyncIterator[Bench]:
    """Durable delivery to a server in a process of its own, beside the pace that is set."""
    many = {"calm": 100, "paid": 2000} if quick else {"calm": 500, "paid": 10_000}
    with sqlite_file(many["paid"]) as (url, path), _server() as port:
        database = open_database(url)
        with raw(path) as connection:
            connection.execute("UPDATE accounts SET platform = 'telegram'")
        await new_deal(database)

        async def at(name: str) -> float:
            with raw(path) as connection:
                anew = "UPDATE letters SET settled_at = NULL, after = ?, state = iif(id > ?, 'held', 'waiting')"
                connection.execute(anew, ("2027-02-10", many[name]))
            rules = SHOP.rules.model_copy(update={"sending": SendingRules(pace=PACES[name])})
            platform = Telegram("1:silent", f"http://127.0.0.1:{port}")
            sender = Delivery(database, {"telegram": platform}, OpenShop(replace(SHOP, rules=rules)), Clock(MORNING))
            async with asyncio.TaskGroup() as tasks:
                began = time.perf_counter()
                sending = tasks.create_task(sender.run())
                await sender.quiet()
                took = time.perf_counter() - began
                sending.cancel()
            await platform.stop()
            with raw(path) as connection:
                sent = connection.execute("SELECT count(*) FROM letters WHERE state = 'sent'").fetchone()
            assert sent == (many[name],), sent
            return many[name] / took

        async def calm() -> float:
            return await at("calm")

        async def paid() -> float:
            return await at("paid")

        async def set_calm() -> float:
            return PACES["calm"]

        async def set_paid() -> float:
            return PACES["paid"]

        bars = [
            Bar("letters to a local Bot API server ÷ the pace of 25 a second", "calm", "set calm", 0.98, 0.99),
            Bar("the same ÷ a thousand a second, as with paid broadcasts", "paid", "set paid", 0.99, 1),
        ]
        yield Bench("/s", {"calm": calm, "paid": paid, "set calm": set_calm, "set paid": set_paid}, bars)
        await database.close()


@contextmanager
def _server() -> Iterator[int]:
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
