"""Faults that may be planted in the bot, to see that the tests catch them."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from aiogram.exceptions import TelegramRetryAfter as RetryAfter
from sqlmodel import Session, func, select

from bot import inbox
from bot.club import broadcast_letters, sending, settling
from bot.club.rules import Shop
from bot.platforms import telegram
from bot.platforms.pace import Pace
from db.broadcasts import Broadcast
from db.members import MEMBERS
from db.outbox import LETTERS


def resends_first() -> None:
    """After a crash, what was under way goes out again at once, as if it had never been tried."""

    def recover(session: Session, **_: Any) -> int:
        under_way = LETTERS.update().where(LETTERS.c.state == "sending").values(state="waiting")
        return session.connection().execute(under_way).rowcount

    settling.recover = recover


def ticks_off_at_the_take() -> None:
    """A letter counts as sent when it is taken, as with a cursor that moves at the fetch."""
    sending._take_these = sending._take_these.values(state="sent")


def acknowledges_first() -> None:
    """Telegram may forget an update while it is still being kept."""
    keep = inbox.Inbox.keep

    async def later(self: inbox.Inbox, *batch: Any) -> None:
        await asyncio.sleep(3)
        await keep(self, *batch)

    async def at_once(self: inbox.Inbox, *batch: Any) -> None:
        await self._begun.wait()
        self._tasks.create_task(later(self, *batch))

    inbox.Inbox.keep = at_once


def marks_afterwards() -> None:
    """An update is marked done after its act, in a transaction of its own, a moment later."""
    keep = inbox.Inbox.keep

    async def keep_alone(self: inbox.Inbox, *batch: Any) -> None:
        looked, self._looked = self._looked, []
        await keep(self, *batch)
        self._looked += looked

    inbox.Hand.settle = lambda self, connection: None
    inbox.Hand.done = property(lambda self: False, lambda self, done: None)
    inbox.Inbox.keep, inbox.PASSES = keep_alone, 2.0


def moves_on_first() -> None:
    """A broadcast moves on before the letters of its window are written, as with a cursor in an act of its own."""
    write, behind = broadcast_letters.write, dict[int | None, int]()

    def later(session: Session, row: Broadcast, shop: Shop, **about: Any) -> None:
        newest = session.connection().execute(select(func.max(MEMBERS.c.id))).scalar_one()
        if row.id not in behind and row.reached < newest:
            behind[row.id], row.reached = row.reached, row.reached + broadcast_letters.WINDOW
            return
        time.sleep(0.05)
        row.reached = behind.pop(row.id, row.reached)
        write(session, row, shop, **about)

    broadcast_letters.write = later


def knows_no_patience() -> None:
    """A letter that was told to wait is tried again at once."""
    outcome = telegram._outcome
    telegram._outcome = lambda error: (
        replace(outcome(error), seconds=0) if isinstance(error, RetryAfter) else outcome(error)
    )


def knows_no_pace() -> None:
    """A second's worth of letters, and more, may go at once."""
    Pace.book = lambda self, now: 0


def writes_little_at_once() -> None:
    """No fault: the letters of a broadcast are written in more acts than so few need."""
    broadcast_letters.WINDOW = 25


MUTANTS: dict[str, Callable[[], None]] = {
    mutate.__name__: mutate
    for mutate in (
        resends_first,
        ticks_off_at_the_take,
        acknowledges_first,
        marks_afterwards,
        moves_on_first,
        knows_no_patience,
        knows_no_pace,
        writes_little_at_once,
    )
}
