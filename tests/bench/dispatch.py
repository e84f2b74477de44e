"""Dispatch by itself: the door, the look-up, the answer, and no database."""

import itertools
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from aiogram import Dispatcher
from aiogram.filters import Command as CommandFilter
from aiogram.methods import TelegramMethod
from aiogram.types import Message, Update

from bot.clock import Clock
from bot.club.checkins import CheckedIn
from bot.club.inbox import Kept
from bot.club.members import Role
from bot.club.rules import OpenShop
from bot.i18n import N_
from bot.inbox import Hand
from bot.speech import Html, fill
from db.engine import open_database
from handlers import front_desk
from handlers.checkins import _, _done
from handlers.commands import COMMANDS, WORDS, Where, command
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, SilentPlatform, rate, said, sqlite_file

DONE = CheckedIn(fresh=True, earned=5, prize=0, streak=1, to_prize=6, next_prize=20, balance=25)


@contextmanager
def echo_entered() -> Iterator[None]:
    """The command /echo, which says the words of a check-in and keeps nothing."""

    async def echo(message: Message) -> TelegramMethod[Any]:
        return message.answer(Html(_done(DONE) + "\n" + fill(_("You have {points} points."), points=DONE.balance)))

    command("echo", who=Role.ANYONE, where=Where.GROUP_TOO, in_group=True, help=N_("points once a day"))(echo)
    yield
    del COMMANDS["echo"], WORDS["echo"]


@contextmanager
def commands(many: int) -> Iterator[None]:
    """A table of so many commands, of which /echo is the last."""
    former = (dict(COMMANDS), dict(WORDS))
    last = COMMANDS.pop("echo")
    COMMANDS.clear()
    COMMANDS.update({f"command{n}": last for n in range(many - 1)} | {"echo": last})
    yield
    for table, entries in zip((COMMANDS, WORDS), former, strict=True):
        table.clear()
        table.update(entries)


class Desk:
    """The front desk, whose door knows everybody already, so that the database is not asked."""

    def __init__(self, url: str, platform: Any, people: int) -> None:
        self.database = open_database(url)
        self._desk = front_desk(self.database, OpenShop(SHOP), Clock(MORNING))
        self._platform, self._people = platform, people
        self._numbers = itertools.count(1, people)

    async def measure(self) -> float:
        """Updates in a second, from JSON to the answer."""
        with echo_entered():
            return await rate(self._handle, said("/echo", self._people, next(self._numbers)))

    async def measure_among(self, many: int) -> float:
        """The same in a table of so many commands."""
        with echo_entered(), commands(many):
            return await rate(self._handle, said("/echo", self._people, next(self._numbers)))

    async def _handle(self, line: bytes) -> None:
        bot, raw = self._platform.bot, json.loads(line)
        update, kept = Update.model_validate(raw, context={"bot": bot}), Kept(1, "playground", raw)
        answer = await self._desk.feed_update(bot, update, platform=self._platform, hand=Hand(1), kept=kept)
        await bot(answer)


def alone(people: int) -> Any:
    """One handler alone: a bare aiogram dispatcher with one command, on the same session."""
    dispatcher, bot = Dispatcher(), SilentPlatform().bot

    @dispatcher.message(CommandFilter("echo"))
    async def answer(message: Message) -> None:
        await message.answer("Checked in: +5 points. Day 1 in a row.")

    async def handle(line: bytes) -> None:
        await dispatcher.feed_update(bot, Update.model_validate(json.loads(line), context={"bot": bot}))

    async def measure() -> float:
        return await rate(handle, said("/echo", people, 1))

    return measure


@asynccontextmanager
async def dispatch(quick: bool) -> AsyncIterator[Bench]:
    """All our commands against one handler alone, and against themselves."""
    people = 500 if quick else 2000
    with sqlite_file(people) as (url, _path):
        desk = Desk(url, SilentPlatform(), people)
        yield Bench(
            "/s",
            {
                "all": desk.measure,
                "alone": alone(people),
                "10": lambda: desk.measure_among(10),
                "100": lambda: desk.measure_among(100),
            },
            [
                Bar("dispatch, all our commands ÷ one aiogram handler alone", "all", "alone", 0.6),
                Bar("dispatch, 10 commands ÷ 100 commands", "10", "100", 1.2, most=True),
            ],
        )
        await desk.database.close()
