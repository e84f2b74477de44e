"""Nothing is lost and nobody is pressed while the line misbehaves, and whoever asks is answered meanwhile."""

import random
from pathlib import Path

import pytest

from db.engine import Database
from tests.faults.conftest import DEEP, say
from tests.faults.soak import soak
from tests.standin import StandIn

SECONDS = 540 if DEEP else 4


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_long_broadcast_keeps_its_pace_and_its_patience(
    database: Database, url: str, tmp_path: Path, server: StandIn, chance: random.Random
) -> None:
    found = await soak(database, url, tmp_path, server, chance, SECONDS)
    say(found)
    assert not list(found.wrong())


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("mutant", "caught"), [("knows_no_patience", "hasty"), ("knows_no_pace", "too fast")])
async def test_the_soak_catches(
    mutant: str, caught: str, database: Database, url: str, tmp_path: Path, server: StandIn, chance: random.Random
) -> None:
    found = await soak(database, url, tmp_path, server, chance, 3, mutant)
    say(f"{mutant}: {found}")
    assert any(wrong.startswith(caught) for wrong in found.wrong())
