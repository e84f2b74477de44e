"""Why a member got a letter, or did not, for managers."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import decisions
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech.decisions import told
from db.engine import Database
from handlers.commands import command
from handlers.lines import whom


@command("why", "为什么", "為什麼", who=Role.MANAGER, help=N_("what I sent a member or not, and why: /why WHO"))
async def why(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Tell the last decisions about a member's letters."""
    who, _rest = whom(message, words, person, form=_("/why @ann"))
    return message.answer(told(await database.read(decisions.last, who, shop, now=now), shop))
