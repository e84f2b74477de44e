"""A playground with an echo on the other side instead of the club, and a clock that only its hands move."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from aiogram.utils.text_decorations import html_decoration
from fastapi import FastAPI

from bot.platforms.playground import Playground
from bot.web.playground import playground_room

START = datetime(2027, 3, 5, 1, 29, tzinfo=UTC)  # 09:29 in Shanghai
KEYS = [
    [
        InlineKeyboardButton(text="Again", callback_data="again"),
        InlineKeyboardButton(text="Alert", callback_data="alert"),
    ],
    [InlineKeyboardButton(text="Talk in private", url="https://t.me/regulars_bot?start=hello")],
]


class Echo:
    """Says back what it hears, with buttons; a tap changes the message."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self.updates: list[dict[str, Any]] = []

    async def keep(self, platform: str, batch: Sequence[dict[str, Any]]) -> None:
        self.updates += batch
        for raw in batch:
            update = Update.model_validate(raw, context={"bot": self.playground.bot})
            if update.message and update.message.text:
                await self.says(update.message)
            if update.callback_query:
                await self.tapped(update.callback_query)

    async def says(self, message: Message) -> None:
        words = html_decoration.quote(message.text or "")
        await message.answer(f"<b>Echo</b>: {words}", reply_markup=InlineKeyboardMarkup(inline_keyboard=KEYS))

    async def tapped(self, tap: CallbackQuery) -> None:
        await tap.answer("An alert" if tap.data == "alert" else "Once more", show_alert=tap.data == "alert")
        if isinstance(tap.message, Message) and tap.data == "again":
            await tap.message.edit_text(f"Tapped by <i>{html_decoration.quote(tap.from_user.full_name)}</i>")


class Hands:
    """A clock that stands still between leaps."""

    zone = ZoneInfo("Asia/Shanghai")

    def __init__(self) -> None:
        self.time = START
        self.leaping = asyncio.Event()
        self.leaping.set()
        self.playground: Playground | None = None

    def now(self) -> datetime:
        return self.time

    async def leap(self, to: datetime) -> None:
        await self.leaping.wait()
        self.time = to.astimezone(UTC)

    async def reset(self) -> None:
        assert self.playground
        self.playground.reset()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def playground(hands: Hands) -> AsyncIterator[Playground]:
    playground = hands.playground = Playground(hands.now, "en")
    echo = Echo(playground)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(playground.start(echo.keep))
        await asyncio.sleep(0)
        yield playground
        await playground.stop()


@pytest.fixture
def app(playground: Playground, hands: Hands) -> FastAPI:
    app = FastAPI()
    app.include_router(playground_room(playground, hands, None))
    return app


@pytest.fixture
def open_room(playground: Playground, hands: Hands):
    """Opens the page's routes, with a password or without, to a client with the header that the page sends."""

    def open_(password: str | None = None, host: str = "http://localhost:8080", **headers: str) -> httpx.AsyncClient:
        app = FastAPI()
        app.include_router(playground_room(playground, hands, password))
        transport = httpx.ASGITransport(app)
        return httpx.AsyncClient(transport=transport, base_url=host, headers={"X-Playground": "1"} | headers)

    return open_


@pytest.fixture
async def client(open_room) -> AsyncIterator[httpx.AsyncClient]:
    async with open_room() as client:
        yield client
