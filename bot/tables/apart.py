"""Our end of the process that takes a file apart. Nothing that a file holds can stop or swell this process."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.tables.limits import Unreadable

ROOT = Path(__file__).parents[2]
LINE = 2**23  # bytes of one line
PATIENCE = 60.0  # seconds until the next one

Batch = list[tuple[int, list[str]]]


@asynccontextmanager
async def taken_apart(data: bytes, *, traditional: bool = False) -> AsyncIterator[AsyncIterator[Batch]]:
    """The rows of a file, some at a time, the header first, each with its number. Reading on raises Unreadable."""
    words = [sys.executable, "-m", "bot.tables", *(["traditional"] if traditional else [])]
    surroundings = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env=surroundings, limit=LINE
    )
    try:
        yield _batches(process, data)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _batches(process: asyncio.subprocess.Process, data: bytes) -> AsyncIterator[Batch]:
    assert process.stdin
    with suppress(BrokenPipeError, ConnectionResetError):  # it ended early, and says why
        process.stdin.write(data)
        await process.stdin.drain()
        process.stdin.close()
    while "rows" in (told := await _line(process)):
        if told["rows"]:
            yield told["rows"]
    if "wrong" in told:
        raise Unreadable(told["wrong"], told["row"])


async def _line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            line = await process.stdout.readline()
    except (TimeoutError, ValueError):
        raise Unreadable("too_big") from None
    if not line.endswith(b"\n"):  # it was ended for what it took, or broke on what it read
        raise Unreadable("broken")
    told: dict[str, Any] = json.loads(line)
    return told
