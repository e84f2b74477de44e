"""No update is lost and none counts twice, through kills and however often Telegram repeats itself."""

import random
import time
from pathlib import Path

import pytest

from db.engine import Database
from tests.faults.conftest import DEEP, say
from tests.faults.updates import Club, books, busy_day, open_deal
from tests.standin import StandIn

UPDATES, KILLS = (5_000, 60) if DEEP else (250, 3)


async def test_updates_count_once_through_kills_and_repeats(
    database: Database, url: str, tmp_path: Path, server: StandIn, chance: random.Random
) -> None:
    await database.write(open_deal)
    day, club = busy_day(chance, UPDATES), Club(database, tmp_path, server, url)
    once = await club.lives_through(day, KILLS, chance)
    wrong = list(day.wrong(once))
    shuffled = chance.sample(day.updates, len(day.updates))
    with await club.open() as bot:
        for again in (day.updates, day.updates, shuffled):
            await club.hears_again(again)
        await bot.stop()
    seconds = time.monotonic() - club.began
    say(f"{database.dialect}: {len(day.updates)} updates, {KILLS} kills, wrong {wrong}, {seconds:.0f} s")
    assert not wrong
    assert await database.read(books) == once


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("mutant", "moment"), [("acknowledges_first", "acknowledged"), ("marks_afterwards", "answering")]
)
async def test_the_updates_catch(
    mutant: str, moment: str, database: Database, url: str, tmp_path: Path, server: StandIn, chance: random.Random
) -> None:
    await database.write(open_deal)
    day, club = busy_day(chance, 250), Club(database, tmp_path, server, url, mutant)
    wrong = list(day.wrong(await club.lives_through(day, 1, chance, [moment])))
    say(f"{mutant}: {wrong}")
    assert wrong
