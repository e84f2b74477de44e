"""Faults that may be planted in the bot, to see that the tests catch them."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from bot import inbox
from bot.club import sending
from db.outbox import LETTERS


def resends_first() -> None:
    """After a crash, what was under way goes out again at once, as if it had never been tried."""

    def recover(session: Session, **_: Any) -> int:
        under_way = LETTERS.update().where(LETTERS.c.state == "sending").values(state="waiting")
        return session.connection().execute(under_way).rowcount

    sending.recover = recover


def ticks_off_at_the_take() -> None:
    """A letter counts as sent when it is taken, as with a cursor that moves at the fetch."""
    sending._take_one = sending._take_one.values(state="sent")


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


MUTANTS: dict[str, Callable[[], None]] = {
    mutate.__name__: mutate for mutate in (resends_first, ticks_off_at_the_take, acknowledges_first, marks_afterwards)
}
