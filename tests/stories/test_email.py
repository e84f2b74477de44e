"""E-mail as the second channel: whom the chat does not reach gets the letters that are theirs, and can end it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlmodel import Session, select
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.club import email, staff
from bot.club.rules import OpenShop, Shop
from bot.platforms.playground import Playground
from bot.rehearsal import PLAYGROUND_STAFF
from bot.running import Club
from bot.web.email import email_room
from db.engine import Database
from db.members import ACCOUNTS, MEMBERS, Account
from tests.mails import LEAVING, PUBLIC, MailServer, words
from tests.people import Play, Someone


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
async def mailing(database: Database, shop: Shop, clock: Clock, post: MailServer) -> AsyncIterator[Play]:
    """A running club that has a mail server."""
    async with running(database, replace(shop, email=True), clock, post) as play:
        yield play


@asynccontextmanager
async def running(database: Database, shop: Shop, clock: Clock, post: MailServer) -> AsyncIterator[Play]:
    playground = Playground(clock.now, shop.locale)
    carriers = [post.email(clock, playground.deep_link)]
    club = Club(database, {"playground": playground}, OpenShop(shop), clock, carriers)
    await database.write(staff.appoint, "playground", PLAYGROUND_STAFF, now=clock.now())
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        yield Play(club, playground)
        stop.set()


async def ann_with_address(play: Play, language: str = "en") -> Someone:
    ann = await play.member("Ann", language)
    await ann.says("/profile")
    await ann.taps({"en": "E-mail"}.get(language, "邮箱"))
    await ann.says("ann@example.org")
    return ann


async def blocks(play: Play, someone: Someone) -> None:
    await play.playground.block(someone.id)
    await play.quiet()


def page(play: Play) -> httpx.AsyncClient:
    room = email_room(play.database, play.club.shop, play.clock, LEAVING)
    app = Starlette(routes=[room])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC)


async def number(play: Play) -> int:
    """The number of the member who gave an address."""
    return await play.database.read(
        lambda session: session.exec(select(Account.member_id).where(Account.platform == "email")).one()
    )


def as_if_here(session: Session) -> None:
    """Nothing is known yet of who went away."""
    session.connection().execute(ACCOUNTS.update().values(reachable=True))


def agreed(session: Session) -> None:
    """Everybody has agreed."""
    session.connection().execute(MEMBERS.update().values(consent="1"))


async def grants(play: Play, many: int = 5) -> None:
    play.clock.advance(timedelta(seconds=2))  # mails go one after the other
    await play.owner.says(f"/grant @ann {many} thanks")
    await play.quiet()


async def test_who_is_reached_in_the_chat_gets_no_mail(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await grants(mailing)
    assert "+5 (thanks)" in ann.heard()[-1]
    assert post.accepted == []


async def test_who_blocked_the_chat_gets_a_mail_once(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing, "zh_CN")
    await blocks(mailing, ann)
    with capture_logs() as said:
        await grants(mailing)
    [mail] = post.accepted
    assert mail["To"] == "ann@example.org"
    assert mail["Subject"] == "您在Tea House的积分"
    assert "+5" in words(mail)
    assert "start=menu" in words(mail)
    assert "ann@example.org" not in str(said)
    await mailing.days(1)
    assert len(post.accepted) == 1
    await ann.says("/start")
    await grants(mailing)
    assert len(post.accepted) == 1
    assert "+5" in ann.heard()[-1]


async def test_a_letter_that_came_back_from_the_chat_goes_by_mail(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await blocks(mailing, ann)
    await mailing.database.write(as_if_here)
    await grants(mailing)
    assert len(post.accepted) == 1


async def test_an_address_that_is_no_more_is_written_to_once(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await blocks(mailing, ann)
    post.rcpt = "550 5.1.1 no such user"
    await grants(mailing)
    post.rcpt = ""
    await grants(mailing)
    await mailing.database.write(email.prepare, now=mailing.clock.now())  # another start
    await grants(mailing)
    await ann.says("/start")
    await ann.says("/notify")
    await ann.taps("No more e-mail")
    await ann.taps("E-mail again")
    await blocks(mailing, ann)
    await grants(mailing)
    assert post.accepted == []


async def test_a_mail_in_doubt_goes_once_more_unless_it_holds_a_coupon(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await mailing.owner.says("/coupon new TEA 20% 30")
    await blocks(mailing, ann)
    post.cut = True
    await mailing.owner.says("/coupon give TEA @ann")
    await mailing.quiet()
    assert len(post.accepted) == 1
    post.accepted.clear()
    await grants(mailing)
    await mailing.days(1)
    assert len(post.accepted) == 2
    assert post.accepted[0]["Message-ID"] == post.accepted[1]["Message-ID"]


async def test_offers_keep_their_rules(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await ann.says("/stop")
    await blocks(mailing, ann)
    await mailing.owner.says('/deal new "Spring" 20% until:9d')
    await mailing.quiet()
    assert post.accepted == []


async def test_quiet_hours_hold_mails_too(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await blocks(mailing, ann)
    await mailing.until("2027-02-10 22:00")
    await mailing.owner.says('/deal new "Spring" 20% until:9d')
    await mailing.quiet()
    assert post.accepted == []
    await mailing.until("2027-02-11 09:30")
    [mail] = post.accepted
    assert mail["Subject"] == "For members of Tea House"
    assert "start=deal_1" in words(mail)


async def test_a_letter_that_waits_follows_its_reader_back_into_the_chat(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await blocks(mailing, ann)
    await mailing.until("2027-02-10 22:00")
    await mailing.owner.says('/deal new "Spring" 20% until:9d')
    await ann.says("/start")
    await mailing.until("2027-02-11 09:30")
    assert "Spring" in ann.heard()[-1]
    assert post.accepted == []


async def test_opening_the_link_leaves_all_as_it_is_and_its_button_ends_it(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await blocks(mailing, ann)
    link = LEAVING.link(await number(mailing))
    async with page(mailing) as web:
        asked = await web.get(link)
        assert asked.status_code == 200
        assert '<form method="post">' in asked.text
        await grants(mailing)
        assert len(post.accepted) == 1
        for forged in (link.replace("/off/", "/off/1"), link[:-1], link + "x", link.rpartition(".")[0]):
            assert (await web.post(forged)).status_code == 404
        assert "no more e-mail" in (await web.post(link)).text
        await grants(mailing)
        assert len(post.accepted) == 1
    await ann.says("/start")
    await ann.says("/profile")
    await ann.taps("E-mail")
    await ann.says("ann2@example.org")  # another address is no yes
    [stands] = await ann.says("/notify")
    assert "You get no e-mail." in stands
    await blocks(mailing, ann)
    await grants(mailing)
    assert len(post.accepted) == 1
    await ann.says("/start")
    await ann.says("/notify")
    [stands] = await ann.taps("E-mail again")
    assert "it goes by e-mail" in stands
    await blocks(mailing, ann)
    await grants(mailing)
    assert post.accepted[-1]["To"] == "ann2@example.org"


async def test_a_mail_program_unsubscribes_by_one_request(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    await blocks(mailing, ann)
    await grants(mailing)
    link = str(post.accepted[0]["List-Unsubscribe"]).strip("<>")
    async with page(mailing) as web:
        said = await web.post(link, data={"List-Unsubscribe": "One-Click"})
        assert said.status_code == 200
    await grants(mailing)
    assert len(post.accepted) == 1


async def test_who_is_erased_is_written_to_no_more(mailing: Play, post: MailServer) -> None:
    ann = await ann_with_address(mailing)
    link = LEAVING.link(await number(mailing))
    await ann.says("/forget")
    await ann.taps("Erase")
    async with page(mailing) as web:
        assert (await web.post(link)).status_code == 200
    await mailing.days(1)
    assert post.accepted == []


async def test_addresses_of_a_list_get_nothing(mailing: Play, post: MailServer) -> None:
    table = "name,e-mail,phone,consent\nBo,bo@example.org,+8613800138000,yes\n"
    await mailing.owner.sends("members.csv", table.encode())
    await mailing.owner.taps("Confirm")
    await mailing.database.write(agreed)  # as somebody who came since
    assert await mailing.database.write(email.prepare, now=mailing.clock.now()) == 0
    await mailing.owner.says("/grant Bo 5 thanks")
    await mailing.quiet()
    assert post.accepted == []


async def test_addresses_told_before_there_was_a_mail_server_serve_from_its_start(
    play: Play, database: Database, shop: Shop, clock: Clock, post: MailServer
) -> None:
    ann = await ann_with_address(play)
    await play.playground.block(ann.id)
    await play.quiet()
    assert await database.write(email.prepare, now=clock.now()) == 1
    assert await database.write(email.prepare, now=clock.now()) == 0
