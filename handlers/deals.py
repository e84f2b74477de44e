"""Deals: members see and claim them; managers make, list and stop them."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.club import deal_looks, deal_outcomes, deals
from bot.club.deals import Plan
from bot.club.errors import BadLine, NoEnd, NoSuchDeal
from bot.club.extras import Extra
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.club.windows import Window
from bot.i18n import N_, _
from bot.speech import coupon, fill, fitting
from bot.speech.buttons import rows
from bot.speech.dealing import BUTTONS, listed, made, stopped, which
from bot.speech.deals import claim_button, described
from bot.speech.notes import seed_of
from bot.speech.outcomes import of_deal
from db.engine import Database
from handlers.commands import Where, button, command
from handlers.lines import read_line, row_id, whole
from handlers.newdeals import FORM, make, new, titled

OPTIONS = frozenset({"from", "until", "stock", "limit", "audience", "daily", "extra", "holdout"})


@command(
    "deals",
    "优惠",
    "優惠",
    who=Role.MEMBER,
    where=Where.GROUP_TOO,
    in_group=True,
    help=N_("members' deals open to you"),
)
async def open_deals(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show the deals that are open, each with a button to claim it."""
    found = await database.read(deal_looks.open_to, person, shop, now=now, called=seed_of)
    if not found:
        return message.answer(_("No deal is open at the moment. Look in again soon."))
    if message.chat.type != "private":  # what somebody has is nobody else's business
        found = [replace(deal, mine=False) for deal in found]
    text = fitting([_("<b>Members' deals</b>"), *(described(deal, shop) for deal in found)], "\n\n")
    buttons = [claim_button(deal.id, deal.title) for deal in found if not deal.mine and deal.left != 0]
    return message.answer(text, reply_markup=rows(*buttons[:BUTTONS]) if buttons else None)


async def open_one(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    """Show the deal of a link, for someone who came by it. Raises NoSuchDeal."""
    deal = await database.read(deal_looks.shown, person, _id(about), shop, now=now)
    buttons = rows(claim_button(deal.id)) if deal.state == "open" and not deal.mine and deal.left != 0 else None
    return message.answer(described(deal, shop), reply_markup=buttons)


@button("claim", who=Role.MEMBER, in_group=True)
async def claim(
    query: CallbackQuery, message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Claim a deal: in private the coupon stands in the message, from a group it goes to the private chat."""
    private = message.chat.type == "private"
    issued = await database.write(
        deals.claim, person, row_id(about), shop, by_letter=not private, now=now, called=seed_of
    )
    if private:
        done = fill(
            _("It is yours!\n\n{coupon}\n\nShow the code when you pay. /coupons keeps it for you."),
            coupon=coupon(issued.facts, shop),
        )
        return message.answer(done)
    if not person.reachable:  # they blocked the bot
        return query.answer(_("It is yours! Open our private chat: /coupons shows it."), show_alert=True)
    return query.answer(_("It is yours! The coupon is in our private chat."), show_alert=True)


@command("deal", who=Role.MANAGER, help=N_("members-only deals: /deal new, /deal list, /deal stop ID"))
async def deal(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Make, list or stop deals."""
    verb, _sep, rest = words.partition(" ")
    match verb.lower(), rest.strip():
        case "new" | "新建", line:
            done = await database.write(make, person, _plan(line, shop, now), shop, now=now)
            return message.answer(made(*done, shop, now))
        case "stop" | "停止", "":
            question, choice = which(await database.read(deal_looks.running, shop, now=now))
            return message.answer(question, reply_markup=choice)
        case "stop" | "停止", number:
            return message.answer(stopped(await database.write(deals.stop, person, _id(number), shop, now=now)))
        case "list" | "列表", _:
            text, buttons = listed(await database.read(deal_looks.listed, shop, now=now), shop, FORM)
            return message.answer(text, reply_markup=buttons)
        case "", _:
            text, choice = await new(person, database, shop, key, now)
            return message.answer(text, reply_markup=choice)
        case _:
            raise BadLine(form=FORM)


@button("deal", who=Role.MANAGER)
async def manage(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """List the deals; tell what one brought; or stop one: first which, then whether that is right."""
    what, _sep, number = about.partition(":")
    match what, number:
        case "list", "":
            text, buttons = listed(await database.read(deal_looks.listed, shop, now=now), shop, FORM)
            return message.edit_text(text, reply_markup=buttons)
        case "brought", _:
            found = await database.read(deal_outcomes.of, row_id(number))
            text, picture = await asyncio.to_thread(of_deal, found)
            return message.answer_photo(BufferedInputFile(picture, "deal.png"), caption=text)
        case "stop", _:
            one = row_id(number) if number else None
            text, buttons = which(
                [each for each in await database.read(deal_looks.running, shop, now=now) if one in (None, each.id)]
            )
            return message.edit_text(text, reply_markup=buttons)
        case "end", _:
            return message.edit_text(stopped(await database.write(deals.stop, person, row_id(number), shop, now=now)))
        case _:
            raise ValueError(about)


def _id(text: str) -> int:
    try:
        return row_id(text)
    except ValueError:
        raise NoSuchDeal from None


def _plan(words: str, shop: Shop, now: datetime) -> Plan:
    line = read_line(words, options=OPTIONS, form=FORM)
    title, *offer_words = [line.quoted, *line.words] if line.quoted else line.words or [""]
    if not title or len(offer_words) != 1:
        raise BadLine(form=FORM)
    if "until" not in line.options:
        raise NoEnd(form=FORM)
    titled(title)
    opens = read_when(line.options.get("from", "now"), shop, now=now)
    closes = read_when(line.options["until"], shop, now=now, ends=opens)
    limit = whole(line, "limit", deals.STOCK)
    return Plan(
        title,
        Offer.read(offer_words[0]),
        opens,
        closes,
        whole(line, "stock", deals.STOCK),
        1 if limit is None else limit,
        line.options.get("audience", ""),
        Window.read(line.options["daily"]) if "daily" in line.options else None,
        Extra.read(line.options["extra"]) if "extra" in line.options else None,
        whole(line, "holdout", deals.MOST_KEPT_BACK) or 0,
    )
