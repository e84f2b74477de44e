"""Deals open and close by the clock, and their posts in the groups are kept true."""

from collections.abc import Mapping
from datetime import datetime

from aiogram.methods import EditMessageText

from bot.club import deal_posts, deals
from bot.club.rules import Shop
from bot.i18n import speaking
from bot.platforms import Later, Platform, Unsure
from bot.speech import spoken_on
from bot.speech.letters import post
from bot.speech.notes import seed_of
from db.engine import Database


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Open what is due, close what is over."""
    await database.write(deals.turn, shop, now=now, called=seed_of)


async def edit(database: Database, platforms: Mapping[str, Platform], shop: Shop, now: datetime) -> None:
    """Edit the posts that show another count than the true one: one edit for many claims."""
    for stale in await database.read(deal_posts.stale, shop, now=now):
        platform = platforms.get(stale.platform)
        if platform is None:
            continue
        with speaking(shop.locale), spoken_on(shop.day(now)):
            text, buttons = post(stale.deal, shop)
        method = EditMessageText(chat_id=stale.chat_id, message_id=stale.message_id, text=text, reply_markup=buttons)
        if not isinstance(await platform.send(method), Later | Unsure):
            await database.write(deal_posts.edited, stale.letter_id, stale.face)
