"""Questions that the club asks on its own: answered in words, skipped, or never asked again."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import fields, questions
from bot.club.errors import NoSense, StaleButton
from bot.club.fields import Own
from bot.club.members import Person, Role
from bot.club.questions import ASKED
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, fill
from bot.speech.buttons import rows
from bot.speech.profile import before_question, field_name, leaving
from db.engine import Database
from handlers import family
from handlers.commands import answer, button
from handlers.lines import row_id
from handlers.profile import take

SKIP = ("skip", "跳过", "跳過", "略过", "略過")
NEVER = ("don't ask again", "don’t ask again", "不再问我", "不再問我", "别再问我", "別再問我")


@answer(ASKED, who=Role.MEMBER)
async def answered(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Take a text as the answer, unless the time is over or it is plainly something else."""
    plain = words.strip().casefold().rstrip(".!。！")
    if questions.lapsed(facts, shop, now=now):
        await database.write(questions.lapse, person.account_id, facts["question"])
        raise NoSense
    if plain in SKIP or plain in NEVER:
        return message.answer(await _settled(person, facts["question"], plain in NEVER, database))
    if questions.plainly_to_the_shop(words):
        return message.answer(
            _("That sounds like a question, so I did not note it as your answer: write the answer alone, or tap Skip."),
            reply_markup=rows(leaving(facts["question"])),
        )
    if facts["field"] == "family":
        return await family.show(message, f"add {words}", person, database, shop, now)
    return await take(message, words, facts, person, database, shop, now)


@button("skip", who=Role.MEMBER)
async def skip(message: Message, about: str, person: Person, database: Database) -> TelegramMethod[Any]:
    """Leave a question aside for good."""
    text = await _settled(person, row_id(about), False, database)
    return message.edit_text(Html(before_question(message) + text))


@button("never", who=Role.MEMBER)
async def never(message: Message, about: str, person: Person, database: Database) -> TelegramMethod[Any]:
    """Ask this member nothing more."""
    text = await _settled(person, row_id(about), True, database)
    return message.edit_text(Html(before_question(message) + text))


async def _settled(person: Person, question_id: int, for_good: bool, database: Database) -> Html:
    name, own = await database.write(_settle, person, question_id, "never" if for_good else "skipped")
    if for_good:
        return Html(_("All right, I won't ask you anything more. /profile is where you can tell me things, any time."))
    return fill(
        _("All right, I won't ask about “{field}” again. /profile is there whenever you feel like it."),
        field=own.label if own else field_name(name),
    )


def _settle(session: Session, person: Person, question_id: int, outcome: str) -> tuple[str, Own | None]:
    name = questions.settle(session, person.member_id, person.account_id, question_id, outcome)
    if name is None:
        raise StaleButton
    return name, fields.named(session, name)
