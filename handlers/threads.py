"""Questions to the shop: a member asks and asks on; the staff answer, hand over, and see what is open."""

from datetime import datetime, timedelta
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import answer_times, threads
from bot.club.answer_times import Times
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.threads import ASK, QUESTION, Line
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import rows, tap
from bot.speech.threads import answered, page
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.forms import photo_of
from handlers.lines import row_id

MONTH = timedelta(days=30)


@command("ask", "客服", who=Role.MEMBER, help=N_("ask the shop: /ask TEXT"))
async def ask(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Put a question to the shop; alone, wait for it. The staff see what is open instead."""
    if words:
        return message.answer(_asked(await database.write(threads.ask, person, words, key=key, now=now)))
    if person.role >= Role.CLERK:
        text, buttons = page(*await database.read(_look, now), shop)
        return message.answer(text, reply_markup=buttons)
    await database.write(threads.begin, person, now=now)
    wanted = _("What would you like to know? Write it here, or send a picture, and the shop's people read it.")
    return message.answer(wanted, reply_markup=rows(tap(_("Cancel"), "untell")))


@answer(ASK, who=Role.MEMBER, photos=True)
async def question(
    message: Message, words: str, person: Person, database: Database, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Take a text or a picture as the question."""
    told = await database.write(threads.ask, person, words, _photo(message, person), key=key, now=now)
    return message.answer(_asked(told))


@answer(QUESTION, who=Role.MEMBER, photos=True)
async def say(
    message: Message,
    words: str,
    facts: dict[str, Any],
    person: Person,
    database: Database,
    key: str,
    now: datetime,
) -> TelegramMethod[Any]:
    """Go on in a thread, by a reply to its message or after its button: ask on, or answer."""
    about = (facts.get("thread", 0), words, _photo(message, person))
    said = await database.write(threads.say, person, *about, key=key, now=now)
    if not isinstance(said, Line):
        return message.answer(_asked(said))
    text, buttons = answered(said)
    return message.answer(text, reply_markup=buttons)


@button("more", who=Role.MEMBER)
async def more(message: Message, about: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Wait for a member's next word."""
    await database.write(threads.go_on, person, row_id(about), now=now)
    return message.answer(_("What else would you like to know?"), reply_markup=rows(tap(_("Cancel"), "untell")))


@button("content", who=Role.MEMBER)
async def content(message: Message, about: str, person: Person, database: Database) -> TelegramMethod[Any]:
    """Keep how content somebody is with the answer."""
    stars, _sep, thread = about.partition(":")
    if stars not in ("1", "2", "3", "4", "5"):
        raise ValueError(about)
    await database.write(threads.rate, person, row_id(thread), int(stars))
    return message.answer(_("Thank you! The shop hears how it did."))


@button("thread", who=Role.CLERK)
async def act(message: Message, about: str, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Answer, hand over, or let rest what a member asked."""
    do, _sep, number = about.partition(":")
    thread = row_id(number)
    match do:
        case "take":
            line = await database.write(threads.take, person, thread, now=now)
            text = fill(_("Your answer to {number}?"), number=line.who.number)
            return message.answer(text, reply_markup=rows(tap(_("Cancel"), "untell")))
        case "over":
            who = await database.write(threads.hand_over, person, thread, now=now)
            return message.edit_text(fill(_("Your colleagues are asked to answer {number}."), number=who.number))
        case "drop":
            who = await database.write(threads.drop, person, thread, now=now)
            return message.answer(fill(_("All right, {number} gets no answer."), number=who.number))
    raise ValueError(about)


def _look(session: Session, now: datetime) -> tuple[list[Line], Times | None]:
    return threads.waiting(session), answer_times.of(session, since=now - MONTH)


def _asked(told: bool | Line) -> Html:
    if told:
        return Html(_("Your question is with the shop. The answer comes here."))
    return Html(_("Your question is kept. Nobody of the shop can be reached right now; the answer comes here."))


def _photo(message: Message, person: Person) -> str | None:
    """A picture that was sent, by its platform and the number under which that keeps it."""
    return f"{person.visitor.platform}:{photo_of(message)}" if message.photo else None
