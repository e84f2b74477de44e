"""A club at work: it receives, answers, sends and ticks until it is told to stop."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import Clock
from bot.club import agenda
from bot.club.rules import OpenShop
from bot.inbox import Inbox
from bot.platforms import Carrier, Platform
from bot.platforms.telegram import TokenRefused
from db.engine import Database
from handlers import front_desk
from jobs import Job, timetable
from jobs.delivery import Delivery

LAST_ANSWERS = 4.0  # seconds that a stopping process gives to what is in hand

log = structlog.get_logger(__name__)


class Club:
    """A club at work on its platforms; by `carriers` letters go where no platform reaches."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, Platform],
        shop: OpenShop,
        clock: Clock,
        carriers: Sequence[Carrier] = (),
    ) -> None:
        self.database, self.platforms, self.shop, self.clock = database, platforms, shop, clock
        database.listen("rules", shop.follow)
        database.listen("words", shop.follow_words)
        self.desk = front_desk(database, shop, clock)
        self.inbox = Inbox(database, self.desk, platforms, clock)
        self.delivery = Delivery(database, {**platforms, **{each.name: each for each in carriers}}, shop, clock)
        self.jobs = timetable(database, platforms, shop, clock)
        self._refusal: TokenRefused | None = None

    async def run(self, stop: asyncio.Event, *also: Coroutine[Any, Any, None], ticking: bool = True) -> None:
        """Work until `stop` is set: receive, answer, send, tick, and do what is asked `also`.

        Not `ticking`, it leaves the jobs to whoever holds the clock.

        What is in hand is finished first, as far as 4 seconds allow. Raises TokenRefused.
        """
        async with asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(work) for work in (self.inbox.run(), self.delivery.run())]
            beside = [tasks.create_task(work) for work in also]
            listening = [tasks.create_task(self._listen(platform, stop)) for platform in self.platforms.values()]
            scheduler = _ticking(self.jobs if ticking else ())
            await stop.wait()
            scheduler.shutdown(wait=False)
            _cancel(listening)
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_ANSWERS):
                    await asyncio.gather(self.inbox.settled(), self.delivery.finish())
            _cancel(working)
            await asyncio.wait(working)
            for platform in self.platforms.values():
                await platform.stop()
            _cancel(beside)
        if self._refusal:
            raise self._refusal

    async def quiet(self) -> None:
        """Wait until nothing is in hand and nothing more is due at this moment."""
        await self.inbox.settled()
        await self.delivery.quiet()

    async def tick(self) -> None:
        """Run every job once, by the club's clock, and deliver what came of it."""
        for job in self.jobs:
            await job.run()
        await self.quiet()

    async def leap(self, to: datetime) -> None:
        """Let the time until `to` pass, with everything that falls into it."""
        while (now := self.clock.now()) < to:
            stop = await self.database.read(agenda.next_stop, self.shop.now, now=now)
            self.clock.advance(min(stop, to) - now)
            await self.tick()

    async def _listen(self, platform: Platform, stop: asyncio.Event) -> None:
        try:
            await platform.start(self.inbox.keep)
        except TokenRefused as refusal:
            self._refusal = refusal
            stop.set()


def _ticking(jobs: tuple[Job, ...]) -> AsyncIOScheduler:
    """APScheduler knows hours, not facts: it ticks, and each job asks the database what is due."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for job in jobs:
        scheduler.add_job(
            _run,
            IntervalTrigger(seconds=job.seconds),
            (job,),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=Clock().now(),  # at once; earlier, and APScheduler counts every run that was missed
        )
    scheduler.start()
    return scheduler


async def _run(job: Job) -> None:
    try:
        await job.run()
    except asyncio.CancelledError:
        log.debug("a job was cut short; its next run goes on", job=job.name)
    except Exception:
        log.exception("a job failed; its next run tries again", job=job.name)


def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
