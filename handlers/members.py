"""The members, as the staff see them."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import audiences, portraits
from bot.club.audiences import EVERYBODY, Audience, Count, Listed
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, grade, name
from bot.speech.notes import seed_of
from bot.speech.portraits import lift_button, portrait
from db.engine import Database
from handlers.commands import command
from handlers.lines import whom

FORM = '/members grade:vip tag:"green tea" joined:<90d'


@command("members", who=Role.MANAGER, help=N_("how many, and who came last: /members AUDIENCE"))
async def show(message: Message, words: str, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Say how many the club knows who fit, and show those who came last."""
    audience = audiences.read(words or EVERYBODY[0], shop, now=now, called=seed_of)
    many, page = await database.read(_look, audience)
    text = fill(
        _(
            "<b>{known} person</b>: {agreed} members, {reachable} can be written to.",
            "<b>{known} people</b>: {agreed} members, {reachable} can be written to.",
            many.known,
        ),
        known=many.known,
        agreed=many.agreed,
        reachable=many.reachable,
    )
    lines = [
        fill(
            _("{number} {name} · {grade} · {points} points"),
            number=each.who.number,
            name=name(each.who.name) if each.who.name else "–",
            grade=grade(each.grade),
            points=each.points,
        )
        for each in page
    ]
    more = [] if words else ["", fill(_("Some of them: <code>{form}</code>"), form=FORM)]
    return message.answer(Html("\n".join([text, "", *lines, *more])))


def _look(session: Session, audience: Audience) -> tuple[Count, list[Listed]]:
    return audiences.count(session, audience), audiences.newest(session, audience)


@command("member", who=Role.MANAGER, help=N_("all about one member: /member WHO"))
async def one(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show a member on one page."""
    who, _rest = whom(message, words, person, form="/member @ann")
    found = await database.read(portraits.of, who, shop, now=now)
    return message.answer(portrait(found, shop), reply_markup=lift_button(found))
