"""The owner's webhooks are told what happened: each address by itself, so that one that is slow holds up no other."""

import asyncio
from datetime import datetime

import structlog

from bot.club import webhooks
from bot.club.webhooks import Telling
from bot.platforms.webhooks import Carrier
from db.engine import Database

BATCH = 10  # things that one address is told at a time

log = structlog.get_logger(__name__)


async def run(database: Database, now: datetime, carrier: Carrier | None = None) -> None:
    """Tell what is due."""
    waiting = {each: ids for each in await database.read(webhooks.open_now) if (ids := await _due(database, each, now))}
    if not waiting:
        return
    async with carrier or Carrier() as opened, asyncio.TaskGroup() as tasks:
        for webhook_id, ids in waiting.items():
            tasks.create_task(_tell(database, opened, webhook_id, ids, now))


async def _tell(database: Database, carrier: Carrier, webhook_id: int, ids: list[int], now: datetime) -> None:
    """Tell one address what is due, for as long as it hears everything."""
    while ids:
        told = await database.write(webhooks.take, ids, now=now)
        came = await asyncio.gather(*(_once(carrier, each) for each in told))
        await database.write(webhooks.settle, came, now=now)
        if any(reason for _, reason in came):
            log.warning("a webhook did not hear", webhook=webhook_id, reason=next(r for _, r in came if r))
            return
        ids = await _due(database, webhook_id, now)


async def _once(carrier: Carrier, telling: Telling) -> tuple[int, str | None]:
    return telling.id, await carrier.tell(telling.url, telling.body, telling.headers)


async def _due(database: Database, webhook_id: int, now: datetime) -> list[int]:
    return await database.read(webhooks.due, webhook_id, now=now, limit=BATCH)
