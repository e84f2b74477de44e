"""The real process, started, killed and listened to: `python -m bot` with a folder and settings of its own."""

import asyncio
import atexit
import itertools
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Self

from tests.faults.nursery import Nursery
from tests.standin import TOKEN, StandIn, held_port

OWNER = 7001
PATIENCE = 120.0  # seconds until what does not come is taken to hang, on the slowest machine
_numbers = itertools.count(1)
_ports = ExitStack()
atexit.register(_ports.close)


@cache
def nursery() -> Nursery:
    """The process from which all of ours are forked."""
    return Nursery()


class Running:
    """A process of ours. The end of the block is its end too."""

    def __init__(self, folder: Path, settings: dict[str, str], *words: str, mutant: str = "") -> None:
        self._log = folder / f"said-{next(_numbers)}.log"
        self._log.touch()
        self.began, self.seconds = time.monotonic(), 0.0
        surroundings = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
        self.process = nursery().fork(
            cwd=str(folder), env=surroundings | settings, log=str(self._log), words=words, mutant=mutant
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def said(self) -> str:
        """All that it printed and logged."""
        return self._log.read_text()

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    async def stop(self) -> float:
        """Ask it to end. Returns how many seconds it took."""
        asked = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        await self.ended()
        return time.monotonic() - asked

    async def ended(self) -> int:
        """Wait for its end, and return its exit code."""
        await until(lambda: not self.runs)
        self.seconds = time.monotonic() - self.began
        return int(self.process.returncode)

    async def says(self, words: str) -> None:
        """Wait until it has said something."""
        await until(lambda: words in self.said or not self.runs)
        assert words in self.said, self.said


def settings(url: str, server: StandIn | None = None, **more: str) -> dict[str, str]:
    """What the process is told: its database, its Bot API server, a port that is free."""
    telegram = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": server.url} if server else {}
    return {"DATABASE_URL": url, "WEB_PORT": str(free_port()), "OWNER_IDS": str(OWNER)} | telegram | more


def free_port() -> int:
    """A port that nobody else is given before these tests end."""
    return _ports.enter_context(held_port())


async def until(true: Callable[[], object]) -> None:
    """Wait for something that other threads and processes bring about."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.003)
