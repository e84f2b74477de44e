"""The member card, to be shown at the till."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import members, points, progress
from bot.club.cuts import GRADES
from bot.club.members import Person, Role
from bot.club.progress import Progress
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import member_card
from bot.speech import fill, grade, name
from bot.speech.grades import ahead
from db.engine import Database
from handlers.commands import command


@command("card", "会员卡", "會員卡", who=Role.MEMBER, help=N_("your member card, to show at the till"))
async def card(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show someone's member card: a picture, and the same as text."""
    called, stands, have = await database.read(_look, person.member_id, shop, now)
    facts = {"number": person.number, "name": name(called), "grade": grade(stands.grade)}
    balance, more = fill(_("{points} points"), points=have), ahead(stands, shop)
    stars = GRADES.index(stands.grade)
    about = (shop.name, called or "", person.number, facts["grade"], balance)
    picture = await asyncio.to_thread(member_card, *about, stars=stars, more=more)
    lines = [fill(_("<b>{number}</b> {name} · {grade}"), **facts), fill("{more}", more=more) if more else "", balance]
    text = "\n".join([*filter(None, lines), _("Show this at the till.")])
    return message.answer_photo(BufferedInputFile(picture, "card.png"), caption=text)


def _look(session: Session, member_id: int, shop: Shop, now: datetime) -> tuple[str | None, Progress, int]:
    """Someone's name, how they stand between the grades, and the points that they can spend."""
    called, _grade = members.standing(session, member_id)
    return called, progress.of(session, member_id, shop, now=now), points.usable(session, member_id, now=now)
