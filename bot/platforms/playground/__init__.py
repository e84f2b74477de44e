"""The playground: a platform without a network, where a shop can be rehearsed and the tests play people."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod

from bot.platforms import Capabilities, Gone, Keep, Later, Moved, Muted, Outcome, Refused, Sent, Unsure

from . import markup
from .calls import NO_RIGHT, PAYLOAD
from .cast import BOT, BOT_ID, GROUP_ID, Group, Person
from .people import People
from .session import PlaygroundSession
from .world import FILE_LIMIT, Change, Impossible, Notice, Post, StoredFile, World

__all__ = [
    "BOT_ID",
    "FILE_LIMIT",
    "GROUP_ID",
    "Change",
    "Group",
    "Impossible",
    "Notice",
    "Person",
    "Playground",
    "Shown",
    "StoredFile",
]


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as its reader sees it. `html` is safe to put into a page; `event` names a line such as "joined"."""

    id: int
    chat: int
    sender: int
    name: str
    text: str
    html: str
    buttons: tuple[tuple[tuple[str, str], ...], ...]  # rows of (label, callback data or address)
    file: StoredFile | None
    reply_to: int | None
    date: datetime
    edited: bool
    event: str
    album: str = ""


class Playground(People):
    """A platform whose people are made up and act by the methods of People.

    `now` tells the time that messages bear; `locale` chooses the people's names and languages, `shop` names the group.
    """

    name = "playground"
    capabilities = Capabilities(rest=0, group_minute=0)
    pace = 0.0  # needs none

    def __init__(self, now: Callable[[], datetime], locale: str = "en", shop: str = "Regulars") -> None:
        super().__init__(World(now, locale, shop))
        defaults = DefaultBotProperties(parse_mode="HTML")
        session = PlaygroundSession(self._world)
        self.bot = self._world.bot = Bot(f"{BOT_ID}:playground", session=session, default=defaults)
        self._stopped = asyncio.Event()

    async def start(self, keep: Keep) -> None:
        """Hand what people do to `keep`, first what they did before; until stopped."""
        self._stopped.clear()
        self._world.keep, self._world.closed = keep, False
        await self._world.deliver()
        await self._stopped.wait()

    async def stop(self) -> None:
        """Hand over no more; what people do now waits for the next start. Whoever watches is let go."""
        self._world.close()
        self._stopped.set()

    @property
    def alive(self) -> bool:
        """Whether what people do arrives."""
        return self._world.keep is not None

    async def send(self, method: TelegramMethod[Any]) -> Outcome:
        """Carry one message; never raises for what the world refuses or for faults that a test puts in between."""
        try:
            done: Any = await self.bot(method)
            first = done[0] if isinstance(done, list) else done
            return Sent(getattr(first, "message_id", 0), getattr(first, "invite_link", ""))
        except TelegramAPIError as error:
            return _outcome(error)

    def deep_link(self, payload: str) -> str:
        """A link that opens the private chat with `/start payload`. Raises ValueError for one that cannot travel."""
        if not PAYLOAD.fullmatch(payload):
            raise ValueError(f"a start payload has 1 to 64 of A-Z a-z 0-9 _ -, not {payload!r}")
        return f"https://t.me/{BOT['username']}?start={payload}"

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone."""
        return tuple(self._world.people.values())

    @property
    def group(self) -> Group:
        """The customer group as it is now, under the id that it has now."""
        return next(group for group in self._world.groups.values() if not group.moved_to)

    def started(self, person_id: int) -> bool:
        """Whether they ever wrote to the bot in private."""
        return person_id in self._world.started

    def blocks(self, person_id: int) -> bool:
        """Whether they have blocked the bot."""
        return person_id in self._world.blocked

    def messages(self, chat_id: int, viewer: int) -> list[Shown]:
        """What `viewer` sees of a chat, oldest first: nothing of a group without them or of others' private chats."""
        group = self._world.groups.get(chat_id)
        if chat_id != viewer and not (group and group.has(viewer)):
            return []
        return [self._shown(post) for post in self._world.posts.get(chat_id, {}).values()]

    def newest(self, chat_id: int) -> int:
        """The id of a chat's last message, for the dot that says there is news; 0 when it is empty."""
        return max(self._world.posts.get(chat_id, ()), default=0)

    def notices(self, person_id: int) -> list[Notice]:
        """The last answers to what they tapped, oldest first."""
        return list(self._world.notices.get(person_id, ()))

    def file(self, file_id: str) -> StoredFile | None:
        """A file that was sent."""
        return self._world.files.get(file_id)

    def watch(self) -> AsyncIterator[Change]:
        """What changes from now on. Who is slow is told to reload instead."""
        return self._world.watch()

    def announce(self, what: str) -> None:
        """Tell whoever watches about something beside the playground, such as its clock."""
        self._world.changed(what)

    def recall(self, started: Iterable[int], present: Mapping[int, Iterable[int]]) -> None:
        """Stand as before a restart: who wrote in private, and who is in the groups where the bot is administrator."""
        self._world.started.update(started)
        for group_id, people in present.items():
            if group := self._world.groups.get(group_id):
                group.standing |= {BOT_ID: "administrator"} | dict.fromkeys(people, "member") | {1: "creator"}

    async def repeat(self, method: TelegramMethod[Any], number: int, at: datetime) -> None:
        """Show a message again that was sent before a restart, under its number; nobody is told of those long gone."""
        with suppress(TelegramAPIError):
            sent = await self.bot(method)
            self._world.renumber(sent.chat.id, sent.message_id, number, at)

    def reset(self) -> None:
        """Forget all that was said and done."""
        self._world.clear()

    def _shown(self, post: Post) -> Shown:
        rows = (post.markup or {}).get("inline_keyboard", ())
        return Shown(
            id=post.id,
            chat=post.chat,
            sender=post.sender,
            name=self._world.user(post.sender)["first_name"],
            text=post.text,
            html="" if post.event else markup.shown(post.text, post.entities),
            buttons=tuple(tuple((b["text"], b.get("callback_data") or b.get("url", "")) for b in row) for row in rows),
            file=post.file,
            reply_to=post.reply_to,
            date=datetime.fromtimestamp(post.date, UTC),
            edited=bool(post.edited),
            event=post.event,
            album=post.album,
        )


def _outcome(error: TelegramAPIError) -> Outcome:
    kind: type[Gone | Muted | Unsure | Refused] = Refused
    match error:
        case TelegramRetryAfter():
            return Later(error.retry_after, error.message)
        case TelegramMigrateToChat():
            return Moved(error.migrate_to_chat_id)
        case TelegramServerError():
            return Later(5, error.message)
        case TelegramForbiddenError():
            kind = Gone
        case TelegramBadRequest() if NO_RIGHT in error.message:
            kind = Muted
        case TelegramNetworkError():
            kind = Unsure
    return kind(error.message)
