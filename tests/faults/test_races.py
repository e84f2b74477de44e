"""What is scarce is never given twice: a hundred tasks of four processes want the last gift, coupon, place or link."""

import itertools
import os
from collections import Counter
from statistics import median

import pytest
from sqlmodel import Session, func, select

from db.activities import Activity
from db.coupons import Coupon
from db.deals import Deal
from db.engine import Database
from db.gifts import Gift
from tests.faults.conftest import DEEP, say
from tests.faults.crowd import TASKS, adds_up, crowd, people, put_out

ROUNDS = 50 if DEEP else 2
SLOWEST = 1.0  # seconds of an answer at full size, on a machine that has nothing else to do


def left(session: Session, scarce: str) -> int:
    """A look: what is left of everything."""
    looks = {
        "gift": select(func.sum(Gift.stock)),
        "deal": select(func.sum(Deal.stock - Deal.claimed)),
        "coupon": select(func.count()).select_from(Coupon).where(Coupon.state == "issued"),
        "packet": select(func.sum(Activity.places - Activity.entered)),
        "pass": select(func.count()).select_from(Coupon).where(Coupon.link_hash.is_not(None)),
    }
    return session.exec(looks[scarce]).one()


async def test_as_many_win_as_there_are(database: Database, url: str) -> None:
    everybody, busy = await database.write(people), os.getloadavg()[0] > (os.cpu_count() or 1)
    async with crowd(url) as takers:
        for scarce, stock in itertools.product(("gift", "coupon", "deal", "pass", "packet"), (1, 10)):
            slowest = []
            for n in range(ROUNDS):
                wanted = await database.write(put_out, scarce, stock, f"Cup {stock}.{n}")
                tasks = [[scarce, each, wanted[i % len(wanted)], f"{stock}.{n}"] for i, each in enumerate(everybody)]
                done = await takers.tries(tasks)
                assert Counter(each.outcome for each in done) == {"won": stock, "refused": TASKS - stock}
                slowest.append(max(each.seconds for each in done))
            told = f"{ROUNDS} rounds, slowest {max(slowest):.2f} s, in the usual round {median(slowest):.2f} s"
            say(f"{database.dialect}, {scarce}, stock {stock}: {told}")
            assert busy or not DEEP or max(slowest) < SLOWEST
            assert await database.read(left, scarce) == 0
    assert await database.read(adds_up)


async def drawn(url: str, database: Database, winners: int, *mutant: str) -> list[int]:
    """How many prizes each of the draws brings that a hundred enter, and four processes draw all at once."""
    everybody, prizes = await database.write(people), []
    async with crowd(url, *mutant) as takers:
        for n in range(ROUNDS):
            [draw] = await database.write(put_out, "draw", winners, f"Draw {n}")
            assert len(await takers.tries([["enter", each, draw, ""] for each in everybody])) == TASKS
            await takers.tries([["draw", 0, draw, ""] for _ in range(8)])
            won = select(func.count()).select_from(Coupon).where(Coupon.name == f"Draw {n}")
            prizes.append(await database.read(lambda s, won=won: s.exec(won).one()))
    return prizes


@pytest.mark.parametrize("winners", [1, 10])
async def test_a_draw_that_many_draw_at_once_is_drawn_once(database: Database, url: str, winners: int) -> None:
    assert await drawn(url, database, winners) == [winners] * ROUNDS


@pytest.mark.parametrize("url", ["postgres"], indirect=True)
async def test_the_races_catch_a_draw_that_reads_first_and_draws_then(database: Database, url: str) -> None:
    assert max(await drawn(url, database, 10, "draw")) > 10


@pytest.mark.parametrize("url", ["postgres"], indirect=True)  # SQLite has one writer: there it would prove nothing
@pytest.mark.parametrize("scarce", ["gift", "coupon", "deal"])
async def test_the_races_catch_who_reads_first_and_writes_then(database: Database, url: str, scarce: str) -> None:
    everybody = await database.write(people)
    async with crowd(url, scarce) as takers:
        [wanted] = await database.write(put_out, scarce, 1, "Cup")
        done = await takers.tries([[scarce, each, wanted, "0"] for each in everybody])
    assert sum(each.outcome == "won" for each in done) > 1
