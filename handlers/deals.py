"""Deals: members see and claim them; managers make, list and stop them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import deals, forecasts
from bot.club.deals import Plan, Shown
from bot.club.errors import BadLine, NoEnd, NoSuchDeal, TooLong
from bot.club.forecasts import Forecast
from bot.club.letters import awake, sleeping
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_, _
from bot.speech import Html, coupon, fill, fitting, last_moment, moment, offer
from bot.speech.buttons import rows, tap
from bot.speech.deals import claim_button, described
from db.engine import Database
from handlers.commands import Where, button, command
from handlers.lines import read_line, row_id, whole

FORM = N_('/deal new "Spring tea" 20% from:now until:2d stock:10')
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
    match verb.lower(), rest.strip():
        case "new" | "新建", line:
            made, forecast = await database.write(_make, person, _plan(line, shop, now), shop, now=now)
            return message.answer(_made(made, forecast, shop, now))
        case "stop" | "停止", "":
            question, choice = _which(await database.read(deals.running))
            return message.answer(question, reply_markup=choice)
        case "stop" | "停止", number:
            return message.answer(_stopped(await database.write(deals.stop, person, _id(number), now=now)))
        case "list" | "列表", _:
            return message.answer(_list(await database.read(deals.listed), shop))
        case "", _:
            buttons = [tap(_("All deals"), "deal", "list"), tap(_("Stop a deal"), "deal", "stop")]
            return message.answer(_explained(), reply_markup=rows(*buttons))
        case _:
            raise BadLine(form=FORM)


@button("deal", who=Role.MANAGER)
async def manage(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """List the deals, or stop one: first which, then whether that is right."""
    what, _sep, number = about.partition(":")
    match what, number:
        case "list", "":
            return message.edit_text(_list(await database.read(deals.listed), shop))
        case "stop", _:
            one = row_id(number) if number else None
            text, buttons = _which([each for each in await database.read(deals.running) if one in (None, each.id)])
            return message.edit_text(text, reply_markup=buttons)
        case "end", _:
            return message.edit_text(_stopped(await database.write(deals.stop, person, row_id(number), now=now)))
        case _:
            raise ValueError(about)


def _make(session: Session, person: Person, plan: Plan, shop: Shop, *, now: datetime) -> tuple[Shown, Forecast]:
    made = deals.make(session, person, plan, shop, now=now)
    return made, forecasts.of_deal(session, made, shop, now=now)


def _which(running: list[Shown]) -> tuple[Html, InlineKeyboardMarkup | None]:
    """The question which deal to stop; with only one, whether to stop it."""
    if not running:
        return Html(_("No deal is running.")), None
    cancel = tap(_("Cancel"), "untell")
    if len(running) > 1:
        buttons = [tap(f"{each.id}. {each.title}", "deal", "stop", each.id) for each in running[:BUTTONS]]
        return Html(_("Which deal shall end now?")), rows(*buttons, cancel)
    [one] = running
    text = fill(
        _("Deal {id}, “{title}”: end it now? Coupons already claimed stay good."), id=str(one.id), title=one.title
    )
    return text, rows([tap(_("Confirm"), "deal", "end", one.id), cancel])


def _stopped(deal: Shown) -> Html:
    return fill(_("“{title}” is stopped. Coupons already claimed stay good."), title=deal.title)


def _explained() -> Html:
    return fill(
        _(
            "Make a deal with one line, such as:\n<code>{form}</code>\n\n"
            "It opens and closes on its own, is posted in the groups and sent to the members. An offer is 10 (money "
            "off), 20%, gift:tea, points:50 or x2; a time is now, 18:00, 2h, 3d or “tomorrow 9:00”; "
            "stock may be left out."
        ),
        form=_(FORM),
    )


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
    limit = whole(line, "limit", deals.STOCK)
    return Plan(
        title,
        Offer.read(offer_words[0]),
        opens,
        closes,
        whole(line, "stock", deals.STOCK),
        1 if limit is None else limit,
    )


def _made(made: Shown, forecast: Forecast, shop: Shop, now: datetime) -> Html:
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
    return Html("\n".join([text, *_follows(made, forecast, shop, now)]))


def _follows(made: Shown, forecast: Forecast, shop: Shop, now: datetime) -> list[Html]:
    """What happens next: who hears of it, and when; and how to end it."""
    opens = max(made.opens_at, now)
    if awake(shop, opens) >= made.closes_at:
        return [Html(_("It ends before the shop wakes, so nobody will hear of it: /deals shows it to those who look."))]
    letters = _(
        "{count} member gets a letter, within the offers of a day.",
        "{count} members get a letter, each within their offers of a day.",
        forecast.members,
    )
    lines = [fill(letters, count=forecast.members), _posts(forecast, shop)]
    if sleeping(shop, opens):
        hour = shop.rules.sending.quiet_until.strftime("%H:%M")
        lines.append(fill(_("It is night in the shop then: the post and the letters go out after {hour}."), hour=hour))
    return [*lines, fill(_("To end it: /deal stop {id}"), id=str(made.id))]


def _posts(forecast: Forecast, shop: Shop) -> Html:
    if not forecast.groups:
        return Html(_("No group is linked, so it is posted in none."))
    if forecast.never:
        return Html(_("It is not posted: the group has had its offers, and this one is over before the next may go."))
    if forecast.later:
        at = moment(forecast.later, shop)
        return fill(_("The group has had its offers for the day: this one is posted on {at}."), at=at)
    posts = _("It is posted in the group.", "It is posted in {count} groups.", forecast.groups)
    return fill(posts, count=forecast.groups)


def _list(found: list[Shown], shop: Shop) -> Html:
    if not found:
        return fill(_("No deals yet. Make the first one like this: {form}"), form=_(FORM))
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
