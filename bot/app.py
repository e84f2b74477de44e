"""The roof: builds everything, and is the only file that knows all rooms."""

import asyncio
import errno
import os
import signal
import socket
import time
from typing import Any

import structlog

from bot.clock import Clock
from bot.club import (
    books,
    email,
    grades,
    grading,
    inbox,
    keywords,
    members,
    named_audiences,
    outbox,
    own_journeys,
    rules,
    staff,
    standings,
)
from bot.club.books import Fault
from bot.club.rules import OpenShop, Shop
from bot.platforms import Platform
from bot.platforms.email import Email, Server, Unsubscribing
from bot.platforms.playground import Playground
from bot.platforms.telegram import Telegram
from bot.rehearsal import Hands, people_the_playground
from bot.running import Club
from bot.settings import Settings, WrongSetting
from db.engine import Database, open_database
from db.lock import sole_process
from db.upgrade import upgrade
from handlers.menus import show_commands

log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> None:
    """Open the club and keep it open until SIGTERM or SIGINT. The database's lock is held by the caller.

    Raises WrongSetting, BadJourney, TokenRefused, NewerDatabase.
    """
    url, clock = settings.database_url.get_secret_value(), Clock(settings.clock_start)
    if settings.clock_start:
        log.warning("CLOCK_START IS SET: THIS PROCESS LIVES IN ANOTHER TIME", now=clock.now().isoformat())
    door = _web_socket(settings)
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    try:
        club = await _club(settings, database, clock)
        await _owners(club, settings)
        if settings.smtp_url:
            await database.write(email.prepare, now=clock.now())
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await club.run(stop, _web(club, settings, door), show_commands(club.platforms), _claim_link(club))
    finally:
        await database.close()
    log.info("closed")


class NoSuchJob(Exception):
    """A job that is not in the timetable."""


async def once(settings: Settings, name: str) -> None:
    """Run one job once, beside a running club or without it; `delivery` alone needs the database for itself.

    Raises NoSuchJob, AlreadyServed, WrongSetting, BadJourney.
    """
    url, clock = settings.database_url.get_secret_value(), Clock(settings.clock_start)
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    try:
        club = await _club(settings, database, clock)
        jobs = {job.name: job.run for job in club.jobs} | {"delivery": lambda: _deliver(club, url)}
        if name not in jobs:
            raise NoSuchJob(f"There is no job {name!r}. There are: {', '.join(jobs)}.")
        await jobs[name]()
    finally:
        await database.close()


async def _deliver(club: Club, url: str) -> None:
    """Send what is due now."""
    async with sole_process(url), asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(club.delivery.run())
        await club.delivery.quiet()
        sending.cancel()
    for platform in club.platforms.values():
        await platform.stop()


async def ledger(settings: Settings, *, rebuild: bool) -> tuple[int, list[Fault]]:
    """Make the balances anew, if asked to, and check the books; beside a running club or without it.

    Returns how many balances were changed, and whose numbers disagree.
    """
    url = settings.database_url.get_secret_value()
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    try:
        changed = await database.write(books.rebuild) if rebuild else 0
        return changed, await database.read(books.faults)
    finally:
        await database.close()


async def standing(settings: Settings, *, rebuild: bool) -> list[int]:
    """Whose kept sums are not what their purchases say; those are counted anew, if asked to."""
    url, clock = settings.database_url.get_secret_value(), Clock(settings.clock_start)
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    try:
        shop = (await _shop(settings, database)).now
        wrong = await database.read(standings.wrong, shop, now=clock.now())
        for first in range(0, len(wrong) if rebuild else 0, grading.PIECE):
            some = wrong[first : first + grading.PIECE]
            await database.write(grades.review, some, shop, now=clock.now())
        return wrong
    finally:
        await database.close()


async def _club(settings: Settings, database: Database, clock: Clock) -> Club:
    """The club, with the journeys that its owner wrote. Raises WrongSetting, BadJourney."""
    shop, platforms = await _shop(settings, database), _platforms(settings, clock)
    if own := own_journeys.take_in(own_journeys.FOLDER, shop.now, now=clock.now()):
        log.info("the owner's own journeys are taken in", journeys=own)
    carriers = (_email(settings, platforms, clock),)
    return Club(database, platforms, shop, clock, [each for each in carriers if each])


def _email(settings: Settings, platforms: dict[str, Platform], clock: Clock) -> Email | None:
    """E-mail, where there is a mail server; the links in it open the chat that people know best."""
    if not (settings.smtp_url and settings.mail_from and (leaving := _unsubscribing(settings))):
        return None
    chat = next(iter(platforms.values()))
    return Email(
        Server.of(settings.smtp_url.get_secret_value()), settings.mail_from, leaving, clock.now, chat.deep_link
    )


