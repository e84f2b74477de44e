"""The till: a code that somebody shows at the counter, used at once or after a question."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import coupons, till, vouchers
from bot.club.coupons import Held
from bot.club.errors import BadLine, ClubError, NoSense, NoSuchCoupon
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import N_, _
from bot.speech import Html, coupon, fill, gifts
from bot.speech import coupons as words_of
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import answer, button, command

LONGEST_CODE = 40  # characters that are looked at


async def open_link(
    message: Message, code: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Open a coupon's QR code: as if the code were typed, but None for a member whose coupon it is not."""
    try:
        return await typed(message, code, person, database, shop, now)
    except NoSuchCoupon:
        if person.role > Role.MEMBER:
            raise
        return None


@command("redeem", "核销", "核銷", who=Role.CLERK, help=N_("use a coupon at the till: /redeem CODE"))
async def redeem(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Use a coupon at the till."""
    if not words:
        raise BadLine(form="/redeem K7QM-3XWF-9TRB")
    return message.answer(
        _done(await database.write(till.redeem, person.member_id, words[:LONGEST_CODE], shop, now=now), shop)
    )


@answer("code", who=Role.ANYONE)
async def typed(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """A code by itself: staff are asked whether to use it, a member is shown their own coupon."""
    if person.role < Role.MEMBER:
        raise NoSense
    if person.role > Role.MEMBER:
        return await ask(message, words, person, database, shop, now)
    if voucher := await database.read(vouchers.with_code, person, words):
        return message.answer(gifts.ticket(voucher, shop), reply_markup=gifts.voucher_buttons(voucher))
    own = await database.read(coupons.mine, person.member_id, words, now=now)
    return message.answer(Html(coupon(own.facts, shop) + "\n\n" + _("Show the code when you pay.")))


async def ask(
    message: Message, code: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask staff whether to use what a code is for. Raises what the till does."""
    found = await database.write(till.look, person, code[:LONGEST_CODE], now=now)
    if isinstance(found, ClubError):
        raise found
    if isinstance(found, Voucher):
        text, kept = fill(_("{order}. Hand it over now?"), order=gifts.of_whom(found, shop)), found.code
    else:
        text, kept = words_of.asked(*found, shop), found[0].code
    return message.answer(text, reply_markup=rows([tap(_("Confirm"), "redeem", kept), tap(_("Cancel"), "untell")]))


@button("redeem", who=Role.CLERK)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Use the coupon that was looked at."""
    return message.edit_text(
        _done(await database.write(till.redeem, person.member_id, about[:LONGEST_CODE], shop, now=now), shop)
    )


def _done(done: Held | Voucher | ClubError, shop: Shop) -> Html:
    if isinstance(done, ClubError):  # its trace is kept by now
        raise done
    return gifts.handed(done) if isinstance(done, Voucher) else words_of.used(done, shop)
