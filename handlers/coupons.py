"""The wallet."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import coupons
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import coupon, coupon_name, fill, fitting, offer
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import command

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
    return message.answer(fitting(parts, "\n\n", last=_("Show the code when you pay.")))


@command("redeem", "核销", "核銷", who=Role.CLERK, help=N_("use a coupon at the till: /redeem CODE"))
async def redeem(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Use a coupon at the till."""
    if not words:
        raise BadLine(form="/redeem K7QM-3XWF-9TRB")
    done = await database.write(coupons.redeem, person.member_id, words[:LONGEST_CODE], now=now)
    text = _("Done: {offer} for {number}, “{name}”.")
    return message.answer(fill(text, offer=offer(done.offer, shop), number=done.number, name=coupon_name(done.name)))
