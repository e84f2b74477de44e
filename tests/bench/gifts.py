"""A gift that is ordered, and a code that is used at the till, beside the same rows by hand."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.club import orders, till
from bot.club.members import Person, Role, Visitor
from db.engine import Database, open_database
from tests.bench.hands import Transaction, on_postgres, on_sqlite
from tests.bench.postgres import answers, postgres_database
from tests.bench.rounds import Bar, Bench, Variant
from tests.bench.stage import MORNING, SHOP, execute, rate, sqlite_file
from tests.conftest import psql

GIFTS = 50  # so that nobody waits for anybody's piece
UNTIL = MORNING + timedelta(days=30)

# Everybody has points enough, and each gift is there often enough.
LAID_OUT = f"""
UPDATE members SET points = 1000000;
INSERT INTO lots (member_id, amount, remaining, source, earned_at, available_at, key)
SELECT id, 1000000, 1000000, 'grant', met_at, met_at, 'grant:' || id FROM members;
INSERT INTO entries (member_id, amount, source, at, key)
SELECT id, 1000000, 'grant', met_at, 'grant:' || id FROM members;
INSERT INTO gifts (id, name, folded, cost, stock, grade, opens_at, state, made_by, made_at)
SELECT id, 'Cup ' || id, 'cup ' || id, 7, 1000000, 'new', met_at, 'open', 1, met_at FROM members WHERE id <= {GIFTS};
"""
# What is shown at the till in a round: everybody's voucher, and everybody's coupon.
SHOWN = {
    "gift_orders": """
INSERT INTO gift_orders (code, key, gift_id, member_id, cost, state, ordered_at, good_until)
SELECT '{turn:04}-AAAA-' || (1000 + id), '{turn}:shown:' || id, id % 50 + 1, id, 7, 'ordered', met_at, '{until}'
FROM members;
""",
    "coupons": """
