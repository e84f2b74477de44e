"""The playground's memory: what was said, which files were sent, who may be written to. All made up, nothing kept."""

import asyncio
import itertools
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from aiogram import Bot

from bot.platforms import Keep

from . import cast
from .cast import BOT, BOT_ID, Api, Group, Person

FILE_LIMIT = 20 * 2**20
KEPT_BYTES = 200 * 2**20
KEPT_MESSAGES = 2000  # in each chat; a long rehearsal must not fill the memory
KEPT_NOTICES = 20
STILL_SECONDS = 20
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


class Impossible(Exception):
    """What a person cannot do here; the text is a code that the page puts into words."""


class Wrong(Exception):
    """400: what the bot asks is wrong; the text is Telegram's."""


class Forbidden(Exception):
    """403: this chat is closed to the bot; the text is Telegram's."""


class Moved(Exception):
    """400: the group has become the supergroup with this id."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that somebody sent. Pictures have a width and a height."""

    id: str
    name: str
    kind: str
    data: bytes
    width: int = 0
    height: int = 0

    def api(self) -> Api:
        """As the part of a Message of the Bot API that holds a file."""
        about: Api = {"file_id": self.id, "file_unique_id": self.id, "file_size": len(self.data)}
        if self.width:
            return {"photo": [about | {"width": self.width, "height": self.height}]}
        return {"document": about | {"file_name": self.name, "mime_type": self.kind}}


@dataclass(slots=True)
class Post:
    """One message as it stands now. A line such as "joined" has an `event`, and the name as its text."""

    id: int
    chat: int
    sender: int
    date: int  # seconds since 1970
    text: str = ""
    entities: list[Api] = field(default_factory=list)
    markup: Api | None = None
    file: StoredFile | None = None
    reply_to: int | None = None
    edited: int = 0
    event: str = ""
    album: str = ""  # which it belongs to


@dataclass(frozen=True, slots=True)
class Notice:
    """The bot's answer to a tap, shown to the person who tapped."""

    callback_id: str
    text: str
    alert: bool
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """What whoever watches should look at again: message | notice | people | reload, and in which chat."""

    what: str
    chat: int = 0


