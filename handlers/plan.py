"""Tomorrow's plan, for managers: what goes out on its own, and a tap that skips a line of it or lets it go."""

from datetime import date, datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import plan, skips
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.notes import seed_of
from bot.speech.plan import card
from db.engine import Database
from handlers.commands import button, command

ACTS = {"skip": skips.skip, "go": skips.approve}


@command("plan", "明日计划", "明日計劃", who=Role.MANAGER, help=N_("what goes out on its own tomorrow, to be skipped"))
async def show(message: Message, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show what goes out tomorrow."""
    day = plan.tomorrow(shop, now=now)
    text, buttons = card(await database.read(plan.draw, day, shop, now=now, called=seed_of), shop)
    return message.answer(text, reply_markup=buttons)


@button("plan", who=Role.MANAGER)
async def tapped(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Skip a line of a day's plan, or let it go after all; the card shows it."""
    do, day, line = about.split(":")
    if do not in ACTS or not skips.is_line(line):
        raise ValueError(about)
    await database.write(ACTS[do], person, date.fromisoformat(day), line, shop, now=now)
    text, buttons = card(await database.read(plan.draw, date.fromisoformat(day), shop, now=now, called=seed_of), shop)
    return message.edit_text(text, reply_markup=buttons)
