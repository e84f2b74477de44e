"""The zone: members see what is kept for them; managers put products in and take them out."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import audiences, contrasts, queries, zone
from bot.club.audiences import EVERYBODY
from bot.club.contrasts import Contrast
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.zone import Item, NoSuchItem
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech import zone as words_of
from bot.speech.buttons import Written
from bot.speech.contrasts import of_shop
from bot.speech.notes import seed_of
from db.engine import Database
from handlers import audiences as crowd
from handlers.commands import button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import read_line, row_id

NOT_OLD = ("grade:new", EVERYBODY[0])  # no audiences to keep something for
FORM = N_('/zone add "Aged pu-erh" 188 audience:"grade:vip"')


@command("zone", "专区", "專區", who=Role.MEMBER, help=N_("what we keep for our old members"))
async def show(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show what is kept for a member; to managers all of it, and put in or take out a product."""
    verb, _sep, rest = words.strip().partition(" ")
    if person.role < Role.MANAGER:
        return await _for_member(message, *await database.read(_look, person, shop, now), shop)
    match verb.lower():
        case "add" | "添加" | "新增":
            item, many = await database.write(zone.add, person, _item(rest), shop, now=now, called=seed_of)
            return message.answer(words_of.put_in(item, many, shop))
        case "remove" | "删除" | "刪除":
            return message.answer(_removed(await database.write(zone.remove, person, _id(rest), now=now)))
        case "":
            text, buttons = words_of.for_managers(await database.read(zone.listed, person), shop, FORM)
            return message.answer(text, reply_markup=buttons)
        case _:
            raise BadLine(form=FORM)


@button("zone", who=Role.MEMBER)
async def look(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Show a product's picture."""
    item = await database.read(zone.pictured, person, row_id(about), shop, now=now, called=seed_of)
    caption = words_of.pictured(item, shop)
    with suppress(TelegramBadRequest):  # the platform no longer has the picture: another bot's token, say
        await message.answer_photo(item.photo or "", caption=caption)
        return None
    return message.answer(caption)


@button("keep", who=Role.MANAGER)
async def begin_new(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask step by step for a new product."""
    if about:
        raise ValueError(about)
    text, buttons = await begin(NEW, person, database, shop, key=key, now=now)
    return message.answer(text, reply_markup=buttons)


@button("unzone", who=Role.MANAGER)
async def remove(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take a product out."""
    return message.edit_text(_removed(await database.write(zone.remove, person, row_id(about), now=now)))


def _item(words: str) -> Item:
    line = read_line(words, options=frozenset({"audience"}), form=FORM)
    price = queries.minor(line.words[0]) if len(line.words) == 1 else None
    if not line.quoted or not price:
        raise BadLine(form=FORM)
    return Item(0, line.quoted, price, line.options.get("audience") or zone.OLD)


def _id(text: str) -> int:
    try:
        return row_id(text.strip())
    except ValueError:
        raise NoSuchItem from None


def _look(session: Session, person: Person, shop: Shop, now: datetime) -> tuple[list[Item], Contrast]:
    found = zone.open_to(session, person, shop, now=now, called=seed_of)
    return found, contrasts.of(session, shop, now=now)


async def _for_member(message: Message, found: list[Item], contrast: Contrast, shop: Shop) -> TelegramMethod[Any]:
    """What is kept for a member; to whom nothing is, what old members get."""
    if found:
        text, buttons = words_of.for_member(found, shop)
        return message.answer(text, reply_markup=buttons)
    none = _("There is nothing in the zone for you yet: it is kept for our old members.")
    if (picture := await asyncio.to_thread(of_shop, contrast, shop)) is None:
        return message.answer(none)
    return message.answer_photo(BufferedInputFile(picture, "zone.png"), caption=none)


def _step(name: str, read: Callable[[str], Any]) -> Step:
    def options(_session: Session, _asking: Asking) -> dict[str, str]:
        return {"": _("No picture")} if name == "photo" else {}

    return Step(name, words_of.ASKS[name], lambda _session, _asking, words: read(words), options, photo=name == "photo")


def _audience(_session: Session, asking: Asking, words: str) -> str:
    return audiences.read(words, asking.shop, now=asking.now, called=seed_of).text


def _for_whom(session: Session, asking: Asking) -> dict[str, str]:
    """Old members first; not everybody, for whom /deal and /gift are."""
    some = crowd.first(session, asking)
    return {zone.OLD: words_of.whom(zone.OLD)} | {query: label for query, label in some.items() if query not in NOT_OLD}


def _laid(asking: Asking) -> Item:
    facts = asking.facts
    return Item(0, facts["title"], facts["price"], facts["audience"], facts["photo"] or None)


def _add(session: Session, asking: Asking) -> tuple[Item, int]:
    return zone.add(session, asking.person, _laid(asking), asking.shop, now=asking.now, called=seed_of)


def _said(done: tuple[Item, int], shop: Shop, _now: datetime) -> Written:
    return words_of.put_in(*done, shop), None


NEW = enter(
    Form(
        "newzone",
        N_("A new product of the zone"),
        Role.MANAGER,
        (
            _step("title", lambda words: zone.titled(" ".join(words.split()))),
            _step("price", zone.priced),
            Step("audience", words_of.ASKS["audience"], _audience, _for_whom),
            _step("photo", lambda words: words),
        ),
        _add,
        _said,
        summary=lambda asking, _seen: words_of.laid_down(_laid(asking), asking.shop),
    )
)


def _removed(item: Item) -> Html:
    return fill(_("“{title}” is not in the zone any more."), title=item.title)
