"""What it costs that many letters wait: the sender's memory and speed beside those with few.

python -m tests.bench.waiting URL       sends from that database for a while, and tells MiB and letters
"""

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any

import uvloop
from aiogram.methods import TelegramMethod

from bot.clock import Clock
from bot.club.rules import OpenShop
from bot.logs import set_up
from bot.platforms import Outcome
from db.engine import open_database
from jobs.delivery import Delivery
from tests.bench.paces import cast_written
from tests.bench.process import ROOT, cost
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, SilentPlatform, raw, sqlite_file

SECONDS = 4  # in which it sends
FEW = 20_000  # more than go in that time
UNITS = ("MiB", "/CPU s")
ANEW = "UPDATE letters SET state = 'waiting', settled_at = NULL WHERE state <> 'waiting'"


@asynccontextmanager
async def waiting(quick: bool) -> AsyncIterator[Bench]:
    """The sender while a million letters wait, and while a few do, to a platform that does nothing."""
    numbers = {"many": 200_000 if quick else 1_000_000, "few": FEW}
    with ExitStack() as stack:
        files = {name: stack.enter_context(sqlite_file(number + 1)) for name, number in numbers.items()}
        for name, (url, _) in files.items():
            database = open_database(url)
            await cast_written(database, numbers[name])
            await database.close()
        seen: dict[str, tuple[float, float]] = {}

        async def measured(name: str, part: int) -> float:
            if not part:
                url, path = files[name]
                with raw(path) as connection:
                    connection.execute(
                        "UPDATE letters SET state = 'waiting', settled_at = NULL WHERE state <> 'waiting'"
                    )
                seen[name] = await asyncio.to_thread(_sent_by_another, url)
            return seen[name][part]

        variants = {
            f"{name} {unit}": partial(measured, name, part) for name in numbers for part, unit in enumerate(UNITS)
        }
        than = f"{numbers['many']:,} letters waiting ÷ {FEW:,}"
        memory = Bar(f"memory of the sender with {than}", "many MiB", "few MiB", 1.1, 1.05, most=True)
        yield Bench(
            "", variants, [memory, Bar(f"letters a CPU second with {than}", "many /CPU s", "few /CPU s", 0.8, 0.95)]
        )


def _sent_by_another(url: str) -> tuple[float, float]:
    """Send for a while in a process of its own. Returns its MiB and how many letters went in a CPU second."""
    command = [sys.executable, "-m", "tests.bench.waiting", url]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.split()
    return float(told[0]), float(told[1])


class Counting(SilentPlatform):
    """The silent platform, which counts what it is given."""

    sent = 0

    async def send(self, method: TelegramMethod[Any]) -> Outcome:
        self.sent += 1
        return await super().send(method)


async def _send(url: str) -> None:
    database, platform = open_database(url), Counting()
    sender = Delivery(database, {"playground": platform}, OpenShop(SHOP), Clock(MORNING))
    began = time.process_time()
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            await sender.run()
    sys.stdout.write(f"{cost(os.getpid())[1]} {platform.sent / (time.process_time() - began)}\n")
    await database.close()


if __name__ == "__main__":
    set_up("WARNING", ())
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_send(sys.argv[1]))
