"""Telegram, by long polling, and how each of its answers and silences is to be understood.

Two things are kept apart everywhere: what surely did not happen (try again) and what may have happened (never assume).
"""

import asyncio
import random
import re
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, SendDocument, SendMediaGroup, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.utils.deep_linking import create_deep_link
from aiohttp import ClientConnectorError, ClientTimeout, ConnectionTimeoutError, JsonPayload

from bot.platforms import Capabilities, Gone, Keep, Later, Moved, Muted, Outcome, Refused, Sent, Unsure
from bot.platforms.pace import Pace

LONG_POLL, NEWS = 20, 30  # seconds that Telegram may wait for news, and that we wait for Telegram
CONNECT, ANSWER, UPLOAD = 8.0, 15.0, 180.0  # seconds for a connection, for a call in all, and for one with a file
SOONEST, LATEST = 0.5, 30.0  # seconds between two attempts during an outage
RETRY = 5  # seconds, where Telegram failed without saying how long

WANTED = ["message", "callback_query", "my_chat_member", "chat_member", "chat_join_request"]
UNREACHABLE = ("chat not found", "user is deactivated", "bot was kicked")
MUTED = ("rights to send", "CHAT_WRITE_FORBIDDEN")
DONE_ALREADY = ("message is not modified", "message to delete not found", "message can't be deleted")
# Descriptions quote the text that was sent, and may name people, chats or the token.
PRIVATE = re.compile(r"""\d+:\S+|\d{5,}|"[^"]*"|\B'[^']*'\B""")

UNREACHED = "Telegram cannot be reached"
CONFLICT = "another process polls with the same TELEGRAM_TOKEN; stop one of them"
UNKEPT = "updates cannot be kept; they wait at Telegram"

log = structlog.get_logger(__name__)


class TokenRefused(Exception):
    """Telegram knows no bot by this token: nothing to wait for, the process ends."""


class NotConnected(TelegramNetworkError):
    """There was no connection, so the request never left."""


class Unread(TelegramNetworkError):
    """The answer makes no sense to us; `answer` is what could be parsed of it."""

    def __init__(self, method: TelegramMethod[Any], message: str, answer: Any = None) -> None:
        super().__init__(method=method, message=message)
        self.answer = answer


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without aiogram's reading: one odd update would hold up all behind it for ever."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None
    timeout: int
    allowed_updates: list[str]


class Session(AiohttpSession):
    """aiogram's session, for errors that can be told apart and carry neither the token nor an answer's content."""

    def __init__(self, **about: Any) -> None:
        super().__init__(**about)
        self._types: set[type] = set()

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's
    ) -> TelegramType:
        """Call Telegram, for everybody who uses the bot. Raises TelegramAPIError only."""
        # A connection has a time limit of its own: only so does a dead line count as "never left". (Typed as int.)
        patience: Any = ClientTimeout(total=timeout or _patience(method), connect=CONNECT)
        try:
            return await super().make_request(bot, method, patience)
        except TelegramNetworkError as error:
            if error.__cause__ is None:  # an answer
                raise
            never_left = isinstance(error.__cause__, (ClientConnectorError, ConnectionTimeoutError))
            kind = NotConnected if never_left else TelegramNetworkError
            # The cause is dropped: aiohttp's messages show the address, which holds the token.
            raise kind(method=method, message=type(error.__cause__).__name__) from None
        except ClientDecodeError as error:
            raise Unread(method, f"unreadable answer: {type(error.original).__name__}", error.data) from None
        except UnicodeDecodeError:
            raise Unread(method, "unreadable answer: UnicodeDecodeError") from None

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        """What a call says: as JSON, which costs half of what a form does, unless a file goes along."""
        files: dict[str, Any] = {}
        given = method.model_dump(warnings=False).items()
        said = {name: self.prepare_value(value, bot, files, _dumps_json=False) for name, value in given}
        if files:
            return super().build_form_data(bot, method)
        return JsonPayload({name: value for name, value in said.items() if value not in (None, "")})

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        """Tell what an answer means where aiogram, which loses the status of an answer in HTML, cannot."""
        # pydantic forgets a type that nobody holds, and would make it anew, in 5 ms, for almost every answer.
        self._types.add(Response[method.__returning__])  # type: ignore[name-defined]
        if status_code == 504:
            raise Unread(method, "HTTP 504: a gateway gave up waiting, what stands behind it may not have")
        if status_code >= 500:
            raise TelegramServerError(method=method, message=f"HTTP {status_code}")
        if status_code == 429 and "retry_after" not in content:
            raise TelegramRetryAfter(method=method, message="Too Many Requests", retry_after=RETRY)
        return super().check_response(bot, method, status_code, content)


def _patience(method: TelegramMethod[Any]) -> float:
    """The seconds that a call may take: what is uploaded takes its time."""
    # (isinstance takes its time with pydantic's types)
    return UPLOAD if type(method) in (SendDocument, SendMediaGroup) else ANSWER