INSERT INTO coupons (code, key, member_id, name, offer, minimum, state, issued_at, good_from, good_until)
SELECT '{turn:04}-CCCC-' || (1000 + id), '{turn}:' || id, id, 'TEA', '20%', 0, 'issued', met_at, met_at, '{until}'
FROM members;
""",
}

GIFT = "SELECT name, cost, each FROM gifts WHERE id = $1"
ORDER = (
    "INSERT INTO gift_orders (code, key, gift_id, member_id, cost, state, ordered_at, good_until) "
    "VALUES ($1, $2, $3, $4, 7, 'ordered', $5, $6) RETURNING id"
)
LESS = (
    "UPDATE gifts SET stock = stock - 1 WHERE id = $1 AND state = 'open' AND stock > 0 AND opens_at <= $2 "
    "AND grade IN (SELECT grade FROM members WHERE id = $3)"
)
ENTRY = (
    "INSERT INTO entries (member_id, amount, source, reason, at, key) VALUES ($1, -7, 'gift', $2, $3, $4) RETURNING id"
)
SPEND = (
    "UPDATE members SET points = points - 7, moved_at = $2 WHERE id = $1 "
    "AND (SELECT sum(remaining) FROM lots WHERE member_id = $1 AND available_at <= $2) >= 7"
)
LOTS = "SELECT id, remaining FROM lots WHERE member_id = $1 AND remaining > 0 ORDER BY expires_at, earned_at, id"
USED = "UPDATE lots SET remaining = remaining - 7 WHERE id = $1"
USE = "INSERT INTO lot_uses (entry_id, lot_id, amount) VALUES ($1, $2, 7)"
ACCOUNT = "SELECT id FROM accounts WHERE member_id = $1 ORDER BY reachable DESC, seen_at DESC, id LIMIT 1"
LETTER = (
    "INSERT INTO letters "
    "(key, kind, rank, alone, account_id, member_id, facts, after, before, state, doubts, posted_at) "
    "VALUES ($1, 'gift_reminder', 1, true, $2, $3, $4, $5, $5, 'waiting', 0, $6) RETURNING id"
)
WRONG = "SELECT at FROM wrong_codes WHERE staff_id = $1 ORDER BY at DESC, id DESC LIMIT 5"
HANDED = (
    "UPDATE gift_orders SET state = 'handed', settled_at = $2, settled_by = 1 "
    "WHERE code = $1 AND state = 'ordered' AND good_until > $2 RETURNING gift_id, member_id"
)
OF_WHOM = "SELECT gifts.name, members.name FROM gifts, members WHERE gifts.id = $1 AND members.id = $2"
REDEEMED = (
    "UPDATE coupons SET state = 'redeemed', used_at = $2, used_by = 1 "
    "WHERE code = $1 AND state = 'issued' AND good_until > $2 RETURNING id, member_id, name, offer, minimum"
)
WHOSE = "SELECT name FROM members WHERE id = $1"
NOTED = "INSERT INTO audit (at, staff_id, act, member_id, facts) VALUES ($1, 1, $2, $3, $4)"


class ByHand:
    """The same rows by hand: a transaction for each act, and a trip for each statement."""

    def __init__(self, transaction: Transaction, moment: Callable[[datetime], Any]) -> None:
        self._transaction = transaction
        self._now, self._until = moment(MORNING), moment(UNTIL)

    async def order(self, turn: int, member: int) -> None:
        gift_id, key = member % GIFTS + 1, f"{turn}:{member}"
        async with self._transaction() as do:
            [(name, _cost, _each)] = await do(GIFT, gift_id)
            code = f"{turn:04}-BBBB-{1000 + member}"
            [(order_id,)] = await do(ORDER, code, key, gift_id, member, self._now, self._until)
            await do(LESS, gift_id, self._now, member)
            [(entry_id,)] = await do(ENTRY, member, name, self._now, f"gift:{order_id}")
            await do(SPEND, member, self._now)
            [(lot_id, _remaining)] = await do(LOTS, member)
            await do(USED, lot_id)
            await do(USE, entry_id, lot_id)
            [(account_id,)] = await do(ACCOUNT, member)
            facts = (
                f'{{"order_id": {order_id}, "name": "{name}", "code": "{code}", "good_until": "{UNTIL.isoformat()}"}}'
            )
            await do(LETTER, f"gift_reminder:{order_id}", account_id, member, facts, self._until, self._now)

    async def hand_over(self, turn: int, member: int) -> None:
        async with self._transaction() as do:
            await do(WRONG, 1)
            [(gift_id, whose)] = await do(HANDED, f"{turn:04}-AAAA-{1000 + member}", self._now)
            await do(OF_WHOM, gift_id, whose)
            await do(NOTED, self._now, "gift handed", whose, f'{{"gift": {gift_id}}}')

    async def use(self, turn: int, member: int) -> None:
        async with self._transaction() as do:
            await do(WRONG, 1)
            [(coupon_id, whose, *_)] = await do(REDEEMED, f"{turn:04}-CCCC-{1000 + member}", self._now)
            await do(WHOSE, whose)
            await do(NOTED, self._now, "redeem", whose, f'{{"coupon": {coupon_id}}}')


class Ours:
    """Our acts."""

    def __init__(self, database: Database) -> None:
        self._write = database.write

    async def order(self, turn: int, member: int) -> None:
        visitor = Visitor("playground", member, "")
        person = Person(visitor, member, member, None, None, True, True, Role.MEMBER)
        await self._write(orders.place, person, member % GIFTS + 1, SHOP, key=f"{turn}", now=MORNING)

    async def hand_over(self, turn: int, member: int) -> None:
        await self._write(till.redeem, 1, f"{turn:04}-AAAA-{1000 + member}", SHOP, now=MORNING)

    async def use(self, turn: int, member: int) -> None:
        await self._write(till.redeem, 1, f"{turn:04}-CCCC-{1000 + member}", SHOP, now=MORNING)


def measured(act: Any, people: int, shows: Callable[[str], Any], table: str | None = None) -> Variant:
    """Acts in a second, one for each member; what they show at the till is laid out before."""
    turns = itertools.count(1)

    async def measure() -> float:
        turn = next(turns)
        if table:
            await asyncio.to_thread(shows, SHOWN[table].format(turn=turn, until=f"{UNTIL:%Y-%m-%d %H:%M:%S.%f}"))
        return await rate(partial(act, turn), range(1, people + 1))

    return measure


def bench(ours: Ours, hand: ByHand, people: int, *shows: Callable[[str], Any], on: str, floor: float) -> Bench:
    """All three acts, ours and by hand."""
    variants = {}
    for name, each, run in zip(("ours", "hand"), (ours, hand), shows, strict=True):
        variants |= {
            f"order, {name}": measured(each.order, people, run),
            f"hand over, {name}": measured(each.hand_over, people, run, "gift_orders"),
            f"use, {name}": measured(each.use, people, run, "coupons"),
        }
    lines = {"order": "a gift ordered", "hand over": "/redeem of a voucher", "use": "/redeem of a coupon"}
    bars = [Bar(f"{line} {on}", f"{act}, ours", f"{act}, hand", floor) for act, line in lines.items()]
    return Bench("/s", variants, bars)


@asynccontextmanager
async def gifts(quick: bool) -> AsyncIterator[Bench]:
    """The acts of the gift area on SQLite with FULL, 50 in flight."""
    people = 300 if quick else 1000
    async with AsyncExitStack() as stack:
        urls = [stack.enter_context(sqlite_file(people)) for _ in range(2)]
        shows = [partial(execute, path) for _, path in urls]
        for show in shows:
            show(LAID_OUT)
        transaction = await stack.enter_async_context(on_sqlite(urls[1][1]))
        database = open_database(urls[0][0])
        hand = ByHand(transaction, lambda moment: f"{moment:%Y-%m-%d %H:%M:%S.%f}")
        yield bench(Ours(database), hand, people, *shows, on="÷ raw aiosqlite, the same rows", floor=1)
        await database.close()


@asynccontextmanager
async def gifts_on_postgres(quick: bool) -> AsyncIterator[Bench]:
    """The same acts on PostgreSQL, 8 connections, 50 in flight. Without a server there is nothing to measure."""
    people = 300 if quick else 1000
    if not answers():
        yield Bench("/s", {}, [])
        return
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(postgres_database(people)) for _ in range(2)]
        shows = [partial(psql, database=url.rpartition("/")[2]) for url in urls]
        for show in shows:
            show(LAID_OUT)
        transaction = await stack.enter_async_context(on_postgres(urls[1]))
        database = open_database(urls[0])
        hand = ByHand(transaction, lambda moment: moment)
        yield bench(
            Ours(database), hand, people, *shows, on="on PostgreSQL ÷ raw asyncpg, a trip a statement", floor=0.6
        )
        await database.close()
