"""The HTTP API as tills and web shops meet it: the same acts as at the counter, each request counted once."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, func, select
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.club import amounts, books, coupons, merges, privacy, replies, selling
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.selling import Plan
from db.api import ApiReply
from db.engine import Database, open_database
from db.members import Member
from db.profile import ANSWERS
from db.purchases import Purchase, Refund
from tests.acts import AT, linger
from tests.club.test_purchases import joined
from tests.people import Play
from tests.stories.test_gifts import CUP, cup, ordered, rich
from tests.tables import everything
from tests.tills import Till, key_of, no, serving

MANY = 20
TEA = {"product": "tea", "quantity": 2, "price": 2500}
PHONE = "+8613800138000"


@pytest.fixture
async def ann(database: Database) -> Person:
    """A member, M0001."""
    return await database.write(joined, 7001, "Ann")


@pytest.fixture
def app(database: Database, shop: Shop, clock: Clock) -> FastAPI:
    """The API."""
    return serving(database, shop, clock)


@pytest.fixture
async def till(database: Database, app: FastAPI, clock: Clock) -> Till:
    """A till whose key may do everything."""
    return Till(app, await key_of(database, clock, "till-1"))


async def points(database: Database) -> int:
    """Ann's balance, in books that agree."""
    assert await database.read(books.faults) == []
    return await database.read(lambda session: session.get_one(Member, 1).points)


async def count(database: Database, table: Any) -> int:
    """How many rows a table has."""
    return await database.read(lambda session: session.exec(select(func.count()).select_from(table)).one())


def given(session: Session, member_id: int, offer: str = "10", minimum: int = 0) -> str:
    """An act: a coupon. Returns its code."""
    about = {"good_until": AT.replace(year=2028), "key": f"given:{member_id}:{offer}", "now": AT, "minimum": minimum}
    made = coupons.issue(session, member_id, "TEA", Offer.read(offer), Shop(), **about)
    assert made
    return made.code


def told(session: Session, member_id: int, source: str = "member") -> None:
    """An act: a member has a phone number."""
    values = {"member_id": member_id, "field": "phone", "value": PHONE, "told_at": AT, "source": source}
    session.connection().execute(ANSWERS.insert().values(values))


async def test_a_till_enters_a_purchase_as_a_clerk_does(play: Play, shop: Shop) -> None:
    ann = await play.member("Ann")
    till = Till(serving(play.database, shop, play.clock), await key_of(play.database, play.clock, "till-1"))
    before, rule = await ann.points(), Plan("tea", "honey", "Honey & lemon?")
    owner = await play.database.write(joined, 1, "Wang")
    await play.database.write(selling.make, owner, rule, now=play.clock.now())
    done = await till.sells("M0003", lines=[TEA], order="p-1", once="k1")
    assert done.status_code == 201
    assert done.json() == {
        "purchase": 1,
        "order": "P-1",
        "member": "M0003",
        "total": 5000,
        "discount": 0,
        "paid": 5000,
        "points": 50,
        "balance": before + 50,
        "grade": "new",
        "say": "Honey & lemon?",
    }
    await play.quiet()
    assert "Thank you for your purchase!" in ann.heard()[-1]
    assert await ann.points() == before + 50
    back = await till.posts("/refunds", order="P-1", amount=1000)
    assert back.json()["points"] == 10
    [audit] = await play.owner.says("/audit")
    assert "the till “till-1” entered order P-1 for Ann (M0003)" in audit
    assert "the till “till-1” refunded CN¥10 of order P-1 to Ann (M0003)" in audit
    assert "the API key “till-1” was made at the command line" in audit


async def test_a_request_that_comes_again_gets_the_same_answer_after_a_restart_too(
    database: Database, url: str, ann: Person, till: Till, shop: Shop, clock: Clock
) -> None:
    asked = {"lines": [TEA], "once": "k1"}
    first = await till.sells("M0001", **asked)
    again = await till.sells("M0001", **asked)
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    other = open_database(url)
    restarted = Till(serving(other, shop, clock), till.key)
    assert (await restarted.sells("M0001", **asked)).text == first.text
    assert no(await restarted.sells("M0001", 6000, **asked)) == (422, "key_reused", "Idempotency-Key")
    assert no(await restarted.posts("/refunds", "k1", order="P-1")) == (422, "key_reused", "Idempotency-Key")
    await other.close()
    assert await points(database) == 50
    assert await count(database, Purchase) == 1


async def test_keys_of_two_tills_do_not_meet(
    database: Database, app: FastAPI, ann: Person, till: Till, clock: Clock
) -> None:
    other = Till(app, await key_of(database, clock, "till-2"))
    assert (await till.sells("M0001", once="1")).status_code == 201
    assert (await other.sells("M0001", order="P-2", once="1")).status_code == 201
    assert await points(database) == 100