def _unsubscribing(settings: Settings) -> Unsubscribing | None:
    if not (settings.public_url and settings.web_secret):
        return None
    return Unsubscribing(settings.public_url, settings.web_secret.get_secret_value())


def _platforms(settings: Settings, clock: Clock) -> dict[str, Platform]:
    platforms: dict[str, Platform] = {}
    if settings.telegram_token:
        platforms["telegram"] = Telegram(settings.telegram_token.get_secret_value(), settings.telegram_api)
    if not platforms or settings.playground_password:
        platforms["playground"] = Playground(clock.now, settings.shop_locale, settings.shop_name)
    return platforms


async def _shop(settings: Settings, database: Database) -> OpenShop:
    return OpenShop(
        Shop(
            name=settings.shop_name,
            zone=settings.zone,
            currency=settings.shop_currency,
            region=settings.shop_region,
            locale=settings.shop_locale,
            email=settings.smtp_url is not None,
            rules=await database.read(rules.current),
            audiences=await database.read(named_audiences.current),
            keywords=await database.read(keywords.current),
        )
    )


async def _owners(club: Club, settings: Settings) -> None:
    """Make those owners whom the settings name."""
    if "telegram" in club.platforms:
        owners = dict.fromkeys(settings.owner_ids, "owner")
        await club.database.write(staff.appoint, "telegram", owners, now=club.clock.now())
    if isinstance(playground := club.platforms.get("playground"), Playground):
        await people_the_playground(club, playground)


async def _claim_link(club: Club) -> None:
    """Print the one-time link that makes an owner, where there is none."""
    telegram = club.platforms.get("telegram")
    token = await club.database.write(staff.make_claim, now=club.clock.now()) if telegram else None
    if telegram and token:
        while not (link := telegram.deep_link(f"own_{token}")):  # noqa: ASYNC110
            await asyncio.sleep(0.2)  # until Telegram has told the bot's name
        print(f"This club has no owner yet. Open this link once to become it: {link}", flush=True)  # noqa: T201


def _web_socket(settings: Settings) -> socket.socket:
    """The web's door, taken before anything else is begun. Raises WrongSetting."""
    try:
        return socket.create_server((settings.web_host, settings.web_port), backlog=256)
    except OSError as error:
        name = "WEB_PORT" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "WEB_HOST"
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address"
        raise WrongSetting(f"{name}: {settings.web_host}:{settings.web_port} cannot be used ({why}).") from None


async def _web(club: Club, settings: Settings, door: socket.socket) -> None:
    """Serve the web pages until cancelled."""
    from starlette.routing import Mount  # noqa: PLC0415 (the club is open before its pages are)

    from bot.web.email import email_room  # noqa: PLC0415
    from bot.web.site import Lazy, Site, site  # noqa: PLC0415

    rooms: list[Any] = [Mount("/api", Lazy(lambda: _api(club)))]
    if leaving := _unsubscribing(settings):
        rooms.append(email_room(club.database, club.shop, club.clock, leaving))
    if isinstance(playground := club.platforms.get("playground"), Playground):
        rooms.append(_playground_page(club, playground, settings))
        log.info("the playground is open", at=f"http://{settings.web_host}:{settings.web_port}/playground")
    server = Site(site(lambda: _pulse(club), rooms))
    try:
        await server.serve(sockets=[door])
    except asyncio.CancelledError:
        server.should_exit = True
        await server.shutdown(sockets=[door])
        raise


def _api(club: Club) -> Any:
    """The API: it needs FastAPI, so a club without a till does not carry it."""
    from bot.web.api import api_room  # noqa: PLC0415

    return api_room(club.database, club.shop, club.clock, time.monotonic)


def _playground_page(club: Club, playground: Playground, settings: Settings) -> Any:
    """The playground's page: it alone needs FastAPI, so a club on Telegram does not carry it."""
    from fastapi import FastAPI  # noqa: PLC0415
    from starlette.routing import Mount  # noqa: PLC0415

    from bot.web.playground import playground_room  # noqa: PLC0415

    password = settings.playground_password.get_secret_value() if settings.playground_password else None
    hands = Hands(club, playground, settings.database_url.get_secret_value())
    page = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    page.include_router(playground_room(playground, hands, password, (settings.web_host,)))
    return Mount("", page)


async def _pulse(club: Club) -> Any:
    """How the club is; raises where the database does not answer."""
    from bot.web.site import Pulse  # noqa: PLC0415

    letters = await club.database.read(outbox.counted, now=club.clock.now())
    waiting = await club.database.read(inbox.counted)
    known, agreed, reachable = await club.database.read(members.count)
    alive = {"database": True, "sender": club.delivery.alive}
    alive |= {name: platform.alive for name, platform in club.platforms.items()}
    people = {"known": known, "agreed": agreed, "reachable": reachable}
    return Pulse(alive, {"letters": dict(letters), "updates": dict(waiting), "members": dict(people)})
