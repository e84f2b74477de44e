"""Is this really the shop? The bot's own name, what it never asks for, and what owners do about look-alikes."""

from datetime import datetime
from typing import Any

from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import blacklist
from bot.club.members import Person, Role, Who, number
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.blacklist import done
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import row_id


@command("verify", "防骗", "防詐", "防騙", who=Role.ANYONE, help=N_("is this really the shop?"))
async def verify(message: Message, bot: Bot, shop: Shop) -> TelegramMethod[Any]:
    """Tell by what the shop's own bot is known, and what neither it nor the shop's people ever ask for."""
    text = _(
        "<b>Is this really {shop}?</b>\n"
        "My name is @{username}. Compare it letter by letter: a picture and a name can be copied, this cannot.\n\n"
        "Neither I nor the shop's people ever ask you for\n"
        "· a password, or a code that came by SMS,\n"
        "· the number of a bank card or of an identity card,\n"
        "· money to a private account, or to “unlock” points or a prize,\n"
        "· installing an app, or showing your screen.\n\n"
        "Does somebody do so in our name? Do not answer, and tell us here:"
    )
    username = Html(f"<code>{(await bot.me()).username}</code>")
    return message.answer(
        fill(text, shop=shop.name, username=username), reply_markup=rows(tap(_("Ask the shop"), "go", "ask"))
    )


@button("impostor", who=Role.OWNER)
async def decide(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Put somebody out of the groups for good who passes for the shop, or leave them alone."""
    word, _sep, who = about.partition(":")
    if word == "ok":
        return message.edit_text(_("All right, I leave them alone."))
    whom = Who(person.visitor.platform, number(row_id(who)))
    reason = _("passes for the shop")
    put = await database.write(blacklist.block, person, whom, blacklist.GROUP, reason, now=now)
    return message.edit_text(done(put, shop))
