"""Letters to Telegram, over real sockets: each answer and each silence has its meaning."""

import asyncio
import json
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import (
    AnswerCallbackQuery,
    CreateChatInviteLink,
    DeleteMessage,
    EditMessageText,
    GetChatAdministrators,
    GetMe,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    TelegramMethod,
    UnbanChatMember,
)
from aiogram.types import BufferedInputFile, InputMediaPhoto, MediaUnion

from bot.platforms import Gone, Later, Moved, Muted, Outcome, Refused, Sent, Unsure, telegram
from bot.platforms.telegram import Telegram
from tests.standin import (
    BAD_GATEWAY,
    BLOCKED,
    GARBLED,
    GATEWAY_TIMEOUT,
    HANG,
    NO_CHAT,
    RESET,
    RESET_AFTER,
    SERVER_ERROR,
    TOKEN,
    Fault,
    StandIn,
    flood,
    held_port,
    moved,
    no,
)

HELLO = SendMessage(chat_id=7001, text="Hello")
NOT_UTF8 = Fault(200, b'{"ok": true, "result": "\xff"}', accepts=True)
NO_WORDS = Fault(500, b'{"ok": false}')


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "CONNECT", 0.3)


async def test_a_message_is_sent_in_html(server: StandIn, platform: Telegram) -> None:
    assert await platform.send(SendMessage(chat_id=7001, text="<b>Hello</b>")) == Sent(1)
    [call] = server.accepted
    assert (call.chat_id, call.text, call.params["parse_mode"]) == (7001, "<b>Hello</b>", "HTML")


async def test_an_invite_link_comes_back_or_the_right_is_missing(server: StandIn, platform: Telegram) -> None:
    link = {"invite_link": "https://t.me/+abc", "creator": {"id": 1, "is_bot": True, "first_name": "Bot"}}
    link |= dict.fromkeys(("creates_join_request", "is_primary", "is_revoked"), False)
    made = Fault(200, json.dumps({"ok": True, "result": link}).encode(), accepts=True)
    make = CreateChatInviteLink(chat_id=-100, name="Corner poster", member_limit=1)
    server.fault = lambda method, _params: made if method == "createChatInviteLink" else None
    assert await platform.send(make) == Sent(0, "https://t.me/+abc")
    server.fault = lambda _method, _params: no(400, "Bad Request: not enough rights to manage chat invite link")
    assert isinstance(await platform.send(make), Refused)
    server.fault = lambda _method, _params: no(400, "Bad Request: not enough rights to restrict/unrestrict chat member")
    assert isinstance(await platform.send(UnbanChatMember(chat_id=-100, user_id=7001)), Refused)


async def test_files_albums_and_answers_are_sent(server: StandIn, platform: Telegram) -> None:
    card = BufferedInputFile(b"a picture", "card.png")
    assert await platform.send(SendPhoto(chat_id=7001, photo=card, caption="For you")) == Sent(1)
    assert ("card.png", b"a picture") in server.accepted[0].params.values()
    album: list[MediaUnion] = [InputMediaPhoto(media="one"), InputMediaPhoto(media="two")]
    assert await platform.send(SendMediaGroup(chat_id=7001, media=album)) == Sent(2)
    assert await platform.send(EditMessageText(chat_id=7001, message_id=2, text="Done")) == Sent(2)
    assert await platform.send(AnswerCallbackQuery(callback_query_id="1")) == Sent(0)
    assert [call.method[:4] for call in server.accepted] == ["send", "send", "edit", "answ"]


ANSWERS: list[tuple[Fault, Outcome]] = [
    (flood(7), Later(7, "Too Many Requests")),
    (Fault(429, b"<html>slow down</html>"), Later(telegram.RETRY, "Too Many Requests")),
    (SERVER_ERROR, Later(telegram.RETRY, "HTTP 500")),
    (NO_WORDS, Later(telegram.RETRY, "HTTP 500")),
    (BAD_GATEWAY, Later(telegram.RETRY, "HTTP 502")),
    (no(401, "Unauthorized"), Later(telegram.RETRY, "Unauthorized")),
    (moved(-1007), Moved(-1007)),
    (BLOCKED, Gone("Forbidden: bot was blocked by the user")),
    (NO_CHAT, Gone("Bad Request: chat not found")),
    (no(400, "Bad Request: user is deactivated"), Gone("Bad Request: user is deactivated")),
    (no(400, "Bad Request: not enough rights to send photos to the chat"),
     Muted("Bad Request: not enough rights to send photos to the chat")),
    (no(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), Muted("Bad Request: CHAT_WRITE_FORBIDDEN")),
    (no(400, "Bad Request: message is too long"), Refused("Bad Request: message is too long")),
    (no(404, "Not Found"), Refused("Not Found")),
    (no(413, "Request Entity Too Large"), Refused("Request Entity Too Large")),
    (Fault(400, b'{"ok": false}'), Refused("None")),
    (no(400, """Bad Request: can't parse entities: tag "mei" of 'Ann' in 7654321 at /bot42:SECRET-x/sendMessage"""),
     Refused("Bad Request: can't parse entities: tag … of … in … at /bot…")),
    (RESET, Unsure("ClientOSError")),
    (RESET_AFTER, Unsure("ClientOSError")),
    (HANG, Unsure("TimeoutError")),
    (GARBLED, Unsure("unreadable answer: JSONDecodeError")),
    (NOT_UTF8, Unsure("unreadable answer: UnicodeDecodeError")),
    (GATEWAY_TIMEOUT, Unsure("HTTP 504: a gateway gave up waiting, what stands behind it may not have")),
    (Fault(200, b'{"ok": true, "result": {"message_id": 77, "chat": "of 2031"}}'), Sent(77)),
]  # fmt: skip


