"""A list of 100,000 members is brought along, and others write all the while; and everybody is taken out again."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy import func, select

from bot.clock import Clock
from bot.club import staff
from bot.club.rules import OpenShop
from bot.platforms.playground import Playground
from bot.running import Club
from db.engine import Database, open_database
from db.members import MEMBERS
from tests.bench.postgres import answers, postgres_database
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file
from tests.conftest import psql

WAIT, OUT = 1.0, 30.0  # seconds that others may wait, and that an export may take
TENDED = 15.0  # seconds
AT = "2027-02-10 02:00:00.000000"
BARE = {
    "members": "id, name, grade, points, notify, greeting, met_at",
    "imported": "member_id, import_id, at",
    "answers": "member_id, field, value, told_at, source",
    "answer_changes": "member_id, field, value, changed_at, source",
    "occasions": "member_id, relation, name, calendar, month, day, leap, year, next_on, set_at, changes, vouched",
    "lots": "member_id, amount, remaining, source, earned_at, available_at, key",
    "entries": "member_id, amount, source, at, key",
}
IMPORT = "id, key, file_hash, file_id, name, kind, state, made_by, answers, counts, tries, made_at, beat_at"


def insert(table: str, columns: str) -> str:
    """The statement that inserts a row."""
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * (columns.count(',') + 1))})"


def phone(row: int) -> str:
    """A mobile number of China for each row."""
    return f"138{row:08d}"


class Files:
    """A club, its owner, and a list."""

    def __init__(self, rows: int, empty: Callable[[], AbstractAsyncContextManager[str]]) -> None:
        self.rows, self._empty = rows, empty
        lines = (f"Member {row},{phone(row)},1990-08-15,5" for row in range(rows))
        self.data = "\n".join(["name,phone,birthday,points", *lines]).encode()
        self.waits = [0.0]
        self.out = [0.0]

    async def brought(self) -> float:
        """The seconds from the file to the end of the import; how long others waited and the export took is kept."""
        async with self._empty() as url:
            database = open_database(url)
            try:
                async with _opened(database) as playground:
                    took = await self._timed(playground, database)
                points = select(func.sum(MEMBERS.c.points))
                assert await database.read(lambda s: s.connection().execute(points).scalar()) == 5 * self.rows
            finally:
                await database.close()
        return took

    async def bare(self) -> float:
        """The seconds that the same rows take by executemany, in one transaction."""
        with sqlite_file(1) as (_url, path), raw(path) as connection:
            row = (1, "k", "h", "f", "n", "members", "done", 1, "{}", "{}", 1, AT, AT)
            connection.execute(insert("imports", IMPORT), row)
            new = range(2, self.rows + 2)
            rows = {
                "members": ((n, f"Member {n}", "new", 5, "all", "private", AT) for n in new),
                "imported": ((n, 1, AT) for n in new),
                "answers": ((n, "phone", f"+86{phone(n)}", AT, "import") for n in new),
                "answer_changes": ((n, "phone", f"+86{phone(n)}", AT, "import") for n in new),
                "occasions": ((n, "self", "", "solar", 8, 15, 0, 1990, "2027-08-15", AT, 0, 0) for n in new),
                "lots": ((n, 5, 5, "import", AT, AT, f"import:balance:{n}") for n in new),
                "entries": ((n, 5, "import", AT, f"import:balance:{n}") for n in new),
            }
            began = time.perf_counter()
            for table, columns in BARE.items():
                connection.executemany(insert(table, columns), rows[table])
            connection.execute("COMMIT")
            took = time.perf_counter() - began
            connection.execute("BEGIN")
        return took

    async def waited(self) -> float:
        """The longest that another act waited in the last import."""
        return self.waits[-1]

    async def exported(self) -> float:
        """The seconds that the export took."""
        return self.out[-1]

    async def _timed(self, playground: Playground, database: Database) -> float:
        longest, still = 0.0, asyncio.Event()

        async def others() -> None:
            nonlocal longest
            while not still.is_set():
                began = time.perf_counter()
                await database.write(lambda _session: None)
                longest = max(longest, time.perf_counter() - began)
                await asyncio.sleep(0.005)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(others())
            began = time.perf_counter()
            await playground.send_file(1, 1, "members.csv", self.data, "/import")
            await _tap(playground, "Confirm")
            await _until(playground, "Done:")
            took = time.perf_counter() - began
            began = time.perf_counter()
            await playground.say(1, 1, "/export members")
            while not any(m.file and m.sender != 1 for m in playground.messages(1, 1)):
                await asyncio.sleep(0.05)
            self.out.append(time.perf_counter() - began)
            still.set()
        self.waits.append(longest)
        return took


async def _until(playground: Playground, words: str) -> int:
    """Wait for a message with some words; its number."""
    while True:
        for shown in playground.messages(1, 1):
            if words in shown.text or any(words in label for row in shown.buttons for label, _data in row):
                return shown.id
        await asyncio.sleep(0.02)


async def _tap(playground: Playground, label: str) -> None:
    message = await _until(playground, label)
    [shown] = [each for each in playground.messages(1, 1) if each.id == message]
    [data] = [data for row in shown.buttons for text, data in row if text == label]
    await playground.press(1, 1, message, data)


@asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[Playground]:
    """A club at work on the playground, with its owner."""
    clock, stop = Clock(MORNING), asyncio.Event()
    playground = Playground(clock.now, "en")
    club = Club(database, {"playground": playground}, OpenShop(SHOP), clock)
    await database.write(staff.appoint, "playground", {1: "owner"}, now=clock.now())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        yield playground
        stop.set()


async def _bar(seconds: float) -> float:
    return seconds


@asynccontextmanager
async def _sqlite() -> AsyncIterator[str]:
    """An empty SQLite file."""
    with sqlite_file() as (url, _path):
        yield url


@asynccontextmanager
async def _postgres() -> AsyncIterator[str]:
    """An empty PostgreSQL database whose tables are analysed now and then, as autovacuum would where it is on."""

    async def tend(name: str) -> None:
        while True:
            await asyncio.sleep(TENDED)
            await asyncio.to_thread(psql, "ANALYZE", name)

    async with postgres_database(0) as url, asyncio.TaskGroup() as tasks:
        tending = tasks.create_task(tend(url.rpartition("/")[2]))
        yield url
        tending.cancel()


def _measured(club: Files, where: str = "") -> Bench:
    """The longest wait of others and the export, which every import keeps."""
    variants = {
        "import": club.brought,
        "wait": club.waited,
        "a second": lambda: _bar(WAIT),
        "export": club.exported,
        "half a minute": lambda: _bar(OUT),
    }
    rows = f"{club.rows:,} rows{where}"
    bars = [
        Bar(f"longest wait while {rows} are imported ÷ {WAIT:.0f} s", "wait", "a second", 1, 0.3, most=True),
        Bar(f"export of {rows} ÷ {OUT:.0f} s", "export", "half a minute", 1, 0.3, most=True),
    ]
    return Bench("s", variants, bars)


@asynccontextmanager
async def files(quick: bool) -> AsyncIterator[Bench]:
    """The import, the same rows by hand, the longest wait of others, the export."""
    gc.freeze()  # as the process does once it has started
    club = Files(10_000 if quick else 100_000, _sqlite)
    bench = _measured(club)
    bench.variants["bare"] = club.bare
    bench.bars.insert(0, Bar(f"import of {club.rows:,} rows ÷ executemany of the same", "import", "bare"))
    yield bench


@asynccontextmanager
async def files_on_postgres(quick: bool) -> AsyncIterator[Bench]:
    """The import on PostgreSQL beside that on SQLite. Without a server there is nothing to measure."""
    gc.freeze()
    if not answers():
        yield Bench("s", {}, [])
        return
    rows = 10_000 if quick else 100_000
    bench = _measured(Files(rows, _postgres), " on PostgreSQL")
    bench.variants["on SQLite"] = Files(rows, _sqlite).brought
    bench.bars.insert(0, Bar(f"import of {rows:,} rows on PostgreSQL ÷ on SQLite", "import", "on SQLite"))
    yield bench
