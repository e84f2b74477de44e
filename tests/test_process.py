"""The process as its owner meets it: how it starts, what it says, how it ends. Over real sockets, signals and files."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import ValidationError
from sqlmodel import Session, func, select

from bot.club.rules import Shop
from bot.settings import Settings
from db.engine import Database
from db.members import ACCOUNTS
from db.outbox import LETTERS
from db.staff import STAFF
from db.upgrade import NEWEST
from tests.faults.letters import START, confirm, fill
from tests.faults.running import OWNER, Running, settings, until
from tests.standin import HANG, OTHER_PROCESS, SENDS, SERVER_ERROR, TOKEN, StandIn, message, no, person

ONE_DATABASE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
SECRETS = {"WEB_SECRET": "wunderbar-geheim", "PLAYGROUND_PASSWORD": "sesam-oeffne"}
WRONG = {
    "TELEGRAM_TOKEN": "geheim",
    "TELEGRAM_API": "telegram",
    "OWNER_IDS": "7001,geheim",
    "DATABASE_URL": "mysql://ann:geheim@host/shop",
    "SHOP_NAME": " ",
    "SHOP_TIMEZONE": "Mars/Olympus",
    "SHOP_CURRENCY": "XYZZY",
    "SHOP_REGION": "china",
    "SHOP_LOCALE": "fr",
    "WEB_HOST": "256.0.0.1",
    "WEB_PORT": "70000",
    "WEB_SECRET": "geheim",
    "PLAYGROUND_PASSWORD": "geheim",
    "PUBLIC_URL": "geheim",
    "MAIL_FROM": "geheim",
    "SMTP_URL": "smtp://ann:geheim@mail.example.com",
    "LOG_LEVEL": "LOUD",
    "CLOCK_START": "2027-02-10T10:00:00",
}


async def polls(bot: Running, server: StandIn, more_than: int = 0) -> None:
    await until(lambda: server.count("getUpdates") > more_than or not bot.runs)
    assert bot.runs, bot.said


def lines(bot: Running) -> list[str]:
    return [line for line in bot.said.splitlines() if "CLOCK_START IS SET" not in line]


def begin(session: Session) -> None:
    """An act: broadcasts to sixty members are confirmed."""
    fill(session, 60, 25)
    confirm(session, Shop(zone=ZoneInfo("Asia/Shanghai")))


def arrived(server: StandIn) -> list[int]:
    """The chats whose letters arrived, those of the owner's own progress aside."""
    return [call.chat_id for call in server.accepted if call.method in SENDS and call.chat_id != OWNER]


def under_way(session: Session) -> int:
    return session.connection().execute(select(func.count()).where(LETTERS.c.state == "sending")).scalar_one()


async def test_sigterm_lets_letters_arrive_and_doubles_none(
    database: Database, url: str, tmp_path: Path, server: StandIn
) -> None:
    await database.write(begin)
    told = settings(url, server, CLOCK_START=START.isoformat())
    for many in (15, 30, 45):
        with Running(tmp_path, told) as bot:
            await until(lambda: len(arrived(server)) >= many)  # noqa: B023
            assert await bot.stop() < 10
            assert bot.process.returncode == 0, bot.said
        assert await database.read(under_way) == 0
    chats = arrived(server)
    assert len(chats) == len(set(chats))


@ONE_DATABASE
async def test_sigterm_does_not_wait_for_a_telegram_that_hangs(
    database: Database, url: str, tmp_path: Path, server: StandIn
) -> None:
    await database.write(begin)
    with Running(tmp_path, settings(url, server, CLOCK_START=START.isoformat())) as bot:
        await until(lambda: len(arrived(server)) >= 10)
        server.fault = lambda method, params: HANG if method in SENDS else None
        server.push(message(person(OWNER, "Wang"), "/points"))
        await until(lambda: any(call.chat_id == OWNER and call.method in SENDS for call in server.calls))
        server.fault = lambda method, params: HANG
        assert await bot.stop() < 10
        assert bot.process.returncode == 0, bot.said
        assert "Traceback" not in bot.said


