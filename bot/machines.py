"""What the owner does at the command line for tills and web shops: keys and webhooks. Beside a running club too."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bot.clock import Clock
from bot.club import keys, webhooks
from bot.club.errors import ClubError
from bot.club.keys import Listed
from bot.club.rules import Shop
from bot.club.webhooks import Listed as Hook
from bot.settings import Settings
from bot.speech import plain
from bot.speech.refusals import words
from db.engine import Database, open_database
from db.upgrade import upgrade


class NotDone(Exception):
    """What the command line was refused, in the club's own words."""


async def new_key(settings: Settings, name: str, scopes: Sequence[str]) -> str:
    """Make a key. Raises NotDone."""
    async with _at_work(settings) as (database, now):
        return await database.write(keys.make, name, scopes, now=now)


async def revoke_key(settings: Settings, name: str) -> None:
    """End a key at once. Raises NotDone."""
    async with _at_work(settings) as (database, now):
        await database.write(keys.revoke, name, now=now)


async def list_keys(settings: Settings) -> list[Listed]:
    """The keys that stand."""
    async with _at_work(settings) as (database, _):
        return await database.read(keys.listed)


async def new_webhook(settings: Settings, url: str, topics: Sequence[str]) -> tuple[int, str]:
    """Tell an address from now on. Returns its number and its secret. Raises NotDone."""
    async with _at_work(settings) as (database, now):
        return await database.write(webhooks.add, url, topics, now=now)


async def end_webhook(settings: Settings, number: int) -> None:
    """Tell an address nothing more. Raises NotDone."""
    async with _at_work(settings) as (database, now):
        await database.write(webhooks.end, number, now=now)


async def list_webhooks(settings: Settings) -> list[Hook]:
    """The webhooks that stand."""
    async with _at_work(settings) as (database, _):
        return await database.read(webhooks.listed)


@asynccontextmanager
async def _at_work(settings: Settings) -> AsyncIterator[tuple[Database, datetime]]:
    url = settings.database_url.get_secret_value()
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    try:
        yield database, Clock(settings.clock_start).now()
    except ClubError as refusal:
        raise NotDone(plain(words(refusal, Shop()))) from None
    finally:
        await database.close()
