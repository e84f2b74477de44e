"""Points lapse at the end of a shop-day, and their members are warned in the morning."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypeVar

from bot.club import expiry, lapsing
from bot.club.rules import Shop
from db.engine import Database

LOOK = 500  # lots in one look
PIECE = 100  # lots or members in one act, for which others wait

T = TypeVar("T")
Rule = tuple[str, int, date | None]


class NightlyPass:
    """Looks over the lots once a shop-day, and when its letters may go: all where the rule changed, else those in need.

    All too at the start, since a rule may have changed just before the end.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done: tuple[date, bool, Rule] | None = None

    async def run(self, shop: Shop, now: datetime) -> None:
        """Date, collect and warn, unless that was done already."""
        morning = now >= shop.at(shop.day(now), shop.rules.sending.day_hour)
        standing = await self._database.read(expiry.standing, shop)
        rule = standing.mode, standing.number, standing.since
        asked, every = (shop.day(now), morning, rule), self._done is None or self._done[2] != rule
        after: int | None = 0 if asked != self._done else None
        while after is not None:
            after = await self._step(shop, now, after, every=every, morning=morning)
        self._done = asked

    async def _step(self, shop: Shop, now: datetime, after: int, *, every: bool, morning: bool) -> int | None:
        write, read = self._database.write, self._database.read
        found = await read(lapsing.look_over, shop, now=now, after=after, limit=LOOK, every=every)
        for dates in _pieces(found.wrong):
            await write(expiry.date_lots, dates)
        for lots in _pieces(found.due):
            await write(lapsing.collect, lots, shop, now=now)
        if found.soon and morning:
            for members in _pieces(await read(lapsing.unaware, found.soon, shop, now=now)):
                await write(lapsing.warn, members, shop, now=now)
        return found.last


def _pieces(whole: list[T]) -> Iterator[list[T]]:
    return (whole[n : n + PIECE] for n in range(0, len(whole), PIECE))
