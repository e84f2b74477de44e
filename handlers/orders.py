"""What members ordered of the gift area, for the staff: the list, one order, handing it over, taking it back."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardButton, Message

from bot.club import orders, vouchers
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.vouchers import Voucher
from bot.i18n import _
from bot.speech import Html, fill, fitting
from bot.speech import person as named
from bot.speech.buttons import Written, rows, tap
from bot.speech.gifts import handed, of_whom
from db.engine import Database
from handlers.commands import button
from handlers.lines import row_id

BUTTONS = 20  # under one message
LONGEST_CODE = 40  # characters that are looked at


@button("order", who=Role.MANAGER)
async def order(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show one order; hand it over, or after a question take it back for its member."""
    what, _sep, which = about.partition(":")
    match what:
        case "one":
            found = await database.read(vouchers.standing, row_id(which))
            hand = tap(_("Hand over"), "order", "hand", found.code)
            drop = tap(_("Cancel the order"), "order", "drop", found.id)
            return message.edit_text(of_whom(found, shop), reply_markup=rows([hand, drop], _all()))
        case "hand":
            done = await database.write(orders.hand_over, person.member_id, which[:LONGEST_CODE], shop, now=now)
            return message.edit_text(handed(done), reply_markup=rows(_all()))
        case "drop":
            text, buttons = _sure(await database.read(vouchers.standing, row_id(which)), shop)
            return message.edit_text(text, reply_markup=buttons)
        case "undo":
            back = await database.write(orders.cancel_for, person, row_id(which), shop, now=now)
            told = _("The order of “{name}” is cancelled. {who} has the points back and is told.")
            return message.edit_text(fill(told, name=back.name, who=named(back.who)), reply_markup=rows(_all()))
        case _:
            raise ValueError(about)


def to_hand_over(found: list[Voucher], shop: Shop) -> Written:
    """What is to be handed over, each with a button, the oldest first."""
    if not found:
        return Html(_("Nothing is to be handed over at the moment.")), None
    parts = [Html(_("<b>To be handed over</b>")), *(of_whom(each, shop) for each in found)]
    buttons = [tap(f"{each.who.number} · {each.name}", "order", "one", each.id) for each in found[:BUTTONS]]
    return fitting(parts), rows(*buttons)


def _sure(found: Voucher, shop: Shop) -> Written:
    text = _("{order}. Cancel it? {cost} points go back, and the member is told.")
    yes, no = tap(_("Confirm"), "order", "undo", found.id), tap(_("Keep it"), "order", "one", found.id)
    return fill(text, order=of_whom(found, shop), cost=found.cost), rows([yes, no])


def _all() -> InlineKeyboardButton:
    return tap(_("To hand over"), "shelf", "orders")
