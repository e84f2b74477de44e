"""Grades and scores of everybody by night, beside the bare SQL of the same result, here and in DuckDB."""

import csv
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import func, insert, literal_column, select, true
from sqlmodel import Session

from bot.club import grades, rfm, standings
from db.engine import Database, open_database
from db.standings import STANDINGS
from jobs.grading import Pass
from tests.bench.hands import Transaction, on_postgres, on_sqlite
from tests.bench.postgres import answers, postgres_database
from tests.bench.rounds import Bar, Bench, Variant
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file

SEED = 20_270_210
EACH = 5  # purchases of a member
ONES = 300  # members graded one by one
SINCE = standings.year_begins(SHOP, MORNING)
# Purchases of the last two years: few members come often, most seldom; every hundredth is refunded, half or whole.
PURCHASES = """
WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {many}),
h AS (SELECT i, (i * 2654435761 + {seed}) % 4294967291 AS a, (i * 40503 + {seed} * CAST(69069 AS BIGINT)) % 2147483647
    AS b FROM n)
INSERT INTO purchases
    (id, key, order_number, member_id, total, discount, paid, points, factor, because, source, at, made_at)
SELECT i, 'p' || i, 'P-' || i, 1 + ((a % {members}) * (b % {members})) / {members}, p, 0, p, 0, 100, 'none', 'import',
    t, t
FROM (SELECT i, a, b, 500 + (a / 7 + b) % 60000 AS p, {at} AS t FROM h) AS each_one
"""
AGO = "((a / 3 + b * 7) % 63072000)"  # seconds
AT = {
    "sqlite": f"strftime('%Y-%m-%d %H:%M:%f000', '2027-02-10 02:00:00', '-' || {AGO} || ' seconds')",
    "postgresql": f"timestamptz '2027-02-10 02:00:00+00' - {AGO} * interval '1 second'",
}
REFUNDS = """
INSERT INTO refunds (key, purchase_id, amount, points, coupon_back, at)
SELECT 'r' || id, id, CASE WHEN id % 200 = 0 THEN paid ELSE paid / 2 END, 0, false, at FROM purchases
WHERE id % 100 = 0
"""
SETTLED = """
UPDATE standings SET rank = CASE WHEN year_spent >= 500000 THEN 3
    WHEN year_spent >= 100000 OR year_purchases >= 8 THEN 2 WHEN year_purchases >= 2 THEN 1 ELSE 0 END
"""
SPOILT = "UPDATE standings SET oldest_at = '2020-01-01 00:00:00.000000' WHERE member_id % 100 = 0 RETURNING 1"
STALE = "SELECT count(*) FROM standings WHERE oldest_at < '2021-01-01 00:00:00.000000'"
# The same results from the purchases themselves: grades by the year, scores by fifths.
NET = """
SELECT p.member_id, p.at AS moment, p.paid - coalesce(r.amount, 0) AS net FROM purchases p
LEFT JOIN (SELECT purchase_id, sum(amount) AS amount FROM refunds GROUP BY purchase_id) r ON r.purchase_id = p.id
WHERE p.undone_at IS NULL AND (r.amount IS NULL OR r.amount <> p.paid)
"""
GRADE = """
CASE WHEN spent >= 500000 THEN 3 WHEN spent >= 100000 OR many >= 8 THEN 2 WHEN many >= 2 THEN 1 ELSE 0 END
"""
GRADES = f"""
SELECT member_id, {GRADE} AS grade
FROM (SELECT member_id, count(*) AS many, sum(net) AS spent
    FROM ({NET}) AS net WHERE moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' GROUP BY member_id) AS sums
"""
REGRADED = f"""
UPDATE standings SET year_purchases = y.many, year_spent = y.spent, oldest_at = y.oldest, rank = y.grade
FROM (SELECT buyer, many, spent, oldest, {GRADE} AS grade
    FROM (SELECT member_id AS buyer, count(*) AS many, sum(net) AS spent, min(moment) AS oldest
        FROM ({NET}) AS net WHERE moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' GROUP BY member_id) AS sums) y
WHERE member_id = buyer RETURNING 1
"""
TALLY = f"SELECT grade, count(*) FROM ({GRADES}) AS graded GROUP BY grade ORDER BY grade"
SCORES = f"""
SELECT member_id, {GRADE} AS grade, ntile(5) OVER (ORDER BY latest) AS r, ntile(5) OVER (ORDER BY many) AS f,
    ntile(5) OVER (ORDER BY spent) AS m
FROM (SELECT member_id, max(moment) AS latest,
        sum(CASE WHEN moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' THEN 1 ELSE 0 END) AS many,
        sum(CASE WHEN moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' THEN net ELSE 0 END) AS spent
    FROM ({NET}) AS net GROUP BY member_id) AS sums
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Members with their purchases on one database, by our way in and by hand."""

    members: int
    database: Database
    by_hand: Transaction

    async def fill(self, dialect: str) -> None:
        """Lay out the purchases, the same for each number of members on each database, and everybody's sums."""
        many = {"many": self.members * EACH, "members": self.members, "seed": SEED}
        await self.bare(PURCHASES.format(**many, at=AT[dialect]))
        await self.bare(REFUNDS)
        await self.database.write(count_all)
        await self.bare(SETTLED)
        await self.bare("ANALYZE")

    async def bare(self, statement: str) -> Any:
        """The rows of a statement by hand, in a transaction of its own."""
        async with self.by_hand() as do:
            return await do(statement)

    async def timed(self, statement: str) -> float:
        """Seconds for a statement by hand, its result fetched and what it keeps committed."""
        began = time.perf_counter()
        assert await self.bare(statement)
        return time.perf_counter() - began

    async def scored(self) -> float:
        """Seconds for a look at everybody's grade and scores by fifths, as they stand after a night."""
        began = time.perf_counter()
        await Pass(self.database).run(SHOP, MORNING)
        await self.database.read(result)
        return time.perf_counter() - began

    async def kept(self) -> float:
        """Seconds for the tally of everybody's grade from the kept sums, which is that of all purchases."""
        said = [tuple(row) for row in await self.bare(TALLY)]
        began = time.perf_counter()
        found = await self.database.read(tally)
        took = time.perf_counter() - began
        assert found == said, (found, said)
        return took

    async def changed(self) -> float:
        """Seconds for the pass that finds a hundredth of all years to have lost a purchase."""
        work = Pass(self.database)
        await work.run(SHOP, MORNING)
        assert await self.bare(SPOILT)
        began = time.perf_counter()
        await work.run(SHOP, MORNING)
        took = time.perf_counter() - began
        [(stale,)] = await self.bare(STALE)
        assert stale == 0
        return took

    async def one_by_one(self) -> float:
        """Seconds for members graded one after the other, each as after a purchase."""
        chosen = random.Random(SEED).sample(range(1, self.members + 1), ONES)
        began = time.perf_counter()
        for member_id in chosen:
            await self.database.write(grades.review, [member_id], SHOP, by=None, now=MORNING + timedelta(minutes=1))
        return time.perf_counter() - began


