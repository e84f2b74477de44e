"""The gift area: members see and redeem gifts; managers fill it."""

import re
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import gifts
from bot.club.errors import BadLine, BadNumber, TooLong
from bot.club.gifts import Shelved, Wish
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting
from bot.speech.buttons import rows, tap
from bot.speech.gifts import on_the_shelf
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import read_line

FORM = '/gift new "Porcelain cup" 120 10'
STOCK_FORM = '/gift stock "Porcelain cup" 10'
OFF_FORM = '/gift off "Porcelain cup"'
OPTIONS = frozenset({"grade", "limit", "from", "until"})


@command("gift", who=Role.MANAGER, help=N_("the gift area: /gift new, /gift list, /gift stock, /gift off"))
async def gift(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Fill the gift area."""
    verb, _sep, rest = words.partition(" ")
    match verb.lower(), rest.strip():
        case "new" | "新建", line:
            made = await database.write(gifts.make, person, _wish(line, shop, now), now=now)
            return message.answer(fill(_("In the gift area: {gift}."), gift=on_the_shelf(made, shop, now)))
        case "stock" | "库存" | "庫存", line:
            name, number = _name_and_number(line)
            changed = await database.write(gifts.restock, person, name, number, now=now)
            return message.answer(fill(_("Changed: {gift}."), gift=on_the_shelf(changed, shop, now)))
        case "off" | "下架", line:
            gone = await database.write(gifts.withdraw, person, _named(line, OFF_FORM), now=now)
            text = _("“{name}” is out of the gift area. What was ordered of it is still handed over.")
            return message.answer(fill(text, name=gone.name))
        case "list" | "列表", _:
            return message.answer(_list(await database.read(gifts.listed), shop, now))
        case "", _:
            return message.answer(_explained(), reply_markup=rows(tap(_("All gifts"), "shelf", "list")))
        case _:
            raise BadLine(form=FORM)


@button("shelf", who=Role.MANAGER)
async def shelf(message: Message, about: str, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """List the gifts."""
    if about != "list":
        raise ValueError(about)
    return message.edit_text(_list(await database.read(gifts.listed), shop, now))


def _explained() -> Html:
    return fill(
        _(
            "Put a gift into the gift area with one line, the price in points and how many there are:\n"
            "<code>{form}</code>\n\nMembers find it under /gifts. You may add grade:vip (from which grade), limit:1 "
            "(for each member), from:now and until:30d.\n\nHow many there are now: <code>{stock}</code>\n"
            "Out of the area: <code>{off}</code>"
        ),
        form=FORM,
        stock=STOCK_FORM,
        off=OFF_FORM,
    )


def _list(found: list[Shelved], shop: Shop, now: datetime) -> Html:
    if not found:
        return fill(_("No gifts yet. Put the first one in like this: {form}"), form=FORM)
    return fitting([on_the_shelf(gift, shop, now) for gift in found])


def _wish(words: str, shop: Shop, now: datetime) -> Wish:
    line = read_line(words, options=OPTIONS, form=FORM)
    if len(line.words) < 2:
        raise BadLine(form=FORM)
    *more, cost, stock = line.words
    limit = line.options.get("limit")
    if limit is not None and not 1 <= _whole(limit) <= gifts.EACH:
        raise BadNumber(option="limit", limit=gifts.EACH)
    opens = read_when(line.options.get("from", "now"), shop, now=now)
    until = line.options.get("until")
    return Wish(
        _named(" ".join([line.quoted, *more]), FORM),
        _whole(cost),
        _whole(stock),
        opens,
        read_when(until, shop, now=now, ends=opens) if until else None,
        line.options.get("grade", gifts.GRADES[0]).lower(),
        _whole(limit) if limit else None,
    )


def _name_and_number(words: str) -> tuple[str, int]:
    name, _sep, number = words.rpartition(" ")
    return _named(name, STOCK_FORM), _whole(number)


def _named(words: str, form: str) -> str:
    name = " ".join(words.strip("\"“”「」' ").split())
    if not name:
        raise BadLine(form=form)
    if len(name) > gifts.NAME:
        raise TooLong(limit=gifts.NAME)
    return name


def _whole(word: str) -> int:
    """A whole number; one below all bounds for anything else."""
    return int(word) if re.fullmatch("[0-9]{1,9}", word) else -1
