"""The members, as the staff see them."""

from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import members
from bot.club.members import Role
from bot.i18n import N_, _
from bot.speech import Html, fill, grade, name
from db.engine import Database
from handlers.commands import command


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
