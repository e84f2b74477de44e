"""Deals open and close by the clock, and their posts in the groups are kept true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiogram.methods import EditMessageCaption, EditMessageText
from aiogram.types import InlineKeyboardMarkup

from bot.club import deal_posts, deals
from bot.club.deal_posts import Stale
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
        if not isinstance(await platform.send(_edit(stale, text, buttons)), Later | Unsure):
            await database.write(deal_posts.edited, stale.letter_id, stale.face)


def _edit(post: Stale, text: str, buttons: InlineKeyboardMarkup | None) -> EditMessageCaption | EditMessageText:
    """The edit of a post; one of a deal that gives old members more stands under a picture."""
    where: dict[str, Any] = {"chat_id": post.chat_id, "message_id": post.message_id, "reply_markup": buttons}
    return EditMessageCaption(caption=text, **where) if post.deal.extra else EditMessageText(text=text, **where)
