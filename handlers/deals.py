"""Deals: members see and claim them; managers make, list and stop them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, Message

from bot.club import deals
from bot.club.deals import Plan, Shown
from bot.club.errors import BadLine, BadNumber, NoEnd, NoSuchDeal, TooLong
from bot.club.letters import awake, sleeping
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_, _
from bot.speech import Html, coupon, fill, fitting, last_moment, moment, offer
from bot.speech.buttons import rows
from bot.speech.deals import claim_button, described
from db.engine import Database
from handlers.commands import Where, button, command
from handlers.lines import Line, read_line, row_id

FORM = '/deal new "Spring tea" 20% from:now until:2d stock:10'
BUTTONS = 20  # under one message
OPTIONS = frozenset({"from", "until", "stock", "limit"})


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
    found = await database.read(deals.open_to, person, now=now)
    if not found:
        return message.answer(_("No deal is open at the moment. Look in again soon."))
    if message.chat.type != "private":  # what somebody has is nobody else's business
        found = [replace(deal, mine=False) for deal in found]
    text = fitting([_("<b>Members' deals</b>"), *(described(deal, shop) for deal in found)], "\n\n")
    buttons = [claim_button(deal.id, deal.title) for deal in found if not deal.mine and deal.left != 0]
    return message.answer(text, reply_markup=rows(*buttons[:BUTTONS]) if buttons else None)


async def open_one(message: Message, about: str, person: Person, database: Database, shop: Shop) -> SendMessage:
    """Show the deal of a link, for someone who came by it. Raises NoSuchDeal."""
    deal = await database.read(deals.shown, person, _id(about))
    buttons = rows(claim_button(deal.id)) if deal.state == "open" and not deal.mine and deal.left != 0 else None
    return message.answer(described(deal, shop), reply_markup=buttons)


@button("claim", who=Role.MEMBER, in_group=True)
async def claim(
    query: CallbackQuery, message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Claim a deal: in private the coupon stands in the message, from a group it goes to the private chat."""
    private = message.chat.type == "private"
    issued = await database.write(deals.claim, person, row_id(about), by_letter=not private, now=now)
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
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Make, list or stop deals."""
    verb, _sep, rest = words.partition(" ")
    match verb.lower():
        case "new" | "新建":
            made = await database.write(deals.make, person, _plan(rest.strip(), shop, now), shop, now=now)
            return message.answer(_made(made, shop, now))
        case "stop" | "停止":
            stopped = await database.write(deals.stop, person, _id(rest.strip()), now=now)
            return message.answer(
                fill(_("“{title}” is stopped. Coupons already claimed stay good."), title=stopped.title)
            )
        case "list" | "列表" | "":
            return message.answer(_list(await database.read(deals.listed), shop))
        case _:
            raise BadLine(form=FORM)


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
    if len(title) > deals.TITLE:
        raise TooLong(limit=deals.TITLE)
    opens = read_when(line.options.get("from", "now"), shop, now=now)
    closes = read_when(line.options["until"], shop, now=now, ends=opens)
    limit = _whole(line, "limit")
    return Plan(title, Offer.read(offer_words[0]), opens, closes, _whole(line, "stock"), 1 if limit is None else limit)


def _whole(line: Line, option: str) -> int | None:
    value = line.options.get(option)
    if value is not None and not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise BadNumber(option=option, limit=deals.STOCK)
    return int(value) if value is not None else None


def _made(made: Shown, shop: Shop, now: datetime) -> Html:
    facts = {"title": made.title, "offer": offer(made.offer, shop), "until": last_moment(made.closes_at, shop)}
    if made.state == "open":
        text = fill(_("Deal {id} is open: “{title}”, {offer}, until {until}."), id=str(made.id), **facts)
    else:
        opens = moment(made.opens_at, shop)
        text = fill(
            _("Deal {id} is planned: “{title}”, {offer}, from {opens} until {until}."),
            id=str(made.id),
            opens=opens,
            **facts,
        )
    return Html("\n".join([text, *_follows(made, shop, now)]))


def _follows(made: Shown, shop: Shop, now: datetime) -> list[Html]:
    """What happens next: where it is posted, and when, should it open at night."""
    lines = [
        fill(
            _("It is posted in the groups and sent to the members privately. To end it: /deal stop {id}"),
            id=str(made.id),
        )
    ]
    opens = max(made.opens_at, now)
    if awake(shop, opens) >= made.closes_at:
        return [Html(_("It ends before the shop wakes, so nobody will hear of it: /deals shows it to those who look."))]
    if sleeping(shop, opens):
        hour = shop.rules.sending.quiet_until.strftime("%H:%M")
        lines.append(fill(_("It is night in the shop then: the post and the letters go out after {hour}."), hour=hour))
    return lines


def _list(found: list[Shown], shop: Shop) -> Html:
    if not found:
        return fill(_("No deals yet. Make the first one like this: {form}"), form=FORM)
    states = {"planned": _("planned"), "open": _("open"), "closed": _("over"), "stopped": _("stopped")}
    lines = [
        fill(
            _("{id}. “{title}”, {offer}: {state}, {claimed} claimed, {left} left, until {until}")
            if deal.left is not None
            else _("{id}. “{title}”, {offer}: {state}, {claimed} claimed, until {until}"),
            id=str(deal.id),
            title=deal.title,
            offer=offer(deal.offer, shop),
            state=states[deal.state],
            claimed=deal.claimed,
            left=deal.left,
            until=last_moment(deal.closes_at, shop),
        )
        for deal in found
    ]
    return Html("\n".join(lines))