class Telegram:
    """The Telegram platform. `api` is the public Bot API server or one's own; `pace` is sends per second."""

    name = "telegram"
    capabilities = Capabilities()

    def __init__(self, token: str, api: str, pace: float = 25.0) -> None:
        session = Session(api=TelegramAPIServer.from_base(api), timeout=ANSWER)
        self.bot = Bot(token, session, DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True))
        self.alive = False
        self.username: str | None = None
        self._turns = Pace(pace)
        self._open: asyncio.Timeout | None = None
        self._trouble = ""
        self._wait = SOONEST

    @property
    def pace(self) -> float:
        """Sends a second."""
        return self._turns.per_second

    @pace.setter
    def pace(self, pace: float) -> None:
        self._turns.per_second = pace

    async def start(self, keep: Keep) -> None:
        """Receive updates and hand them to `keep`, until stopped. Raises TokenRefused."""
        try:
            with suppress(TimeoutError):  # only stop() lets this time run out, which ends any wait at once
                async with asyncio.timeout(None) as self._open:
                    await self._receive(keep)
        finally:
            self._open, self.alive = None, False

    async def stop(self) -> None:
        """Stop receiving, then close the connections."""
        if self._open:
            self._open.reschedule(0)
        await self.bot.session.close()

    async def send(self, method: TelegramMethod[Any]) -> Outcome:
        """Carry one message in its turn; never raises for what the network or Telegram does."""
        await self._turns.turn()
        try:
            return _sent(await self.bot(method))
        except TelegramAPIError as error:
            return _outcome(error)

    def deep_link(self, payload: str) -> str | None:
        """A link that opens the private chat with `/start payload`; none before Telegram has told us our name."""
        return create_deep_link(self.username, "start", payload) if self.username else None

    async def _receive(self, keep: Keep) -> None:
        """Poll for ever. An update is acknowledged by the poll after the one that brought it, once it is kept."""
        offset = None
        while True:
            try:
                if self.username is None:
                    await self._introduce()
                patience = LONG_POLL if self.alive else 0  # in an outage, only ask how things are
                poll = RawUpdates(offset=offset, timeout=patience, allowed_updates=WANTED)
                batch = await self.bot(poll, request_timeout=NEWS)
                if batch:
                    await keep(self.name, batch)
                # After a quiet week Telegram's ids begin anew, perhaps lower: with nothing to acknowledge, ask for all.
                offset = max(update["update_id"] for update in batch) + 1 if batch else None
            except (TelegramUnauthorizedError, TelegramNotFound):
                refusal = "TELEGRAM_TOKEN: Telegram does not accept it; copy it again from @BotFather."
                raise TokenRefused(refusal) from None
            except Exception as error:  # noqa: BLE001 - whatever it is, the updates wait at Telegram, and so do we
                await self._outage(error)
            else:
                self._recover()

    async def _introduce(self) -> None:
        """Learn our name, and take away a webhook that would keep polls from being answered."""
        if (await self.bot.get_webhook_info()).url:
            await self.bot.delete_webhook(drop_pending_updates=False)
            log.warning("removed the webhook that was set, to poll instead")
        self.username = (await self.bot.me()).username

    async def _outage(self, error: Exception) -> None:
        """Say what is wrong, once, and wait a little longer each time."""
        trouble = _trouble(error)
        if trouble != self._trouble:
            log.warning(trouble, why=_plain(error))
        self.alive, self._trouble = False, trouble
        self._wait = min(self._wait * 2, LATEST)
        wait = random.uniform(SOONEST, self._wait)  # noqa: S311 - so that bots do not return in step
        await asyncio.sleep(max(wait, error.retry_after) if isinstance(error, TelegramRetryAfter) else wait)

    def _recover(self) -> None:
        if self._trouble:
            log.info("updates arrive again")
        self.alive, self._trouble, self._wait = True, "", SOONEST


def _trouble(error: Exception) -> str:
    if isinstance(error, TelegramConflictError):
        return CONFLICT
    return UNREACHED if isinstance(error, TelegramAPIError) else UNKEPT


def _outcome(error: TelegramAPIError) -> Outcome:
    """What a failed call means for the letter."""
    match error:
        case TelegramRetryAfter():
            return Later(error.retry_after, "Too Many Requests")
        case TelegramMigrateToChat():
            return Moved(error.migrate_to_chat_id)
        case NotConnected() | TelegramServerError() | TelegramUnauthorizedError():  # a lost token is no letter's fault
            return Later(RETRY, _plain(error))
        case Unread(answer={"ok": True, "result": result}):  # accepted, in words newer than ours
            return _sent(result)
        case TelegramNetworkError() if not isinstance(error, TelegramEntityTooLarge):
            return Unsure(_plain(error))
    return _refusal(error)


def _refusal(error: TelegramAPIError) -> Outcome:
    """What Telegram's no means, which only its words tell."""
    why = _plain(error)
    if any(words in why for words in DONE_ALREADY):
        return Sent()
    if any(words in why for words in MUTED):
        return Muted(why)
    if isinstance(error, TelegramForbiddenError) or any(words in why for words in UNREACHABLE):
        return Gone(why)
    return Refused(why)


def _sent(result: Any) -> Sent:
    """What a call left: a message, the first where there are several, or an invite link."""
    first = result[0] if isinstance(result, list) and result else result
    left = first.get if isinstance(first, dict) else partial(getattr, first)
    number, url = left("message_id", 0), left("invite_link", "")
    return Sent(number if isinstance(number, int) else 0, url if isinstance(url, str) else "")


def _plain(error: Exception) -> str:
    """An error in words fit for a log: no token, no names, no texts, no ids."""
    if isinstance(error, TelegramAPIError):
        return PRIVATE.sub("…", str(error.message))
    return type(error).__name__
