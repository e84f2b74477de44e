"""The counter: a purchase is entered, undone while it is fresh, and refunded."""

import re
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import amounts, purchases, refunds, undoing
from bot.club.errors import BadLine, ClubError
from bot.club.members import Person, Role, Who
from bot.club.purchases import Sale
from bot.club.rules import Shop
from bot.i18n import N_
from bot.speech.sales import entered, refunded, undo_button, undone
from db.engine import Database
from handlers import baskets
from handlers.commands import button, command
from handlers.forms import begin
from handlers.guided_sales import GUIDED_REFUND, GUIDED_SALE, known
from handlers.lines import row_id, whom

FORM = N_("/sale @ann 128.50 tea*2 coupon:K7QM-3XWF-9TRB #A-1001")
AMOUNT = re.compile(r"(\S+(?:\s+[元块塊圆圓](?!\S))?)\s*(.*)", re.DOTALL)


@command(
    "sale",
    "收银",
    "收銀",
    "记账",
    "記帳",
    who=Role.CLERK,
    help=N_("enter a purchase: /sale WHO AMOUNT PRODUCT*2 coupon:CODE #ORDER"),
)
async def sale(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Enter a purchase. Where the line does not say how much, it is asked step by step."""
    who, rest = _buyer(message, words, person)
    if not rest:
        facts = {"who": await database.read(known, person, who, now=now)} if who else {}
        text, buttons = await begin(GUIDED_SALE, person, database, shop, key=key, now=now, **facts)
        return message.answer(text, reply_markup=buttons)
    assert who is not None
    told = _told(who, rest, shop)
    done = await database.write(purchases.enter, person, told, shop, key=f"sale:{key}", now=now)
    if isinstance(done, ClubError):  # the trace of a wrong code is kept by now
        raise done
    return message.answer(entered(done, shop), reply_markup=undo_button(done))


@button("unsale", who=Role.CLERK)
async def undo(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take back a purchase that was just entered by mistake."""
    done = await database.write(undoing.undo, person, row_id(about), shop, now=now)
    return message.edit_text(undone(done, shop))


@command("refund", "退款", who=Role.CLERK, help=N_("give money back: /refund #ORDER AMOUNT"))
async def refund(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Refund a purchase, or a part of it. Without an order number it is asked step by step."""
    if not words.strip():
        text, buttons = await begin(GUIDED_REFUND, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=buttons)
    order, rest = baskets.order_in(words)
    amount = amounts.read(rest, shop) if rest else None
    done = await database.write(refunds.refund, person, order, amount, shop, key=f"refund:{key}", now=now)
    return message.answer(refunded(done, shop))


def _buyer(message: Message, words: str, by: Person) -> tuple[Who | None, str]:
    """Who bought, None where neither the line nor a reply names anybody; and the rest of the line."""
    try:
        return whom(message, words, by, form=FORM)
    except BadLine:
        return None, ""


def _told(who: Who, rest: str, shop: Shop) -> Sale:
    """A purchase as its line tells it. Raises BadLine, BadMoney, and what baskets.read raises."""
    found = AMOUNT.fullmatch(rest)
    if found is None:
        raise BadLine(form=FORM)
    amount = amounts.read(found[1], shop)
    basket = baskets.read(found[2], form=FORM)
    return Sale(who, amount, basket.lines, basket.coupon, basket.order)
