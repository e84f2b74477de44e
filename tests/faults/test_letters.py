"""Nothing promised is lost, and what a crash may double is bounded: a broadcast through kills and a bad line."""

import random
from pathlib import Path

import pytest

from db.engine import Database
from tests.faults.conftest import DEEP, say
from tests.faults.letters import MOVED, Broadcast
from tests.standin import StandIn

LETTERS, KILLS, PACE = (10_000, 200, 1000) if DEEP else (500, 10, 80)


@pytest.mark.parametrize("url", ["sqlite", "postgres"] if DEEP else ["sqlite"], indirect=True)
async def test_a_broadcast_survives_kills_and_a_bad_line(
    database: Database, url: str, tmp_path: Path, server: StandIn, chance: random.Random
) -> None:
    report = await Broadcast(database, tmp_path, server, url).send(LETTERS, KILLS, chance, PACE)
    say(f"{database.dialect}: {report}")
    assert not list(report.wrong())
    assert len(report.told) == LETTERS + MOVED


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("mutant", "caught", "writing"),
    [
        ("ticks_off_at_the_take", "lost", 0),
        ("resends_first", "never twice, but", 0),
        ("moves_on_first", "not written to", 1),
    ],
)
async def test_the_broadcast_catches(
    mutant: str,
    caught: str,
    writing: float,
    database: Database,
    url: str,
    tmp_path: Path,
    server: StandIn,
    chance: random.Random,
) -> None:
    report = await Broadcast(database, tmp_path, server, url, mutant).send(100, 4, chance, 160, writing=writing)
    say(f"{mutant}: {report}")
    assert any(wrong.startswith(caught) for wrong in report.wrong())
