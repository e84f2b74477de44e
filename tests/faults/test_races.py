"""What is scarce is never given twice: a hundred tasks of four processes want the last gift, coupon, place or link."""

import asyncio
import itertools
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, func, select

from bot.club import coupons, gifts, members, passing, points
from bot.club.gifts import Wish
from bot.club.members import Visitor
from bot.club.offers import Offer
from db.coupons import Coupon
from db.deals import Deal
from db.engine import Database
from db.gifts import Gift, GiftOrder
from db.members import Member
from db.points import Entry, Lot
from tests.faults.conftest import DEEP, say
from tests.faults.takers import NOW, taker

PROCESSES, TASKS = 4, 100
ROUNDS = 50 if DEEP else 2
LINE = 2**20  # characters of one round

Task = list[Any]
Done = list[tuple[str, Any, float]]


class Crowd:
    """Processes that try all at once."""

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes

    async def tries(self, tasks: list[Task]) -> Done:
        """Share tasks out among the processes. Returns what became of each."""
        for n, process in enumerate(self._processes):
            process.stdin.write(json.dumps(tasks[n :: len(self._processes)]).encode() + b"\n")
        lines = await asyncio.gather(*(process.stdout.readline() for process in self._processes))
        done = [tuple(each) for line in lines for each in json.loads(line)]
        assert [each for each in done if each[0] == "failed"] == []
        return done


@asynccontextmanager
async def crowd(url: str, *mutant: str) -> AsyncIterator[Crowd]:
    words = (sys.executable, "-m", "tests.faults.takers", url, *mutant)
    started = [
        await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, limit=LINE) for _ in range(PROCESSES)
    ]
    try:
        yield Crowd(started)
    finally:
        for process in started:
            process.stdin.close()
        await asyncio.gather(*(process.wait() for process in started))


def people(session: Session) -> list[int]:
    """An act: members with points enough for everything."""
    met = [members.meet(session, Visitor("playground", n, ""), private=True, now=NOW) for n in range(1, TASKS + 1)]
    for each in met:
        points.award(session, each.member_id, 1000, "consent", key=f"consent:{each.member_id}", now=NOW)
    return [each.member_id for each in met]


def put_out(session: Session, scarce: str, stock: int, name: str) -> list[Any]:
    """An act: a gift, a deal, coupons, or links to some. Returns what the tasks ask for, in turns."""
    until = NOW + timedelta(days=9)
    if scarce == "gift":
        return [gifts.make(session, taker(1), Wish(name, 7, stock, NOW), now=NOW).id]
    if scarce == "deal":
        about = {"opens_at": NOW, "closes_at": until, "stock": stock, "state": "open", "made_by": 1, "made_at": NOW}
        deal = Deal(title=name, offer="20%", **about)
        session.add(deal)
        session.flush()
        return [deal.id]
    offer = Offer.read("20%")
    about = {"good_until": until, "now": NOW, "transferable": scarce == "pass"}
    issued = [coupons.issue(session, 1, name, offer, key=f"{scarce}:{name}:{n}", **about) for n in range(stock)]
    if scarce == "pass":
        return [passing.offer(session, 1, each.code, now=NOW)[1] for each in issued]
    return [each.code for each in issued]


def left(session: Session, scarce: str) -> int:
    """A look: what is left of everything."""
    looks = {
        "gift": select(func.sum(Gift.stock)),
        "deal": select(func.sum(Deal.stock - Deal.claimed)),
        "coupon": select(func.count()).select_from(Coupon).where(Coupon.state == "issued"),
        "pass": select(func.count()).select_from(Coupon).where(Coupon.link_hash.is_not(None)),
    }
    return session.exec(looks[scarce]).one()


def newest(session: Session) -> int:
    """A look: the latest order."""
    return session.exec(select(func.max(GiftOrder.id))).one()


def standing(session: Session, order: int) -> tuple[str, int]:
    """A look: what became of an order, and how many there are of its gift."""
    return session.exec(select(GiftOrder.state, Gift.stock).join(Gift).where(GiftOrder.id == order)).one()


def adds_up(session: Session) -> bool:
    """A look: whether balances, lots and entries agree."""
    sums = [session.exec(select(func.sum(each))).one() for each in (Member.points, Lot.remaining, Entry.amount)]
    return len(set(sums)) == 1


async def test_as_many_win_as_there_are(database: Database, url: str) -> None:
    everybody = await database.write(people)
    async with crowd(url) as takers:
        for scarce, stock in itertools.product(("gift", "coupon", "deal", "pass"), (1, 10)):
            slowest = 0.0
            for n in range(ROUNDS):
                wanted = await database.write(put_out, scarce, stock, f"Cup {stock}.{n}")
                tasks = [[scarce, each, wanted[i % len(wanted)], f"{stock}.{n}"] for i, each in enumerate(everybody)]
                done = await takers.tries(tasks)
                assert Counter(each[0] for each in done) == {"won": stock, "refused": TASKS - stock}
                slowest = max(slowest, *(seconds for _, _, seconds in done))
            say(f"{database.dialect}, {scarce}, stock {stock}: {ROUNDS} rounds, slowest {slowest:.2f} s")
            assert await database.read(left, scarce) == 0
    assert await database.read(adds_up)


@pytest.mark.parametrize("url", ["postgres"], indirect=True)  # SQLite has one writer: there it would prove nothing
async def test_the_races_catch_who_reads_first_and_writes_then(database: Database, url: str) -> None:
    everybody = await database.write(people)
    async with crowd(url, "reads_then_writes") as takers:
        [gift] = await database.write(put_out, "gift", 1, "Cup")
        done = await takers.tries([["gift", each, gift, "0"] for each in everybody])
    assert sum(each[0] == "won" for each in done) > 1


async def test_a_voucher_is_handed_over_or_taken_back_and_only_once(database: Database, url: str) -> None:
    first, *_others = await database.write(people)
    async with crowd(url) as takers:
        for n in range(ROUNDS):
            [gift] = await database.write(put_out, "gift", 5, f"Cup {n}")
            taps = await takers.tries([["gift", first, gift, f"{n}"] for _ in range(TASKS)])
            [code] = {code for _, code, _ in taps}  # one confirmation, one order
            order = await database.read(newest)
            both = ["hand", 2, code, ""], ["cancel", first, order, ""]
            done = await takers.tries([both[i // PROCESSES % 2] for i in range(TASKS)])
            assert sum(each[0] == "won" for each in done) == 1
            state, stock = await database.read(standing, order)
            assert (state, stock) in (("handed", 4), ("cancelled", 5))
            assert await database.read(adds_up)
