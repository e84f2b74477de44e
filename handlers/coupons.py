"""Coupons for the staff: made in a line or step by step, given, taken back, listed."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import conversations, coupons, templates
from bot.club.errors import BadLine, NoReason, TooLong
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.templates import Template
from bot.i18n import N_, _
from bot.speech import Html
from bot.speech import coupons as words_of
from bot.speech.buttons import Written, rows, tap
from db.engine import Database
from handlers.commands import button, command
from handlers.forms import begin
from handlers.givings import give
from handlers.lines import first_words, row_id
from handlers.templates import FORM, NEW, plan

REVOKE = "/coupon revoke K7QM-3XWF-9TRB given twice"
REASON = 200  # characters
LONGEST_CODE = 40  # characters that are looked at
BUTTONS = 50  # under one message


@command(
    "coupon",
    who=Role.MANAGER,
    help=N_("make and give coupons: /coupon new, /coupon give, /coupon revoke, /coupon list"),
)
async def manage(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Make coupons, give them to members, take them back, list them; alone, ask step by step for a new one."""
    verb, rest = first_words(words)
    match verb.lower():
        case "new" | "新建":
            made = await database.write(templates.make, person, plan(rest, shop, now), now=now)
            return message.answer(words_of.made(made, shop), reply_markup=rows(words_of.give_button(made)))
        case "give" | "发" | "發" | "送":
            return await give(message, rest, person, database, shop, key, now)
        case "revoke" | "收回":
            return message.answer(await _revoke(rest, person, database, now))
        case "list" | "列表":
            text, buttons = _list(await database.read(templates.listed), shop)
            return message.answer(text, reply_markup=buttons)
        case "":
            text, buttons = await begin(NEW, person, database, shop, key=key, now=now)
            every = [tap(_("All coupons"), "coupon", "list")]
            return message.answer(text, reply_markup=rows(*(buttons.inline_keyboard if buttons else []), every))
        case _:
            raise BadLine(form=FORM)


@button("coupon", who=Role.MANAGER)
async def look(message: Message, about: str, person: Person, database: Database, shop: Shop) -> TelegramMethod[Any]:
    """List the coupons that can be given, each with a button, or show one."""
    if about == "list":
        text, buttons = _list(await database.write(_all, person), shop)
    else:
        one = await database.read(templates.one, row_id(about))
        text = words_of.described(one, shop)
        buttons = rows([words_of.give_button(one), tap(_("All coupons"), "coupon", "list")])
    return message.edit_text(text, reply_markup=buttons)


def _all(session: Session, person: Person) -> list[Template]:
    """All templates; the next text is no name of a new one any more."""
    conversations.close(session, person.account_id, NEW.name)
    return templates.listed(session)


def _list(found: list[Template], shop: Shop) -> Written:
    buttons = [tap(each.plan.name, "coupon", each.id) for each in found[:BUTTONS]]
    return words_of.listed(found, shop, _(FORM)), rows(*buttons) if buttons else None


async def _revoke(line: str, person: Person, database: Database, now: datetime) -> Html:
    code, reason = first_words(line)
    if not code:
        raise BadLine(form=REVOKE)
    if not reason:
        raise NoReason(form=REVOKE)
    if len(reason) > REASON:
        raise TooLong(limit=REASON)
    return words_of.revoked(
        *await database.write(coupons.revoke, person.member_id, code[:LONGEST_CODE], reason, now=now)
    )
