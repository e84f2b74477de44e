"""The books are checked from the command line, and balances made anew."""

import os
import subprocess
import sys
from pathlib import Path

from bot.club import books, points
from db.engine import Database
from tests.acts import AT, meet, outside

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
    assert await database.read(books.faults) == [books.Fault(who, 20, 3, 20)]
    assert await database.write(books.rebuild) == 0
    assert len(await database.read(books.faults)) == 1
