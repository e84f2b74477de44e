"""The zone: members see what is kept for them; managers put products in and take them out."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import contrasts, queries, zone
from bot.club.contrasts import Contrast
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.zone import Item, NoSuchItem
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting, money
from bot.speech.buttons import Written, rows, tap
from bot.speech.contrasts import of_shop
from bot.speech.notes import seed_of
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import read_line, row_id

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
            text = _("In the zone: {item}, for {audience} ({count} now).")
            return message.answer(fill(text, item=_line(item, shop), audience=item.audience, count=many))
        case "remove" | "删除" | "刪除":
            return message.answer(_removed(await database.write(zone.remove, person, _id(rest), now=now)))
        case "":
            text, buttons = _for_managers(await database.read(zone.listed), shop)
            return message.answer(text, reply_markup=buttons)
        case _:
            raise BadLine(form=FORM)


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


def _line(item: Item, shop: Shop) -> Html:
    return fill("<b>{title}</b> · {price}", title=item.title, price=money(item.price, shop))


def _look(session: Session, person: Person, shop: Shop, now: datetime) -> tuple[list[Item], Contrast]:
    found = zone.open_to(session, person, shop, now=now, called=seed_of)
    return found, contrasts.of(session, shop, now=now)


async def _for_member(message: Message, found: list[Item], contrast: Contrast, shop: Shop) -> TelegramMethod[Any]:
    """What is kept for a member; to whom nothing is, what old members get."""
    if found:
        ask = Html(_("Ask for it at the counter."))
        return message.answer(fitting([Html(_("<b>Kept for you</b>")), *(_line(item, shop) for item in found), ask]))
    text = _("There is nothing in the zone for you yet: it is kept for our old members.")
    if (picture := await asyncio.to_thread(of_shop, contrast, shop)) is None:
        return message.answer(text)
    return message.answer_photo(BufferedInputFile(picture, "zone.png"), caption=text)


def _for_managers(found: list[Item], shop: Shop) -> Written:
    how = fill(_("Put a product in: <code>{form}</code>"), form=_(FORM))
    lines = [
        fill(_("{id}. {item}, for {audience}"), id=str(item.id), item=_line(item, shop), audience=item.audience)
        for item in found
    ]
    buttons = [tap(_("Remove {name}").format(name=item.title), "unzone", item.id) for item in found]
    return fitting([Html(_("<b>The zone</b>")), *lines, how]), rows(*buttons) if buttons else None


def _removed(item: Item) -> Html:
    return fill(_("“{title}” is not in the zone any more."), title=item.title)
