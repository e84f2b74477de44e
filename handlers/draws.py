"""Lucky draws: a manager begins one in the group, members take part."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Message
from sqlmodel import Session

from bot.club import draws
from bot.club.activities import Shown
from bot.club.errors import BadLine, BadNumber, TooLong
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.activities import ASKS, begun, draw_down, options
from bot.speech.buttons import Written
from db.engine import Database
from handlers.commands import Where, button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import read_line, row_id, whole

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
    private = message.chat.type == "private"
    if private and not words:
        text, choice = await begin(NEW, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=choice)
    line = read_line(words, options=OPTIONS, form=FORM)
    prize = line.quoted or " ".join(line.words)
    if not prize or "until" not in line.options or (line.quoted and line.words):
        raise BadLine(form=FORM)
    winners = whole(line, "winners", draws.WINNERS)
    closes_at = read_when(line.options["until"], shop, now=now, ends=now)
    about = (_prize(prize), 1 if winners is None else winners, closes_at)
    chat_id = None if private else message.chat.id
    made = await database.write(draws.make, person, *about, key=key, now=now, chat_id=chat_id)
    if not private:  # there it stands
        return None
    text, choice = begun(made, shop)
    return message.answer(text, reply_markup=choice)


@button("draw", who=Role.MEMBER, in_group=True)
async def take_part(
    query: CallbackQuery, message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take part in a draw."""
    nth = await database.write(draws.enter, person, row_id(about), now=now)
    done = fill(_("You are in, with lot number {nth}. Good luck!"), nth=nth)
    return message.answer(done) if message.chat.type == "private" else query.answer(done, show_alert=True)


def _prize(words: str) -> str:
    words = " ".join(words.split())
    if len(words) > draws.TITLE:
        raise TooLong(limit=draws.TITLE)
    return words


def _winners(_session: Session, _asking: Asking, words: str) -> int:
    if not (words.isascii() and words.isdecimal() and 1 <= int(words[:9]) <= draws.WINNERS):
        raise BadNumber(option="winners", limit=draws.WINNERS)
    return int(words)


def _until(_session: Session, asking: Asking, words: str) -> str:
    closes_at = read_when(words, asking.shop, now=asking.now, ends=asking.now)
    return draws.ends(closes_at, asking.now).isoformat()


def _plan(asking: Asking) -> tuple[str, int, datetime]:
    facts = asking.facts
    return facts["prize"], facts["winners"], datetime.fromisoformat(facts["until"])


def _laid_down(asking: Asking, _seen: Any) -> Html:
    prize, winners, closes_at = _plan(asking)
    return draw_down(prize, draws.offer_of(prize), winners, closes_at, asking.shop)


def _make(session: Session, asking: Asking) -> Shown:
    return draws.make(session, asking.person, *_plan(asking), key=asking.key, now=asking.now)


def _said(made: Shown, shop: Shop, _now: datetime) -> Written:
    return begun(made, shop)


NEW = enter(
    Form(
        "newdraw",
        N_("A lucky draw in the group"),
        Role.MANAGER,
        (
            Step("prize", ASKS["prize"], lambda _session, _asking, words: _prize(words)),
            Step("winners", ASKS["winners"], _winners, lambda _session, _asking: options("winners")),
            Step("until", ASKS["until"], _until, lambda _session, _asking: options("until")),
        ),
        _make,
        _said,
        summary=_laid_down,
    )
)