class World:
    """Everything there is, and the two ways out of it: updates to the inbox, changes to the page."""

    bot: Bot  # set by the platform, whose bot lives here

    def __init__(self, now: Callable[[], datetime], locale: str, shop: str) -> None:
        self.keep: Keep | None = None
        self.closed = False
        self._now = now
        self._locale, self._shop = locale, shop
        # The machine's time: a restart must not meet a number again, for the inbox and the club remember the last run.
        self._update_ids = itertools.count(time.time_ns() // 1000)
        self._message_ids = itertools.count(time.time_ns() // 10**9 - 1_700_000_000)
        self._tap_ids = itertools.count(1)
        self._waiting: list[Api] = []
        self._watchers: set[asyncio.Queue[Change | None]] = set()
        self.clear()

    def clear(self) -> None:
        """Begin anew: nobody has spoken, and the bot is not in the group."""
        group = cast.group(self._locale, self._shop)
        self.people: dict[int, Person] = cast.people(self._locale)
        self.groups: dict[int, Group] = {group.id: group}
        self.posts: dict[int, OrderedDict[int, Post]] = {}
        self.files: OrderedDict[str, StoredFile] = OrderedDict()
        self.links: dict[str, tuple[int, Api]] = {}
        self.notices: dict[int, deque[Notice]] = {}
        self.started: set[int] = set()
        self.blocked: set[int] = set()
        self._waiting.clear()
        self.changed("reload")

    def seconds(self) -> int:
        """The present, as the Bot API writes it."""
        return int(self._now().timestamp())

    def person(self, person_id: int) -> Person:
        """Raises Impossible for nobody."""
        if person_id not in self.people:
            raise Impossible("unknown_person")
        return self.people[person_id]

    def group(self, group_id: int) -> Group:
        """Raises Impossible for a group that is not there or is no longer."""
        found = self.groups.get(group_id)
        if found is None or found.moved_to:
            raise Impossible("unknown_group")
        return found

    def tap(self, person_id: int) -> str:
        """A new callback id; it says who tapped."""
        return f"{person_id}-{next(self._tap_ids)}"

    def post(self, chat: int, sender: int, **parts: object) -> Post:
        """Put a message into a chat; the oldest falls out of a very long one."""
        post = Post(next(self._message_ids), chat, sender, self.seconds(), **parts)  # type: ignore[arg-type]
        posts = self.posts.setdefault(chat, OrderedDict())
        posts[post.id] = post
        if len(posts) > KEPT_MESSAGES:
            posts.popitem(last=False)
        self.changed("message", chat)
        return post

    def renumber(self, chat: int, message_id: int, number: int, at: datetime) -> None:
        """Let a message have another number and time: it was said before."""
        post = self.posts[chat].pop(message_id)
        post.id, post.date = number, int(at.timestamp())
        self.posts[chat][number] = post

    def found(self, chat: int, message_id: int | None) -> Post | None:
        """A message that is still there."""
        posts = self.posts.get(chat)
        return posts.get(message_id or 0) if posts else None

    def store(self, name: str, data: bytes, *, picture: bool) -> StoredFile:
        """Keep a file; the oldest fall out when all are too much. Raises Impossible: empty, too big, or no picture."""
        if not data or len(data) > FILE_LIMIT:
            raise Impossible("file_too_big" if data else "file_empty")
        kind, width, height = _measured(data) if picture else ("application/octet-stream", 0, 0)
        file = StoredFile(secrets.token_urlsafe(12), name, kind, data, width, height)
        self.files[file.id] = file
        while sum(len(other.data) for other in self.files.values()) > KEPT_BYTES:
            self.files.popitem(last=False)
        return file

    def chat(self, chat_id: int) -> Api:
        """A chat as the Bot API has it."""
        if chat_id in self.groups:
            return self.groups[chat_id].api()
        person = self.people[chat_id].api()
        return {"type": "private"} | {key: person[key] for key in ("id", "first_name", "username") if key in person}

    def user(self, user_id: int) -> Api:
        """A person or the bot as a User of the Bot API."""
        return BOT if user_id == BOT_ID else self.people[user_id].api()

    def message(self, post: Post, *, quoted: bool = True) -> Api:
        """A message as the Bot API has it."""
        api: Api = {
            "message_id": post.id,
            "date": post.date,
            "chat": self.chat(post.chat),
            "from": self.user(post.sender),
        }
        if post.file:
            api |= post.file.api()
        if post.text and not post.event:
            api["caption" if post.file else "text"] = post.text
        if post.entities:
            api["caption_entities" if post.file else "entities"] = post.entities
        if post.markup:
            api["reply_markup"] = post.markup
        if post.album:
            api["media_group_id"] = post.album
        if post.edited:
            api["edit_date"] = post.edited
        if quoted and (former := self.found(post.chat, post.reply_to)):
            api["reply_to_message"] = self.message(former, quoted=False)
        return api

    async def push(self, kind: str, payload: Api) -> None:
        """Hand an update to the inbox. While nobody takes them they wait, and so does what could not be kept."""
        self._waiting.append({"update_id": next(self._update_ids), kind: payload})
        await self.deliver()

    async def deliver(self) -> None:
        """Hand over what waits."""
        batch, self._waiting = self._waiting, []
        if self.keep is None or not batch:
            self._waiting = batch
            return
        try:
            await self.keep("playground", batch)
        except BaseException:
            self._waiting = batch + self._waiting
            raise

    def changed(self, what: str, chat: int = 0) -> None:
        """Tell whoever watches. Who does not keep up is told to look at everything again."""
        for queue in self._watchers:
            if queue.full():
                _empty(queue)
                queue.put_nowait(Change("reload"))
            else:
                queue.put_nowait(Change(what, chat))

    async def watch(self) -> AsyncIterator[Change]:
        """What changes from now on, until the playground closes; "still" when long nothing does."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue(maxsize=100)
        self._watchers.add(queue)
        try:
            while not self.closed and (change := await _next(queue)):
                yield change
        finally:
            self._watchers.discard(queue)

    def close(self) -> None:
        """Hand over no more, and let the watchers go."""
        self.keep, self.closed = None, True
        for queue in self._watchers:
            _empty(queue)
            queue.put_nowait(None)


async def _next(queue: asyncio.Queue[Change | None]) -> Change | None:
    try:
        async with asyncio.timeout(STILL_SECONDS):  # wait_for of 3.11 may swallow a cancellation
            return await queue.get()
    except TimeoutError:
        return Change("still")


def _empty(queue: asyncio.Queue[Change | None]) -> None:
    while not queue.empty():
        queue.get_nowait()


def _measured(data: bytes) -> tuple[str, int, int]:
    """The kind, width and height of a picture."""
    from PIL import Image  # noqa: PLC0415 (most runs never see a picture)

    try:
        with Image.open(BytesIO(data), formats=list(PICTURES)) as image:
            return PICTURES[str(image.format)], *image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Impossible("not_a_picture") from None
