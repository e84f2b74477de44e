"""Activities in the groups: staff call one off."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import activities
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech.activities import stop_question
from db.engine import Database
from handlers.commands import button
from handlers.lines import row_id


@button("activity", who=Role.MANAGER)
async def manage(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Call an activity off: first the question, then the deed."""
    what, _sep, number = about.partition(":")
    match what:
        case "ask":
            text, buttons = stop_question(await database.read(activities.one, row_id(number)), shop)
            return message.edit_text(text, reply_markup=buttons)
        case "stop":
            await database.write(activities.stop, person, row_id(number), now=now)
            return message.edit_text(_("It is called off."))
        case _:
            raise ValueError(about)
