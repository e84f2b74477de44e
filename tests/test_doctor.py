"""The doctor's findings and the demo's shop."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from bot.demo import NotEmpty, furnish
from bot.doctor import examine
from bot.settings import Settings
from db.engine import Database
from db.members import MEMBERS
from db.points import ENTRIES, LOTS
from tests.standin import TOKEN, StandIn

NOON = datetime(2027, 2, 10, 4, tzinfo=UTC)


def books(session: Session) -> set[int]:
    """The points as the balances, the lots and the entries have them: one figure where the books balance."""
    columns = (MEMBERS.c.points, LOTS.c.remaining, ENTRIES.c.amount)
    return {session.connection().execute(select(func.sum(column))).scalar_one() for column in columns}


def settings(url: str, **more: object) -> Settings:
    return Settings(_env_file=None, database_url=url, **more)


async def findings(known: Settings) -> dict[str, str]:
    return {each.what: each.remedy for each in await examine(known)}


async def test_a_new_machine_is_told_what_to_do(tmp_path: Path) -> None:
    found = await findings(settings(f"sqlite+aiosqlite:///{tmp_path}/none.db"))
    assert found["There is no database yet"] == "Run: python -m bot migrate"
    assert "@BotFather" in found["TELEGRAM_TOKEN is empty"]
    assert not (tmp_path / "none.db").exists()


async def test_a_club_without_an_owner_is_told(url: str) -> None:
    found = await findings(settings(url))
    assert "OWNER_IDS" in found["The club has no owner"]
    assert found["The shop's time zone is Asia/Shanghai"] == ""
    assert "The club has an owner" in await findings(settings(url, owner_ids="7001"))


async def test_what_telegram_says_is_told(database: Database, url: str, shop) -> None:
    await database.write(furnish, shop, now=NOON)
    with StandIn() as server:
        found = await findings(settings(url, telegram_token=TOKEN, telegram_api=server.url, owner_ids="7001"))
    assert any("made-up people" in what for what in found)
    assert any(what.startswith("Telegram knows the bot") for what in found)


async def test_a_refused_token_is_told_without_showing_it(url: str) -> None:
    with StandIn() as server:
        found = await findings(settings(url, telegram_token="99:WRONG", telegram_api=server.url))
    assert "TELEGRAM_TOKEN" in found["Telegram does not answer"]
    assert "WRONG" not in str(found)


async def test_the_demo_is_a_shop_whose_books_balance(database: Database, shop) -> None:
    told = await database.write(furnish, shop, now=NOON)
    assert "28 of them members" in told
    assert len(await database.read(books)) == 1
    with pytest.raises(NotEmpty):
        await database.write(furnish, shop, now=NOON)
