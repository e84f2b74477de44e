"""Webhooks: what happens is told, signed, in its order, until it is heard; and to no address of our own network."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlmodel import Session, func, select
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.club import events, privacy, purchases, refunds, undoing, webhooks
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.webhooks import MOST, WAITS, BadAddress, NoSuchHook, NoSuchTopic, TooManyHooks
from bot.platforms.webhooks import Carrier, is_public
from db.engine import Database
from db.webhooks import WEBHOOKS, Event
from jobs import webhooks as job
from tests.acts import AT
from tests.club.test_purchases import issued, joined, sale
from tests.faults.running import Running, settings
from tests.people import Play
from tests.tills import Till, key_of, serving

PUBLIC = "https://shop.example/hook?token=canary-of-the-address"
# By hand, by the examples of SSRF collections; none of them is anybody's in public.
NOT_PUBLIC = (
    "127.0.0.1", "127.1", "127.0.1", "0.0.0.0", "0", "2130706433", "0x7f000001", "0x7f.0x0.0x0.0x1",
    "017700000001", "0177.0.0.1", "127.255.255.254", "①②⑦.⓪.⓪.①", "127。0。0。1", "localhost", "LOCALHOST",
    "localhost.", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "192.168.255.255", "169.254.169.254", "169.254.0.1", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376",
    "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "[::]",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::ffff:169.254.169.254]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::]", "[2001:0:7f00:1::]", "[fe80::1]",
    "[fe80::1%25lo]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[fec0::1]", "[2001:db8::1]", "[100::1]",
)  # fmt: skip
IN_PUBLIC = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2001:4860:4860::8888", "240e::1")


@pytest.fixture
async def ann(database: Database) -> Person:
    """A member."""
    return await database.write(joined, 7001, "Anncanary")


@pytest.fixture
async def clerk(database: Database, ann: Person) -> Person:
    """A clerk, who came after Ann."""
    return replace(await database.write(joined, 7002, "Carlcanary"), role=Role.CLERK)


class Hearer:
    """A machine of the owner's: it keeps what it is told, and answers as it is asked to."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.answers: dict[str, int] = {}  # by the order number or kind of what is told; else 200
        self.willing = asyncio.Event()  # unset, it does not answer
        self.willing.set()

    async def serve(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.posts.append((dict(request.headers), body))
        await self.willing.wait()
        told = json.loads(body)
        status = next(
            (self.answers[each] for each in (told["data"].get("order"), told["type"]) if each in self.answers), 200
        )
        if status == 200:
            self.heard.append(told)
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else None)

    @property
    def kinds(self) -> list[str]:
        return [each["type"] for each in self.heard]

    @property
    def orders(self) -> list[str]:
        return [each["data"]["order"] for each in self.heard]


