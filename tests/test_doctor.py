"""The doctor's findings and the demo's shop."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlmodel import Session

from bot.clock import Clock
from bot.club.rules import OpenShop, Shop
from bot.demo import NotEmpty, furnish
from bot.doctor import examine
from bot.platforms.playground import Playground
from bot.rehearsal import people_the_playground
from bot.running import Club
from bot.settings import Settings
from db.engine import Database
from db.members import MEMBERS
from db.points import ENTRIES, LOTS
from tests.mails import MailServer
from tests.people import Play, Someone
from tests.standin import TOKEN, StandIn

NOON = datetime(2027, 2, 10, 4, tzinfo=UTC)


def books(session: Session) -> set[int]:
    """The points as the balances, the lots and the entries have them: one figure where the books balance."""
    columns = (MEMBERS.c.points, LOTS.c.remaining, ENTRIES.c.amount)
    return {session.connection().execute(select(func.sum(column))).scalar_one() for column in columns}


@asynccontextmanager
async def running(database: Database, shop: Shop) -> AsyncIterator[Play]:
    """A club that starts on a database which another left."""
    clock = Clock(NOON)
    playground = Playground(clock.now, shop.locale, shop.name)
    club = Club(database, {"playground": playground}, OpenShop(shop), clock)
    await people_the_playground(club, playground)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        yield Play(club, playground)
        stop.set()


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
    assert re.search(r"\d\d purchases", told)
    assert len(await database.read(books)) == 1
    with pytest.raises(NotEmpty):
        await database.write(furnish, shop, now=NOON)


async def test_the_demo_is_a_shop_that_people_live_in(database: Database, shop) -> None:
    await database.write(furnish, shop, now=NOON)
    async with running(database, shop) as play:
        mei = Someone(play, 3, "Mei")
        assert play.playground.group.title == "Friends of Tea House"
        await play.quiet()
        linked, offer, welcome = mei.heard(group=True)
        assert "members' group now" in linked
        assert "6 left" in offer
        assert "Welcome, Daisy!" in welcome
        assert any("Your birthday is coming" in text for text in mei.heard())
        assert "Thank you for your purchase!" in mei.heard()[0]
        await mei.taps("Claim", group=True)
        await play.club.tick()
        assert "5 left" in mei.heard(group=True)[1]
        assert len((await mei.says("/coupons"))[0].split("Code: ")) == 3
        assert await mei.points() > 100
        assert "Chen (M0002) used" in (await play.owner.says("/audit"))[0]
        assert "31 people: 28 members" in (await play.owner.says("/members"))[0]


async def test_what_the_club_wrote_on_its_own_stands_there_after_a_restart(play: Play, shop) -> None:
    await play.linked_group()
    mei = Someone(play, 3, "Mei")
    await mei.says("/start")
    await mei.taps("I agree")
    await play.owner.says('/deal new "Spring tea" 20% until:2d stock:5')
    await play.owner.says('/deal new "Green tea" 10 until:2d')
    await play.owner.says("/deal stop 2")
    async with running(play.database, shop) as again:
        mei = Someone(again, 3, "Mei")
        assert ["Spring tea" in text for text in mei.heard(group=True)] == [False, True]
        assert "Spring tea" in mei.heard()[-1]
        await mei.taps("Claim", group=True)
        await again.club.tick()
        assert "4 left" in mei.heard(group=True)[-1]


async def test_the_doctor_asks_the_mail_server(url: str) -> None:
    assert any("No e-mail" in what and not remedy for what, remedy in (await findings(settings(url))).items())
    about = {"mail_from": "club@example.com", "public_url": "https://club.example.com", "web_secret": "s" * 16}
    away = await findings(settings(url, **about, smtp_url="smtp://127.0.0.1:9"))
    assert "check SMTP_URL" in away["The mail server does not answer as it should"]
    with MailServer() as server:
        assert (await findings(settings(url, **about, smtp_url=server.url)))["The mail server answers"] == ""
    with pytest.raises(ValidationError, match="needs MAIL_FROM and WEB_SECRET too"):
        settings(url, public_url="https://club.example.com", smtp_url="smtps://mail.example.com")
