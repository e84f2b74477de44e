"""The gift area for members: they see and redeem gifts, show the voucher, wait for one, take an order back."""

import asyncio
import re
import secrets
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import area, gifts, orders, vouchers
from bot.club.area import Offered
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import N_, _
from bot.pictures.cards import gift_voucher
from bot.platforms import Platform
from bot.speech import Html, fill, fitting, last_moment
from bot.speech.buttons import rows, tap
from bot.speech.gifts import choices, collected, offered, ticket, voucher_buttons
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import row_id

BUTTONS = 20  # under one message


@command("gifts", "礼品", "禮品", who=Role.MEMBER, help=N_("gifts for your points, and what you ordered"))
async def show(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show the gifts with what each costs, how many are left, the series, and what is still to be fetched."""
    here = await database.read(area.seen, person, now=now)
    if not (here.offers or here.orders or here.collections):
        return message.answer(_("The gift area is empty at the moment. Look in again soon."))
    have = fill(_("You have {points} points."), points=here.points)
    parts = [Html(_("<b>Gifts for your points</b>") + "\n" + have), *(offered(each, shop) for each in here.offers)]
    if here.collections:
        parts += [Html(_("<b>To collect</b>")), *(collected(each, shop) for each in here.collections)]
    if here.orders:
        parts += [Html(_("<b>To be fetched</b>")), *(ticket(each, shop) for each in here.orders)]
    buttons = choices(here)[:BUTTONS]
    return message.answer(fitting(parts, "\n\n"), reply_markup=rows(*buttons) if buttons else None)


@button("gift", who=Role.MEMBER)
async def choose(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Redeem a gift after one confirmation, or wait for it."""
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
            return message.answer(text, reply_markup=voucher_buttons(order))
        case "wait":
            gone = await database.write(gifts.wait, person, row_id(which), now=now)
            return message.answer(fill(_("I tell you once when “{name}” is back."), name=gone.name))
        case "no":
            dropped = _("All right, dropped. Nothing was changed.")
            return message.edit_caption(caption=dropped) if message.photo else message.answer(dropped)
        case _:
            raise ValueError(about)


@button("voucher", who=Role.MEMBER)
async def own(
    message: Message, about: str, person: Person, database: Database, platform: Platform, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show one's own voucher as a picture, or take the order back after one confirmation."""
    what, _sep, which = about.partition(":")
    match what:
        case "qr":
            order = await database.read(vouchers.own, person.member_id, row_id(which))
            return await _pictured(message, order, platform, shop)
        case "drop":
            return _dropping(message, await database.read(vouchers.own, person.member_id, row_id(which)))
        case "undo":
            back = await database.write(orders.cancel, person, row_id(which), shop, now=now)
            text = _("The order of “{name}” is cancelled; you have your {cost} points back.")
            return message.edit_text(fill(text, name=back.name, cost=back.cost))
        case _:
            raise ValueError(about)


def _look(session: Session, person: Person, gift_id: int, now: datetime) -> tuple[Offered, str | None]:
    return area.offered(session, person, gift_id, now=now), gifts.photo(session, person, gift_id)


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


async def _pictured(message: Message, order: Voucher, platform: Platform, shop: Shop) -> TelegramMethod[Any]:
    """The voucher as a picture: its QR code is a link that asks staff to hand over, and tells a stranger nothing."""
    until = _("To be fetched by {until}").format(until=last_moment(order.good_until, shop))
    link = platform.deep_link(f"use_{order.code}") or order.code
    words = (shop.name, _("Gift voucher"), order.name, order.who.number, until)
    drawn = await asyncio.to_thread(gift_voucher, *words, link, order.code)
    return message.answer_photo(BufferedInputFile(drawn, "voucher.png"), caption=ticket(order, shop))


def _dropping(message: Message, order: Voucher) -> TelegramMethod[Any]:
    text = fill(_("Cancel the order of “{name}”? You get {cost} points back."), name=order.name, cost=order.cost)
    yes = tap(_("Confirm"), "voucher", "undo", order.id)
    return message.answer(text, reply_markup=rows([yes, tap(_("Keep it"), "untell")]))