@ONE_DATABASE
async def test_sigterm_ends_what_watchers_watch(url: str, tmp_path: Path) -> None:
    told = settings(url)
    with Running(tmp_path, told) as bot:
        await bot.says("the playground is open")
        address = f"http://127.0.0.1:{told['WEB_PORT']}/playground/events"
        async with httpx.AsyncClient() as http, http.stream("GET", address) as one, http.stream("GET", address) as two:
            assert one.status_code == two.status_code == 200
            assert await bot.stop() < 10
        assert bot.process.returncode == 0, bot.said
        assert "Traceback" not in bot.said


async def test_a_second_process_refuses_and_the_first_goes_on(url: str, tmp_path: Path, server: StandIn) -> None:
    with Running(tmp_path, settings(url, WEB_PORT="0")) as hasty:  # how long a start takes here that is refused at once
        await hasty.ended()
        usual = hasty.seconds
    with Running(tmp_path, settings(url, server)) as first:
        await polls(first, server)
        with Running(tmp_path, settings(url, server)) as second:
            assert await second.ended() == 2
            assert second.seconds < 2 + 2 * usual
            assert lines(second) == ["Another process of Regulars serves this database already. Stop it first."]
        with Running(tmp_path, settings(url, server), "job", "delivery") as job:
            assert await job.ended() == 2
            assert len(lines(job)) == 1, job.said
        with Running(tmp_path, settings(url, server), "job", "deals") as job:
            assert await job.ended() == 0, job.said
        await polls(first, server, server.count("getUpdates") - 1)


async def test_a_restart_after_a_kill_never_waits(url: str, tmp_path: Path, server: StandIn) -> None:
    told = settings(url, server)
    starts = []
    for _ in range(4):
        before = server.count("getUpdates")
        with Running(tmp_path, told) as bot:
            await polls(bot, server, before)
            starts.append(time.monotonic() - bot.began)
    assert max(starts[1:]) < 2 + 2 * starts[0]


@ONE_DATABASE
@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_setting_is_one_line(name: str, url: str, tmp_path: Path) -> None:
    with Running(tmp_path, settings(url) | {name: WRONG[name]}) as bot:
        assert await bot.ended() == 2, bot.said
        [line] = lines(bot)
        assert line.startswith(f"{name}: ")
        assert "geheim" not in line


async def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    closed = "postgresql+asyncpg://ann:geheim@127.0.0.1:1/shop"
    for url in (closed, f"sqlite+aiosqlite:///{tmp_path}/file/club.db", f"sqlite+aiosqlite:///{tmp_path}"):
        for words in ((), ("migrate",), ("job", "deals")):
            with Running(tmp_path, settings(url), *words) as bot:
                assert await bot.ended() == 2, bot.said
                [line] = lines(bot)
                assert line.startswith("DATABASE_URL: "), line
                assert "geheim" not in line


@ONE_DATABASE
async def test_a_port_that_is_taken_is_one_line(url: str, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        Running(tmp_path, settings(url, WEB_PORT=str(door.getsockname()[1]))) as bot,
    ):
        assert await bot.ended() == 2
        [line] = lines(bot)
        assert line.startswith("WEB_PORT: ")


@ONE_DATABASE
async def test_no_secret_is_ever_said(url: str, tmp_path: Path, server: StandIn) -> None:
    told = settings(url, server, LOG_LEVEL="DEBUG", **SECRETS)
    with Running(tmp_path, told) as bot:
        await polls(bot, server)
        faults = [SERVER_ERROR, no(404, f"Not Found: /bot{TOKEN}/getUpdates")]
        server.fault = lambda method, params: faults.pop() if faults and method == "sendMessage" else None
        server.push(message(person(OWNER, "Wang"), "/start"), message(person(OWNER, "Wang"), TOKEN))
        await until(lambda: server.count("sendMessage") == 3)
        server.fault = lambda method, params: SERVER_ERROR
        server.push(message(person(OWNER, "Wang"), "/points"))
        await bot.says("Telegram cannot be reached")
        await bot.stop()
    with Running(tmp_path, told | {"TELEGRAM_API": "http://127.0.0.1:1"}) as lonely:
        await lonely.says("Telegram cannot be reached")
        await lonely.stop()
    for secret in (TOKEN, TOKEN.partition(":")[2], *SECRETS.values()):
        assert secret not in bot.said + lonely.said


