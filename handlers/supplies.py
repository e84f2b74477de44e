"""What runs out: a member has it again, has plenty still, or wants no word about it; staff see to a wish."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import reorders, supplies
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import fill, month_day
from bot.speech.buttons import rows, tap
from bot.speech.supplies import taken
from db.engine import Database
from handlers.commands import button
from handlers.lines import row_id


@button("reorder", who=Role.MEMBER)
async def reorder(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Pass a wish on to the staff."""
    wish = await database.write(reorders.ask, person, row_id(about), now=now)
    text = _("With pleasure! The shop has your wish: {product} × {quantity}. Somebody gets in touch with you.")
    return message.edit_text(fill(text, product=wish.product, quantity=wish.quantity))


@button("plenty", who=Role.MEMBER)
async def plenty(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Learn that it lasts longer."""
    day = await database.write(supplies.plenty, person, row_id(about), shop, now=now)
    return message.edit_text(fill(_("Noted: it lasts you longer. I'll ask again about {day}."), day=month_day(day)))


@button("refill", who=Role.MEMBER)
async def refill(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Write no more about a product, or do again."""
    turn, _sep, trip = about.partition(":")
    if turn == "off":
        name = await database.write(supplies.stop, person, row_id(trip), now=now)
        text = fill(_("All right, no more reminders of {product}."), product=name)
        return message.edit_text(text, reply_markup=rows(tap(_("Remind me again"), "refill", "on", trip)))
    if turn != "on":
        raise ValueError(about)
    name = await database.write(supplies.resume, person, row_id(trip))
    return message.edit_text(
        fill(_("Gladly: I'll remind you of {product} again, from your next one on."), product=name)
    )


@button("seeto", who=Role.CLERK)
async def see_to(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """See to a member's wish."""
    return message.edit_text(taken(await database.write(reorders.take, person, row_id(about), now=now)))