def count_all(session: Session) -> None:
    """An act: everybody's sums, in one statement."""
    sums = standings.counted(lambda _column: true())
    given = sums.add_columns(literal_column("0").label("rank"))
    names = [column.name for column in given.selected_columns]
    session.connection().execute(insert(STANDINGS).from_select(names, given), standings.told(SHOP, MORNING))


def result(session: Session) -> int:
    """A look: everybody's grade and scores, as they stand. Returns how many buyers there are."""
    parts: list[Any] = [rfm.score(part, SHOP, MORNING) for part in rfm.PARTS]
    each = select(STANDINGS.c.member_id, STANDINGS.c.rank, *parts).where(rfm.BUYERS)
    return len(session.connection().execute(each).all())


def tally(session: Session) -> list[tuple[int, int]]:
    """A look: how many of those who bought within the year have earned each grade."""
    each = select(grades.earned.label("grade")).where(STANDINGS.c.year_purchases > 0).subquery()
    many = select(each.c.grade, func.count()).group_by(each.c.grade).order_by(each.c.grade)
    return [(place, n) for place, n in session.connection().execute(many, grades.told(SHOP, MORNING))]


async def duck(connection: duckdb.DuckDBPyConnection, statement: str) -> float:
    """Seconds for the same in DuckDB, over its own copy of the purchases."""
    began = time.perf_counter()
    assert connection.execute(statement).fetchall()
    return time.perf_counter() - began