@ONE_DATABASE
async def test_its_health_can_be_asked(url: str, tmp_path: Path, server: StandIn) -> None:
    told = settings(url, server, CLOCK_START="2027-02-10T10:00:00+08:00")
    address = f"http://127.0.0.1:{told['WEB_PORT']}"

    async def health() -> tuple[int, dict[str, bool]]:
        answer = await http.get(address + "/healthz")
        return answer.status_code, answer.json()

    with Running(tmp_path, told) as bot:
        async with httpx.AsyncClient() as http:
            await polls(bot, server, 1)
            assert await health() == (200, {"database": True, "sender": True, "telegram": True})
            assert 'regulars_members{of="known"} 1.0' in (await http.get(address + "/metrics")).text
            server.fault = lambda method, params: OTHER_PROCESS if method == "getUpdates" else None
            server.push(message(person(OWNER, "Wang"), "/points"))
            await bot.says("another process polls with the same TELEGRAM_TOKEN")
            assert await health() == (503, {"database": True, "sender": True, "telegram": False})
    assert re.search(r"warning.*CLOCK_START IS SET.*2027-02-10T02:00", bot.said)


@ONE_DATABASE
@pytest.mark.parametrize("method", ["getWebhookInfo", "getUpdates"])
async def test_a_token_that_telegram_refuses_ends_it(url: str, tmp_path: Path, server: StandIn, method: str) -> None:
    server.fault = lambda name, params: no(401, "Unauthorized") if name == method else None
    with Running(tmp_path, settings(url, server)) as bot:
        assert await bot.ended() == 2
        assert bot.said.splitlines()[-1].startswith("TELEGRAM_TOKEN: ")
        assert "Traceback" not in bot.said


@ONE_DATABASE
async def test_the_first_start_prints_a_link_that_makes_one_owner(
    database: Database, url: str, tmp_path: Path, server: StandIn
) -> None:
    def owners(session: Session) -> list[int]:
        known = select(ACCOUNTS.c.external_id).join(STAFF, STAFF.c.member_id == ACCOUNTS.c.member_id)
        return list(session.connection().execute(known.where(STAFF.c.role == "owner")).scalars())

    with Running(tmp_path, settings(url, server, OWNER_IDS="")) as bot:
        await bot.says("Open this link once")
        [link] = re.findall(r"https://t\.me/\S+", bot.said)
        payload = parse_qs(urlsplit(link).query)["start"][0]
        for visitor in (7001, 7002, 7003):
            server.push(message(person(visitor), f"/start {payload}"))
        await until(lambda: {call.chat_id for call in server.accepted} == {7001, 7002, 7003})
        await bot.stop()
        assert await database.read(owners) in ([7001], [7002], [7003])
        assert len(re.findall(re.escape(payload), bot.said)) == 1
    with Running(tmp_path, settings(url, server, OWNER_IDS="")) as again:
        await polls(again, server, server.count("getUpdates"))
        await again.stop()
        assert "link" not in again.said


@pytest.mark.parametrize("words", [["migrate"], ["job", "deals"], ["job", "nonsense"]], ids=" ".join)
async def test_commands_beside_it(url: str, tmp_path: Path, words: list[str]) -> None:
    with Running(tmp_path, settings(url), *words) as bot:
        code = await bot.ended()
    if words == ["migrate"]:
        assert (code, bot.said) == (0, f"The database has schema {NEWEST} already.\n")
    elif words == ["job", "deals"]:
        assert (code, bot.said) == (0, "")
    else:
        assert code == 2
        assert re.fullmatch(r"There is no job 'nonsense'. There are: .*deals.*delivery\.\n", bot.said)


LIGHT = """
import gc, sys
from bot.__main__ import _to_stay
with _to_stay():
    import bot.app, bot.web.site
assert gc.isenabled() and gc.get_freeze_count() > 100_000
print(*{"alembic", "fastapi", "PIL", "prometheus_client"} & sys.modules.keys())
"""


def test_a_club_on_telegram_carries_only_what_it_uses() -> None:
    said = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert said.stdout.split() == []


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Asia", "../zone", "/etc/hosts", ""])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        Settings(shop_timezone=zone)
