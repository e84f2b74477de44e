"""Whatever comes over the line: each body is answered as described, none is unhandled, and the next good one is served.

Schemathesis makes requests up from the API's own description; the others are as hostile as we could think of.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.club import books
from bot.club.rules import Shop
from db.coupons import COUPONS
from db.engine import Database, open_database
from tests.club.test_purchases import issued, joined
from tests.tables import everything
from tests.tills import Till, key_of, no, serving

DEEP = bool(os.environ.get("DEEP"))
SEED, MANY, EXAMPLES = 20270210, 2000 if DEEP else 200, 1000 if DEEP else 40
CODE = "K7QM-3XWF-9TRB"
GOOD: dict[str, Any] = {"member": "M0001", "order": "P-1", "total": 5000, "lines": [{"product": "tea"}]}
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 2**31, 2**63, 10**40, 1.5, 5000.0, float("nan"), float("inf"), "", " ", "5000", "NaN",
    "M9999999", "M0001'; DROP TABLE members; --", "\x00", "\ud800", "\u202e", "x" * 500, "é" * 60, "１２３",
    "../../x", "{0.__class__}", "=1+1", [], {}, [[]], [{}], [None], {"product": "tea"}, [GOOD], "2027-13-45",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "2027-02-10T10:00:00+99:00",
)  # fmt: skip
RAW: tuple[bytes, ...] = (
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe\x00", b"{}{}", b'{"a":}', b"NaN", b"<xml/>", b"a=b&c=d",
    b'{"member": "M0001", "member": "M0002"}', b'{"total": ' + b"9" * 5000 + b"}", b"[" * 30_000, b'{"a":' * 10_000,
    b"{\"order\": \"\\ud800\"}", b'{"total": 1e400}', b"\x1f\x8b\x08\x00", "全角".encode("gb18030"),
)  # fmt: skip


@pytest.fixture
def app(database: Database, shop: Shop, clock: Clock) -> FastAPI:
    """The API."""
    return serving(database, shop, clock)


def hostile(chance: random.Random) -> tuple[str, bytes]:
    """A path, and a body that nobody would send there."""
    path = chance.choice(["/purchases", "/refunds", "/members/find", "/coupons/check", "/coupons/redeem"])
    if chance.random() < 0.2:
        return path, chance.choice(RAW)
    told = GOOD | {"amount": 1, "code": "K7QM-3XWF-9TRB", "at": "2027-02-10T10:00:00+08:00", "coupon": "X"}
    kept = {name: told[name] for name in chance.sample(sorted(told), chance.randint(0, 6))}
    kept |= {chance.choice(sorted(told)): chance.choice(ODD) for _ in range(chance.randint(1, 3))}
    if chance.random() < 0.3:
        kept |= {chance.choice(["lines", "x", "", "__proto__"]): chance.choice([[{"product": each}] for each in ODD])}
    return path, json.dumps(kept).encode()


async def test_hundreds_of_hostile_bodies_harm_nobody(database: Database, app: FastAPI, clock: Clock) -> None:
    await database.write(joined, 7001, "Ann")
    till, chance = Till(app, await key_of(database, clock, "till-1")), random.Random(SEED)
    assert (await till.sells("M0001", order="P-OK", once="good")).status_code == 201  # what is loaded but once is
    before, held = await database.read(everything, "api_replies", "api_keys"), 0.0
    with capture_logs() as logs:
        for number in range(MANY):
            path, body = hostile(chance)
            about = {"Content-Type": "application/json", "Idempotency-Key": f"k{number}"}
            began = time.thread_time()
            answer = await till.http.post(path, content=body, headers=about)
            held = max(held, time.thread_time() - began)
            assert 400 <= answer.status_code < 500, f"seed {SEED}, {number}: {path} {body!r} → {answer.text}"
            no(answer)
            assert (await till.sells("M0001", order="P-OK", once="good")).status_code == 201, number
    assert not [each for each in logs if each["log_level"] == "error"], SEED
    assert held < (0.25 if DEEP else 2), f"the loop was held {held:.3f} s"
    assert await database.read(books.faults) == []
    now = await database.read(everything, "api_replies", "api_keys")
    assert len(now["purchases"]) == len(before["purchases"])
    assert now["members"] == before["members"]


@pytest.fixture
def served(empty_sqlite: Path, tmp_path: Path, shop: Shop, clock: Clock) -> Iterator[tuple[FastAPI, str]]:
    """The API and a key, for callers who bring loops of their own."""
    path = tmp_path / "club.db"
    path.write_bytes(empty_sqlite.read_bytes())
    database = open_database(f"sqlite+aiosqlite:///{path}")

    async def ready() -> str:
        await database.write(joined, 7001, "Ann")
        await database.write(issued, 1, "points:50")
        key = await key_of(database, clock, "till-1")
        assert (await Till(serving(database, shop, clock), key).sells("M0001")).status_code == 201
        await database.write(lambda s: s.connection().execute(COUPONS.update().values(code=CODE)).close())
        return key

    yield serving(database, shop, clock), asyncio.run(ready())
    asyncio.run(database.close())


def steered(case: schemathesis.Case, number: int) -> schemathesis.Case:
    """A case of which something may come: it names a member, an order and a coupon that are there."""
    if case.path_parameters:
        case.path_parameters["number"] = "M0001"
    if isinstance(case.body, dict):
        there = {"member": "M0001", "card": "M0001", "order": "P-1", "code": CODE}
        asked = {name: value for name, value in there.items() if isinstance(case.body.get(name), str)}
        case.body |= asked if case.path != "/v1/purchases" else {k: v for k, v in asked.items() if k != "order"}
        case.headers["Idempotency-Key"] = f"k{number}"
    return case


def test_every_answer_is_as_described(served: tuple[FastAPI, str]) -> None:
    app, key = served
    statuses: Counter[int] = Counter()
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
    cases = st.one_of([operation.ok().as_strategy() for operation in schema.get_all_operations()])

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def described(case: schemathesis.Case) -> None:
        statuses[0] += 1
        case = steered(case, statuses[0]) if statuses[0] % 2 else case
        told = {"Authorization": f"Bearer {key}"}
        answer = case.call_and_validate(headers=told, excluded_checks=[positive_data_acceptance])
        statuses[answer.status_code] += 1

    described()
    assert sum(statuses[good] for good in (200, 201)) >= EXAMPLES / 10, statuses
    assert sum(statuses[bad] for bad in (400, 404, 409, 422)) >= EXAMPLES / 10, statuses