async def listening(hearer: Hearer, served: list[web.AppRunner]) -> str:
    """The address at which a hearer listens."""
    app = web.Application()
    app.router.add_post("/{any}", hearer.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    served.append(runner)
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/hook"


@pytest.fixture
async def served() -> AsyncIterator[list[web.AppRunner]]:
    runners: list[web.AppRunner] = []
    yield runners
    for runner in runners:
        await runner.cleanup()


async def hooked(database: Database, served: list[web.AppRunner], *topics: str) -> tuple[Hearer, str]:
    """A hearer that is told from now on, and its secret."""
    hearer = Hearer()
    number, secret = await database.write(webhooks.add, PUBLIC, topics, now=AT)
    address = await listening(hearer, served)
    here = WEBHOOKS.update().where(WEBHOOKS.c.id == number).values(url=address)
    await database.write(lambda session: session.connection().execute(here).close())
    return hearer, secret


async def tells(database: Database, now: datetime = AT, **how: Any) -> None:
    """One run of the job, which may dial this machine."""
    await job.run(database, now, Carrier(**{"may": lambda _: True, "patience": 20} | how))


async def sells(database: Database, who: Person, shop: Shop, *orders: str) -> None:
    """Enter purchases."""
    for order in orders:
        await database.write(purchases.enter, None, sale(who, order=order), shop, key=f"sale:{order}", now=AT)


async def states(database: Database) -> dict[str, int]:
    """How many events are in which state."""
    counted = select(Event.state, func.count()).group_by(Event.state)
    return dict(await database.read(lambda session: session.exec(counted).all()))


async def test_what_happens_is_told_signed_and_without_anybodys_name(
    database: Database, served: list[web.AppRunner], ann: Person, clerk: Person, shop: Shop
) -> None:
    hearer, secret = await hooked(database, served)
    code = await database.write(issued, ann.member_id, "10")
    told = sale(ann, order="A-1", coupon=code)
    made = await database.write(purchases.enter, clerk, told, shop, key="1", now=AT)
    await database.write(refunds.refund, clerk, "A-1", 1000, shop, key="2", now=AT)
    await sells(database, ann, shop, "A-2")
    boss = Person(clerk.visitor, 9, 2, None, None, True, True, Role.MANAGER)
    await database.write(undoing.undo, boss, 2, shop, now=AT)
    await database.write(joined, 7003, "Bobcanary")
    await database.write(privacy.erase, ann.member_id, now=AT)
    await tells(database)
    assert hearer.kinds == ["member.joined", "member.erased"]  # what is about Ann went with her
    await database.write(_again)
    bob = Person(clerk.visitor, 3, 3, "Bobcanary", None, True, True, Role.MEMBER)
    hearer.heard.clear()
    code = await database.write(issued, bob.member_id, "20")
    made = await database.write(purchases.enter, None, sale(bob, order="B-1", coupon=code), shop, key="3", now=AT)
    await database.write(refunds.refund, None, "B-1", None, shop, key="4", now=AT)
    await sells(database, bob, shop, "B-2")
    await database.write(undoing.undo, boss, 4, shop, now=AT)
    await tells(database)
    kinds = [
        "coupon.issued",
        "coupon.redeemed",
        "purchase.entered",
        "purchase.refunded",
        "purchase.entered",
        "purchase.undone",
    ]
    assert hearer.kinds == kinds
    assert hearer.heard[2]["data"] == {
        "purchase": made.id, "order": "B-1", "member": "M0003", "source": "counter", "total": 10_000, "discount": 2000,
        "paid": 8000, "points": 80, "balance": 80, "grade": "new",
    }  # fmt: skip
    assert hearer.heard[0]["timestamp"] == AT.isoformat()
    for headers, body in hearer.posts:
        assert "canary" not in body.decode()
        assert code not in body.decode()
        number, at, signature = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{number}.{at}.".encode() + body, hashlib.sha256).digest()
        assert signature == "v1," + base64.b64encode(digest).decode()
        assert int(at) == int(AT.timestamp())
    assert len({headers["webhook-id"] for headers, _ in hearer.posts}) == len(hearer.posts)


def _again(session: Session) -> None:
    """An act: the key of a coupon that was given is free again."""
    session.connection().exec_driver_sql("UPDATE coupons SET key = 'gone'")


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """By the example of its own documentation."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = webhooks.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_what_was_refused_is_not_told(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop, clock: Clock
) -> None:
    hearer, _ = await hooked(database, served)
    till = Till(serving(database, shop, clock), await key_of(database, clock, "till-1"))
    for lines, status in ([{"product": "\u3000"}], 422), ([{"product": "tea"}], 201):
        assert (await till.sells("M0001", lines=lines)).status_code == status
    await tells(database, clock.now())
    assert hearer.orders == ["P-1"]
    assert hearer.heard[0]["data"]["source"] == "api"


async def test_topics_choose_what_is_told(database: Database, served: list[web.AppRunner], shop: Shop) -> None:
    all_, some = await hooked(database, served), await hooked(database, served, "member")
    ann = await database.write(joined, 7001, "Ann")
    await sells(database, ann, shop, "A-1")
    await tells(database)
    assert all_[0].kinds == ["member.joined", "purchase.entered"]
    assert some[0].kinds == ["member.joined"]


async def test_what_was_not_heard_is_told_again_later_and_later(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    hearer, _ = await hooked(database, served)
    hearer.answers["A-1"] = 500
    await sells(database, ann, shop, "A-1")
    tried, now = [], AT
    for _ in range(4):
        before = len(hearer.posts)
        while len(hearer.posts) == before:
            await tells(database, now)
            now += timedelta(seconds=1)
        tried.append(now)
    assert [later - earlier for earlier, later in pairwise(tried)] == list(WAITS[:3])
    hearer.answers.clear()
    await tells(database, now + WAITS[3])
    assert hearer.orders == ["A-1"]
    assert len({(headers["webhook-id"], body) for headers, body in hearer.posts}) == 1
    await tells(database, now + timedelta(days=9))
    assert len(hearer.posts) == 5
    assert await states(database) == {"told": 1}


async def test_a_crash_between_telling_and_keeping_costs_a_copy_not_a_word(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    hearer, _ = await hooked(database, served)
    await sells(database, ann, shop, "A-1")
    [telling] = await database.write(webhooks.take, [1], now=AT)
    async with Carrier(lambda _: True) as carrier:
        assert await carrier.tell(telling.url, telling.body, telling.headers) is None
    await tells(database)  # it is not due yet: somebody may still be telling it
    assert len(hearer.posts) == 1
    await tells(database, AT + WAITS[0])
    assert hearer.orders == ["A-1", "A-1"]
    assert hearer.posts[0][0]["webhook-id"] == hearer.posts[1][0]["webhook-id"]


async def test_two_runs_at_once_tell_everything_once(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    hearer, _ = await hooked(database, served)
    orders = [f"A-{n}" for n in range(15)]
    await sells(database, ann, shop, *orders)
    await asyncio.gather(*(tells(database) for _ in range(4)))
    await tells(database)
    assert hearer.orders == orders


async def test_what_happened_to_one_member_is_told_in_its_order_and_holds_up_nobody_else(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    bob = await database.write(joined, 7002, "Bob")
    hearer, _ = await hooked(database, served)
    hearer.answers["A-1"] = 500
    await sells(database, ann, shop, "A-1", "A-2")
    await sells(database, bob, shop, "B-1", "B-2")
    for _ in range(3):
        await tells(database)
    assert hearer.orders == ["B-1", "B-2"]
    hearer.answers.clear()
    await tells(database, AT + WAITS[0])
    assert hearer.orders == ["B-1", "B-2", "A-1", "A-2"]


async def test_an_address_that_hangs_holds_up_no_other(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    slow, quick = (await hooked(database, served))[0], (await hooked(database, served))[0]
    slow.willing.clear()
    await sells(database, ann, shop, "A-1", "A-2")
    await tells(database, patience=2)
    slow.willing.set()
    assert quick.orders == ["A-1", "A-2"]
    first, second = await database.read(webhooks.listed)
    assert (first.waiting, first.reason, second.waiting, second.reason) == (2, "no answer", 0, None)


async def test_what_is_never_heard_is_given_up_and_the_owner_is_told_once(play: Play, shop: Shop, served: Any) -> None:
    await play.owner.says("/start")
    hearer, _ = await hooked(play.database, served)
    hearer.answers = {"member.joined": 503, "points": 503}
    await play.member("Ann")
    await play.member("Bob")
    now = play.clock.now()
    for wait in (*WAITS, timedelta(0)):
        await tells(play.database, now)
        now += wait
    play.clock.advance(now - play.clock.now())
    assert len(hearer.posts) == 2 * (len(WAITS) + 1)
    assert await states(play.database) == {"failed": 2}
    await play.quiet()
    told = [text for text in play.owner.heard() if "Webhook 1" in text]
    assert len(told) == 1
    assert "status 503" in told[0]
    [listed] = await play.database.read(webhooks.listed)
    assert (listed.waiting, listed.failed) == (0, 2)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_no_address_of_our_own_network_is_dialled(
    database: Database, served: list[web.AppRunner], ann: Person
) -> None:
    hearer, _ = await hooked(database, served)
    [hook] = await database.read(webhooks.listed)
    port = hook.url.rpartition(":")[2].partition("/")[0]
    assert len(NOT_PUBLIC) >= 60
    async with Carrier(patience=5) as carrier:
        for host in NOT_PUBLIC:
            reason = await carrier.tell(f"http://{host}:{port}/hook", b"{}", {})
            assert reason in ("no public address", "InvalidUrlClientError", "ClientConnectorDNSError"), (host, reason)
    assert hearer.posts == []
    assert not any(is_public(host.strip("[]").replace("%25", "%")) for host in NOT_PUBLIC)
    assert all(map(is_public, IN_PUBLIC))


async def test_a_redirect_leads_nowhere(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    hearer, _ = await hooked(database, served)
    hearer.answers["A-1"] = 302
    await sells(database, ann, shop, "A-1")
    await tells(database)
    assert len(hearer.posts) == 1
    [listed] = await database.read(webhooks.listed)
    assert listed.reason == "status 302"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_an_address_is_public_and_encrypted(database: Database) -> None:
    wrong = [f"https://{host}/" for host in ("127.0.0.1", "10.0.0.1", "[::1]", "localhost", "club", "a.local", "")]
    wrong += [
        "http://shop.example/",
        "ftp://shop.example",
        "https://me:secret@shop.example/",
        "shop.example",
        "https://",
    ]
    wrong += [
        "https://shop.example:99999/",
        "https://shop.example/ x",
        "https://x.example/" + "a" * 500,
        "https://[::1",
        "https://①.example/",
    ]
    for address in wrong:
        with pytest.raises(BadAddress):
            await database.write(webhooks.add, address, (), now=AT)
    with pytest.raises(NoSuchTopic):
        await database.write(webhooks.add, PUBLIC, ("points",), now=AT)
    for _ in range(MOST):
        await database.write(webhooks.add, PUBLIC, events.TOPICS, now=AT)
    with pytest.raises(TooManyHooks):
        await database.write(webhooks.add, PUBLIC, (), now=AT)


async def test_an_ended_webhook_is_told_nothing_more(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    hearer, secret = await hooked(database, served)
    await sells(database, ann, shop, "A-1")
    await database.write(webhooks.end, 1, now=AT)
    await sells(database, ann, shop, "A-2")
    await tells(database)
    assert hearer.posts == []
    assert await states(database) == {}
    kept = await database.read(lambda session: session.connection().execute(WEBHOOKS.select()).all())
    assert secret not in str(kept)
    with pytest.raises(NoSuchHook):
        await database.write(webhooks.end, 1, now=AT)


async def test_the_log_holds_neither_secret_nor_address_nor_what_was_told(
    database: Database, ann: Person, shop: Shop
) -> None:
    _, secret = await database.write(webhooks.add, PUBLIC, (), now=AT)
    await sells(database, ann, shop, "CANARY-1")
    with capture_logs() as logs:
        await tells(database, may=lambda _: False)
    assert [each["event"] for each in logs] == ["a webhook did not hear"]
    for word in (secret, "canary", "CANARY", "shop.example"):
        assert word not in str(logs)


async def test_what_was_told_is_kept_for_thirty_days(
    database: Database, served: list[web.AppRunner], ann: Person, shop: Shop
) -> None:
    await hooked(database, served)
    await sells(database, ann, shop, "A-1")
    await tells(database)
    for days, left in ((30, {"told": 1}), (31, {})):
        await database.write(webhooks.prune, now=AT + timedelta(days=days), limit=10)
        assert await states(database) == left


async def test_coupons_given_to_many_are_told_one_by_one(play: Play, served: Any) -> None:
    hearer, _ = await hooked(play.database, served, "coupon")
    for name in ("Ann", "Bob"):
        await play.member(name)
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.says("/coupon give TEA grade:new")
    await play.owner.taps("Confirm")
    await tells(play.database, play.clock.now())
    assert hearer.kinds == ["coupon.issued"] * 2
    assert {each["data"]["member"] for each in hearer.heard} == {"M0003", "M0004"}
    assert not re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", str(hearer.heard))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_the_owner_sets_up_lists_and_ends_webhooks(url: str, tmp_path: Path) -> None:
    async def command(*words: str) -> tuple[int, list[str]]:
        with Running(tmp_path, settings(url), "webhook", *words) as process:
            code = await process.ended()
            return code, process.said.splitlines()

    code, said = await command("new", PUBLIC, "--topic", "purchase")
    assert (code, len(said)) == (0, 2)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/=]{44}", said[-1])
    assert await command("list") == (
        0,
        [f"1  {PUBLIC}  of: purchase  waiting: 0  given up: 0  last failure: none"],
    )
    assert (await command("new", "http://127.0.0.1/"))[0] == 2
    assert await command("off", "1") == (0, ["Webhook 1 is told nothing more."])
    assert await command("list") == (0, [])
