"""The playground's side of a club: its staff, the hands of its clock, and its broom."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.club import keepsakes, members, places, staff
from bot.platforms.playground import Impossible, Playground
from bot.running import Club
from bot.speech import spoken_on
from bot.speech.letters import render
from db.upgrade import wipe

PLAYGROUND_STAFF = {1: "owner", 2: "clerk"}  # as the page introduces them


class Hands:
    """The hands of the playground's clock, and its broom."""

    def __init__(self, club: Club, playground: Playground, url: str) -> None:
        self.zone: ZoneInfo = club.shop.now.zone
        self._club, self._playground, self._url = club, playground, url

    def now(self) -> datetime:
        """The club's time."""
        return self._club.clock.now()

    async def leap(self, to: datetime) -> None:
        """Let the time until `to` pass. Raises Impossible beside a real platform, whose clock is everybody's."""
        self._alone()
        await self._club.leap(to)

    async def reset(self) -> None:
        """Wipe the club and the playground. Raises Impossible where the database holds real people."""
        self._alone()
        if await self._club.database.read(staff.real_people):
            raise Impossible("real_people")
        await self._club.quiet()
        await asyncio.to_thread(wipe, self._url)
        self._playground.reset()
        self._club.clock.reset()
        self._club.shop.reset()
        await people_the_playground(self._club, self._playground)

    def _alone(self) -> None:
        if len(self._club.platforms) > 1:
            raise Impossible("clock_is_real")


async def people_the_playground(club: Club, playground: Playground) -> None:
    """Give the made-up staff their roles, and let the playground stand as it did before a restart.

    What the club wrote on its own is shown again; what people said there was kept nowhere.
    """
    await club.database.write(staff.appoint, "playground", PLAYGROUND_STAFF, now=club.clock.now())
    started = await club.database.read(members.reachable_on, "playground")
    playground.recall(started, await club.database.read(places.present, "playground"))
    shop = club.shop.now
    for each in await club.database.read(keepsakes.lately, "playground", club.shop.now, now=club.clock.now()):
        with spoken_on(shop.day(club.clock.now())):
            method = await asyncio.to_thread(render, each.letter, shop, playground.deep_link)
        await playground.repeat(method, each.message_id, each.at)
