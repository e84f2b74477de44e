"""Guess the price: a manager shows a thing, members say in private, once, what it costs."""

from datetime import datetime
from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, Message
from sqlmodel import Session

from bot.club import amounts, guesses
from bot.club.activities import titled
from bot.club.activity_looks import Shown
from bot.club.errors import BadLine
from bot.club.guesses import PRICE, Plan, PriceSaidAloud
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.platforms import Platform
from bot.speech import Html
from bot.speech.activities import ASKS
from bot.speech.buttons import rows, tap
from bot.speech.guesses import laid_down, noted, post, question
from db.engine import Database
from handlers import activities
from handlers.commands import answer, button, command
from handlers.forms import Asking, Form, Step, begin, enter, photo_of
from handlers.lines import read_line, row_id

FORM = N_('/guess "Aged pu-erh, 2012" 188 prize:points:50 winners:1 until:2h')
OPTIONS = frozenset({"prize", "winners", "until"})
LINK = "guess_"


@command("guess", "猜价", "猜價", who=Role.MANAGER, help=N_("guess the price: who comes nearest wins"))
async def guess(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Let the groups guess, with the picture that the line stands under; bare, ask step by step."""
    if not words:
        text, choice = await begin(NEW, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=choice)
    if activities.group_of(message):
        raise PriceSaidAloud
    plan = _read(words, _picture(message, person), shop, now)
    text, choice = activities.said(await database.write(guesses.make, person, plan, key=key, now=now), shop, now)
    return message.answer(text, reply_markup=choice)


@button("guess", who=Role.MEMBER, in_group=True)
async def take_part(
    query: CallbackQuery,
    message: Message,
    about: str,
    person: Person,
    database: Database,
    platform: Platform,
    shop: Shop,
    now: datetime,
) -> TelegramMethod[Any]:
    """From the group, lead into the private chat; there, ask for the guess."""
    if activities.group_of(message):
        await database.read(guesses.open_to, person, row_id(about), now=now)
        return activities.lead_in(query, platform, f"{LINK}{about}")
    return await _asking(message, row_id(about), person, database, shop, now)


async def open_one(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    """Ask a member who came by the link for their guess."""
    return await _asking(message, activities.linked(about), person, database, shop, now)


async def open_newly(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    """Show what is to be guessed to somebody who came by the link and has just become a member."""
    text, buttons = post(await database.read(guesses.open_to, person, activities.linked(about), now=now), shop)
    return message.answer(text, reply_markup=buttons)


@answer(PRICE, who=Role.MEMBER)
async def guessed(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a member's guess."""
    amount = amounts.read(words, shop)
    found = await database.write(guesses.guess, person, facts["guess"], amount, now=now)
    return message.answer(noted(found, amount, shop))


async def _asking(
    message: Message, guess_id: int, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    found = await database.write(guesses.ask, person, guess_id, now=now)
    return message.answer(question(found, shop), reply_markup=rows(tap(_("Cancel"), "untell")))


def _picture(message: Message, person: Person) -> str | None:
    return f"{person.visitor.platform}:{photo_of(message)}" if message.photo else None


def _read(words: str, photo: str | None, shop: Shop, now: datetime) -> Plan:
    line = read_line(words, options=OPTIONS, form=FORM)
    if not line.quoted or len(line.words) != 1:
        raise BadLine(form=FORM)
    price = amounts.read(line.words[0], shop)
    prize = Offer.read(line.options.get("prize", "points:50"))
    return Plan(line.quoted, price, photo, prize, *activities.bounds(line, shop, now, form=FORM))


def _plan(asking: Asking) -> Plan:
    facts = asking.facts
    photo = f"{asking.person.visitor.platform}:{facts['photo']}" if facts["photo"] else None
    until = datetime.fromisoformat(facts["ends"])
    return Plan(facts["thing"], facts["price"], photo, Offer.read(facts["offer"]), facts["nearest"], until)


def _laid_down(asking: Asking, _seen: Any) -> Html:
    return laid_down(_plan(asking), asking.shop)


def _make(session: Session, asking: Asking) -> Shown:
    return guesses.make(session, asking.person, _plan(asking), key=asking.key, now=asking.now)


NEW = enter(
    Form(
        "newguess",
        N_("Guess the price"),
        Role.MANAGER,
        (
            Step("thing", ASKS["thing"], lambda _session, _asking, words: titled(words)),
            Step("price", ASKS["price"], lambda _session, asking, words: amounts.read(words, asking.shop)),
            Step("photo", ASKS["photo"], lambda _s, _a, words: words, activities.choices("photo"), photo=True),
            Step("offer", ASKS["offer"], lambda _s, _a, words: str(Offer.read(words)), activities.choices("offer")),
            Step("nearest", ASKS["nearest"], activities.winners, activities.choices("nearest")),
            Step("ends", ASKS["ends"], activities.until, activities.choices("ends")),
        ),
        _make,
        activities.said,
        summary=_laid_down,
    )
)
