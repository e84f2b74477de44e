"""The blacklist, for managers: who is kept from what, in one line, by a reply, or step by step."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import blacklist
from bot.club.blacklist import BadLevel, Listed
from bot.club.errors import BadLine, NoReason, TooLong
from bot.club.members import LEVELS, Person, Role, Who, number
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.blacklist import LABELS, done, level_name, page
from bot.speech.buttons import Written
from db.engine import Database
from handlers.commands import button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import row_id, whom

FORM = N_("/block @ann points sells coupons")
CALLED = {
    "积分": "points",
    "點數": "points",
    "优惠": "deals",
    "優惠": "deals",
    "消息": "messages",
    "訊息": "messages",
    "群": "group",
    "群组": "group",
    "群組": "group",
}


@command("block", "拉黑", "封鎖", who=Role.MANAGER, help=N_("blacklist: /block WHO points|deals|messages|group REASON"))
async def block(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Put a member on the blacklist; without a level, ask step by step."""
    try:
        who, rest = whom(message, words, person, form=FORM)
    except BadLine:  # bare
        text, buttons = await begin(GUIDED, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=buttons)
    level, _sep, reason = rest.partition(" ")
    if not level:
        member = await database.read(blacklist.may_act, person, who)
        text, buttons = await begin(GUIDED, person, database, shop, key=key, now=now, who=member.number)
        return message.answer(text, reply_markup=buttons)
    put = await database.write(blacklist.block, person, who, _level(level), reason.strip(), now=now)
    return message.answer(done(put, shop))


@command("unblock", "解除拉黑", "解除封鎖", who=Role.MANAGER, help=N_("the blacklist, and off it: /unblock WHO"))
async def unblock(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a member off the blacklist; without one, show who is on it."""
    try:
        who, _rest = whom(message, words, person, form="/unblock @ann")
    except BadLine:
        text, buttons = page(await database.read(blacklist.listed), shop)
        return message.answer(text, reply_markup=buttons)
    off = await database.write(blacklist.unblock, person, who, now=now)
    return message.answer(_off(off.number))


@button("unblock", who=Role.MANAGER)
async def take_off(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Take a member of the list off it."""
    who = Who(person.visitor.platform, number(row_id(about)))
    off = await database.write(blacklist.unblock, person, who, now=now)
    return message.edit_text(_off(off.number))


def _off(member: str) -> Html:
    return fill(_("{number} is off the blacklist: everything is open to them again."), number=member)


def _level(words: str) -> str:
    return CALLED.get(words, words.lower())


def _read_who(session: Session, asking: Asking, words: str) -> str:
    return blacklist.may_act(session, asking.person, Who(asking.person.visitor.platform, words)).number


def _read_level(_session: Session, _asking: Asking, words: str) -> str:
    if _level(words) not in LEVELS:
        raise BadLevel(form=FORM)
    return _level(words)


def _read_reason(_session: Session, _asking: Asking, words: str) -> str:
    if not words.strip():
        raise NoReason(form=FORM)
    if len(words) > blacklist.REASON:
        raise TooLong(limit=blacklist.REASON)
    return words.strip()


def _levels(_session: Session, _asking: Asking) -> dict[str, str]:
    return {level: _(label) for level, label in LABELS.items()}


def _put(session: Session, asking: Asking) -> Listed:
    facts, by = asking.facts, asking.person
    who = Who(by.visitor.platform, facts["who"])
    return blacklist.block(session, by, who, facts["level"], facts["reason"], now=asking.now)


def _summary(asking: Asking, _seen: object) -> Html:
    facts = asking.facts
    return fill(
        _("{number}: {level}.\nReason: {reason}"),
        number=facts["who"],
        level=level_name(facts["level"]),
        reason=facts["reason"],
    )


def _said(put: Listed, shop: Shop, _now: datetime) -> Written:
    return done(put, shop), None


STEPS = (
    Step("who", N_("Who is it? A number such as M0042, @username, a phone number or a name."), _read_who),
    Step("level", N_("What shall be stopped? Each choice stops what stands above it, too."), _read_level, _levels),
    Step("reason", N_("For which reason? The staff read it, and who asks for all that is kept of them."), _read_reason),
)
GUIDED = enter(Form("block", N_("On the blacklist"), Role.MANAGER, STEPS, _put, _said, _summary))
