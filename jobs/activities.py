"""Activities go on and end by the clock, and their posts in the groups are kept true."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiogram.methods import EditMessageCaption, EditMessageText
from sqlmodel import Session

from bot.club import activity_posts, ballots, draws, guesses, packets, quizzes
from bot.club.rules import Shop
from bot.i18n import speaking
from bot.platforms import Later, Platform, Unsure
from bot.speech import spoken_on
from bot.speech.activities import post
from db.engine import Database


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Draw what is to be drawn, and end what is over."""
    await database.write(_turn, shop, now=now)


async def edit(database: Database, platforms: Mapping[str, Platform], shop: Shop, now: datetime) -> None:
    """Edit the posts that show another state than the true one: one edit for many taps."""
    for stale in await database.read(activity_posts.stale, now=now):
        platform = platforms.get(stale.platform)
        if platform is None:
            continue
        with speaking(shop.locale), spoken_on(shop.day(now)):
            text, buttons = post(stale.activity, shop, stale.kind)
        where: dict[str, Any] = {"chat_id": stale.chat_id, "message_id": stale.message_id}
        pictured = (stale.activity.photo or "").startswith(f"{stale.platform}:")
        edit = EditMessageCaption(caption=text, **where) if pictured else EditMessageText(text=text, **where)
        done = await platform.send(edit.model_copy(update={"reply_markup": buttons}))
        if not isinstance(done, Later | Unsure):
            await database.write(activity_posts.edited, stale.letter_id, stale.face)


def _turn(session: Session, shop: Shop, *, now: datetime) -> None:
    """An act: all kinds of activity."""
    packets.turn(session, now=now)
    draws.turn(session, shop, now=now)
    quizzes.turn(session, shop, now=now)
    guesses.turn(session, shop, now=now)
    ballots.turn(session, shop, now=now)
