"""A purchase by the HTTP API, from the request to its answer, beside its own rows by hand without any HTTP.

Ours also reviews the grade, begins journeys, looks for a goal and for a sentence to say: half of its statements.
"""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import FastAPI

from bot.clock import Clock
from bot.club import keys
from bot.club.rules import OpenShop
from bot.web.api import api_room
from db.engine import Database, open_database
from tests.bench.hands import Transaction, on_postgres, on_sqlite
from tests.bench.postgres import answers, postgres_database
from tests.bench.rounds import Bar, Bench, Variant
from tests.bench.stage import CONSENTS, MORNING, SHOP, execute, rate, sqlite_file
from tests.conftest import psql

# A product that is known, and a key for the peer's replies.
LAID_OUT = """
INSERT INTO products (name, folded, made_at) VALUES ('tea', 'tea', '2027-01-01 00:00:00.000000');
INSERT INTO api_keys (name, key_hash, scopes, made_at) VALUES ('hand', 'hand', '', '2027-01-01 00:00:00.000000');
"""
REPLY = (
    "INSERT INTO api_replies (key_id, idempotency_key, fingerprint, status, body, at) "
    "VALUES (1, $1, 'a hash of the request', 0, '', $2) RETURNING id"
)
WHO = (
    "SELECT name, grade FROM members JOIN consents ON consents.member_id = members.id AND consents.purpose = 'service' "
    "WHERE members.id = $1 AND erased_at IS NULL AND withdrawn_at IS NULL"
)
PURCHASE = (
    "INSERT INTO purchases (key, order_number, member_id, total, discount, paid, points, factor, because, source, at, "
    "made_at) VALUES ($1, $2, $3, 5000, 0, 5000, 50, 100, 'none', 'api', $4, $4) RETURNING id"
)
PRODUCT = "SELECT id FROM products WHERE folded = $1"
LINE = "INSERT INTO purchase_lines (purchase_id, product_id, quantity, price) VALUES ($1, $2, 2, 2500)"
LOT = (
    "INSERT INTO lots (member_id, amount, remaining, source, earned_at, available_at, key) "
    "VALUES ($1, 50, 50, 'purchase', $2, $2, $3)"
)
ENTRY = "INSERT INTO entries (member_id, amount, source, at, key) VALUES ($1, 50, 'purchase', $2, $3)"
EARN = "UPDATE members SET points = points + 50, moved_at = $2 WHERE id = $1 RETURNING points"
ACCOUNT = "SELECT id FROM accounts WHERE member_id = $1 ORDER BY reachable DESC, seen_at DESC, id LIMIT 1"
LETTER = (
    "INSERT INTO letters (key, kind, rank, alone, account_id, member_id, facts, after, state, doubts, posted_at) "
    "VALUES ($1, 'receipt', 0, false, $2, $3, $4, $5, 'waiting', 0, $5) RETURNING id"
)
NOTED = "INSERT INTO audit (at, act, member_id, facts) VALUES ($1, 'sale', $2, $3)"
ANSWERED = "UPDATE api_replies SET status = 201, body = $2, member_id = $3 WHERE id = $1"


class ByHand:
    """A purchase's own rows by hand: a transaction for each purchase, and a trip for each statement."""

    def __init__(self, transaction: Transaction, moment: Callable[[datetime], Any]) -> None:
        self._transaction, self._now = transaction, moment(MORNING)

    async def sell(self, turn: int, member: int) -> None:
        order, now = f"{turn}-{member}", self._now
        async with self._transaction() as do:
            [(reply,)] = await do(REPLY, order, now)
            [(_name, grade)] = await do(WHO, member)
            [(purchase,)] = await do(PURCHASE, f"api:{reply}", order, member, now)
            [(product,)] = await do(PRODUCT, "tea")
            await do(LINE, purchase, product)
            await do(LOT, member, now, f"purchase:{purchase}")
            await do(ENTRY, member, now, f"purchase:{purchase}")
            [(balance,)] = await do(EARN, member, now)
            [(account,)] = await do(ACCOUNT, member)
            facts = {"purchase_id": purchase, "order": order, "lines": [["tea", 2]], "total": 5000, "balance": balance}
            await do(LETTER, f"receipt:{purchase}", account, member, json.dumps(facts), now)
            await do(NOTED, now, member, json.dumps({"purchase": purchase, "key": 1}))
            answer = {"purchase": purchase, "points": 50, "balance": balance, "grade": grade, "say": None}
            await do(ANSWERED, reply, json.dumps(answer), member)


class Ours:
    """Requests to the app itself: all of the way but the socket."""

    def __init__(self, app: FastAPI, key: str) -> None:
        self._app, self._key = app, key.encode()

    async def sell(self, turn: int, member: int) -> None:
        order = f"{turn}-{member}"
        told = {"member": f"M{member:04d}", "order": order, "total": 5000}
        body = json.dumps(told | {"lines": [{"product": "tea", "quantity": 2, "price": 2500}]}).encode()
        headers = [
            (b"authorization", b"Bearer " + self._key),
            (b"idempotency-key", order.encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/v1/purchases", "headers": headers}
        scope |= {"raw_path": b"/v1/purchases", "query_string": b"", "scheme": "http", "server": ("club", 80)}
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)  # type: ignore[arg-type]
        assert sent[0]["status"] == 201, sent


def measured(act: Callable[[int, int], Awaitable[None]], people: int) -> Variant:
    """Purchases in a second, one of each member."""
    turns = itertools.count(1)

    async def measure() -> float:
        return await rate(partial(act, next(turns)), range(1, people + 1))

    return measure


async def bench(database: Database, hand: ByHand, people: int, on: str) -> Bench:
    """The purchase, ours and by hand."""
    key = await database.write(keys.make, "till", (), now=MORNING)
    app = api_room(database, OpenShop(SHOP), Clock(MORNING), itertools.count().__next__)
    variants = {"ours": measured(Ours(app, key).sell, people), "hand": measured(hand.sell, people)}
    return Bench("/s", variants, [Bar(f"a purchase by the API {on}", "ours", "hand")])


@asynccontextmanager
async def api(quick: bool) -> AsyncIterator[Bench]:
    """A purchase on SQLite with FULL, 50 in flight."""
    people = 200 if quick else 1000
    async with AsyncExitStack() as stack:
        urls = [stack.enter_context(sqlite_file(people)) for _ in range(2)]
        for _, path in urls:
            execute(path, LAID_OUT)
        transaction = await stack.enter_async_context(on_sqlite(urls[1][1]))
        database = open_database(urls[0][0])
        hand = ByHand(transaction, lambda moment: f"{moment:%Y-%m-%d %H:%M:%S.%f}")
        yield await bench(database, hand, people, "÷ raw aiosqlite, its own rows")
        await database.close()


@asynccontextmanager
async def api_on_postgres(quick: bool) -> AsyncIterator[Bench]:
    """The same on PostgreSQL, 8 connections, 50 in flight. Without a server there is nothing to measure."""
    people = 200 if quick else 1000
    if not answers():
        yield Bench("/s", {}, [])
        return
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(postgres_database(people)) for _ in range(2)]
        for url in urls:
            for statement in (f"{CONSENTS} AS purposes", LAID_OUT):
                psql(statement, url.rpartition("/")[2])
        transaction = await stack.enter_async_context(on_postgres(urls[1]))
        database = open_database(urls[0])
        hand = ByHand(transaction, lambda moment: moment)
        yield await bench(database, hand, people, "on PostgreSQL ÷ raw asyncpg, its own rows")
        await database.close()
