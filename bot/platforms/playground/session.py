"""The Bot API without a network: an aiogram session that carries a bot's calls into the playground's world."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import cache
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message, User
from pydantic import TypeAdapter
from typing_extensions import override

from . import calls, rooms
from .markup import Unreadable
from .world import Forbidden, Moved, Post, World, Wrong

Play = Callable[[World, Any], Awaitable[Any]]
_PLAYS = cast(dict[type[Any], Play], calls.PLAYS | rooms.PLAYS)


class PlaygroundSession(BaseSession):
    """As strict as Telegram; results are bound to the bot, so that `sent.edit_text()` works."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._bound: dict[tuple[int, int], dict[str, Chat | User]] = {}

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """Play one call. Raises aiogram's exceptions where Telegram would refuse."""
        try:
            result = await _play(self._world, method)
        except (Wrong, Unreadable) as error:
            raise TelegramBadRequest(method, f"Bad Request: {error}") from None
        except Forbidden as error:
            raise TelegramForbiddenError(method, f"Forbidden: {error}") from None
        except Moved as error:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise TelegramMigrateToChat(method, text, migrate_to_chat_id=error.args[0]) from None
        if isinstance(result, Post):
            return cast(TelegramType, self._message(bot, result))
        if isinstance(result, list) and isinstance(result[0], Post):  # an album
            return cast(TelegramType, [self._message(bot, post) for post in result])
        return cast(TelegramType, _adapter(method.__returning__).validate_python(result, context={"bot": bot}))

    def _message(self, bot: Bot, post: Post) -> Message:
        """The quick way for what is asked most: a message's chat and author are built once."""
        api, key = self._world.message(post), (post.chat, post.sender)
        bound = self._bound.get(key)
        message: Message = _adapter(Message).validate_python(api | bound if bound else api, context={"bot": bot})
        if bound is None and message.from_user:
            self._bound[key] = {"chat": message.chat, "from": message.from_user}
        return message

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """A file's bytes, for `bot.download`."""
        file = self._world.files[url.rpartition("/")[2]]
        for start in range(0, len(file.data), chunk_size):
            yield file.data[start : start + chunk_size]

    async def close(self) -> None:
        """Nothing is open."""


async def _play(world: World, method: TelegramMethod[Any]) -> Any:
    if play := _PLAYS.get(type(method)):
        return await play(world, method)
    if method.__returning__ is bool:  # sendChatAction, setMyDescription … leave nothing to see
        return True
    raise Wrong(f"the playground does not know {method.__api_method__}")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
