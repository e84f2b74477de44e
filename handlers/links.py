"""Named links, for managers: made, listed with what came of each, printed as posters, reported to partners, retired."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import invites, link_figures, links
from bot.club.errors import BadLine
from bot.club.link_figures import Figures
from bot.club.links import Link
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import invitation_poster
from bot.platforms import Platform
from bot.speech import links as words_of
from db.engine import Database
from handlers.commands import button, command
from handlers.forms import begin
from handlers.lines import first_words, row_id
from handlers.newlinks import FORM, NEW, made, plan

RETIRE = N_('/links retire "Corner poster"')


@command("links", "链接", "連結", who=Role.MANAGER, help=N_("links for posters, staff and partners: who brings people"))
async def manage(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """List the links with what came of each, make one, or retire one."""
    verb, _sep, rest = words.partition(" ")
    match verb.lower(), rest.strip():
        case "" | "list" | "列表", _:
            return await _listed(message, database, shop)
        case "new" | "新建", "":
            text, buttons = await begin(NEW, person, database, shop, key=key, now=now)
            return message.answer(text, reply_markup=buttons)
        case "new" | "新建", line:
            link = await database.write(links.make, person, plan(line), now=now)
            text, buttons = made(link, shop, now)
            return message.answer(text, reply_markup=buttons)
        case "retire" | "停用", line if line:
            quoted, unquoted = first_words(line)
            name = quoted if not unquoted else line
            link = await database.read(links.called, name)
            text, buttons = words_of.really(link)
            return message.answer(text, reply_markup=buttons)
        case "retire" | "停用", _:
            raise BadLine(form=RETIRE)
        case _:
            raise BadLine(form=FORM)


@button("links", who=Role.MANAGER)
async def look(
    message: Message,
    about: str,
    person: Person,
    database: Database,
    platform: Platform,
    shop: Shop,
    key: str,
    now: datetime,
) -> TelegramMethod[Any]:
    """List the links, begin a new one, or show one: itself, its poster, its partner's report, its end."""
    what, _sep, number = about.partition(":")
    match what:
        case "list":
            return await _listed(message, database, shop)
        case "new":
            text, buttons = await begin(NEW, person, database, shop, key=key, now=now)
            return message.answer(text, reply_markup=buttons)
        case "end":
            gone = await database.write(links.retire, person, row_id(number), now=now)
            return message.edit_text(words_of.retired(gone))
        case _:
            return await _of_one(message, what, row_id(number), database, platform, shop)


async def _of_one(
    message: Message, what: str, link_id: int, database: Database, platform: Platform, shop: Shop
) -> TelegramMethod[Any]:
    """Show something of one link: itself, its poster, its partner's report, or whether it shall be retired."""
    link, of, groups = await database.read(_one, link_id)
    match what:
        case "one":
            text, buttons = words_of.described(link, of, groups, shop, platform.deep_link)
        case "retire":
            text, buttons = words_of.really(link)
        case "report":
            text, buttons = words_of.report(link, of, shop), None
        case "poster":
            return await _poster(message, link, platform, shop)
        case _:
            raise ValueError(what)
    return message.answer(text, reply_markup=buttons)


async def _listed(message: Message, database: Database, shop: Shop) -> TelegramMethod[Any]:
    found, over, came = await database.read(_all)
    picture = await asyncio.to_thread(words_of.drawn, found, came, shop)
    text, buttons = words_of.page(found, over, came, shop, _(FORM), words_of.caption_limit(picture))
    if picture is None:
        return message.answer(text, reply_markup=buttons)
    return message.answer_photo(BufferedInputFile(picture, "links.png"), caption=text, reply_markup=buttons)


async def _poster(message: Message, link: Link, platform: Platform, shop: Shop) -> TelegramMethod[Any]:
    title, gifts, foot = words_of.poster_words(link, shop)
    leads = words_of.address(link, platform.deep_link)
    picture = await asyncio.to_thread(invitation_poster, shop.name, title, gifts, leads, foot)
    return message.answer_photo(BufferedInputFile(picture, "poster.png"), caption=words_of.called(link))


def _all(session: Session) -> tuple[list[Link], list[tuple[int, str]], Mapping[int, Figures]]:
    return links.listed(session), links.retired(session), link_figures.of_all(session)


def _one(session: Session, link_id: int) -> tuple[Link, Figures, list[tuple[str, str | None]]]:
    return links.one(session, link_id), link_figures.of(session, link_id), invites.of(session, link_id)
