"""The API's door: whom it lets in, how often, and what it says to whatever is no request."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.club import keys
from bot.club.keys import BadKeyName, KeyNameTaken, NoSuchKey, NoSuchScope
from bot.club.rules import Shop
from bot.web.api.door import BODY, LIMIT
from bot.web.site import Lazy, Pulse, site
from db.engine import Database
from tests.club.test_purchases import joined
from tests.faults.running import Running, settings
from tests.tables import everything
from tests.tills import Hour, Till, key_of, no, serving

PURCHASE = {"member": "M0001", "order": "P-1", "total": 5000}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/purchases": PURCHASE,
    "/v1/refunds": {"order": "P-0"},
    "/v1/members/find": {"member": "M0001"},
    "/v1/members/{number}": {},
    "/v1/coupons/check": {"code": "K7QM-3XWF-9TRB"},
    "/v1/coupons/redeem": {"code": "K7QM-3XWF-9TRB"},
}
FORGED = ("", "x", "rgl_", "rgl_" + "A" * 43, "A" * 5000, "' OR 1=1 --", "\x00", "null", "undefined")


@pytest.fixture
async def ann(database: Database) -> None:
    """A member, M0001, and a purchase that could be refunded."""
    await database.write(joined, 7001, "Ann")


@pytest.fixture
def tick() -> Hour:
    return Hour()


@pytest.fixture
def app(database: Database, shop: Shop, clock: Clock, tick: Hour) -> FastAPI:
    """The API, in an hour that stands still."""
    return serving(database, shop, clock, tick)


def placed(app: FastAPI) -> Iterator[tuple[str, str, str | None]]:
    """Every route that serves something: its method, its path, and the scope that a key needs for it."""
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            yield method.upper(), path, scope_of(app, path)


def scope_of(app: FastAPI, path: str) -> str | None:
    """The scope that a path declares."""
    found = [route for route in _flat(app.routes) if path.endswith(getattr(route, "path", None) or "-")]
    return next((getattr(route, "needs", None) for route in found), None)


def _flat(routes: Any) -> Iterator[BaseRoute]:
    for route in routes:
        yield route
        yield from _flat(getattr(getattr(route, "original_router", None), "routes", ()))


async def asks(app: FastAPI, method: str, path: str, authorization: str | None) -> httpx.Response:
    """A request that would be served if it were let in."""
    headers = {"Idempotency-Key": "k1"} | ({"Authorization": authorization} if authorization is not None else {})
    http = Till(app, None).http
    place = path.removeprefix("/v1").replace("{number}", "M0001")
    if method == "GET":
        return await http.get(place, headers=headers)
    return await http.post(place, json=BODIES[path], headers=headers)


async def test_every_route_declares_its_scope(app: FastAPI) -> None:
    found = list(placed(app))
    assert {path for _, path, _ in found} == set(BODIES)
    assert all(scope in keys.SCOPES for _, _, scope in found), found
    assert {scope for _, _, scope in found} == set(keys.SCOPES)


async def test_whoever_may_not_changes_nothing_and_learns_nothing(
    database: Database, app: FastAPI, ann: None, clock: Clock
) -> None:
    revoked = await key_of(database, clock, "gone")
    await database.write(keys.revoke, "gone", now=clock.now())
    able = {scope: await key_of(database, clock, scope, *(set(keys.SCOPES) - {scope})) for scope in keys.SCOPES}
    before, cells = await database.read(everything, "api_keys"), 0
    for method, path, scope in placed(app):
        tries = [None, *FORGED, *(f"Bearer {forged}" for forged in (*FORGED, revoked))]
        tries += [f"Basic {able['purchases']}", able["purchases"], f"Bearer {able['purchases'][:-1]}"]
        for authorization in tries:
            answer = await asks(app, method, path, authorization)
            assert no(answer) == (401, "no_key", "Authorization"), (path, authorization)
            assert answer.headers["www-authenticate"] == "Bearer"
        assert no(await asks(app, method, path, f"Bearer {able[scope]}")) == (403, "lacks_scope", "Authorization")
        cells += len(tries) + 1
    assert cells > 100
    assert await database.read(everything, "api_keys") == before


async def test_each_scope_opens_its_own_routes(database: Database, app: FastAPI, ann: None, clock: Clock) -> None:
    opens = {scope: await key_of(database, clock, scope, scope) for scope in keys.SCOPES}
    for method, path, scope in placed(app):
        assert (await asks(app, method, path, f"Bearer {opens[scope]}")).status_code not in (401, 403), path


async def test_a_key_is_over_from_the_next_request_on(database: Database, app: FastAPI, clock: Clock) -> None:
    till = Till(app, await key_of(database, clock, "till-1"))
    assert (await till.http.get("/members/M0001")).status_code == 404
    await database.write(keys.revoke, "till-1", now=clock.now())
    assert no(await till.http.get("/members/M0001"))[0] == 401
    again = Till(app, await key_of(database, clock, "till-1"))
    assert (await again.http.get("/members/M0001")).status_code == 404
    assert no(await till.http.get("/members/M0001"))[0] == 401


async def test_a_key_is_made_once_under_a_name_and_kept_as_a_hash(
    database: Database, url: str, clock: Clock, tmp_path: Path
) -> None:
    key = await key_of(database, clock, "till-1", "members", "purchases")
    assert re.fullmatch(r"rgl_[A-Za-z0-9_-]{43}", key)
    assert key not in str(await database.read(everything))
    [listed] = await database.read(keys.listed)
    assert (listed.key.name, listed.key.scopes, listed.used_at) == ("till-1", ("purchases", "members"), None)
    for name, scopes, error in (
        ("till-1", (), KeyNameTaken),
        ("", (), BadKeyName),
        ("a b", (), BadKeyName),
        ("x" * 41, (), BadKeyName),
        ("till-2", ("everything",), NoSuchScope),
    ):
        with pytest.raises(error):
            await key_of(database, clock, name, *scopes)
    with pytest.raises(NoSuchKey):
        await database.write(keys.revoke, "till-2", now=clock.now())
    assert len(await database.read(keys.listed)) == 1


async def test_the_last_use_is_kept_to_the_minute(database: Database, app: FastAPI, clock: Clock) -> None:
    till = Till(app, await key_of(database, clock, "till-1"))
    used = []
    for seconds in (0, 30, 31):
        clock.advance(timedelta(seconds=seconds))
        await till.http.get("/members/M0001")
        [listed] = await database.read(keys.listed)
        used.append(listed.used_at)
    assert used[0] == used[1]
    assert timedelta(seconds=61) <= used[2] - used[0] < timedelta(seconds=70)


async def test_more_than_twenty_requests_in_a_second_are_too_many(
    database: Database, app: FastAPI, clock: Clock, tick: Hour
) -> None:
    till, other = [Till(app, await key_of(database, clock, name)) for name in ("till-1", "till-2")]
    for second in (0.0, 1.0):
        tick.seconds = second
        for _ in range(LIMIT):
            assert (await till.http.get("/members/M0001")).status_code == 404
        refused = await till.http.get("/members/M0001")
        assert no(refused) == (429, "too_many_requests", None)
        assert refused.headers["retry-after"] == "1"
    assert (await other.http.get("/members/M0001")).status_code == 404
    tick.seconds = 1.99
    assert (await till.http.get("/members/M0001")).status_code == 429
    tick.seconds = 2.0
    assert (await till.http.get("/members/M0001")).status_code == 404


async def test_what_is_no_request_is_refused_in_the_same_shape(database: Database, app: FastAPI, clock: Clock) -> None:
    till = Till(app, await key_of(database, clock, "till-1"))
    json = {"Content-Type": "application/json", "Idempotency-Key": "k1"}

    async def chunks() -> AsyncIterator[bytes]:
        yield b"{}"

    async def posts(content: Any, **headers: str) -> tuple[int, str, str | None]:
        return no(await till.http.post("/purchases", content=content, headers=json | headers))

    assert no(await till.http.get("/nowhere")) == (404, "not_found", None)
    assert no(await till.http.get("/purchases")) == (405, "method_not_allowed", None)
    assert no(await till.http.delete("/members/M0001")) == (405, "method_not_allowed", None)
    assert no(await till.http.get("/../../etc/passwd")) == (404, "not_found", None)
    assert await posts(b"{") == (400, "bad_json", "body")
    assert await posts(b"") == (422, "wrong_input", "body")
    assert await posts(chunks()) == (411, "no_length", None)
    assert await posts(b" " * (BODY + 1)) == (413, "too_big", "body")
    assert await posts(b"{}", **{"Content-Length": "9" * 5000}) == (413, "too_big", "body")
    assert await posts(b"{}", **{"Content-Type": "text/plain"}) == (422, "wrong_input", "body")
    for key in ("", " ", "x" * 256, "a b"):
        assert await posts(b"{}", **{"Idempotency-Key": key}) == (400, "wrong_input", "Idempotency-Key")
    assert no(await till.posts("/purchases", None, **PURCHASE)) == (400, "wrong_input", "Idempotency-Key")


async def test_the_description_is_a_page_of_its_own(app: FastAPI) -> None:
    answer = await Till(app, None).http.get("/docs")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert all(f"{method} /api{path}<" in answer.text for method, path, _ in placed(app))
    assert not re.search(r"https?://|<script|src=", answer.text)
    for field in ("lines[].product", "coupon_back", "Idempotency-Key", "≤ 1,000,000,000"):
        assert field in answer.text


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # which is thrown away
async def test_an_error_of_ours_is_told_without_a_word_of_it(
    database: Database, app: FastAPI, ann: None, clock: Clock
) -> None:
    till = Till(app, await key_of(database, clock, "till-1"))
    await database.write(lambda session: session.connection().exec_driver_sql("DROP TABLE purchase_lines").close())
    told = PURCHASE | {"lines": [{"product": "canary"}]}
    answer = await till.posts("/purchases", "k1", **told)
    assert no(answer) == (500, "internal_error", None)
    assert "purchase_lines" not in answer.text
    assert "canary" not in str(
        await database.read(lambda s: s.connection().exec_driver_sql("SELECT * FROM products").all())
    )


async def test_the_room_is_built_for_its_first_visitor(app: FastAPI) -> None:
    built: list[FastAPI] = []

    def build() -> FastAPI:
        built.append(app)
        return app

    async def pulse() -> Pulse:
        return Pulse({"database": True}, {})

    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(site(pulse, [Mount("/api", Lazy(build))])), base_url="http://c"
    )
    assert (await http.get("/healthz")).status_code == 200
    assert not built
    with capture_logs():
        assert no(await http.get("/api/v1/members/M0001")) == (401, "no_key", "Authorization")
        assert (await http.get("/api/v1/openapi.json")).json()["info"]["title"] == "Regulars"
        assert no(await http.get("/api/nowhere")) == (404, "not_found", None)
    assert built == [app]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_the_owner_makes_lists_and_revokes_keys_beside_a_running_club(url: str, tmp_path: Path) -> None:
    told = settings(url)
    address = f"http://127.0.0.1:{told['WEB_PORT']}/api/v1"

    async def command(*words: str) -> tuple[int, list[str]]:
        with Running(tmp_path, told, "api-key", *words) as process:
            code = await process.ended()
            return code, process.said.splitlines()

    with Running(tmp_path, told) as bot:
        await bot.says("the playground is open")
        code, said = await command("new", "till-1", "--scope", "members")
        key = said[-1]
        assert (code, len(said)) == (0, 2)
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http:
            assert no(await http.get(f"{address}/members/M0999")) == (404, "no_member", "member")
            assert no(await http.post(f"{address}/refunds", json={}))[:2] == (403, "lacks_scope")
            code, said = await command("list")
            assert re.fullmatch(r"till-1  may: members  made: [\d: -]{16}  last used: [\d: -]{16}", said[-1])
            assert await command("new", "till-1") == (
                2,
                ["There is a key “till-1” already. Revoke it first, or choose another name."],
            )
            assert (await command("revoke", "till-1"))[0] == 0
            assert no(await http.get(f"{address}/members/M0001"))[:2] == (401, "no_key")
        assert key not in bot.said
        assert "Traceback" not in bot.said


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_the_log_of_a_fault_holds_neither_key_nor_phone_nor_what_was_sold(
    database: Database, url: str, clock: Clock, tmp_path: Path
) -> None:
    key, told = await key_of(database, clock, "till-1"), settings(url, LOG_LEVEL="DEBUG")
    await database.write(joined, 7001, "Ann")
    await database.write(lambda session: session.connection().exec_driver_sql("DROP TABLE purchase_lines").close())
    words = {"phone": "+8613800138000", "order": "CANARY-1", "lines": [{"product": "canary tea"}], "coupon": "CANARY"}
    with Running(tmp_path, told) as bot:
        await bot.says("the playground is open")
        address = f"http://127.0.0.1:{told['WEB_PORT']}/api/v1/purchases"
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http:
            for more in ({}, {"member": "M0001", "phone": None, "coupon": None}):
                once = {"Idempotency-Key": f"canary-{len(more)}"}
                answer = await http.post(address, json={"total": 5000} | words | more, headers=once)
        assert no(answer) == (500, "internal_error", None)
        await bot.says("Traceback")
        for secret in (key, "13800138000", "canary", "CANARY"):
            assert secret not in bot.said
