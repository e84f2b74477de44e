"""Updates from Telegram, over real sockets: kept before they are acknowledged, whatever the line does."""

import asyncio
import logging
import random
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.platforms import telegram
from bot.platforms.telegram import Telegram, TokenRefused
from tests.standin import (
    BAD_GATEWAY,
    GARBLED,
    GATEWAY_TIMEOUT,
    HANG,
    OTHER_PROCESS,
    RESET,
    RESET_AFTER,
    SERVER_ERROR,
    TOKEN,
    Fault,
    StandIn,
    flood,
    held_port,
    message,
    no,
    person,
)

MEI = person(7001)
FAULTS = {
    "500": SERVER_ERROR,
    "500 without words": Fault(500, b'{"ok": false}'),
    "502": BAD_GATEWAY,
    "504": GATEWAY_TIMEOUT,
    "429 without figures": Fault(429, b"<html>slow down</html>"),
    "reset": RESET,
    "reset after": RESET_AFTER,
    "hang": HANG,
    "garbled": GARBLED,
    "not UTF-8": Fault(200, b'{"ok": true, "result": "\xff"}'),
    "no list": Fault(200, b'{"ok": true, "result": [7]}'),
    "other JSON": Fault(404, b'{"detail": "Not Found"}'),
    "403": no(403, "Forbidden: /bot42:SECRET-of-the-stand-in/getUpdates"),
}


