"""Activities in the groups: what their forms and lines have in common, and how staff call one off."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message
from sqlmodel import Session

from bot.club import activities
from bot.club.activities import NoSuchActivity
from bot.club.activity_looks import Shown
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import _
from bot.platforms import Platform
from bot.speech import Html
from bot.speech.activities import begun, options, stop_question
from bot.speech.buttons import Written
from db.engine import Database
from handlers.commands import button
from handlers.forms import Asking
from handlers.lines import Line, counted, row_id, whole
from handlers.threshold import privately


@button("activity", who=Role.MANAGER)
async def manage(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Call an activity off: first the question, then the deed."""
    what, _sep, number = about.partition(":")
    match what:
        case "ask":
            text, buttons = stop_question(await database.read(activities.one, row_id(number)), shop)
            return message.edit_text(text, reply_markup=buttons)
        case "stop":
            await database.write(activities.stop, person, row_id(number), now=now)
            return message.edit_text(_("It is called off."))
        case _:
            raise ValueError(about)


def group_of(message: Message) -> int | None:
    """The chat in which something begins: where it is said, or none of its own from the private chat."""
    return None if message.chat.type == "private" else message.chat.id


def bounds(line: Line, shop: Shop, now: datetime, *, form: str, most: int = activities.WINNERS) -> tuple[int, datetime]:
    """How many win, one where a line says nothing of it, and until when. Raises BadNumber, BadLine, BadTime."""
    if "until" not in line.options:
        raise BadLine(form=form)
    places = whole(line, "winners", most)
    return 1 if places is None else places, read_when(line.options["until"], shop, now=now, ends=now)


def told(message: Message, made: Shown, person: Person, shop: Shop) -> TelegramMethod[Any] | None:
    """What staff read of a new activity, in private: in the group it stands already."""
    text, choice = begun(made, shop)
    answer = message.answer(text, reply_markup=choice)
    if not group_of(message):
        return answer
    return privately(answer, person) if person.reachable else None


def noted(query: CallbackQuery, message: Message, done: Html, *, alert: bool = True) -> TelegramMethod[Any]:
    """Tell somebody what their tap did: them alone, where others read along."""
    return query.answer(done, show_alert=alert) if group_of(message) else message.answer(done)


def lead_in(query: CallbackQuery, platform: Platform, payload: str) -> TelegramMethod[Any]:
    """Open the private chat from a group's button, with what is to be done there."""
    if url := platform.deep_link(payload):
        return query.answer(url=url)
    return query.answer(_("That is between you and me: write to me in private."), show_alert=True)


def linked(about: str) -> int:
    """The activity of a link. Raises NoSuchActivity for what no link of ours holds."""
    try:
        return row_id(about)
    except ValueError:
        raise NoSuchActivity from None


def choices(step: str) -> Callable[[Session, Asking], dict[str, str]]:
    """What a form's step may be answered with by a button."""
    return lambda _session, _asking: options(step)


def said(made: Shown, shop: Shop, _now: datetime) -> Written:
    """What a form says in the end."""
    return begun(made, shop)


def winners(_session: Session, _asking: Asking, words: str) -> int:
    """The answer to how many win. Raises BadNumber."""
    return counted(words, "winners", activities.WINNERS)


def until(_session: Session, asking: Asking, words: str) -> str:
    """The answer to when it ends. Raises BadTime, EndsTooLate."""
    closes_at = read_when(words, asking.shop, now=asking.now, ends=asking.now)
    return activities.ends(closes_at, asking.now).isoformat()
