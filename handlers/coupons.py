"""The wallet, and the till."""

import asyncio
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import coupons, templates, till, vouchers
from bot.club.coupons import Held
from bot.club.errors import BadLine, ClubError, NoReason, NoSense, NoSuchCoupon, TooLong
from bot.club.members import Person, Role, Who
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.templates import BadDays, Plan
from bot.club.vouchers import Voucher
from bot.i18n import N_, _
from bot.pictures.cards import till_code
from bot.platforms import Platform
from bot.speech import Html, coupon, coupon_name, fill, fitting, gifts
from bot.speech import coupons as words_of
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.lines import Line, first_words, read_line, whole, whom

FORM = N_("/coupon new TEA 10 14 min:50")
GIVE = "/coupon give TEA @ann"
OPTIONS = frozenset({"min", "quota", "limit"})
AUDIENCE = re.compile(r"all|everyone|everybody|[a-z_.]+\s*[:<>=].*", re.IGNORECASE | re.DOTALL)
REVOKE = "/coupon revoke K7QM-3XWF-9TRB given twice"
REASON = 200  # characters
BUTTONS = 20  # under one message
LONGEST_CODE = 40  # characters that are looked at


class NoAudienceYet(ClubError):
    """A coupon for many at once."""

    says = N_("A coupon goes to one member at a time so far, such as: {form}")


class BadAmount(ClubError):
    """A least purchase that is no amount of money."""

    says = N_("min: is an amount such as 50 or 49.90.")


@command("coupons", "卡券", "票券", "优惠券", "優惠券", who=Role.MEMBER, help=N_("your coupons and their codes"))
async def wallet(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show someone's coupons, the one that ends soonest first."""
    mine = await database.read(coupons.wallet, person.member_id, now=now)
    if not mine:
        text = _("No coupons at the moment. Have a look at the members' deals.")
        return message.answer(text, reply_markup=rows(tap(_("Members' deals"), "go", "deals")))
    parts = [_("<b>Your coupons</b>"), *(coupon(each.facts, shop) for each in mine)]
    buttons = [tap(_("QR code: {name}").format(name=coupon_name(each.name)), "qr", each.code) for each in mine]
    text = fitting(parts, "\n\n", last=_("Show the code when you pay."))
    return message.answer(text, reply_markup=rows(*buttons[:BUTTONS]))


@button("qr", who=Role.MEMBER)
async def picture(
    message: Message, about: str, person: Person, database: Database, platform: Platform, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Send a coupon's QR code: a link that asks staff whether to use it, and tells a stranger nothing."""
    own = await database.read(coupons.mine, person.member_id, about[:LONGEST_CODE], now=now)
    drawn = await asyncio.to_thread(till_code, platform.deep_link(f"use_{own.code}") or own.code, own.code)
    return message.answer_photo(BufferedInputFile(drawn, "coupon.png"), caption=coupon(own.facts, shop))


async def open_link(
    message: Message, code: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any] | None:
    """Open a coupon's QR code: as if the code were typed, but None for a member whose coupon it is not."""
    try:
        return await typed(message, code, person, database, shop, now)
    except NoSuchCoupon:
        if person.role > Role.MEMBER:
            raise
        return None


@command("redeem", "核销", "核銷", who=Role.CLERK, help=N_("use a coupon at the till: /redeem CODE"))
async def redeem(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Use a coupon at the till."""
    if not words:
        raise BadLine(form="/redeem K7QM-3XWF-9TRB")
    return message.answer(
        _done(await database.write(till.redeem, person.member_id, words[:LONGEST_CODE], shop, now=now), shop)
    )


@answer("code", who=Role.ANYONE)
async def typed(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """A code by itself: staff are asked whether to use it, a member is shown their own coupon."""
    if person.role < Role.MEMBER:
        raise NoSense
    if person.role > Role.MEMBER:
        return await ask(message, words, person, database, shop, now)
    if voucher := await database.read(vouchers.with_code, person, words):
        return message.answer(gifts.ticket(voucher, shop), reply_markup=rows(gifts.cancel_button(voucher)))
    own = await database.read(coupons.mine, person.member_id, words, now=now)
    return message.answer(Html(coupon(own.facts, shop) + "\n\n" + _("Show the code when you pay.")))


async def ask(
    message: Message, code: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask staff whether to use what a code is for. Raises what the till does."""
    found = await database.write(till.look, person, code[:LONGEST_CODE], now=now)
    if isinstance(found, ClubError):
        raise found
    if isinstance(found, Voucher):
        text, kept = fill(_("{order}. Hand it over now?"), order=gifts.of_whom(found, shop)), found.code
    else:
        text, kept = words_of.asked(*found, shop), found[0].code
    return message.answer(text, reply_markup=rows([tap(_("Confirm"), "redeem", kept), tap(_("Cancel"), "untell")]))


@button("redeem", who=Role.CLERK)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Use the coupon that was looked at."""
    return message.edit_text(
        _done(await database.write(till.redeem, person.member_id, about[:LONGEST_CODE], shop, now=now), shop)
    )


def _done(done: Held | Voucher | ClubError, shop: Shop) -> Html:
    if isinstance(done, ClubError):  # its trace is kept by now
        raise done
    return gifts.handed(done) if isinstance(done, Voucher) else words_of.used(done, shop)


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
    """A template as its line asks for it. Raises BadLine, TooLong, BadOffer, BadDays, BadAmount, BadNumber."""
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
    counts = (whole(read, option, templates.COUNT) for option in ("quota", "limit"))
    return Plan(name, what, int(days), _minimum(read), *counts)


def _minimum(line: Line) -> int:
    amount = line.options.get("min", "0")
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", amount):
        raise BadAmount
    return int(Decimal(amount) * 100)


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
