"""The wallet: a member's coupons, and the QR code of each."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import coupons
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import till_code
from bot.platforms import Platform
from bot.speech import coupon, coupon_name, fitting
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import button, command

BUTTONS = 20  # under one message
LONGEST_CODE = 40  # characters that are looked at


@command("coupons", "卡券", "票券", "优惠券", "優惠券", who=Role.MEMBER, help=N_("your coupons and their codes"))
async def wallet(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show someone's coupons, the one that ends soonest first."""
    mine = await database.read(coupons.wallet, person.member_id, now=now)
    if not mine:
        text = _("No coupons at the moment. Have a look at the members' deals.")
        return message.answer(text, reply_markup=rows(tap(_("Members' deals"), "go", "deals")))
    parts = [_("<b>Your coupons</b>"), *(coupon(each.facts, shop) for each in mine)]
    buttons = [tap(_("QR code: {name}").format(name=coupon_name(each.name)), "qr", each.code) for each in mine]
    text = fitting(parts, "\n\n", last=_("Show the code when you pay."))
    return message.answer(text, reply_markup=rows(*buttons[:BUTTONS]))


@button("qr", who=Role.MEMBER)
async def picture(
    message: Message, about: str, person: Person, database: Database, platform: Platform, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Send a coupon's QR code: a link that asks staff whether to use it, and tells a stranger nothing."""
    own = await database.read(coupons.mine, person.member_id, about[:LONGEST_CODE], now=now)
    drawn = await asyncio.to_thread(till_code, platform.deep_link(f"use_{own.code}") or own.code, own.code)
    return message.answer_photo(BufferedInputFile(drawn, "coupon.png"), caption=coupon(own.facts, shop))
