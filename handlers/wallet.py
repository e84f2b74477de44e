"""The wallet: a member's coupons, the QR code of each, and how a gift goes on to a friend."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import BufferedInputFile, InlineKeyboardButton, Message

from bot.club import coupons, passing
from bot.club.coupons import Issued
from bot.club.members import Person, Role
from bot.club.passing import OwnLink
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import till_code
from bot.platforms import Platform
from bot.speech import Html, coupon, coupon_name, fill
from bot.speech.buttons import Written, rows, tap
from bot.speech.coupons import page, paged, pass_button, passed
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import row_id

LINK = "pass_"  # in a link, before its token
LONGEST_CODE = 40  # characters that are looked at


@command("coupons", "卡券", "票券", "优惠券", "優惠券", who=Role.MEMBER, help=N_("your coupons and their codes"))
async def wallet(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show someone's coupons, the one that ends soonest first."""
    text, buttons = _page(await database.read(coupons.wallet, person.member_id, now=now), 0, shop)
    return message.answer(text, reply_markup=buttons)


@button("wallet", who=Role.MEMBER)
async def turn(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Turn to another page of the wallet."""
    mine = await database.read(coupons.wallet, person.member_id, now=now)
    text, buttons = _page(mine, row_id(about), shop)
    return message.edit_text(text, reply_markup=buttons)


def _page(mine: list[Issued], number: int, shop: Shop) -> Written:
    """A page of the wallet, each coupon with a button for its QR code; the last page where there are not so many."""
    if not mine:
        text = Html(_("No coupons at the moment. Have a look at the members' deals."))
        return text, rows(tap(_("Members' deals"), "go", "deals"))
    pages = paged(mine, shop)
    number = min(number, len(pages) - 1)
    back = [tap(_("Previous"), "wallet", number - 1)] if number else []
    more = [tap(_("More"), "wallet", number + 1)] if number < len(pages) - 1 else []
    text = page(pages, number, shop)
    return text, rows(*(_buttons(each) for each in pages[number]), *filter(None, [back + more]))


def _buttons(each: Issued) -> list[InlineKeyboardButton]:
    qr_code = tap(_("QR code: {name}").format(name=coupon_name(each.name)), "qr", each.code)
    return [qr_code, pass_button(each.code)] if each.transferable else [qr_code]


@button("qr", who=Role.MEMBER)
async def picture(
    message: Message, about: str, person: Person, database: Database, platform: Platform, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Send a coupon's QR code: a link that asks staff whether to use it, and tells a stranger nothing."""
    own = await database.read(coupons.mine, person.member_id, about[:LONGEST_CODE], now=now)
    drawn = await asyncio.to_thread(till_code, platform.deep_link(f"use_{own.code}") or own.code, own.code)
    return message.answer_photo(BufferedInputFile(drawn, "coupon.png"), caption=coupon(own.facts, shop))


@button("pass", who=Role.MEMBER)
async def pass_on(
    message: Message, about: str, person: Person, database: Database, platform: Platform, now: datetime
) -> TelegramMethod[Any]:
    """Make the link by which a friend may have a coupon."""
    own, token = await database.write(passing.offer, person.member_id, about[:LONGEST_CODE], now=now)
    payload = f"{LINK}{token}"
    text = _(
        "Send this link to the friend who shall have “{coupon}”:\n\n{link}\n\n"
        "Whoever opens it first and accepts has the coupon; until then it is yours. Only the latest link works."
    )
    link = platform.deep_link(payload) or f"/start {payload}"
    return message.answer(fill(text, coupon=coupon_name(own.name), link=link), reply_markup=rows(_take_back(own.id)))


@button("unpass", who=Role.MEMBER)
async def take_back(message: Message, about: str, person: Person, database: Database) -> TelegramMethod[Any]:
    """End the link to a coupon, so that it stays with its member."""
    kept = await database.write(passing.take_back, person.member_id, row_id(about))
    return message.edit_text(fill(_("“{coupon}” stays yours; the link no longer works."), coupon=coupon_name(kept)))


async def open_passed(
    message: Message, token: str, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    """Show what a friend's link brings. Raises LinkOver, PassedToOther, PassedToYou, PassedByYou."""
    found = await database.read(passing.look, person, token, now=now)
    if found.own:
        return message.answer(_(OwnLink.says), reply_markup=rows(_take_back(found.coupon.id)))
    return message.answer(passed(found, shop), reply_markup=rows(tap(_("Accept"), "accept", token)))


@button("accept", who=Role.MEMBER)
async def accept(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take over what a friend passes on."""
    mine = await database.write(passing.accept, person, about[:LONGEST_CODE], now=now)
    text = _("It is yours!\n\n{coupon}\n\nShow the code when you pay. /coupons keeps it for you.")
    return message.edit_text(fill(text, coupon=coupon(mine.facts, shop)))


def _take_back(coupon_id: int) -> InlineKeyboardButton:
    return tap(_("Take it back"), "unpass", coupon_id)
