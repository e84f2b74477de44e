"""What the shop sells, for its managers: the list, one product with what may be changed, and a line for each change."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import products
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.products import BadLasting, Known
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech.buttons import Written
from bot.speech.products import merged, merging, one, page
from db.engine import Database
from handlers.commands import button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import first_words, row_id

MERGE = N_('/products merge "Gren tea" > "Green tea"')
CATEGORY = N_('/products category "Green tea" drinks')
LASTS = N_('/products lasts "Green tea" 30')
NONE = ("none", "-", "无", "無", "没有", "沒有")
QUOTES = "\"＂“”「」' "
SHORT = 30  # bytes of a name that fits on a button

Done = Known | tuple[str, Known]  # a product that was changed, or the name that was merged and the one that stays


@command(
    "products",
    "商品",
    who=Role.MANAGER,
    help=N_("what the shop sells: /products, merge A > B, category NAME WORD, lasts NAME DAYS"),
)
async def listed(
    message: Message, words: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """List the products, or change one by a line."""
    verb, rest = first_words(words)
    if not verb:
        text, buttons = page(*await _look(database, 0))
        return message.answer(text, reply_markup=buttons)
    act = next((act for act, verbs in VERBS.items() if verb.lower() in verbs), None)
    if act is None:
        raise BadLine(form=MERGE)
    text, buttons = _said(await database.write(act, person, rest, now=now))
    return message.answer(text, reply_markup=buttons)


@button("products", who=Role.MANAGER)
async def turn(message: Message, about: str, database: Database) -> TelegramMethod[Any]:
    """Show a page of the list."""
    text, buttons = page(*await _look(database, row_id(about)))
    return message.edit_text(text, reply_markup=buttons)


@button("product", who=Role.MANAGER)
async def show(message: Message, about: str, database: Database) -> TelegramMethod[Any]:
    """Show one product, with what may be changed."""
    text, buttons = one(await database.read(products.one, row_id(about)))
    return message.answer(text, reply_markup=buttons)


async def _look(database: Database, number: int) -> tuple[list[Known], int, bool]:
    found, more = await database.read(products.listed, number)
    return found, number, more


def _merge(session: Session, by: Person, rest: str, *, now: datetime) -> Done:
    gone, *stays = (part.strip(QUOTES) for part in re.split("[>＞→]", rest, maxsplit=1))
    if not (gone and stays and stays[0]):
        raise BadLine(form=MERGE)
    return products.merge(session, by, gone, stays[0], now=now)


def _category(session: Session, by: Person, rest: str, *, now: datetime) -> Known:
    name, category = _name_and_last(rest, CATEGORY)
    return products.categorise(session, by, name, None if category.lower() in NONE else category, now=now)


def _lasts(session: Session, by: Person, rest: str, *, now: datetime) -> Known:
    name, days = _name_and_last(rest, LASTS)
    return products.keep_lasting(session, by, name, _days(days), now=now)


VERBS: dict[Callable[..., Done], tuple[str, ...]] = {
    _merge: ("merge", "合并", "合併"),
    _category: ("category", "分类", "分類"),
    _lasts: ("lasts", "能用", "可用"),
}


def _name_and_last(rest: str, form: str) -> tuple[str, str]:
    """A name, in quotes or all but the last word, and what follows it. Raises BadLine."""
    name, last = first_words(rest) if rest[:1] in QUOTES else rest.rpartition(" ")[::2]
    if not (name.strip(QUOTES) and last.strip(QUOTES)):
        raise BadLine(form=form)
    return name.strip(QUOTES), last.strip(QUOTES)


def _days(words: str) -> int | None:
    """A number of days, None for none. Raises BadLasting."""
    plain = words.strip().lower().rstrip("天日 ")
    if plain in NONE:
        return None
    if not re.fullmatch("[0-9０-９]{1,6}", plain):
        raise BadLasting(limit=products.DAYS)
    return int(plain)


def _said(done: Done) -> Written:
    if isinstance(done, Known):
        return one(done)
    return merged(*done), one(done[1])[1]


def _read(name: str, _session: Session, _asking: Asking, words: str) -> Any:
    """What a text answers: a number of days, a category, or none of it."""
    if name == "lasts":
        return _days(words)
    return None if words.strip().lower() in NONE else products.called(words)


def _another(session: Session, _asking: Asking, words: str) -> str:
    return products.named(session, words.strip(QUOTES)).name


def _alike(session: Session, asking: Asking) -> dict[str, str]:
    """The names that are most like the product's, as far as they fit on buttons."""
    near = products.near(session, asking.facts["product"])
    return {each.name: each.name for each in near if len(each.name.encode()) <= SHORT}


def _change(session: Session, asking: Asking) -> Done:
    facts = asking.facts
    act = products.categorise if facts["what"] == "category" else products.keep_lasting
    return act(session, asking.person, facts["called"], facts[facts["what"]], now=asking.now)


def _unite(session: Session, asking: Asking) -> Done:
    return products.merge(session, asking.person, asking.facts["called"], asking.facts["into"], now=asking.now)


def _is_changed(name: str, facts: dict[str, Any]) -> bool:
    return bool(facts["what"] == name)


ASKS = {
    "category": N_("Which category is it in? Such as tea or cups."),
    "lasts": N_("For how many days does a piece last one person? Such as 30."),
}
CHANGE = enter(
    Form(
        "newthing",
        N_("Change “{called}”"),
        Role.MANAGER,
        tuple(
            Step(
                name,
                asks,
                partial(_read, name),
                lambda _session, _asking: {NONE[1]: _("None")},
                partial(_is_changed, name),
            )
            for name, asks in ASKS.items()
        ),
        _change,
        lambda done, _shop, _now: _said(done),
    )
)
UNITE = enter(
    Form(
        "samething",
        N_("“{called}” is the same as another"),
        Role.MANAGER,
        (Step("into", N_("Which one? Write the name that shall stay."), _another, _alike),),
        _unite,
        lambda done, _shop, _now: _said(done),
        summary=lambda asking, _seen: merging(asking.facts["called"], asking.facts["into"]),
    )
)


@button("fixproduct", who=Role.MANAGER)
async def ask_change(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask what a product shall have from now on; the next text is the answer."""
    number, _sep, what = about.partition(":")
    if what not in (*ASKS, "into"):
        raise ValueError(about)
    product = await database.read(products.one, row_id(number))
    facts = {"product": product.id, "what": what, "called": product.name}
    form = CHANGE if what in ASKS else UNITE
    text, buttons = await begin(form, person, database, shop, key=key, now=now, **facts)
    return message.answer(text, reply_markup=buttons)
