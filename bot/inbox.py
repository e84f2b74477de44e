"""Keeps each update before it is acknowledged, and feeds it to the dispatcher until it is done.

A batch is committed first; only then may the platform ask for the next. Updates of one person in one chat are handled
in order (a lane), all others side by side. What a crash left waiting is handled at the next start; every repeat is
harmless, since an update's number is kept and its act marks it done in the same transaction.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import Update
from pydantic import ValidationError
from sqlalchemy import Connection

from bot.clock import Clock
from bot.club import inbox
from bot.club.inbox import Kept
from bot.platforms import Platform
from db.engine import Database
from db.hot import first

SIDE_BY_SIDE = 256  # lanes at work
FULL = 4096  # updates in hand from which on the platforms wait
PASSES = 0.5  # seconds until looks and refusals are marked done
PATIENCE = 3  # times that an answer is tried again when Telegram asks to wait
LONGEST_WAIT = 60.0  # seconds that one lane waits for that
GONE = ("message to edit not found", "message can't be edited")  # what was to be changed is said anew
NOTHING = ("query is too old", "message is not modified")  # refusals that change nothing for anybody

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Hand:
    """The update in hand: `write` marks it done within the act that it causes."""

    row: int
    done: bool = False

    def settle(self, connection: Connection) -> None:
        """Mark it done, in the act's transaction."""
        first(connection, inbox.DONE, {"row": self.row})


