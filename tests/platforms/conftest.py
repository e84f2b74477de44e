"""Telegram at the other end of a loopback line."""

from collections.abc import AsyncIterator

import pytest

from bot.platforms.telegram import Telegram
from tests.standin import TOKEN, StandIn


@pytest.fixture
async def platform(server: StandIn) -> AsyncIterator[Telegram]:
    platform = Telegram(TOKEN, server.url, pace=1000)
    yield platform
    await platform.stop()