@pytest.fixture(autouse=True)
def said(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """What was logged; never the token, whatever a test here does."""
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        yield lines
    assert "SECRET" not in f"{lines} {caplog.text}"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurried = {"SOONEST": 0.02, "LATEST": 0.1, "LONG_POLL": 1, "RETRY": 0.1}
    for name, seconds in hurried.items():
        monkeypatch.setattr(telegram, name, seconds)


class Inbox:
    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.broken = False
        self.open = asyncio.Event()
        self.open.set()

    async def keep(self, name: str, batch: Any) -> None:
        assert name == "telegram"
        await self.open.wait()
        if self.broken:
            self.refused.extend(batch)
            raise ConnectionError("the database of Mei is down")
        self.kept.extend(batch)

    @property
    def ids(self) -> list[int]:
        return [update["update_id"] for update in self.kept]


@asynccontextmanager
async def receiving(platform: Telegram) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    async with asyncio.TaskGroup() as group:
        group.create_task(platform.start(inbox.keep))
        yield inbox
        await platform.stop()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(300):
        while not true():
            await asyncio.sleep(0.01)


def first(count: int, fault: Fault, method: str = "getUpdates") -> Callable[[str, dict[str, Any]], Fault | None]:
    """A fault for the first calls of a method."""
    left = [fault] * count
    return lambda name, params: left.pop() if name == method and left else None


async def test_updates_are_kept_in_order_and_then_acknowledged(server: StandIn, platform: Telegram) -> None:
    ids = server.push(*(message(MEI, str(n)) for n in range(250)))
    async with receiving(platform) as inbox:
        await until(lambda: not server.updates)
        assert inbox.ids == ids
        assert platform.alive
        assert platform.deep_link("claim-x") == "https://t.me/regulars_bot?start=claim-x"
    assert not platform.alive


async def test_nothing_is_acknowledged_before_it_is_kept(server: StandIn, platform: Telegram) -> None:
    server.push(message(MEI, "/start"))
    async with receiving(platform) as inbox:
        inbox.open.clear()
        await until(lambda: server.count("getUpdates"))
        await asyncio.sleep(0.2)
        assert server.count("getUpdates") == 1
        assert server.updates
        inbox.open.set()
        await until(lambda: not server.updates)
        assert len(inbox.kept) == 1


async def test_what_cannot_be_kept_comes_again(server: StandIn, platform: Telegram, said: list[Any]) -> None:
    async with receiving(platform) as inbox:
        await until(lambda: platform.alive)
        inbox.broken = True
        ids = server.push(message(MEI, "/start"), message(MEI, "/checkin"))
        await until(lambda: len(inbox.refused) >= 6)
        assert not platform.alive
        inbox.broken = False
        await until(lambda: not server.updates)
        assert inbox.ids == ids
    warnings = [line for line in said if line["log_level"] == "warning"]
    assert [(line["event"], line["why"]) for line in warnings] == [(telegram.UNKEPT, "ConnectionError")]


async def test_odd_updates_arrive_as_they_are(server: StandIn, platform: Telegram) -> None:
    odd: list[dict[str, Any]] = [
        {"message": 7},
        {"gift_of_2031": [None, {"from": "Mei"}]},
        {"message": {"date": "yesterday", "text": {}}},
    ]
    ids = server.push(*odd, message(MEI, "/start"))
    async with receiving(platform) as inbox:
        await until(lambda: not server.updates)
        assert inbox.ids == ids
        assert [{k: v for k, v in update.items() if k != "update_id"} for update in inbox.kept][:3] == odd


async def test_ids_that_begin_anew_are_heard(server: StandIn, platform: Telegram) -> None:
    server.push({"update_id": 5000})
    async with receiving(platform) as inbox:
        await until(lambda: inbox.ids and not server.updates)
        server.push({"update_id": 7})
        await until(lambda: len(inbox.ids) > 1)
    assert inbox.ids == [5000, 7]


async def test_a_webhook_is_taken_away_without_losing_what_waits(server: StandIn, platform: Telegram) -> None:
    server.webhook = "https://old.example/SECRET"
    server.push(message(MEI, "/start"))
    async with receiving(platform) as inbox:
        await until(lambda: inbox.kept)
    [call] = [call for call in server.calls if call.method == "deleteWebhook"]
    assert not call.params.get("drop_pending_updates")
    assert not server.webhook


async def test_only_what_is_handled_is_asked_for(server: StandIn, platform: Telegram) -> None:
    async with receiving(platform):
        await until(lambda: platform.alive)
    assert server.calls[-1].params["allowed_updates"] == telegram.WANTED


async def test_faults_are_outlived(
    server: StandIn, platform: Telegram, said: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiving(platform) as inbox:
        for name, fault in FAULTS.items():
            await until(lambda: platform.alive)
            said.clear()
            monkeypatch.setattr(telegram, "NEWS", 3 if fault is HANG else 60)
            server.fault = first(1 if fault is HANG else 3, fault)
            [number] = server.push(message(MEI, name))
            await until(lambda: said)
            assert not platform.alive, name
            await until(lambda: platform.alive and not server.updates)
            assert inbox.ids[-1] == number, name
            assert [line["event"] for line in said] == [telegram.UNREACHED, "updates arrive again"], name
    assert len(inbox.kept) == len(FAULTS)


@pytest.mark.parametrize("method", ["getWebhookInfo", "getMe"])
async def test_it_may_start_during_an_outage(server: StandIn, platform: Telegram, said: list[Any], method: str) -> None:
    server.fault = first(3, RESET, method)
    server.push(message(MEI, "/start"))
    async with receiving(platform) as inbox:
        await until(lambda: inbox.kept and platform.alive)
    assert [line["log_level"] for line in said] == ["warning", "info"]


async def test_a_closed_door_is_outlived(said: list[Any]) -> None:
    with held_port() as port:
        platform = Telegram(TOKEN, f"http://127.0.0.1:{port}")
        async with receiving(platform) as inbox:
            await until(lambda: said)
            assert said[0]["why"] == "ClientConnectorError"
            await asyncio.sleep(0.1)
            with StandIn(port) as server:
                server.push(message(MEI, "/start"))
                await until(lambda: inbox.kept and not server.updates)
                assert platform.alive
    assert len(said) == 2


async def test_waits_grow(server: StandIn, platform: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    random.seed(1)
    monkeypatch.setattr(telegram, "LATEST", 0.2)
    server.fault = lambda name, params: SERVER_ERROR if name == "getUpdates" else None
    async with receiving(platform):
        await until(lambda: server.count("getUpdates") > 8)
        assert platform._wait == 0.2  # and no longer
        server.fault = first(0, SERVER_ERROR)
        await until(lambda: platform.alive)
        polls = [call.at for call in server.calls if call.method == "getUpdates"]
        server.fault = first(1, SERVER_ERROR)
        server.push(message(MEI, "/start"))
        await until(lambda: not platform.alive)
        assert platform._wait == 0.04
    assert polls[8] - polls[0] > 8 * 2 * 0.02  # more than the first wait each time


async def test_a_wait_that_telegram_names_is_kept(server: StandIn, platform: Telegram) -> None:
    server.fault = first(1, flood(1))
    async with receiving(platform):
        await until(lambda: platform.alive)
    [refused, again, *_] = [call.at for call in server.calls if call.method == "getUpdates"]
    assert again - refused >= 1


async def test_health_is_known_before_the_first_news(
    server: StandIn, platform: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram, "LONG_POLL", 20)
    async with receiving(platform):
        await until(lambda: platform.alive)
        await until(lambda: server.count("getUpdates") >= 2)
    assert [call.params["timeout"] for call in server.calls if call.method == "getUpdates"] == [0, 20]


async def test_another_process_is_named_and_waited_for(server: StandIn, platform: Telegram, said: list[Any]) -> None:
    server.fault = lambda name, params: OTHER_PROCESS if name == "getUpdates" else None
    async with receiving(platform):
        await until(lambda: server.count("getUpdates") >= 3)
        assert not platform.alive
        server.fault = first(0, OTHER_PROCESS)
        assert "another process polls" in said[0]["event"]
        await until(lambda: platform.alive)
    assert len(said) == 2


@pytest.mark.parametrize("refusal", [no(401, "Unauthorized"), no(404, "Not Found")], ids=["401", "404"])
@pytest.mark.parametrize("method", ["getWebhookInfo", "getUpdates"])
async def test_a_refused_token_ends_it(server: StandIn, platform: Telegram, refusal: Fault, method: str) -> None:
    server.fault = first(1, refusal, method)
    with pytest.raises(TokenRefused, match=r"^TELEGRAM_TOKEN: Telegram does not accept it") as caught:
        await asyncio.wait_for(platform.start(Inbox().keep), 60)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("fault", [None, SERVER_ERROR], ids=["a long poll", "an outage"])
async def test_stopping_is_quick(
    server: StandIn,
    platform: Telegram,
    said: list[Any],
    fault: Fault | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LONG_POLL", "NEWS", "SOONEST", "LATEST"):
        monkeypatch.setattr(telegram, name, 60)
    server.fault = lambda method, params: fault
    async with receiving(platform):
        await until(lambda: said if fault else server.count("getUpdates"))
        asked = time.monotonic()
    assert time.monotonic() - asked < 30  # the poll and the wait take 60
