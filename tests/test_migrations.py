"""A database of an earlier schema, full of rows, keeps them all when it is brought up."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.club import gifts, points, vouchers
from db import upgrade as upgrading
from db.engine import open_database
from db.upgrade import NEWEST, upgrade
from tests.acts import AT
from tests.conftest import POSTGRES, psql

MEMBER = """
INSERT INTO members (id, name, grade, points, notify, greeting, met_at)
VALUES (1, 'Ann', 'new', 7, 'all', 'private', '2027-01-01 00:00:00')
"""
LOT = """
INSERT INTO lots (id, member_id, amount, remaining, source, earned_at, available_at, key)
VALUES (1, 1, 9, 7, 'grant', '2027-01-01 00:00:00', '2027-01-01 00:00:00', 'tea')
"""
ENTRY = """
INSERT INTO entries (id, member_id, amount, source, at, key)
VALUES (1, 1, 9, 'grant', '2027-01-01 00:00:00', 'tea'), (2, 1, -2, 'gift', '2027-01-02 00:00:00', 'cup')
"""
GIFT = """
INSERT INTO gifts (id, name, folded, cost, stock, grade, opens_at, state, made_by, made_at)
VALUES (1, 'Cup', 'cup', 2, 3, 'new', '2027-01-01 00:00:00', 'open', 1, '2027-01-01 00:00:00')
"""
ORDER = """
INSERT INTO gift_orders (id, code, key, gift_id, member_id, cost, state, ordered_at, good_until)
VALUES (1, 'K7QM-3XWF-9TRB', 'cup', 1, 1, 2, 'ordered', '2027-01-02 00:00:00', '2027-03-01 00:00:00')
"""
USE = "INSERT INTO lot_uses (entry_id, lot_id, amount) VALUES (2, 1, 2)"


@pytest.fixture
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any schema."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/old.db"
        return
    name = request.getfixturevalue("postgres")
    if name is None:
        pytest.skip("no PostgreSQL answers")
    old = f"{name}_old"
    psql(f'CREATE DATABASE "{old}"')
    yield f"{POSTGRES}/{old}"
    psql(f'DROP DATABASE "{old}" WITH (FORCE)')


def fill(connection: Connection) -> None:
    """The first schema, with a member who earned and spent."""
    upgrading._alembic(connection, "0001")
    for row in (MEMBER, LOT, ENTRY, GIFT, ORDER, USE):
        connection.execute(text(row))


@pytest.mark.parametrize("bare", ["sqlite", "postgres"], indirect=True)
async def test_the_first_club_keeps_its_points(bare: str) -> None:
    await asyncio.to_thread(upgrading.with_connection, bare, fill)
    assert await asyncio.to_thread(upgrade, bare) == "0001"
    if bare.startswith("sqlite"):
        with sqlite3.connect(bare.removeprefix("sqlite+aiosqlite:///")) as connection:
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert NEWEST != "0001"
    database = open_database(bare)
    assert await database.read(points.usable, 1, now=AT) == 7
    assert (await database.read(gifts.found, 1)).stock == 3
    assert (await database.read(vouchers.one, 1)).name == "Cup"
    about = {"earned_key": "tea", "key": "back", "now": AT}
    back = await database.write(points.take_back, 1, 9, "refund", **about)
    assert (back.taken, back.owed) == (7, 2)
    await database.close()
