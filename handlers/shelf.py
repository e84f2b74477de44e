"""The gift area for its managers: gifts put in, changed and taken out, by a line or by buttons; series, prizes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardButton, Message
from sqlmodel import Session

from bot.club import conversations, gifts, series, vouchers
from bot.club.errors import BadLine
from bot.club.gifts import NoSuchGift, Shelved
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.series import Series
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import Written, pairs, rows, tap
from bot.speech.gifts import on_the_shelf
from bot.speech.shelf import described, laid_down, listed, series_listed
from db.engine import Database
from handlers import giftlines as lines
from handlers.commands import button, command
from handlers.forms import begin
from handlers.lines import row_id
from handlers.newgifts import CHANGE, NEW, made, make, new
from handlers.orders import to_hand_over

BUTTONS = 60  # gifts under one message

T = TypeVar("T")


@command(
    "gift",
    who=Role.MANAGER,
    help=N_("the gift area: /gift new, /gift list, /gift stock, /gift off, /gift series, /gift orders"),
)
async def gift(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Show the gift area, begin a new gift with questions, or do what the line says."""
    verb, _sep, rest = words.partition(" ")
    match verb.lower(), rest.strip():
        case "", _:
            text, buttons = await new(person, database, shop, key, now)
        case "list" | "列表", _:
            text, buttons = _list(await database.read(_everything, now=now), shop, now)
        case "orders" | "订单" | "訂單", _:
            text, buttons = to_hand_over(await database.read(vouchers.to_hand_over), shop)
        case "series" | "系列", "":
            text, buttons = _series(await database.read(series.listed, now=now), shop)
        case said, line:
            text, buttons = await _done(said, line, message, person, database, shop, now)
    return message.answer(text, reply_markup=buttons)


async def _done(
    verb: str, line: str, message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> Written:
    """Do what a line says at once."""
    match verb:
        case "new" | "新建":
            return made(await database.write(make, person, lines.wish(line, shop, now), now=now), shop, now)
        case "stock" | "库存" | "庫存":
            changed = await database.write(gifts.restock, person, *lines.name_and_number(line), now=now)
            return fill(_("Changed: {gift}."), gift=on_the_shelf(changed, shop, now)), None
        case "off" | "下架":
            return _gone(await database.write(gifts.withdraw, person, lines.named(line, lines.OFF_FORM), now=now)), None
        case "photo" | "图片" | "圖片":
            name = lines.named(line, lines.PHOTO_FORM)
            shown = await database.write(gifts.picture, person, name, lines.photo(message), now=now)
            return fill(_("Members now see this picture with “{name}”."), name=shown.name), None
        case "series" | "系列":
            prized = await database.write(series.set_prize, person, *lines.series_and_prize(line), now=now)
            return fill(_("Changed: {series}."), series=described(prized, shop)), None
        case _:
            raise BadLine(form=lines.FORM)


@button("shelf", who=Role.MANAGER)
async def shelf(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Show the gifts, one of them, the series or the orders; begin a new gift. A form that was under way is left."""
    what, _sep, which = about.partition(":")
    match what, which:
        case "new", "":
            text, buttons = await new(person, database, shop, key, now)
        case "list", "":
            text, buttons = _list(await database.write(_leave, person, partial(_everything, now=now)), shop, now)
        case "orders", "":
            text, buttons = to_hand_over(await database.write(_leave, person, vouchers.to_hand_over), shop)
        case "series", "":
            text, buttons = _series(await database.write(_leave, person, partial(series.listed, now=now)), shop)
        case "one", _:
            look = partial(_standing, person=person, gift_id=row_id(which))
            text, buttons = _one(await database.write(_leave, person, look), shop, now)
        case _:
            raise ValueError(about)
    return message.edit_text(text, reply_markup=buttons)


@button("shelve", who=Role.MANAGER)
async def change(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask for a gift's new stock or picture; take one off after a question."""
    what, _sep, which = about.partition(":")
    gift_id = row_id(which)
    if what == "gone":
        text = _gone(await database.write(gifts.withdraw, person, gift_id, now=now))
        return message.edit_text(text, reply_markup=rows(_all()))
    kept, _pictured = await database.read(_standing, person=person, gift_id=gift_id)
    match what:
        case "off":
            sure = _("Take “{name}” out of the gift area? What was ordered of it is still handed over.")
            yes, no = tap(_("Confirm"), "shelve", "gone", kept.id), tap(_("Keep it"), "shelf", "one", kept.id)
            return message.edit_text(fill(sure, name=kept.name), reply_markup=rows([yes, no]))
        case "stock" | "photo":
            facts = {"what": what, "gift": kept.id, "called": kept.name}
            text, buttons = await begin(CHANGE, person, database, shop, key=key, now=now, **facts)
            return message.answer(text, reply_markup=buttons)
        case _:
            raise ValueError(about)


def _everything(session: Session, *, now: datetime) -> tuple[list[Shelved], list[Series]]:
    return gifts.listed(session), series.listed(session, now=now)


def _standing(session: Session, *, person: Person, gift_id: int) -> tuple[Shelved, bool]:
    """A gift of the area, and whether members see a picture of it. Raises NoSuchGift."""
    kept = gifts.found(session, gift_id)
    if kept.state != "open":
        raise NoSuchGift
    return kept, gifts.photo(session, person, gift_id) is not None


def _leave(session: Session, person: Person, look: Callable[[Session], T]) -> T:
    conversations.close(session, person.account_id, NEW.name, CHANGE.name)
    return look(session)


def _gone(gone: Shelved) -> Html:
    return fill(_("“{name}” is out of the gift area. What was ordered of it is still handed over."), name=gone.name)


def _list(found: tuple[list[Shelved], list[Series]], shop: Shop, now: datetime) -> Written:
    if not found[0]:
        text = fill(_("No gifts yet. Put the first one in like this: {form}"), form=_(lines.FORM))
        return text, rows(tap(_("New gift"), "shelf", "new"))
    buttons = [tap(each.name, "shelf", "one", each.id) for each in found[0][:BUTTONS]]
    return listed(*found, shop, now), rows(*pairs(buttons), tap(_("New gift"), "shelf", "new"))


def _one(found: tuple[Shelved, bool], shop: Shop, now: datetime) -> Written:
    kept, pictured = found
    labels = {"stock": _("Change the stock"), "photo": _("Send a picture"), "off": _("Take it off")}
    changes = [tap(label, "shelve", what, kept.id) for what, label in labels.items()]
    return laid_down(kept, shop, now, pictured=pictured), rows(*pairs([*changes, _all()]))


def _series(found: list[Series], shop: Shop) -> Written:
    return series_listed(found, shop, form=_(lines.SERIES_FORM), first=_(lines.FIRST_FORM)), rows(_all())


def _all() -> InlineKeyboardButton:
    return tap(_("All gifts"), "shelf", "list")
