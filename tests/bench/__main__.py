"""python -m tests.bench [--quick] [--only NAME …] [--rounds N]."""

import argparse
import asyncio
import gc
import sys

import uvloop

from bot.logs import set_up
from tests.bench.api import api, api_on_postgres
from tests.bench.birthdays import birthdays
from tests.bench.broadcasts import broadcast
from tests.bench.checkin import checkin
from tests.bench.circle import circle
from tests.bench.dispatch import dispatch
from tests.bench.expiry import expiry
from tests.bench.files import files, files_on_postgres
from tests.bench.gifts import gifts, gifts_on_postgres
from tests.bench.grades import graded, graded_on_postgres
from tests.bench.letters import delivery, queueing
from tests.bench.paces import paces
from tests.bench.postgres import postgres
from tests.bench.process import process
from tests.bench.rounds import HEAD, Opens
from tests.bench.waiting import waiting

BENCHES: dict[str, Opens] = {
    "checkin": checkin,
    "postgres": postgres,
    "gifts": gifts,
    "gifts-postgres": gifts_on_postgres,
    "api": api,
    "api-postgres": api_on_postgres,
    "dispatch": dispatch,
    "queueing": queueing,
    "broadcast": broadcast,
    "delivery": delivery,
    "paces": paces,
    "waiting": waiting,
    "birthdays": birthdays,
    "circle": circle,
    "expiry": expiry,
    "grades": graded,
    "grades-postgres": graded_on_postgres,
    "files": files,
    "files-postgres": files_on_postgres,
    "process": process,
}


async def run(names: list[str], rounds: int, quick: bool) -> None:
    """Run the benches one after the other, and print the lines of each as soon as they are known."""
    sys.stdout.write(HEAD + "\n")
    for name in names:
        async with BENCHES[name](quick) as bench:
            await bench.run(rounds, name)
            sys.stdout.writelines(line + "\n" for line in bench.lines())
            sys.stdout.flush()


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=BENCHES, default=list(BENCHES), metavar="NAME", help=", ".join(BENCHES)
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds of less: a look, not a figure to quote")
    parser.add_argument("--rounds", type=int, help="5, or 2 when quick")
    given = parser.parse_args()
    set_up("WARNING", ())
    gc.freeze()  # as the bot does with all that stays to its end (bot/__main__.py)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(given.only, given.rounds or (2 if given.quick else 5), given.quick))


if __name__ == "__main__":
    main()
