"""Grades change by themselves: the year moves on, a grace ends, staff's word runs out, the owner changes a rule."""

from collections.abc import Iterator
from datetime import date, datetime

from bot.club import grading, rfm
from bot.club.rules import Rules, Shop
from db.engine import Database

LOOK = 2000  # members in one look


class Pass:
    """Grades those whose time has come, and everybody at the start and where a rule changed; cut points once a day."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rules: Rules | None = None
        self._counted: tuple[date, Rules] | None = None

    async def run(self, shop: Shop, now: datetime) -> None:
        """Grade who is due, and find the cut points of the scores, unless that was done today."""
        after: int | None = 0
        while after is not None:
            after = await self._step(shop, now, after)
        self._rules = shop.rules
        today = shop.day(now), shop.rules
        if self._counted != today:
            await self._database.write(rfm.keep, await self._database.read(rfm.quintiles, shop))
            self._counted = today

    async def _step(self, shop: Shop, now: datetime, after: int) -> int | None:
        every = self._rules != shop.rules
        found = await self._database.read(grading.due, shop, now=now, after=after, limit=LOOK, every=every)
        for some in _pieces(found):
            await self._database.write(grading.grade, some, shop, now=now)
        return found[-1] if found else None


def _pieces(whole: list[int]) -> Iterator[list[int]]:
    return (whole[n : n + grading.PIECE] for n in range(0, len(whole), grading.PIECE))