class Inbox:
    """Between the platforms and the dispatcher."""

    def __init__(
        self, database: Database, dispatcher: Dispatcher, platforms: Mapping[str, Platform], clock: Clock
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._platforms = platforms
        self._clock = clock
        self._lanes: dict[tuple[Any, ...], deque[Kept]] = {}
        self._side_by_side = asyncio.Semaphore(SIDE_BY_SIDE)
        self._in_hand = 0
        self._room, self._still = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._still.set()
        self._looked: list[int] = []  # handled without an act, to be marked in the next batch
        self._begun = asyncio.Event()  # what an earlier process left stands in its lanes
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Handle what arrives until cancelled, beginning with what an earlier process left."""
        async with asyncio.TaskGroup() as self._tasks:
            for kept in await self._database.read(inbox.waiting):
                self._put(kept)
            self._begun.set()
            while True:
                await asyncio.sleep(PASSES)
                if self._looked:
                    await self._mark()

    async def keep(self, platform: str, updates: Sequence[Mapping[str, Any]]) -> None:
        """Keep a batch. Returns when it is committed, so that the platform may acknowledge it."""
        await self._begun.wait()  # else what is kept now could be read again as left behind
        await self._room.wait()
        looked = frozenset(self._looked)
        for kept in await self._database.write(inbox.receive, platform, updates, looked, now=self._clock.now()):
            self._put(kept)
        self._looked = [row for row in self._looked if row not in looked]

    async def settled(self) -> None:
        """Wait until nothing is in hand, and mark it."""
        await self._still.wait()
        await self._mark()

    def _put(self, kept: Kept) -> None:
        """Queue an update behind the others of its person in its chat."""
        lane = _lane(kept)
        self._count(1)
        if lane in self._lanes:
            self._lanes[lane].append(kept)
            return
        self._lanes[lane] = deque([kept])
        assert self._tasks, "run() has begun before anything is kept"
        self._tasks.create_task(self._serve(lane))

    def _count(self, more: int) -> None:
        """Keep count of what is in hand, for those who wait for room or for stillness."""
        self._in_hand += more
        for event, true in ((self._room, self._in_hand < FULL), (self._still, not self._in_hand)):
            if true:
                event.set()
            else:
                event.clear()

    async def _serve(self, lane: tuple[Any, ...]) -> None:
        """Handle a lane until it is empty."""
        queue = self._lanes[lane]
        while queue:
            try:
                await self._handle(queue[0])
            except Exception:
                log.exception("an update could not be put aside; the next start will try it again")
            queue.popleft()
            self._count(-1)
        del self._lanes[lane]

    async def _handle(self, kept: Kept) -> None:
        """Handle one update. Whatever goes wrong is logged without its content, and stops no other."""
        platform, hand = self._platforms.get(kept.platform), Hand(kept.row)
        if platform is None:  # left by a process that served it; it waits for one that does again
            return
        try:
            update = Update.model_validate(kept.update, context={"bot": platform.bot})
        except ValidationError as error:
            kinds = sorted({f"{wrong['type']} at {wrong['loc'][0]}" for wrong in error.errors() if wrong["loc"]})
            log.warning("an update could not be decoded", update=kept.update.get("update_id"), because=kinds[:5])
            await self._database.write(inbox.fail, kept.row, "odd")
            return
        try:
            async with self._side_by_side:  # while an answer waits for Telegram's patience, others are handled
                answer = await self._dispatcher.feed_update(platform.bot, update, platform=platform, hand=hand)
            await _say(platform.bot, update, None if answer is UNHANDLED else answer)
        except TelegramAPIError as error:
            # Telegram's words may quote the text or name the chat.
            log.warning("an answer was refused", update=update.update_id, why=type(error).__name__)
        except Exception:
            log.exception("an update failed", update=update.update_id, kinds=sorted(update.model_fields_set))
            if not hand.done:
                await self._database.write(inbox.fail, kept.row, "failed")
            return
        if not hand.done:
            self._looked.append(kept.row)

    async def _mark(self) -> None:
        looked, self._looked = self._looked, []
        try:
            await self._database.write(inbox.mark, looked)
        except Exception:
            log.exception("handled updates could not be marked; they will be")
            self._looked += looked


async def _say(bot: Bot, update: Update, answer: TelegramMethod[Any] | None) -> None:
    """Carry the answer, and answer every callback, so that no button keeps turning."""
    try:
        if answer is not None:
            await _carry(bot, answer)
    finally:
        if update.callback_query and not isinstance(answer, AnswerCallbackQuery):
            await _carry(bot, AnswerCallbackQuery(callback_query_id=update.callback_query.id))


async def _carry(bot: Bot, answer: TelegramMethod[Any]) -> None:
    """Carry one answer; when Telegram asks to wait, this person waits, and nobody else."""
    for left in reversed(range(PATIENCE)):
        try:
            await bot(answer)
        except TelegramForbiddenError:
            log.info("an answer found its chat closed")
        except (TelegramRetryAfter, TelegramServerError, TelegramNetworkError) as error:
            if not left:
                raise
            await asyncio.sleep(min(getattr(error, "retry_after", 1), LONGEST_WAIT))
            continue
        except (TelegramMigrateToChat, TelegramBadRequest) as refused:
            if anew := _anew(answer, refused):
                answer = anew
                continue
            if not any(nothing in refused.message for nothing in NOTHING):
                raise
        return


def _anew(answer: TelegramMethod[Any], refused: TelegramAPIError) -> TelegramMethod[Any] | None:
    """The answer as it can still be given: to a group's new id, or as a new message where the old one is gone."""
    if isinstance(refused, TelegramMigrateToChat):
        return answer.model_copy(update={"chat_id": refused.migrate_to_chat_id})
    if isinstance(answer, EditMessageText) and answer.chat_id and any(gone in refused.message for gone in GONE):
        return SendMessage(chat_id=answer.chat_id, text=answer.text or "", reply_markup=answer.reply_markup)
    return None


def _lane(kept: Kept) -> tuple[Any, ...]:
    """Who speaks where; what has neither goes by itself."""
    for kind, event in kept.update.items():
        if kind != "update_id" and isinstance(event, Mapping):
            message = event.get("message", event)
            chat = message.get("chat") if isinstance(message, Mapping) else None
            sender = event.get("from")
            if isinstance(chat, Mapping) and isinstance(sender, Mapping):
                return kept.platform, chat.get("id"), sender.get("id")
    return kept.platform, kept.row
