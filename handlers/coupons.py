"""Coupons for the staff: made, given, taken back, listed."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import coupons, templates
from bot.club.errors import BadLine, ClubError, NoReason, TooLong
from bot.club.members import Person, Role, Who
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.templates import BadDays, Plan
from bot.i18n import N_, _
from bot.speech import Html
from bot.speech import coupons as words_of
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import Line, first_words, read_line, whole, whom

FORM = N_("/coupon new TEA 10 14 min:50")
GIVE = "/coupon give TEA @ann"
OPTIONS = frozenset({"min", "quota", "limit", "transferable", "可转赠", "可轉贈"})
ANSWERS = {"yes": True, "是": True, "no": False, "否": False}
AUDIENCE = re.compile(r"all|everyone|everybody|[a-z_.]+\s*[:<>=].*", re.IGNORECASE | re.DOTALL)
REVOKE = "/coupon revoke K7QM-3XWF-9TRB given twice"
REASON = 200  # characters
LONGEST_CODE = 40  # characters that are looked at


class NoAudienceYet(ClubError):
    """A coupon for many at once."""

    says = N_("A coupon goes to one member at a time so far, such as: {form}")


class BadAmount(ClubError):
    """A least purchase that is no amount of money."""

    says = N_("min: is an amount such as 50 or 49.90.")


class YesOrNo(ClubError):
    """A word where yes or no was meant."""

    says = N_("transferable: is yes or no.")


@command(
    "coupon",
    who=Role.MANAGER,
    help=N_("make and give coupons: /coupon new, /coupon give, /coupon revoke, /coupon list"),
)
async def manage(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Make coupons, give them to members, take them back, list them."""
    verb, rest = first_words(words)
    match verb.lower():
        case "new" | "新建":
            return message.answer(
                words_of.made(await database.write(templates.make, person, _plan(rest), now=now), shop)
            )
        case "give" | "发" | "發" | "送":
            name, who = _wanted(message, rest, person)
            issued, member = await database.write(templates.give, person, name, who, shop, key=key, now=now)
            return message.answer(words_of.given(issued, member, shop))
        case "revoke" | "收回":
            return message.answer(await _revoke(rest, person, database, now))
        case "list" | "列表":
            return message.answer(words_of.listed(await database.read(templates.listed), shop, _(FORM)))
        case "":
            every = rows(tap(_("All coupons"), "coupon", "list"))
            return message.answer(words_of.explained(_(FORM)), reply_markup=every)
        case _:
            raise BadLine(form=FORM)


@button("coupon", who=Role.MANAGER)
async def all_templates(message: Message, about: str, database: Database, shop: Shop) -> TelegramMethod[Any]:
    """List the coupons that can be given."""
    if about != "list":
        raise ValueError(about)
    return message.edit_text(words_of.listed(await database.read(templates.listed), shop, _(FORM)))


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


def _plan(line: str) -> Plan:
    """A template as its line asks for it. Raises BadLine, TooLong, BadOffer, BadDays, BadAmount, BadNumber, YesOrNo."""
    read = read_line(line, options=OPTIONS, form=FORM)
    name, *rest = [read.quoted, *read.words] if read.quoted else read.words or [""]
    if not name or len(rest) < 2:
        raise BadLine(form=FORM)
    if len(name) > templates.NAME:
        raise TooLong(limit=templates.NAME)
    *value, days = rest
    what = Offer.read(" ".join(value))
    if not re.fullmatch("[0-9]{1,9}", days):
        raise BadDays(limit=templates.DAYS)
    quota, each = (whole(read, option, templates.COUNT) for option in ("quota", "limit"))
    return Plan(name, what, int(days), _minimum(read), quota, each, _transferable(read))


def _minimum(line: Line) -> int:
    amount = line.options.get("min", "0")
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", amount):
        raise BadAmount
    return int(Decimal(amount) * 100)


def _transferable(line: Line) -> bool:
    said = next((line.options[name] for name in ("transferable", "可转赠", "可轉贈") if name in line.options), "no")
    if said.lower() not in ANSWERS:
        raise YesOrNo
    return ANSWERS[said.lower()]


def _wanted(message: Message, line: str, by: Person) -> tuple[str, Who]:
    """The coupon's name, and for whom it is. Raises BadLine, NoAudienceYet."""
    name, whose = first_words(line)
    if not name:
        raise BadLine(form=GIVE)
    if AUDIENCE.fullmatch(whose):
        raise NoAudienceYet(form=GIVE)
    who, more = whom(message, whose, by, form=GIVE)
    if more:
        raise BadLine(form=GIVE)
    return name, who
