"""A contest's photos once they are in: members vote; staff pick who wins, look at photos, and take one out."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message

from bot.club import ballots
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import fill
from bot.speech.contests import listed, picking, single
from db.engine import Database
from handlers import activities
from handlers.commands import button
from handlers.lines import row_id


@button("vote", who=Role.MEMBER, in_group=True)
async def vote(
    query: CallbackQuery, message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Vote for a photo."""
    number, _sep, nth = about.partition(":")
    fresh = await database.write(ballots.vote, person, row_id(number), row_id(nth), now=now)
    text = _("Your vote is for number {nth}.") if fresh else _("Your vote for number {nth} stands.")
    return activities.noted(query, message, fill(text, nth=int(nth)), alert=False)


@button("wins", who=Role.MANAGER)
async def pick(message: Message, about: str, database: Database, shop: Shop) -> TelegramMethod[Any]:
    """Pick a photo that wins, or take it out again."""
    number, _sep, nth = about.partition(":")
    text, buttons = picking(await database.write(ballots.pick, row_id(number), row_id(nth)), shop)
    return message.edit_text(text, reply_markup=buttons)


@button("picked", who=Role.MANAGER)
async def picked(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """End a contest with what is picked."""
    done = await database.write(ballots.settle, person, row_id(about), shop, now=now)
    text = _("Done: the group reads who won “{title}”, and the prizes are on their way.")
    return message.edit_text(fill(text, title=done.title))


@button("photos", who=Role.MANAGER)
async def look(message: Message, about: str, person: Person, database: Database) -> TelegramMethod[Any] | None:
    """Show staff which photos are in, or one of them."""
    number, _sep, nth = about.partition(":")
    if not nth:
        text, buttons = listed(await database.read(ballots.running, row_id(number)))
        return message.answer(text, reply_markup=buttons)
    entry = await database.read(ballots.one, row_id(number), row_id(nth))
    caption, buttons = single(row_id(number), entry)
    platform, _sep, photo = entry.photo.partition(":")
    if platform == person.visitor.platform:
        with suppress(TelegramBadRequest):  # the platform no longer has the photo: another bot's token, say
            await message.answer_photo(photo, caption=caption, reply_markup=buttons)
            return None
    return message.answer(caption, reply_markup=buttons)


@button("unfit", who=Role.MANAGER)
async def take_out(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take a photo out of a contest; its member is told."""
    number, _sep, nth = about.partition(":")
    await database.write(ballots.take_out, person, row_id(number), row_id(nth), now=now)
    done = fill(_("Number {nth} is out of the contest, and its member is told."), nth=int(nth))
    return message.edit_caption(caption=done) if message.photo else message.edit_text(done)
