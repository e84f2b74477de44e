"""Letters by the months of a baby: a member wishes for them under /family, and ends them with one tap."""

from datetime import date, datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import stages
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html
from bot.speech.buttons import Written
from db.engine import Database
from handlers.commands import button
from handlers.forms import Asking, Form, Step, begin, enter


def _begin(session: Session, asking: Asking) -> None:
    stages.begin(session, asking.person, date.fromisoformat(asking.facts["month"]), asking.shop)


def _said(_done: None, _shop: Shop, _now: datetime) -> Written:
    return Html(
        _("With pleasure. You hear from us on a few of the days; one tap under any of the letters ends them.")
    ), None


STAGES = enter(
    Form(
        "baby",
        N_("Letters by the baby's months"),
        Role.MEMBER,
        (
            Step(
                "month",
                N_("When was your child born, or when is it due? The month will do, such as 2027-05."),
                lambda _session, asking, words: stages.read(words, asking.shop.day(asking.now)).isoformat(),
            ),
        ),
        _begin,
        _said,
        summary=lambda _asking, _seen: Html(
            _(
                "I keep this month only to greet you on a few days until the third birthday, without offers. Nobody "
                "else sees it, and one tap ends it for ever."
            )
        ),
    )
)


@button("babymonths", who=Role.MEMBER)
async def ask(
    message: Message, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask when a child was born or is due."""
    text, buttons = await begin(STAGES, person, database, shop, key=key, now=now)
    return message.answer(text, reply_markup=buttons)


@button("unbaby", who=Role.MEMBER)
async def leave(message: Message, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """End the letters, without a question."""
    await database.write(stages.leave, person, now=now)
    return message.edit_text(_("Of course. I will not write about it again. All the best to you."))
