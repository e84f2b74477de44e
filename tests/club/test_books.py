"""The books are checked from the command line, and balances made anew."""

import os
import subprocess
import sys
from pathlib import Path

from sqlmodel import Session

from bot.club import books, lapsing, points, privacy
from bot.club.books import Fault
from bot.club.points import TakenBack
from bot.club.rules import PointRules, Rules, Shop
from db.engine import Database
from db.points import ENTRIES
from tests.acts import AT, meet, outside
from tests.club.test_ledger import DAY

ROOT = Path(__file__).parents[2]


def ledger(url: str, *words: str) -> tuple[int, str]:
    """Run `python -m bot ledger …`: its exit code, and what it says."""
    environment = os.environ | {"DATABASE_URL": url, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "bot", "ledger", *words]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


async def test_a_wrong_balance_is_named_and_made_anew_from_the_entries(database: Database, url: str) -> None:
    for number in range(3):
        who = await database.write(meet)
        await database.write(points.award, who, 20, "grant", key=f"{number}", now=AT)
    await database.write(points.spend, 2, 5, "gift", key="tea", now=AT)
    assert await database.read(books.faults) == []
    outside(url, "UPDATE members SET points = 99 WHERE id = 2")
    assert ledger(url, "check") == (1, "M0002: balance 99, lots 15, entries 15")
    assert ledger(url, "rebuild")[0] == 2
    assert ledger(url, "rebuild", "--yes") == (0, "Balances made anew: 1.\nThe books agree.")


async def test_lots_that_disagree_are_named_and_stay(database: Database, url: str) -> None:
    who = await database.write(meet)
    await database.write(points.award, who, 20, "grant", key="a", now=AT)
    outside(url, "UPDATE lots SET remaining = 3")
    wrong = [Fault(who, "lot", 1, (3, 20)), Fault(who, "member", who, (20, 3, 20))]
    assert await database.read(books.faults) == wrong
    assert await database.write(books.rebuild) == 0
    assert await database.read(books.faults) == wrong


async def busy(database: Database) -> None:
    """Two members with a ledger of every kind of line."""
    days = Shop(rules=Rules(points=PointRules(expiry="days 3")))
    for who in [await database.write(meet), await database.write(meet)]:
        for n in range(3):
            await database.write(points.award, who, 20, "grant", key=f"tea:{who}:{n}", now=AT + n * DAY)
        await database.write(points.spend, who, 25, "gift", key=f"cup:{who}", now=AT + 2 * DAY)
        await database.write(points.spend, who, 5, "deduct", key=f"oops:{who}", now=AT + 2 * DAY)
        await database.write(points.give_back, f"cup:{who}", days, key=f"no cup:{who}", now=AT + 2 * DAY)
        found = await database.read(lapsing.look_over, days, now=AT + 4 * DAY, after=0, limit=99, every=True)
        await database.write(lapsing.collect, found.due, days, now=AT + 4 * DAY)
        await database.write(points.spend, who, 30, "gift", key=f"pot:{who}", now=AT + 4 * DAY)
        back = {"earned_key": f"tea:{who}:1", "key": f"refund:{who}", "now": AT + 4 * DAY}
        assert await database.write(points.take_back, who, 20, "refund", **back) == TakenBack(5, 15)
        await database.write(points.award, who, 10, "grant", key=f"more:{who}", now=AT + 4 * DAY)


async def test_each_lot_entry_and_debt_is_gone_through(database: Database, url: str) -> None:
    await busy(database)
    assert await database.read(books.faults) == []
    outside(url, "UPDATE members SET owed = 9 WHERE id = 1")
    assert await database.read(books.faults) == [Fault(1, "owed", 1, (9, 5))]
    outside(url, "UPDATE lots SET remaining = 7 WHERE id = 6")
    assert Fault(2, "lot", 6, (7, 0)) in await database.read(books.faults)
    outside(url, "UPDATE lots SET amount = 25 WHERE id = 8")
    assert Fault(2, "entry", 21, (10, 25)) in await database.read(books.faults)
    assert ledger(url, "check") == (1, SPOILT)


SPOILT = """
M0001: owes 9, by refunds and what paid them 5
M0002: entry 21 says 10, its lots 25
M0002: lot 6 holds 7, by its uses 0
M0002: lot 8 holds 0, by its uses 15
M0002: balance 0, lots 7, entries 0
""".strip()


async def test_a_line_that_lapsed_more_than_its_lot_had_is_named(database: Database) -> None:
    await busy(database)

    def forge(session: Session) -> None:
        lapsed = {"member_id": 1, "amount": -3, "source": "expiry", "at": AT, "key": "expiry:9:2030-01-01"}
        session.connection().execute(ENTRIES.insert(), lapsed)

    await database.write(forge)
    whats = [(fault.what, fault.numbers) for fault in await database.read(books.faults)]
    assert whats == [("entry", (-3, 0)), ("member", (0, 0, -3))]


async def test_who_is_erased_is_in_order(database: Database) -> None:
    await busy(database)
    await database.write(privacy.erase, 2, now=AT)
    assert await database.read(books.faults) == []