async def test_each_answer_has_its_meaning(server: StandIn, platform: Telegram) -> None:
    for fault, outcome in ANSWERS:
        server.fault = always(fault)
        server.calls.clear()
        server.accepted.clear()
        platform.bot.session.timeout = 0.5 if fault is HANG else 60
        assert await platform.send(HELLO) == outcome, fault
        assert len(server.accepted) == fault.accepts
        assert server.count("sendMessage") == 1  # nothing between us and the wire tries again on its own


DONE: list[tuple[TelegramMethod[Any], str]] = [
    (EditMessageText(chat_id=7001, message_id=5, text="x"), "message is not modified: specified new message content"),
    (DeleteMessage(chat_id=7001, message_id=5), "message to delete not found"),
    (DeleteMessage(chat_id=7001, message_id=5), "message can't be deleted for everyone"),
]


async def test_what_is_done_already_is_sent(server: StandIn, platform: Telegram) -> None:
    for method, words in DONE:
        server.fault = always(no(400, f"Bad Request: {words}"))
        assert await platform.send(method) == Sent(), words


@pytest.mark.usefixtures("hurry")
async def test_what_never_left_may_be_sent_again() -> None:
    with held_port() as port:
        for api in (f"http://127.0.0.1:{port}", "http://nobody.invalid"):
            outcome = await sent_by(api)
            assert isinstance(outcome, Later), api
            assert outcome.reason in {"ClientConnectorError", "ClientConnectorDNSError", "ConnectionTimeoutError"}


@pytest.mark.usefixtures("hurry")
async def test_a_dead_line_never_left() -> None:
    with dead_line() as api:
        assert await sent_by(api) == Later(telegram.RETRY, "ConnectionTimeoutError")


@pytest.mark.usefixtures("hurry")
async def test_no_traceback_shows_the_token() -> None:
    with dead_line() as api:
        platform = Telegram(TOKEN, api)
        with pytest.raises(TelegramNetworkError) as caught:
            await platform.bot(GetMe())
        await platform.stop()
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


async def test_sends_are_paced_without_bursts(server: StandIn) -> None:
    platform = Telegram(TOKEN, server.url, pace=50)
    left: list[float] = []

    async def note(send: Any, bot: Any, method: Any) -> Any:
        left.append(time.monotonic())
        return await send(bot, method)

    platform.bot.session.middleware(note)
    async with asyncio.TaskGroup() as group:
        for _ in range(51):
            group.create_task(platform.send(HELLO))
    await platform.stop()
    after = [moment - left[0] for moment in left]
    assert len(server.accepted) == 51
    assert after[-1] > 0.8  # 50 more at 50/s; how fast they may be is measured by the bench
    assert after[20] > 0.2


async def test_handlers_read_staff_through_the_same_bot(server: StandIn, platform: Telegram) -> None:
    server.members = {(-100, 42): "administrator", (-100, 7001): "creator", (-100, 7002): "left"}
    staff = await platform.bot(GetChatAdministrators(chat_id=-100))
    assert [(one.user.id, one.status) for one in staff] == [(42, "administrator"), (7001, "creator")]


def always(fault: Fault) -> Callable[[str, dict[str, Any]], Fault]:
    return lambda method, params: fault


async def sent_by(api: str) -> Outcome:
    platform = Telegram(TOKEN, api)
    try:
        return await platform.send(HELLO)
    finally:
        await platform.stop()


@contextmanager
def dead_line() -> Iterator[str]:
    """An address that swallows attempts to connect: a door whose queue is full."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as door:
        port = door.getsockname()[1]
        crowd = [socket.socket() for _ in range(3)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield f"http://127.0.0.1:{port}"
        for one in crowd:
            one.close()
