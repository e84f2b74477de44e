"""Giving coupons: to one member or to an audience, in a line or by buttons; for many a yes is asked first."""

import secrets
from datetime import datetime
from functools import partial
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import audiences, givings, templates
from bot.club.coupons import Issued
from bot.club.errors import BadLine, TooLong
from bot.club.givings import Foretold
from bot.club.members import Named, Person, Role, Who
from bot.club.queries import LONGEST
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.buttons import Written
from bot.speech.coupons import given
from bot.speech.givings import foretold, told
from bot.speech.notes import seed_of
from db.engine import Database
from handlers import audiences as crowd
from handlers.commands import button
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import first_words, row_id, whom

FORM = "/coupon give TEA @ann"

Given = tuple[Issued, Named] | Foretold


async def give(
    message: Message, line: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Give a coupon as a line asks: to a member at once, to an audience after a yes."""
    name, words = first_words(line)
    if not name:
        raise BadLine(form=FORM)
    to: Who | str = words
    if not audiences.is_one(words, shop):
        to, more = whom(message, words, person, form=FORM)
        if more:
            raise BadLine(form=FORM)
    done = await database.write(_give, person, name, to, shop, key=key, now=now)
    text, buttons = _said(done, shop, now)
    return message.answer(text, reply_markup=buttons)


def _give(session: Session, person: Person, name: str, to: Who | str, shop: Shop, *, key: str, now: datetime) -> Given:
    if isinstance(to, Who):
        return templates.give(session, person, name, to, shop, key=key, now=now, called=seed_of)
    audience, mark = audiences.read(to, shop, now=now, called=seed_of), secrets.token_hex(8)
    return givings.ask(session, person, name, audience, shop, mark=mark, now=now, called=seed_of)


def _said(done: Given, shop: Shop, _now: datetime) -> Written:
    return foretold(done, shop) if isinstance(done, Foretold) else (given(*done, shop), None)


@button("giving", who=Role.MANAGER)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Give to all who were told of, or ask once more where they are many."""
    what, _sep, mark = about.partition(":")
    if what not in ("yes", "sure"):
        raise ValueError(about)
    yes = (person, mark, message.message_id, shop)
    done = await database.write(givings.confirm, *yes, sure=what == "sure", now=now, called=seed_of)
    if isinstance(done, Foretold):
        text, buttons = foretold(done, shop)
        return message.edit_text(text, reply_markup=buttons)
    return message.edit_text(told(done, shop, now))


def _read(_session: Session, _asking: Asking, words: str) -> str:
    if len(words) > LONGEST:
        raise TooLong(limit=LONGEST)
    return words.strip()


def _act(session: Session, asking: Asking) -> Given:
    words, person = crowd.joined(asking.facts["to"], asking.facts.get("also", crowd.ONLY)), asking.person
    to = words if audiences.is_one(words, asking.shop) else Who(person.visitor.platform, words)
    return _give(session, person, asking.facts["called"], to, asking.shop, key=asking.key, now=asking.now)


TO = enter(
    Form(
        "givecoupon",
        N_("Give “{called}”"),
        Role.MANAGER,
        (
            Step(
                "to",
                N_("To whom? A name, a number such as M0042, @username, or an audience such as grade:vip tag:tea."),
                _read,
                crowd.first,
            ),
            Step("also", crowd.ALSO, _read, partial(crowd.also, "to"), partial(crowd.is_class, "to")),
        ),
        _act,
        _said,
    )
)


@button("give", who=Role.MANAGER)
async def ask_whom(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Ask to whom a coupon is given; the next text is the answer."""
    one = await database.read(templates.one, row_id(about))
    text, buttons = await begin(TO, person, database, shop, key=key, now=now, called=one.plan.name)
    return message.answer(text, reply_markup=buttons)
