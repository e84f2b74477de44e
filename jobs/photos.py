"""Photos that a letter shows, fetched before it is put into words, so that something can be drawn on them."""

import asyncio
from contextlib import suppress
from typing import Any

from bot.club.ballots import ALBUMS
from bot.club.sending import Outgoing
from bot.platforms import Carrier
from bot.platforms.files import NotFetched, fetch

PATIENCE = 6.0  # seconds for all of them; a club that stops is to stop soon


async def fetched(letter: Outgoing, platform: Carrier) -> dict[str, bytes]:
    """The bytes of the photos of a contest's letter, by their number (platform:number), as far as they can be had."""
    bot: Any = getattr(platform, "bot", None)
    if letter.kind not in ALBUMS or bot is None:
        return {}
    photos = [each.photo for each in letter.facts["activity"].entries if each.nth in letter.facts["nths"]]
    got: dict[str, bytes] = {}

    async def get(photo: str) -> None:
        where, _sep, number = photo.partition(":")
        with suppress(NotFetched):
            if where == platform.name:
                got[photo] = await fetch(bot, number)

    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(get, photos))
    return got
