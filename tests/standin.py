"""A Bot API server for tests: real sockets on loopback, in a thread of its own, so that a killed or blocked bot does
not disturb it. The bot may be in this process or in another; it is handed `url` and `TOKEN`.

    with StandIn() as telegram:
        telegram.push(message(person(7001, "Mei"), "/start"))
        telegram.fault = lambda method, params: flood(3) if method == "sendMessage" else None
        ...
        assert [call.chat_id for call in telegram.accepted] == [7001]
"""

import asyncio
import itertools
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

from aiogram.types import ChatMemberAdministrator
from aiohttp import web

TOKEN = "42:SECRET-of-the-stand-in"
BOT = {"id": 42, "is_bot": True, "first_name": "Regulars", "username": "regulars_bot"}
RIGHTS = {name: True for name, field in ChatMemberAdministrator.model_fields.items() if field.annotation is bool}
MESSAGES = {"sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup", "editMessageText", "editMessageCaption",
            "editMessageMedia", "editMessageReplyMarkup"}  # fmt: skip
STAFF = {"creator", "administrator"}
SENDS = MESSAGES | {"deleteMessage", "answerCallbackQuery"}


@dataclass(frozen=True)
class Fault:
    """What befalls one call: another answer, or none at all. `accepts`: the message is delivered all the same."""

    status: int = 200
    body: bytes = b""
    accepts: bool = False
    cuts: bool = False
    hangs: bool = False


def no(status: int, description: str, **parameters: int) -> Fault:
    """A refusal in Telegram's form."""
    answer = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return Fault(status, json.dumps(answer).encode())


def flood(seconds: int) -> Fault:
    return no(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def moved(chat_id: int) -> Fault:
    return no(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat_id)


SERVER_ERROR = no(500, "Internal Server Error")
BAD_GATEWAY = Fault(502, b"<html><h1>502 Bad Gateway</h1></html>")
GATEWAY_TIMEOUT = Fault(504, b"<html><h1>504 Gateway Time-out</h1></html>", accepts=True)
RESET = Fault(cuts=True)
RESET_AFTER = Fault(cuts=True, accepts=True)
HANG = Fault(hangs=True)
HANG_AFTER = Fault(accepts=True, hangs=True)
GARBLED = Fault(200, b'{"ok": tru', accepts=True)
BLOCKED = no(403, "Forbidden: bot was blocked by the user")
NO_CHAT = no(400, "Bad Request: chat not found")
OTHER_PROCESS = no(409, "Conflict: terminated by other getUpdates request")


@dataclass(frozen=True)
class Call:
    """One call as it arrived; files are (name, bytes). `message_id` is 0 where no message was made."""

    method: str
    params: dict[str, Any]
    at: float = field(default_factory=time.monotonic)
    message_id: int = 0

    @property
    def chat_id(self) -> int:
        return int(self.params.get("chat_id", 0))

    @property
    def text(self) -> str:
        return str(self.params.get("text", self.params.get("caption", "")))

    @property
    def reply_markup(self) -> dict[str, Any]:
        return dict(_plain(self.params.get("reply_markup", {})))


class StandIn:
    """The server. Everything but `push` is plain data that a test reads and sets."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.webhook = ""
        self.fault: Callable[[str, dict[str, Any]], Fault | None] = lambda method, params: None
        self.updates: list[dict[str, Any]] = []  # those not acknowledged yet
        self.members: dict[tuple[int, int], str] = {}  # (chat, person): status; "member" where nothing is said
        self.calls: list[Call] = []  # all that arrived
        self.accepted: list[Call] = []  # the sends that Telegram would have delivered
        self._update_ids, self._message_ids = itertools.count(1000), itertools.count(1)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(10)

    def push(self, *updates: dict[str, Any]) -> list[int]:
        """Give the bot news; returns their ids. An update that brings an update_id keeps it."""
        new = [{"update_id": next(self._update_ids), **update} for update in updates]
        asyncio.run_coroutine_threadsafe(self._arrive(new), self._loop).result()
        return [update["update_id"] for update in new]

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.calls)

    async def _arrive(self, new: Sequence[dict[str, Any]]) -> None:
        self.updates.extend(new)
        self._news.set()

    async def _serve(self) -> None:
        self._loop, self._closing, self._news = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._closing.wait()
        await runner.cleanup()

    async def _call(self, request: web.Request) -> web.Response:
        call = Call(request.match_info["method"], await _params(request))
        self.calls.append(call)
        known = request.match_info["token"] == TOKEN
        fault = self.fault(call.method, call.params) if known else no(401, "Unauthorized")
        if fault is None:
            return web.json_response({"ok": True, "result": await self._answer(call)})
        if fault.accepts and call.method in SENDS:
            self._accept(call)
        if fault.hangs:
            await asyncio.sleep(3600)
        if fault.cuts:
            _cut(request)
        return web.Response(status=fault.status, body=fault.body)

    async def _answer(self, call: Call) -> Any:
        if call.method in SENDS:
            return self._accept(call)
        if call.method == "getUpdates":
            return await self._get_updates(call.params)
        if call.method == "getChatMember":
            who = int(call.params["user_id"])
            return member(person(who), self.members.get((call.chat_id, who), "member"))
        if call.method == "getChatAdministrators":
            ranks = [(who, rank) for (chat_id, who), rank in self.members.items() if chat_id == call.chat_id]
            return [member(person(who), rank) for who, rank in ranks if rank in STAFF]
        if call.method == "deleteWebhook":
            self.webhook = ""
        webhook = {"url": self.webhook, "has_custom_certificate": False, "pending_update_count": 0}
        return {"getMe": BOT, "getWebhookInfo": webhook}.get(call.method, True)

    async def _get_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        offset, limit = int(params.get("offset") or 0), int(params.get("limit") or 100)
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        self._news.clear()
        if not self.updates:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), float(params.get("timeout") or 0))
        return [update for update in self.updates if update["update_id"] >= offset][:limit]

    def _accept(self, call: Call) -> Any:
        albums = _plain(call.params["media"]) if call.method == "sendMediaGroup" else [None]
        edited = int(call.params.get("message_id", 0))
        ids = [edited or next(self._message_ids) for _ in albums] if call.method in MESSAGES else [0]
        self.accepted.append(Call(call.method, call.params, call.at, ids[0]))
        if call.method not in MESSAGES:
            return True
        made = [{"message_id": number, "date": 1, "chat": chat(call.chat_id), "text": call.text} for number in ids]
        return made if call.method == "sendMediaGroup" else made[0]


async def _params(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    form = dict(request.query) | dict(await request.post())
    files = {
        name: (value.filename, value.file.read()) for name, value in form.items() if isinstance(value, web.FileField)
    }
    return form | files


def _plain(param: Any) -> Any:
    """A list or an object as it stands, whether it came in JSON or as a text in a form."""
    return json.loads(param) if isinstance(param, str) else param


def _cut(request: web.Request) -> None:
    """Reset the connection as a broken line does: without a good-bye."""
    if request.transport:
        line = request.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()


@contextmanager
def held_port() -> Iterator[int]:
    """A port at which nobody listens, and that nobody else is given meanwhile: whoever is told it may still open it."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", 0))
        yield door.getsockname()[1]


