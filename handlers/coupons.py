"""The wallet, and the till."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import coupons
from bot.club.coupons import Held
from bot.club.errors import BadLine, NoSense
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, coupon, coupon_name, fill, fitting, name, offer
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import answer, button, command

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
    return message.answer(_done(done, shop))


@answer("code", who=Role.ANYONE)
async def typed(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """A code by itself: staff are asked whether to use it, a member is shown their own coupon."""
    if person.role < Role.MEMBER:
        raise NoSense
    if person.role == Role.MEMBER:
        own = await database.read(coupons.mine, person.member_id, words, now=now)
        return message.answer(Html(coupon(own.facts, shop) + "\n\n" + _("Show the code when you pay.")))
    issued, whose = await database.read(coupons.held, words, now=now)
    text = fill(
        _("{offer} for {number}, {name}: “{coupon}”. Use it now?"),
        offer=offer(issued.offer, shop),
        number=whose.number,
        name=name(whose.name),
        coupon=coupon_name(issued.name),
    )
    return message.answer(
        text, reply_markup=rows([tap(_("Confirm"), "redeem", issued.code), tap(_("Cancel"), "untell")])
    )


@button("redeem", who=Role.CLERK)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Use the coupon that was looked at."""
    done = await database.write(coupons.redeem, person.member_id, about[:LONGEST_CODE], now=now)
    return message.edit_text(_done(done, shop))


def _done(done: Held, shop: Shop) -> Html:
    return fill(
        _("Done: {offer} for {number}, {name}: “{coupon}”."),
        offer=offer(done.offer, shop),
        number=done.who.number,
        name=name(done.who.name),
        coupon=coupon_name(done.name),
    )