async def test_one_request_sent_at_once_by_many_is_one_purchase(
    database: Database, url: str, ann: Person, till: Till, shop: Shop, clock: Clock
) -> None:
    """Through one process, and through several that know nothing of each other: then the database decides."""
    for order, apart in (("P-1", False), ("P-2", True)):
        tills = [Till(serving(database, shop, clock), till.key) if apart else till for _ in range(MANY)]
        done = await asyncio.gather(*(each.sells("M0001", order=order, once=order) for each in tills))
        bodies = {each.text for each in done if each.status_code == 201}
        refused = {no(each)[:2] for each in done if each.status_code != 201}
        assert len(bodies) == 1
        assert refused == (set() if apart else {(409, "in_progress")})
    assert await points(database) == 100
    assert await count(database, Purchase) == 2


async def test_one_order_from_two_tills_at_once_is_one_purchase(
    database: Database, app: FastAPI, ann: Person, till: Till, clock: Clock
) -> None:
    other = Till(app, await key_of(database, clock, "till-2"))
    done = await asyncio.gather(*((till, other)[n % 2].sells("M0001") for n in range(MANY)))
    assert [each.status_code for each in done].count(201) == 1
    assert {no(each) for each in done if each.status_code != 201} == {(409, "order_exists", "order")}
    assert await points(database) == 50


async def test_a_request_in_progress_is_not_begun_again(database: Database, ann: Person, till: Till) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(_hold, 0.5))
        await asyncio.sleep(0.1)
        first = tasks.create_task(till.sells("M0001", once="k1"))
        await asyncio.sleep(0.2)
        second = await till.sells("M0001", once="k1")
        assert no(second) == (409, "in_progress", "Idempotency-Key")
        assert second.headers["retry-after"] == "1"
    assert (await till.sells("M0001", once="k1")).text == first.result().text
    assert await points(database) == 50


async def test_a_line_that_was_cut_leaves_no_request_in_progress(database: Database, ann: Person, till: Till) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(_hold, 0.3))
        await asyncio.sleep(0.1)
        cut = tasks.create_task(till.sells("M0001", once="k1"))
        await asyncio.sleep(0.1)
        cut.cancel()
    assert (await till.sells("M0001", once="k1")).status_code == 201
    assert await points(database) == 50
    assert await count(database, Purchase) == 1


async def test_a_refusal_is_kept_and_nothing_else(database: Database, ann: Person, till: Till) -> None:
    before = await database.read(everything, "api_replies", "api_keys")
    blank = {"order": "P-1", "lines": [TEA, {"product": "\u3000"}]}  # is found out after the purchase was written
    first = await till.sells("M0001", **blank, once="k1")
    assert no(first) == (422, "bad_product", "lines")
    assert await database.read(everything, "api_replies", "api_keys") == before
    assert (await till.sells("M0001", **blank, once="k1")).text == first.text
    assert await count(database, ApiReply) == 1
    unknown = await till.sells("M0002", once="k2")
    assert no(unknown) == (404, "no_member", "member")
    await database.write(joined, 7002, "Bob")
    assert (await till.sells("M0002", once="k2")).text == unknown.text
    assert (await till.sells("M0002", once="k3")).status_code == 201


async def test_what_is_no_request_is_not_kept(database: Database, ann: Person, till: Till) -> None:
    assert no(await till.sells("M0001", -1, once="k1"))[0] == 422
    assert (await till.sells("M0001", once="k1")).status_code == 201


async def test_answers_are_kept_for_thirty_days(database: Database, ann: Person, till: Till, clock: Clock) -> None:
    await till.sells("M0001", once="k1")
    for days, left in ((29, 1), (31, 0)):
        at = clock.now() + timedelta(days=days)
        await database.write(replies.prune, now=at, limit=10)
        assert await count(database, ApiReply) == left
    assert no(await till.sells("M0001", once="k1")) == (409, "order_exists", "order")


async def test_answers_go_over_with_a_merge_and_go_when_their_member_does(
    database: Database, ann: Person, till: Till, clock: Clock
) -> None:
    await till.sells("M0001", once="k1")
    bob = await database.write(joined, 7002, "Bob")
    await database.write(merges.join, 1, bob.member_id, Shop(), now=clock.now())
    assert await count(database, ApiReply) == 1
    assert (await till.sells("M0001", once="k1")).status_code == 201
    await database.write(privacy.erase, bob.member_id, now=clock.now())
    assert await count(database, ApiReply) == 0


