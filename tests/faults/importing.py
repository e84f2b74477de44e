"""python -m tests.faults.importing URL FILE POINT: a club whose owner imports a file, and that dies over it."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.club import imports, staff, staging
from bot.club.rules import OpenShop, Shop
from bot.platforms.playground import Playground
from bot.running import Club
from db.engine import open_database
from tests.people import Play

SHOP = Shop(name="Tea House", zone=ZoneInfo("Asia/Shanghai"), locale="en")
POINTS = {"reading": (staging, "stage"), "carrying": (imports, "carry_on")}


def dies(act: Callable[..., Any], after: int) -> Callable[..., Any]:
    """An act after some runs of which the process is gone, before or after the commit as chance has it."""
    runs = 0

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal runs
        runs += 1
        if runs > after:
            os._exit(9)
        return act(*args, **kwargs)

    return dying


async def play(url: str, file: Path) -> None:
    """Send the file and confirm it."""
    database, clock = open_database(url), Clock()
    playground = Playground(clock.now, "en")
    club = Club(database, {"playground": playground}, OpenShop(SHOP), clock)
    await database.write(staff.appoint, "playground", {1: "owner"}, now=clock.now())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(asyncio.Event(), ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        played = Play(club, playground)
        await played.owner.sends(file.name, file.read_bytes())
        await played.owner.taps("Confirm")
        os._exit(0)


if __name__ == "__main__":
    point, _, after = sys.argv[3].partition(":")
    room, name = POINTS[point]
    setattr(room, name, dies(getattr(room, name), int(after)))
    asyncio.run(play(sys.argv[1], Path(sys.argv[2])))
