"""Lucky draws: a manager begins one in the group, members take part."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message
from sqlmodel import Session

from bot.club import draws
from bot.club.activities import offer_of, titled
from bot.club.activity_looks import Shown
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.activities import ASKS
from bot.speech.draws import laid_down
from db.engine import Database
from handlers import activities
from handlers.commands import Where, button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import read_line, row_id

FORM = N_('/draw "A teapot" winners:1 until:2h')
OPTIONS = frozenset({"winners", "until"})


@command(
    "draw",
    "抽奖",
    "抽獎",
    who=Role.MANAGER,
    where=Where.GROUP_TOO,
    help=N_('a lucky draw in the group: /draw "PRIZE" winners:N until:WHEN'),
)
async def draw(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any] | None:
    """Begin a draw in the group where it is said, or in all from the private chat; bare, ask step by step."""
    if not (words or activities.group_of(message)):
        text, choice = await begin(NEW, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=choice)
    line = read_line(words, options=OPTIONS, form=FORM)
    prize = line.quoted or " ".join(line.words)
    if not prize or (line.quoted and line.words):
        raise BadLine(form=FORM)
    about = (titled(prize), *activities.bounds(line, shop, now, form=FORM))
    made = await database.write(draws.make, person, *about, key=key, now=now, chat_id=activities.group_of(message))
    return activities.told(message, made, person, shop)


@button("draw", who=Role.MEMBER, in_group=True)
async def take_part(
    query: CallbackQuery, message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take part in a draw."""
    nth = await database.write(draws.enter, person, row_id(about), now=now)
    done = fill(_("You are in, with lot number {nth}. Good luck!"), nth=nth)
    return activities.noted(query, message, done)


def _plan(asking: Asking) -> tuple[str, int, datetime]:
    facts = asking.facts
    return facts["prize"], facts["winners"], datetime.fromisoformat(facts["until"])


def _laid_down(asking: Asking, _seen: Any) -> Html:
    prize, winners, closes_at = _plan(asking)
    return laid_down(offer_of(prize), winners, closes_at, asking.shop)


def _make(session: Session, asking: Asking) -> Shown:
    return draws.make(session, asking.person, *_plan(asking), key=asking.key, now=asking.now)


NEW = enter(
    Form(
        "newdraw",
        N_("A lucky draw in the group"),
        Role.MANAGER,
        (
            Step("prize", ASKS["prize"], lambda _session, _asking, words: titled(words)),
            Step("winners", ASKS["winners"], activities.winners, activities.choices("winners")),
            Step("until", ASKS["until"], activities.until, activities.choices("until")),
        ),
        _make,
        activities.said,
        summary=_laid_down,
    )
)