async def test_a_member_is_found_by_number_card_and_phone(database: Database, ann: Person, till: Till) -> None:
    await database.write(told, 1)
    seen = (await till.http.get("/members/M0001")).json()
    assert seen == {"member": "M0001", "name": "Ann", "grade": "new", "balance": 0, "coupons": []}
    for by in ({"member": "m0001"}, {"card": "M0001"}, {"phone": PHONE}):
        assert (await till.posts("/members/find", None, **by)).json() == seen
    for by in ({}, {"member": "M0001", "phone": PHONE}, {"member": "M0001", "card": "M0002"}, {"member": None}):
        assert no(await till.posts("/members/find", None, **by))[:2] == (422, "wrong_input"), by
    for path in ("/members/M0002", "/members/M999999999"):
        assert no(await till.http.get(path)) == (404, "no_member", "member")
    assert no(await till.http.get("/members/Ann")) == (422, "wrong_input", "number")
    code = await database.write(given, 1)
    shown = (await till.http.get("/members/M0001")).text
    assert "TEA" in shown
    assert code not in shown


async def test_a_phone_number_is_whose_it_is_for_certain(database: Database, ann: Person, till: Till) -> None:
    """Whoever types a stranger's number, or calls themselves by it, gets nothing of what the stranger buys."""
    bob = await database.write(joined, 7002, "Bob")
    await database.write(joined, 7003, PHONE)
    assert no(await till.posts("/members/find", None, phone=PHONE)) == (404, "no_member", "member")
    await database.write(told, bob.member_id)
    assert (await till.posts("/members/find", None, phone=PHONE)).json()["member"] == "M0002"
    await database.write(told, 3)
    assert no(await till.posts("/members/find", None, phone=PHONE)) == (409, "shared_phone", "phone")
    await database.write(told, 1, "contact")
    done = await till.posts("/purchases", phone=PHONE, order="P-1", total=5000)
    assert done.json()["member"] == "M0001"


async def test_of_somebody_who_never_agreed_nothing_is_kept(play: Play, shop: Shop) -> None:
    stranger = play.stranger("Stranger")
    await stranger.says("/start")
    till = Till(serving(play.database, shop, play.clock), await key_of(play.database, play.clock, "till-1"))
    assert no(await till.sells("M0003"))[:2] == (404, "no_member")
    assert no(await till.http.get("/members/M0003"))[:2] == (404, "no_member")
    assert await count(play.database, Purchase) == 0


async def test_a_coupon_is_looked_at_used_in_a_purchase_and_comes_back(
    database: Database, ann: Person, till: Till
) -> None:
    bob = await database.write(joined, 7002, "Bob")
    code, other = await database.write(given, 1, "20%", 2000), await database.write(given, bob.member_id)
    looked = (await till.posts("/coupons/check", None, code=code.lower(), total=5000)).json()
    until = looked.pop("until")
    assert looked == {"name": "TEA", "offer": "20%", "minimum": 2000, "member": "M0001", "off": 1000}
    assert until.startswith("2028-02-10T")
    assert no(await till.posts("/coupons/check", None, code=code, total=1999))[:2] == (422, "coupon_from_minimum")
    assert no(await till.sells("M0001", coupon=other)) == (404, "no_such_coupon", "coupon")
    done = (await till.sells("M0001", coupon=code)).json()
    assert (done["discount"], done["paid"], done["points"]) == (1000, 4000, 40)
    assert no(await till.sells("M0001", order="P-2", coupon=code)) == (409, "coupon_spent", "coupon")
    assert no(await till.posts("/coupons/check", None, code=code)) == (409, "coupon_spent", "code")
    back = (await till.posts("/refunds", order="P-1")).json()
    assert (back["amount"], back["left"], back["points"], back["coupon_back"]) == (4000, 0, 40, True)
    assert (await till.sells("M0001", order="P-3", coupon=code)).status_code == 201


async def test_a_coupon_is_used_up_by_itself_once(play: Play, shop: Shop) -> None:
    ann = await play.member("Ann")
    till = Till(serving(play.database, shop, play.clock), await key_of(play.database, play.clock, "web-shop"))
    code, before = await play.database.write(given, 3, "points:50"), await ann.points()
    done = await asyncio.gather(*(till.posts("/coupons/redeem", code=code) for _ in range(5)))
    assert sorted(each.status_code for each in done) == [200, 409, 409, 409, 409]
    assert await ann.points() == before + 50
    assert "the till “web-shop” used Ann (M0003)'s coupon “TEA”" in (await play.owner.says("/audit"))[0]
    assert "at the till" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_refunds_are_bounded_and_counted_once(database: Database, ann: Person, till: Till) -> None:
    await till.sells("M0001")
    many = await asyncio.gather(*(till.posts("/refunds", order="p-1", amount=1000) for _ in range(8)))
    assert sorted(each.status_code for each in many) == [201] * 5 + [409] * 3
    assert {no(each) for each in many if each.status_code == 409} == {(409, "refunded_whole", "order")}
    assert no(await till.posts("/refunds", order="P-9")) == (404, "no_such_order", "order")
    await till.sells("M0001", order="P-2")
    assert no(await till.posts("/refunds", order="P-2", amount=5001)) == (422, "refund_too_much", "amount")
    first, again = [await till.posts("/refunds", "r1", order="P-2", amount=1) for _ in range(2)]
    assert first.text == again.text
    assert await count(database, Refund) == 6
    assert await points(database) == 50


