"""Grades and scores of everybody by night, beside the bare SQL of the same result, here and in DuckDB."""

import csv
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
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
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file

SEED = 20_270_210
EACH = 5  # purchases of a member
ONES = 300  # members graded one by one
SINCE = standings.year_begins(SHOP, MORNING)
# Purchases of the last two years: few members come often, most seldom; every hundredth is refunded, half or whole.
PURCHASES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many),
h AS (SELECT i, (i * 2654435761 + :seed) % 4294967291 AS a, (i * 40503 + :seed * 69069) % 2147483647 AS b FROM n)
INSERT INTO purchases
    (id, key, order_number, member_id, total, discount, paid, points, factor, because, source, at, made_at)
SELECT i, 'p' || i, 'P-' || i, 1 + ((a % :members) * (b % :members)) / :members, p, 0, p, 0, 100, 'none', 'import', t, t
FROM (SELECT i, a, b, 500 + (a / 7 + b) % 60000 AS p,
    strftime('%Y-%m-%d %H:%M:%f000', '2027-02-10 02:00:00', '-' || ((a / 3 + b * 7) % 63072000) || ' seconds') AS t
    FROM h)
"""
REFUNDS = """
INSERT INTO refunds (key, purchase_id, amount, points, coupon_back, at)
SELECT 'r' || id, id, iif(id % 200 = 0, paid, paid / 2), 0, 0, at FROM purchases WHERE id % 100 = 0
"""
SETTLED = """
UPDATE standings SET rank = CASE WHEN year_spent >= 500000 THEN 3
    WHEN year_spent >= 100000 OR year_purchases >= 8 THEN 2 WHEN year_purchases >= 2 THEN 1 ELSE 0 END
"""
SPOILT = "UPDATE standings SET oldest_at = '2020-01-01 00:00:00.000000' WHERE member_id % 100 = 0"
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
    FROM ({NET}) WHERE moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' GROUP BY member_id)
"""
REGRADED = f"""
UPDATE standings SET year_purchases = y.many, year_spent = y.spent, oldest_at = y.oldest, rank = y.grade
FROM (SELECT buyer, many, spent, oldest, {GRADE} AS grade
    FROM (SELECT member_id AS buyer, count(*) AS many, sum(net) AS spent, min(moment) AS oldest
        FROM ({NET}) WHERE moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' GROUP BY member_id)) y
WHERE member_id = buyer
"""
TALLY = f"SELECT grade, count(*) FROM ({GRADES}) GROUP BY grade ORDER BY grade"
SCORES = f"""
SELECT member_id, {GRADE} AS grade, ntile(5) OVER (ORDER BY latest) AS r, ntile(5) OVER (ORDER BY many) AS f,
    ntile(5) OVER (ORDER BY spent) AS m
FROM (SELECT member_id, max(moment) AS latest,
        sum(CASE WHEN moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' THEN 1 ELSE 0 END) AS many,
        sum(CASE WHEN moment >= '{SINCE:%Y-%m-%d %H:%M:%S}' THEN net ELSE 0 END) AS spent
    FROM ({NET}) GROUP BY member_id)
"""


def fill(path: Path, members: int) -> None:
    """Members with their purchases, the same for each number of members."""
    with raw(path) as connection:
        connection.execute(PURCHASES, {"many": members * EACH, "members": members, "seed": SEED})
        connection.execute(REFUNDS)


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


async def scored(database: Database) -> float:
    """Seconds for a look at everybody's grade and scores by fifths, as they stand after a night."""
    began = time.perf_counter()
    await Pass(database).run(SHOP, MORNING)
    await database.read(result)
    return time.perf_counter() - began


async def kept(database: Database, path: Path) -> float:
    """Seconds for the tally of everybody's grade from the kept sums, which is that of all purchases."""
    with raw(path) as connection:
        said = connection.execute(TALLY).fetchall()
    began = time.perf_counter()
    found = await database.read(tally)
    took = time.perf_counter() - began
    assert found == said, (found, said)
    return took


