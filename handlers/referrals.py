"""Invitations: a member's link with its poster, a friend who comes by one, and the owner's word on doubtful ones."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import referrals
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import invitation_poster
from bot.platforms import Platform
from bot.speech import fill
from bot.speech import person as called
from bot.speech.referrals import invitation, poster_words
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import row_id


@command("invite", "邀请", "邀請", who=Role.MEMBER, help=N_("bring a friend: points for both of you"))
async def invite(
    message: Message, person: Person, database: Database, platform: Platform, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show someone's link, and a poster to pass on."""
    own = await database.write(referrals.invite, person, shop, now=now)
    link = platform.deep_link(own.payload) or f"/start {own.payload}"
    title, gifts, foot = poster_words(person.name, shop)
    picture = await asyncio.to_thread(invitation_poster, shop.name, title, gifts, link, foot)
    return message.answer_photo(BufferedInputFile(picture, "invitation.png"), caption=invitation(own, link, shop))


@button("referral", who=Role.OWNER)
async def judge(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Let a friend count who looked suspicious, or not."""
    answer, _sep, friend = about.partition(":")
    if answer not in ("yes", "no"):
        raise ValueError(about)
    judged = await database.write(referrals.judge, person, row_id(friend), shop, yes=answer == "yes", now=now)
    text = _("{friend} counts: both have their points.") if answer == "yes" else _("{friend} does not count.")
    return message.edit_text(fill(text, friend=called(judged)))