def person(number: int, name: str = "Mei", language: str = "zh-hans") -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": name, "language_code": language}


def chat(number: int) -> dict[str, Any]:
    return {"id": number, "type": "private"} if number > 0 else {"id": number, "type": "supergroup", "title": "Shop"}


def member(who: dict[str, Any], status: str) -> dict[str, Any]:
    more: dict[str, Any] = {"administrator": RIGHTS, "creator": {"is_anonymous": False}, "kicked": {"until_date": 0}}
    return {"status": status, "user": who, **more.get(status, {})}


def message(who: dict[str, Any], text: str, group: int = 0, number: int = 1) -> dict[str, Any]:
    return {"message": {"message_id": number, "date": 1, "from": who, "chat": chat(group or who["id"]), "text": text}}


def press(who: dict[str, Any], data: str, group: int = 0, number: int = 1) -> dict[str, Any]:
    below = message(BOT, "…", group or who["id"], number)["message"]
    return {"callback_query": {"id": str(number), "from": who, "chat_instance": "1", "data": data, "message": below}}


def change(who: dict[str, Any], group: int, old: str, new: str, by: dict[str, Any] | None = None) -> dict[str, Any]:
    """Somebody, or the bot itself, joins, leaves or changes rank."""
    kind = "my_chat_member" if who["id"] == BOT["id"] else "chat_member"
    old_and_new = {"old_chat_member": member(who, old), "new_chat_member": member(who, new)}
    return {kind: {"chat": chat(group), "from": by or who, "date": 1, **old_and_new}}


def ask_to_join(who: dict[str, Any], group: int) -> dict[str, Any]:
    return {"chat_join_request": {"chat": chat(group), "from": who, "user_chat_id": who["id"], "date": 1}}
