"""Broadcasts go on a piece at a time, and the message that began one shows how far it is, then what came of it."""

from collections.abc import Mapping
from datetime import datetime

from bot.club import broadcasts
from bot.club.addresses import Address
from bot.club.broadcasts import Standing
from bot.club.rules import Shop
from bot.platforms import Platform
from bot.speech.broadcasts import told
from bot.speech.buttons import Written
from bot.speech.notes import seed_of
from db.engine import Database
from jobs import addresses

PIECES = 20  # of one broadcast in one run: between two runs the others get their turn, and progress is shown


class Progress:
    """Does what broadcasts have to do, and keeps their messages true: one edit for all that happened in between."""

    def __init__(self, database: Database, platforms: Mapping[str, Platform]) -> None:
        self._database, self._platforms = database, platforms
        self._shown: dict[int, Written] = {}

    async def run(self, shop: Shop, now: datetime) -> None:
        """Go on with everything that is under way, and tell how it stands."""
        for broadcast_id in await self._database.read(broadcasts.undone, now=now):
            for _piece in range(PIECES):
                if not await self._database.write(broadcasts.go_on, broadcast_id, shop, now=now, called=seed_of):
                    break
            standing = await self._database.read(broadcasts.one, broadcast_id)
            address = await self._database.read(broadcasts.address, broadcast_id)
            said = address is None or await self._tell(standing, address, shop, now)
            if said and standing.state in broadcasts.OVER:
                await self._database.write(broadcasts.reported, broadcast_id)
                self._shown.pop(broadcast_id, None)

    async def _tell(self, of: Standing, address: Address, shop: Shop, now: datetime) -> bool:
        """Say how a broadcast stands where it was confirmed; its end anew, if that message is gone.

        Returns whether it is said.
        """
        platform = self._platforms.get(address.platform)
        if platform is None:
            return False
        with addresses.spoken_at(address, shop, now):
            text, buttons = told(of, shop)
        if self._shown.get(of.id) == (text, buttons):
            return True
        if not await addresses.tell(platform, address, text, buttons, over=of.state in broadcasts.OVER):
            return False
        self._shown[of.id] = (text, buttons)
        return True
