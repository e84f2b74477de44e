"""The members, as the staff see them."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import members, portraits
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, grade, name
from bot.speech.portraits import portrait
from db.engine import Database
from handlers.commands import command
from handlers.lines import whom


@command("members", who=Role.MANAGER, help=N_("how many, and who came last"))
async def show(message: Message, database: Database) -> TelegramMethod[Any]:
    """Say how many the club knows, and show those who came last."""
    (known, agreed, reachable), page = await database.read(_look)
    text = fill(
        _("<b>{known} people</b>: {agreed} members, {reachable} can be written to."),
        known=known,
        agreed=agreed,
        reachable=reachable,
    )
    lines = [
        fill(
            _("{number} {name} · {grade} · {points} points"),
            number=number,
            name=name(who) if who else "–",
            grade=grade(rank),
            points=points,
        )
        for number, who, rank, points in page
    ]
    return message.answer(Html("\n".join([text, "", *lines])))


def _look(session: Session) -> tuple[tuple[int, int, int], list[tuple[str, str | None, str, int]]]:
    return members.count(session), members.first_page(session)


@command("member", who=Role.MANAGER, help=N_("all about one member: /member WHO"))
async def one(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show a member on one page."""
    who, _rest = whom(message, words, person, form="/member @ann")
    return message.answer(portrait(await database.read(portraits.of, who, shop, now=now), shop))