def tally(session: Session) -> list[tuple[int, int]]:
    """A look: how many of those who bought within the year have earned each grade."""
    each = select(grades.earned.label("grade")).where(STANDINGS.c.year_purchases > 0).subquery()
    many = select(each.c.grade, func.count()).group_by(each.c.grade).order_by(each.c.grade)
    return [(place, n) for place, n in session.connection().execute(many, grades.told(SHOP, MORNING))]


async def changed(database: Database, path: Path) -> float:
    """Seconds for the pass that finds a hundredth of all years to have lost a purchase."""
    work = Pass(database)
    await work.run(SHOP, MORNING)
    with raw(path) as connection:
        many = connection.execute(SPOILT).rowcount
    began = time.perf_counter()
    await work.run(SHOP, MORNING)
    took = time.perf_counter() - began
    with raw(path) as connection:
        assert connection.execute("SELECT count(*) FROM standings WHERE oldest_at < '2021'").fetchone() == (0,)
    assert many
    return took


async def bare(path: Path, statement: str) -> float:
    """Seconds for the bare SQL over all purchases, its result fetched."""
    began = time.perf_counter()
    with raw(path) as connection:
        assert connection.execute(statement).fetchall()
    return time.perf_counter() - began


async def regraded(path: Path) -> float:
    """Seconds for the bare SQL that keeps everybody's year and grade anew, committed."""
    began = time.perf_counter()
    with raw(path) as connection:
        assert connection.execute(REGRADED).rowcount
    return time.perf_counter() - began


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


async def one_by_one(database: Database, members: int) -> float:
    """Seconds for members graded one after the other, each as after a purchase."""
    chosen = random.Random(SEED).sample(range(1, members + 1), ONES)
    began = time.perf_counter()
    for member_id in chosen:
        await database.write(grades.review, [member_id], SHOP, by=None, now=MORNING + timedelta(minutes=1))
    return time.perf_counter() - began


@asynccontextmanager
async def graded(quick: bool) -> AsyncIterator[Bench]:
    """Everybody's grades and scores, a changed hundredth, and one member among many and among few."""
    many, few = (100_000 if quick else 1_000_000), 10_000
    async with AsyncExitStack() as stack:
        opened: dict[int, tuple[Database, Path]] = {}
        for members in (many, few):
            url, path = stack.enter_context(sqlite_file(members))
            fill(path, members)
            database = open_database(url)
            stack.push_async_callback(database.close)
            await database.write(count_all)
            with raw(path) as connection:
                connection.execute(SETTLED)
            opened[members] = database, path
        database, path = opened[many]
        copy = stack.enter_context(copied(path))
        variants: dict[str, Callable[[], Awaitable[float]]] = {
            "kept": partial(kept, database, path),
            "scored": partial(scored, database),
            "changed": partial(changed, database, path),
            "bare": partial(bare, path, TALLY),
            "regraded": partial(regraded, path),
            "bare scores": partial(bare, path, SCORES),
            "duck": partial(duck, copy, TALLY),
            "duck scores": partial(duck, copy, SCORES),
            "one": partial(one_by_one, database, many),
            "one of few": partial(one_by_one, opened[few][0], few),
        }
        each = f"{many:,} members"
        yield Bench(
            "s",
            variants,
            [
                Bar(f"grades of {each} from kept sums ÷ bare SQL", "kept", "bare", 0.15, 0.11, most=True),
                Bar("a hundredth changed ÷ all regraded by bare SQL", "changed", "regraded", 0.10, 0.06, most=True),
                Bar("a hundredth changed, kept ÷ a bare look at all", "changed", "bare"),
                Bar("grades and fifths of everybody ÷ bare SQL", "scored", "bare scores"),
                Bar("grades from kept sums ÷ DuckDB", "kept", "duck"),
                Bar("grades and fifths of everybody ÷ DuckDB", "scored", "duck scores"),
                Bar(f"one regraded among {many:,} ÷ among {few:,}", "one", "one of few", 1.2, 1.1, most=True),
            ],
        )
