"""The member card, to be shown at the till."""

import asyncio
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import members, points
from bot.club.gifts import GRADES
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import member_card
from bot.speech import fill, grade, name
from db.engine import Database
from handlers.commands import command


@command("card", "会员卡", "會員卡", who=Role.MEMBER, help=N_("your member card, to show at the till"))
async def card(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show someone's member card: a picture, and the same as text."""
    called, rank, have = await database.read(_look, person.member_id, now)
    facts = {"number": person.number, "name": name(called), "grade": grade(rank)}
    balance = fill(_("{points} points"), points=have)
    picture = await asyncio.to_thread(
        member_card, shop.name, called or "", person.number, grade(rank), balance, stars=GRADES.index(rank)
    )
    text = fill(_("<b>{number}</b> {name} · {grade}\n{balance}\nShow this at the till."), **facts, balance=balance)
    return message.answer_photo(BufferedInputFile(picture, "card.png"), caption=text)


def _look(session: Session, member_id: int, now: datetime) -> tuple[str | None, str, int]:
    """Someone's name, grade, and the points that they can spend."""
    called, rank = members.standing(session, member_id)
    return called, rank, points.usable(session, member_id, now=now)