async def test_a_refusal_is_worded_for_the_clerk_at_the_till(
    database: Database, ann: Person, shop: Shop, clock: Clock
) -> None:
    key = await key_of(database, clock, "till-1")
    till = Till(serving(database, replace(shop, locale="zh_CN"), clock), key)
    await till.sells("M0001")
    assert (await till.sells("M0001")).json()["error"]["message"].startswith("单号 P-1")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_money_is_whole_and_nothing_is_taken_for_it(database: Database, ann: Person, till: Till) -> None:
    for wrong in (True, "5000", 5000.0, 0.5, 0, -1, amounts.MOST + 1, 10**30, [5000], {}):
        assert no(await till.sells("M0001", wrong)) == (422, "wrong_input", "total"), wrong
        for field in ("price", "quantity"):
            answer = await till.sells("M0001", lines=[{"product": "tea", field: wrong}])
            expected = (422, "wrong_input", f"lines.0.{field}")
            assert no(answer) == expected, wrong
        assert no(await till.posts("/refunds", order="P-1", amount=wrong)) == (422, "wrong_input", "amount"), wrong
        assert no(await till.posts("/coupons/check", None, code="X", total=wrong)) == (422, "wrong_input", "total")
    assert await count(database, Purchase) == 0
    assert (await till.sells("M0001", amounts.MOST)).status_code == 201


async def test_a_purchase_may_be_of_before_and_not_of_later(till: Till, ann: Person, clock: Clock) -> None:
    before, later = ((clock.now() + timedelta(days=days)).isoformat() for days in (-1, 1))
    assert (await till.sells("M0001", at=before)).json()["points"] == 50
    assert no(await till.sells("M0001", order="P-2", at=later)) == (422, "future_purchase", "at")
    for naive in ("2027-01-01T10:00:00", "0001-01-01T00:00:00+14:00", "yesterday", 5):
        assert no(await till.sells("M0001", order="P-2", at=naive)) == (422, "wrong_input", "at")


def _hold(session: Session, seconds: float) -> None:
    """An act: hold the member for a while, so that whoever wants them must wait."""
    session.exec(select(Member).where(Member.id == 1).with_for_update()).one()
    linger(session, seconds)


async def test_a_till_hands_a_gift_over_for_its_voucher_once(play: Play, shop: Shop) -> None:
    ann = await rich(play, "Ann")
    await cup(play)
    code, till = (
        await ordered(ann),
        Till(serving(play.database, shop, play.clock), await key_of(play.database, play.clock, "web-shop")),
    )
    checked = (await till.posts("/coupons/check", None, code=code.lower(), total=5000)).json()
    assert (checked["member"], checked["offer"], checked["off"]) == ("M0003", f"gift:{CUP}", None)
    assert no(await till.sells("M0003", coupon=code)) == (404, "no_such_coupon", "coupon")
    done = await asyncio.gather(*(till.posts("/coupons/redeem", code=code) for _ in range(5)))
    assert sorted(each.status_code for each in done) == [200, 409, 409, 409, 409]
    [handed] = [each.json() for each in done if each.status_code == 200]
    assert handed == {"member": "M0003", "name": CUP, "offer": f"gift:{CUP}", "minimum": 0}
    assert no(await till.posts("/coupons/redeem", code=code)) == (409, "gift_handed", "code")
    assert "at the till" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert f"the till “web-shop” handed “{CUP}” to Ann (M0003)" in (await play.owner.says("/audit"))[0]


async def test_a_line_that_is_cut_within_a_body_changes_nothing_and_is_no_error(
    database: Database, app: FastAPI, ann: Person, till: Till
) -> None:
    body, before = (
        json.dumps({"member": "M0001", "order": "P-1", "total": 5000}).encode(),
        await database.read(everything),
    )
    about = {"authorization": f"Bearer {till.key}", "idempotency-key": "once", "content-type": "application/json"}
    headers = [(name.encode(), value.encode()) for name, value in about.items()]
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/v1/purchases", "scheme": "http"}
    scope |= {"headers": [*headers, (b"content-length", b"%d" % len(body))], "query_string": b"", "raw_path": b""}
    coming = iter([{"type": "http.request", "body": body[:-1], "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(coming)

    async def send(message: Any) -> None:
        sent.append(message)

    with capture_logs() as logs:
        await app(scope, receive, send)
    assert logs == []
    assert [each["status"] for each in sent if "status" in each] == [400]
    assert await database.read(everything) == before
    assert (await till.sells("M0001", once="once")).status_code == 201
