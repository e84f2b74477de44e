"""After the purchase: how it goes, a rating, a word; and the staff, who hear of it."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import ratings
from bot.club.members import Person, Role
from bot.club.ratings import CARES, COMMENT, USAGE, Rated
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html
from bot.speech.buttons import rows, tap
from bot.speech.profile import answers, asking, with_thanks
from bot.speech.ratings import thanks, told
from db.engine import Database
from handlers.commands import answer, button
from handlers.lines import row_id


@button("usage", who=Role.MEMBER)
async def usage(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take how it goes; one question about the member may follow in the same message."""
    said, _sep, trip = about.partition(":")
    if said not in USAGE:
        raise ValueError(about)
    asked = await database.write(ratings.tell_usage, person, row_id(trip), said, shop, now=now)
    if asked:
        text = _("That is good to hear!")
        return message.edit_text(Html(f"{text}\n\n{asking(asked)}"), reply_markup=rows(*answers(asked)))
    if said == "so-so":
        text = _("Thank you for telling me. What is missing? Write it here, and it goes straight to the shop.")
        return message.edit_text(text, reply_markup=rows(tap(_("Skip"), "enough")))
    if said == "not yet":
        return message.edit_text(_("No hurry! I'll ask again in a few days."))
    return message.edit_text(_("That is good to hear! Whenever a question comes up, just ask us."))


@button("rate", who=Role.MEMBER)
async def rate(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a rating, and ask for a word about it."""
    stars, _sep, trip = about.partition(":")
    if stars not in ("1", "2", "3", "4", "5"):
        raise ValueError(about)
    counts = await database.write(ratings.rate, person, row_id(trip), int(stars), now=now)
    return message.edit_text(thanks(counts, shop.rules.points.review), reply_markup=rows(tap(_("Skip"), "enough")))


@button("enough", who=Role.MEMBER)
async def enough(message: Message, person: Person, database: Database) -> TelegramMethod[Any]:
    """Leave it at the rating."""
    await database.write(ratings.leave, person)
    return message.edit_text(_("All right. Thank you!"))


@answer(COMMENT, who=Role.MEMBER)
async def comment(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a word about a purchase."""
    earned = await database.write(ratings.comment, person, words.strip(), shop, now=now)
    return message.answer(with_thanks(Html(_("Thank you, I have passed it on: the shop reads every word.")), earned))


@button("heard", who=Role.CLERK)
async def heard(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Put a tag of what a comment tells to its member, or take it off again."""
    rating, _sep, place = about.partition(":")
    tag = CARES[row_id(place)] if row_id(place) < len(CARES) else ""
    if not tag:
        raise ValueError(about)
    text, buttons = told(await database.write(ratings.heard, person, row_id(rating), tag, shop, now=now))
    return message.edit_text(text, reply_markup=buttons)


@button("lift", who=Role.CLERK)
async def lift(message: Message, about: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Let offers go to a member again whom a bad rating had stopped them for."""
    text, buttons = told(await database.write(_lift, person, row_id(about), now=now))
    return message.edit_text(text, reply_markup=buttons)


def _lift(session: Session, person: Person, rating_id: int, *, now: datetime) -> Rated:
    ratings.lift(session, person, ratings.one(session, rating_id).who.member_id, now=now)
    return ratings.one(session, rating_id)
