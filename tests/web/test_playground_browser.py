"""The playground page in a real browser: a customer types and taps, the answers appear by themselves."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from aiogram.types import BufferedInputFile, InputMediaPhoto
from fastapi import FastAPI
from playwright.async_api import Page, async_playwright, expect

from bot.web.playground import playground_room
from tests.stories.test_gifts import picture

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=60_000)
pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists() and not os.environ.get("CI"), reason="there is no chromium at /usr/bin/chromium"
)


@asynccontextmanager
async def served(playground, hands, password=None):
    """The page on a free port."""
    app = FastAPI()
    app.include_router(playground_room(playground, hands, password))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[free]))
            while not server.started:
                await asyncio.sleep(0.01)
            try:
                yield f"http://127.0.0.1:{free.getsockname()[1]}/playground"
            finally:
                await playground.stop()  # lets the watchers go, for which the server waits
                server.should_exit = True


@pytest.fixture
async def browser() -> AsyncIterator[object]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@asynccontextmanager
async def at(browser, address, width=1280, height=800, locale="en-GB"):
    """A page that may neither complain nor ask anybody else."""
    context = await browser.new_context(viewport={"width": width, "height": height}, locale=locale)
    page: Page = await context.new_page()
    wrong = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(address) else wrong.append(asked.url))
    await page.goto(address)
    yield page
    await context.close()
    assert wrong == []


async def test_a_customer_types_and_taps(browser, playground, hands):
    async with served(playground, hands) as address, at(browser, address) as page:
        await page.get_by_role("button", name="Mei").click()
        private, group = page.locator("#private"), page.locator("#group")
        await private.get_by_role("button", name="/start").click()
        await expect(private.locator(".message").last).to_contain_text("Echo: /start")
        await private.get_by_label("Message", exact=True).fill("你好 <3")
        await private.get_by_label("Message", exact=True).press("Enter")
        await expect(private.locator(".message").last).to_contain_text("Echo: 你好 <3")
        await private.get_by_role("button", name="Again").last.click()
        await expect(private.locator(".message").last).to_contain_text("Tapped by Mei")
        await expect(page.locator(".toasts")).to_contain_text("Once more")
        await playground.say(4, playground.group.id, "Live from Jack")
        await expect(group.locator(".message").last).to_contain_text("Live from Jack")
        await private.get_by_role("button", name="Alert").last.click()
        await expect(page.get_by_role("dialog")).to_contain_text("An alert")


async def test_an_album_stands_side_by_side(browser, playground, hands):
    await playground.say(3, 3, "/start")
    photo = BufferedInputFile(picture("red"), "p.png")
    numbered = [InputMediaPhoto(media=photo, caption=f"No. {n}") for n in (1, 2, 3)]
    told = [InputMediaPhoto(media=photo, caption="Who won"), InputMediaPhoto(media=photo)]
    for album in (numbered, told):
        await playground.bot.send_media_group(3, album)
    async with served(playground, hands) as address, at(browser, address) as page:
        await page.get_by_role("button", name="Mei").click()
        messages, albums = page.locator("#private .message"), page.locator("#private .album")
        await expect(messages).to_have_count(4)
        assert [text.split() for text in await albums.all_inner_texts()] == [["No.", "1", "No.", "2", "No.", "3"], []]
        await expect(messages.last).to_contain_text("Who won")
        await expect(messages.last.locator("figure")).to_have_count(2)


async def test_the_owner_links_the_group_and_the_clock_runs(browser, playground, hands):
    async with served(playground, hands) as address, at(browser, address) as page:
        await page.get_by_role("button", name="Make the bot an administrator").click()
        await expect(page.locator("#group header")).to_contain_text("the bot is an administrator")
        await playground.say(1, playground.group.id, "hi")
        await page.locator("#group").get_by_role("button", name="Talk in private").click()
        await expect(page.locator("#private .message").first).to_contain_text("/start hello")
        await expect(page.locator("#clock-now")).to_contain_text("09:29")
        await page.get_by_role("button", name="Next 9:30").click()
        await expect(page.locator("#clock-now")).to_contain_text("09:30")
        await page.get_by_role("button", name="Reset").click()
        await page.get_by_role("button", name="Wipe it all").click()
        await expect(page.locator("#private")).to_contain_text("Nothing said yet")


async def test_at_phone_width_nothing_sticks_out(browser, playground, hands):
    playground.add("Wolfeschlegelsteinhausenbergerdorff </b> 很长的名字" * 3, "en")
    await playground.say(1001, 1001, "/start " + "很长" * 200 + "x" * 400)
    async with served(playground, hands) as address, at(browser, address, 390, 844, "zh-CN") as page:
        await page.locator("[data-person='1001']").click()
        await page.get_by_role("tab", name="私聊").click()
        await expect(page.locator("#private .message").last).to_contain_text("Echo")
        await expect(page.locator("#group")).to_be_hidden()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(
            "[...document.querySelectorAll('.bubble')].every(b => b.scrollWidth <= b.clientWidth)"
        )


async def test_a_password_is_asked_for(browser, playground, hands):
    async with served(playground, hands, "open sesame") as address:
        context = await browser.new_context(locale="en-GB")
        page = await context.new_page()
        await page.goto(address)
        await page.get_by_role("textbox", name="Password").fill("open sesame")
        await page.get_by_role("button", name="Come in").click()
        await expect(page.locator(".people")).to_contain_text("Mrs Wang")
        await context.close()
