"""Who is in the groups from a grade on: some were there before the bot was, and are known once they speak."""

from datetime import datetime

from bot.club import circles
from bot.club.members import Person
from db.engine import Database

KNOWN = 50_000  # people in chats that are remembered between updates


class Roster:
    """Puts whoever speaks in such a group on its roster. Where none has a rule, nothing is asked of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._chats: frozenset[tuple[str, int]] | None = None
        self._noticed: set[tuple[int, int]] = set()
        database.listen("circles", lambda _: self._forget())

    async def notice(self, platform: str, chat_id: int, person: Person, *, now: datetime) -> None:
        """Somebody spoke in a chat."""
        if self._chats is None:
            self._chats = await self._database.read(circles.chats)
        who = chat_id, person.member_id
        if (platform, chat_id) not in self._chats or who in self._noticed:
            return
        await self._database.write(circles.notice, platform, chat_id, person.member_id, now=now)
        if len(self._noticed) >= KNOWN:
            self._noticed.clear()
        self._noticed.add(who)

    def _forget(self) -> None:
        self._chats = None
        self._noticed.clear()
