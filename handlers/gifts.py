"""The gift area: members see and redeem gifts; managers fill it."""

import re
import secrets
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import gifts, orders, vouchers
from bot.club.errors import BadLine, BadNumber, TooLong
from bot.club.gifts import NoPicture, Shelved, Wish
from bot.club.members import Person, Role
from bot.club.orders import Offered
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.club.vouchers import Voucher
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting
from bot.speech import person as named
from bot.speech.buttons import Written, rows, tap
from bot.speech.gifts import cancel_button, choices, handed, of_whom, offered, on_the_shelf, ticket
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import read_line, row_id

FORM = N_('/gift new "Porcelain cup" 120 10')
STOCK_FORM = N_('/gift stock "Porcelain cup" 10')
OFF_FORM = N_('/gift off "Porcelain cup"')
BUTTONS = 20  # under one message
LONGEST_CODE = 40  # characters that are looked at
PHOTO_FORM = N_("/gift photo Porcelain cup")
LARGEST = 20 * 2**20  # bytes that the Bot API hands on
OPTIONS = frozenset({"grade", "limit", "from", "until"})


@command("gifts", "礼品", "禮品", who=Role.MEMBER, help=N_("gifts for your points, and what you ordered"))
async def area(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show the gifts with what each costs, how many are left, and what is still to be fetched."""
    here = await database.read(orders.area, person, now=now)
    if not (here.offers or here.orders):
        return message.answer(_("The gift area is empty at the moment. Look in again soon."))
    have = fill(_("You have {points} points."), points=here.points)
    parts = [Html(_("<b>Gifts for your points</b>") + "\n" + have), *(offered(each, shop) for each in here.offers)]
    if here.orders:
        parts += [Html(_("<b>To be fetched</b>")), *(ticket(each, shop) for each in here.orders)]
    buttons = choices(here)[:BUTTONS]
    return message.answer(fitting(parts, "\n\n"), reply_markup=rows(*buttons) if buttons else None)


@button("gift", who=Role.MEMBER)
async def choose(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Redeem a gift after one confirmation, wait for it, or take an order back after one."""
    what, _sep, which = about.partition(":")
    match what:
        case "ask":
            offer, photo = await database.read(_look, person, row_id(which), now)
            return await _asking(message, offer, photo, shop)
        case "take":
            gift_id, _sep, key = which.partition(":")
            if not re.fullmatch("[0-9a-f]{16}", key):
                raise ValueError(about)
            order = await database.write(orders.place, person, row_id(gift_id), shop, key=key, now=now)
            text = fill(_("It is yours!\n\n{voucher}\n\nShow the code at the counter."), voucher=ticket(order, shop))
            return message.answer(text, reply_markup=rows(cancel_button(order)))
        case "wait":
            gone = await database.write(gifts.wait, person, row_id(which), now=now)
            return message.answer(fill(_("I tell you once when “{name}” is back."), name=gone.name))
        case "drop":
            return _dropping(message, await database.read(vouchers.own, person.member_id, row_id(which)))
        case "undo":
            back = await database.write(orders.cancel, person, row_id(which), shop, now=now)
            text = fill(
                _("The order of “{name}” is cancelled; you have your {cost} points back."),
                name=back.name,
                cost=back.cost,
            )
            return message.edit_text(text)
        case "no":
            dropped = _("All right, dropped. Nothing was changed.")
            return message.edit_caption(caption=dropped) if message.photo else message.answer(dropped)
        case _:
            raise ValueError(about)


def _look(session: Session, person: Person, gift_id: int, now: datetime) -> tuple[Offered, str | None]:
    return orders.offered(session, person, gift_id, now=now), gifts.photo(session, person, gift_id)


async def _asking(message: Message, offer: Offered, photo: str | None, shop: Shop) -> TelegramMethod[Any] | None:
    """The question before points become a gift, under its picture where there is one.

    The button holds a key: tapped twice, it is one order.
    """
    text = fill(
        _("“{name}” for {cost} points? You fetch it in the shop within {days} days, or take it back until then."),
        name=offer.gift.name,
        cost=offer.gift.cost,
        days=shop.rules.gifts.keep_days,
    )
    yes = tap(_("Redeem"), "gift", "take", offer.gift.id, secrets.token_hex(8))
    if photo:
        with suppress(TelegramBadRequest):  # the platform no longer has the picture: another bot's token, say
            await message.answer_photo(photo, caption=text, reply_markup=rows([yes, tap(_("Cancel"), "gift", "no")]))
            return None
    return message.answer(text, reply_markup=rows([yes, tap(_("Cancel"), "untell")]))


def _dropping(message: Message, order: Voucher) -> TelegramMethod[Any]:
    text = fill(_("Cancel the order of “{name}”? You get {cost} points back."), name=order.name, cost=order.cost)
    yes = tap(_("Confirm"), "gift", "undo", order.id)
    return message.answer(text, reply_markup=rows([yes, tap(_("Keep it"), "untell")]))


@command(
    "gift", who=Role.MANAGER, help=N_("the gift area: /gift new, /gift list, /gift stock, /gift off, /gift orders")
)
async def gift(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Fill the gift area."""
    verb, _sep, rest = words.partition(" ")
    buttons: InlineKeyboardMarkup | None = None
    match verb.lower(), rest.strip():
        case "new" | "新建", line:
            made = await database.write(gifts.make, person, _wish(line, shop, now), now=now)
            text = fill(_("In the gift area: {gift}."), gift=on_the_shelf(made, shop, now))
        case "stock" | "库存" | "庫存", line:
            changed = await database.write(gifts.restock, person, *_name_and_number(line), now=now)
            text = fill(_("Changed: {gift}."), gift=on_the_shelf(changed, shop, now))
        case "off" | "下架", line:
            gone = await database.write(gifts.withdraw, person, _named(line, OFF_FORM), now=now)
            away = _("“{name}” is out of the gift area. What was ordered of it is still handed over.")
            text = fill(away, name=gone.name)
        case "photo" | "图片" | "圖片", line:
            shown = await database.write(gifts.picture, person, _named(line, PHOTO_FORM), _photo(message), now=now)
            text = fill(_("Members now see this picture with “{name}”."), name=shown.name)
        case "list" | "列表", _:
            text = _list(await database.read(gifts.listed), shop, now)
        case "orders" | "订单" | "訂單", _:
            text, buttons = _orders(await database.read(vouchers.to_hand_over), shop)
        case "", _:
            text = _explained()
            buttons = rows(tap(_("All gifts"), "shelf", "list"), tap(_("To hand over"), "shelf", "orders"))
        case _:
            raise BadLine(form=FORM)
    return message.answer(text, reply_markup=buttons)


@button("shelf", who=Role.MANAGER)
async def shelf(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """List the gifts or the orders; hand one over, or take it back for its member."""
    what, _sep, which = about.partition(":")
    match what, which:
        case "list", "":
            return message.edit_text(_list(await database.read(gifts.listed), shop, now))
        case "orders", "":
            found, buttons = _orders(await database.read(vouchers.to_hand_over), shop)
            return message.edit_text(found, reply_markup=buttons)
        case "order", _:
            one, buttons = _order(await database.read(vouchers.standing, row_id(which)), shop)
            return message.edit_text(one, reply_markup=buttons)
        case "hand", _:
            done = await database.write(orders.hand_over, person.member_id, which[:LONGEST_CODE], now=now)
            return message.edit_text(handed(done))
        case "undo", _:
            back = await database.write(orders.cancel_for, person, row_id(which), shop, now=now)
            text = _("The order of “{name}” is cancelled. {who} has the points back and is told.")
            return message.edit_text(fill(text, name=back.name, who=named(back.who)))
        case _:
            raise ValueError(about)


def _photo(message: Message) -> str:
    """The photo that came with a line, in its largest size. Raises NoPicture."""
    sizes = message.photo or []
    if not sizes or (sizes[-1].file_size or 0) > LARGEST:
        raise NoPicture(form=PHOTO_FORM)
    return sizes[-1].file_id


def _orders(found: list[Voucher], shop: Shop) -> Written:
    """What is to be handed over, each with a button."""
    if not found:
        return Html(_("Nothing is to be handed over at the moment.")), None
    parts = [Html(_("<b>To be handed over</b>")), *(of_whom(each, shop) for each in found)]
    buttons = [tap(f"{each.who.number} · {each.name}", "shelf", "order", each.id) for each in found[:BUTTONS]]
    return fitting(parts), rows(*buttons)


def _order(order: Voucher, shop: Shop) -> Written:
    hand = tap(_("Hand over"), "shelf", "hand", order.code)
    return of_whom(order, shop), rows([hand, tap(_("Cancel the order"), "shelf", "undo", order.id)])


def _explained() -> Html:
    return fill(
        _(
            "Put a gift into the gift area with one line, the price in points and how many there are:\n"
            "<code>{form}</code>\n\nMembers find it under /gifts. You may add grade:vip (from which grade), limit:1 "
            "(for each member), from:now and until:30d.\n\nHow many there are now: <code>{stock}</code>\n"
            "Out of the area: <code>{off}</code>\n"
            "A picture of it: send a photo with <code>{photo}</code> under it."
        ),
        form=_(FORM),
        stock=_(STOCK_FORM),
        off=_(OFF_FORM),
        photo=_(PHOTO_FORM),
    )


def _list(found: list[Shelved], shop: Shop, now: datetime) -> Html:
    if not found:
        return fill(_("No gifts yet. Put the first one in like this: {form}"), form=_(FORM))
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