def copied(path: Path) -> duckdb.DuckDBPyConnection:
    """The purchases and refunds in DuckDB's own memory."""
    connection = duckdb.connect()
    for table, columns in {"purchases": "id, member_id, at, paid, undone_at", "refunds": "purchase_id, amount"}.items():
        file = path.with_suffix(f".{table}.csv")
        with raw(path) as lite, file.open("w", newline="") as out:
            rows = lite.execute(f"SELECT {columns} FROM {table}")
            writer = csv.writer(out)
            writer.writerow([column[0] for column in rows.description])
            writer.writerows(rows)
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{file}', header = true)")
    return connection


def variants_of(shelf: Shelf, few: Shelf) -> dict[str, Variant]:
    """What is measured on each database."""
    return {
        "kept": shelf.kept,
        "scored": shelf.scored,
        "changed": shelf.changed,
        "bare": partial(shelf.timed, TALLY),
        "regraded": partial(shelf.timed, REGRADED),
        "bare scores": partial(shelf.timed, SCORES),
        "one": shelf.one_by_one,
        "one of few": few.one_by_one,
    }


def bars_of(shelf: Shelf, few: Shelf, where: str = "") -> list[Bar]:
    """The bars between them."""
    many = f"{shelf.members:,}"
    return [
        Bar(f"grades of {many} members{where} from kept sums ÷ bare SQL", "kept", "bare", 0.15, 0.11, most=True),
        Bar(f"a hundredth changed{where} ÷ all regraded by bare SQL", "changed", "regraded", 0.10, 0.06, most=True),
        Bar(f"a hundredth changed{where}, kept ÷ a bare look at all", "changed", "bare"),
        Bar(f"grades and fifths of everybody{where} ÷ bare SQL", "scored", "bare scores"),
        Bar(f"one regraded{where} among {many} ÷ among {few.members:,}", "one", "one of few", 1.2, 1.1, most=True),
    ]


def sizes(quick: bool) -> tuple[int, int]:
    """How many members there are, and how few beside them."""
    return (100_000 if quick else 1_000_000), 10_000


@asynccontextmanager
async def graded(quick: bool) -> AsyncIterator[Bench]:
    """Everybody's grades and scores, a changed hundredth, and one member among many and among few; DuckDB beside."""
    async with AsyncExitStack() as stack:
        shelves = []
        for members in sizes(quick):
            url, path = stack.enter_context(sqlite_file(members))
            shelves.append(await _opened(stack, members, url, await stack.enter_async_context(on_sqlite(path))))
            await shelves[-1].fill("sqlite")
            if len(shelves) == 1:
                copy = stack.enter_context(copied(path))
        ducks: dict[str, Variant] = {"duck": partial(duck, copy, TALLY), "duck scores": partial(duck, copy, SCORES)}
        beside = [
            Bar("grades from kept sums ÷ DuckDB", "kept", "duck"),
            Bar("grades and fifths of everybody ÷ DuckDB", "scored", "duck scores"),
        ]
        yield Bench("s", variants_of(*shelves) | ducks, bars_of(*shelves) + beside)


@asynccontextmanager
async def graded_on_postgres(quick: bool) -> AsyncIterator[Bench]:
    """The same on PostgreSQL. Without a server there is nothing to measure."""
    if not answers():
        yield Bench("s", {}, [])
        return
    async with AsyncExitStack() as stack:
        shelves = []
        for members in sizes(quick):
            url = await stack.enter_async_context(postgres_database(members))
            shelves.append(await _opened(stack, members, url, await stack.enter_async_context(on_postgres(url))))
            await shelves[-1].fill("postgresql")
        yield Bench("s", variants_of(*shelves), bars_of(*shelves, " on PostgreSQL"))


async def _opened(stack: AsyncExitStack, members: int, url: str, by_hand: Transaction) -> Shelf:
    """A database opened both ways, closed with the stack."""
    database = open_database(url)
    stack.push_async_callback(database.close)
    return Shelf(members, database, by_hand)
