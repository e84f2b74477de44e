"""Quizzes: a manager asks the group, members answer by a tap."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message
from sqlmodel import Session

from bot.club import quizzes
from bot.club.activity_looks import Shown
from bot.club.errors import BadLine
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.quizzes import Plan
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.activities import ASKS
from bot.speech.quizzes import laid_down
from db.engine import Database
from handlers import activities
from handlers.commands import Where, button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import read_line, row_id

FORM = N_('/quiz "Which tea is black?" Keemun | Longjing | Tieguanyin prize:points:20 winners:3 until:2h')
OPTIONS = frozenset({"prize", "winners", "until"})


@command(
    "quiz",
    "问答",
    "問答",
    who=Role.MANAGER,
    where=Where.GROUP_TOO,
    help=N_("a question to the group: those who are right first win"),
)
async def quiz(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any] | None:
    """Ask in the group where it is said, or in all from the private chat; bare, ask step by step."""
    if not (words or activities.group_of(message)):
        text, choice = await begin(NEW, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=choice)
    plan = _read(words, shop, now)
    made = await database.write(quizzes.make, person, plan, key=key, now=now, chat_id=activities.group_of(message))
    return activities.told(message, made, person, shop)


@button("quiz", who=Role.MEMBER, in_group=True)
async def answer(
    query: CallbackQuery, message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Answer a quiz; whether it is right is told at its end."""
    number, _sep, choice = about.partition(":")
    chosen = await database.write(quizzes.answer, person, row_id(number), row_id(choice), now=now)
    done = fill(_("Noted: {choice}. Who was right is told at the end."), choice=chosen)
    return activities.noted(query, message, done)


def _read(words: str, shop: Shop, now: datetime) -> Plan:
    line = read_line(words, options=OPTIONS, form=FORM)
    right, *wrong = (each.strip() for each in " ".join(line.words).replace("｜", "|").split("|"))
    if not (line.quoted and right):
        raise BadLine(form=FORM)
    prize = Offer.read(line.options.get("prize", "points:20"))
    return Plan(line.quoted, right, tuple(wrong), prize, *activities.bounds(line, shop, now, form=FORM))


def _wrong(_session: Session, asking: Asking, words: str) -> list[str]:
    lines = [each for each in words.replace("|", "\n").splitlines() if each.strip()]
    return list(quizzes.choices(asking.facts["right"], tuple(lines))[1:])


def _plan(asking: Asking) -> Plan:
    facts = asking.facts
    until, wrong = datetime.fromisoformat(facts["ends"]), tuple(facts["wrong"])
    return Plan(facts["question"], facts["right"], wrong, Offer.read(facts["offer"]), facts["first"], until)


def _laid_down(asking: Asking, _seen: Any) -> Html:
    plan = _plan(asking)
    about = (plan.question, plan.right, [*plan.wrong], plan.prize, plan.places, plan.closes_at)
    return laid_down(*about, asking.shop)


def _make(session: Session, asking: Asking) -> Shown:
    return quizzes.make(session, asking.person, _plan(asking), key=asking.key, now=asking.now)


NEW = enter(
    Form(
        "newquiz",
        N_("A quiz for the group"),
        Role.MANAGER,
        (
            Step("question", ASKS["question"], lambda _session, _asking, words: quizzes.question(words)),
            Step("right", ASKS["right"], lambda _session, _asking, words: quizzes.choice(words)),
            Step("wrong", ASKS["wrong"], _wrong),
            Step("offer", ASKS["offer"], lambda _s, _a, words: str(Offer.read(words)), activities.choices("offer")),
            Step("first", ASKS["first"], activities.winners, activities.choices("first")),
            Step("ends", ASKS["ends"], activities.until, activities.choices("ends")),
        ),
        _make,
        activities.said,
        summary=_laid_down,
    )
)
