"""A member's birthday as the staff know it."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import occasions
from bot.club.errors import BadLine, NotAvailable
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, yearly
from db.engine import Database
from handlers.commands import command
from handlers.dates import read
from handlers.lines import read_line, whom

FORM = "/birthday @ann 8-15"


@command("birthday", who=Role.MANAGER, help=N_("correct a birthday: /birthday WHO DATE"))
async def correct(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep a member's birthday; an owner may let it bring the coupon this year, with coupon:yes."""
    who, rest = whom(message, words, person, form=FORM)
    line = read_line(rest, options=frozenset({"coupon"}), form=FORM)
    vouched = line.options.get("coupon") == "yes"
    if not line.words or ("coupon" in line.options and not vouched):
        raise BadLine(form=FORM)
    if vouched and person.role < Role.OWNER:
        raise NotAvailable
    likeliest, *_others = read(" ".join(line.words), shop, now)  # it is said back, and is corrected as easily
    member, kept = await database.write(
        occasions.correct_birthday, person.member_id, who, likeliest, shop, vouched=vouched, now=now
    )
    text = fill(
        _("{number}: the birthday is {day}, next on {next}."),
        number=member.number,
        day=yearly(kept.when),
        next=kept.next_on,
    )
    if not kept.with_coupon:
        text = Html(text + "\n" + _("This year it brings the wishes without the coupon. An owner may add coupon:yes."))
    return message.answer(text)
