"""Chance that can be repeated, and a Bot API server that takes its time."""

import asyncio
import os
import random
from collections.abc import Iterator

import pytest
from aiohttp import web

from tests.standin import StandIn

DEEP = bool(os.environ.get("DEEP"))  # the full size: `make faults`


class Unhurried(StandIn):
    """A server far away: each call is under way for a while before it counts, and after."""

    async def _call(self, request: web.Request) -> web.Response:
        await asyncio.sleep(random.uniform(0, 0.02))
        answer = await super()._call(request)
        await asyncio.sleep(random.uniform(0, 0.02))
        return answer


def say(figures: object) -> None:
    """Print what a test found; pytest shows it with -s, and where the test fails."""
    print(figures)  # noqa: T201


@pytest.fixture
def server() -> Iterator[StandIn]:
    with Unhurried() as server:
        yield server


@pytest.fixture
def chance() -> random.Random:
    """All that is left to chance; SEED repeats it."""
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    say(f"SEED={seed}")
    return random.Random(seed)
