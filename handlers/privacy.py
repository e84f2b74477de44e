"""What is kept about a member: shown whole, and erased."""

import json
from datetime import date, datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import privacy
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import fill
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import button, command


@command("mydata", "我的数据", "我的數據", who=Role.MEMBER, help=N_("all that is kept about you"))
async def mydata(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Send everything that is kept about a member, as a file."""
    rows = await database.read(privacy.export, person.member_id)

    def plain(value: date | datetime) -> str:
        return (value.astimezone(shop.zone) if isinstance(value, datetime) else value).isoformat()

    told = json.dumps(rows, ensure_ascii=False, indent=2, default=plain)
    file = BufferedInputFile(told.encode(), f"{person.number}-{shop.day(now)}.json")
    text = _("This is everything that is kept about you, table by table. /profile changes it, /forget erases it.")
    return message.answer_document(file, caption=text)


@command("forget", "注销", "註銷", who=Role.MEMBER, help=N_("erase me"))
async def forget(message: Message, shop: Shop) -> TelegramMethod[Any]:
    """Say what goes and what stays, and ask once."""
    text = _(
        "<b>Shall I erase you?</b>\n\n"
        "What goes, at once and for good: your name and accounts, all that you told about yourself and your family, "
        "what was noted about you, your letters, your place in the groups' lists. Your points and coupons lapse.\n\n"
        "What stays: {shop}'s books keep numbers, amounts and dates under a member number that no longer leads to "
        "anybody, and a scrambled mark so that welcome gifts are given once.\n\n"
        "Messages that are in this chat already stay in it until you delete them. If you come back one day, "
        "you begin anew."
    )
    buttons = rows(tap(_("Yes, erase me"), "forget", "yes"), tap(_("No, stay"), "forget", "no"))
    return message.answer(fill(text, shop=shop.name), reply_markup=buttons)


@button("forget", who=Role.MEMBER)
async def decide(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Erase whoever confirmed it."""
    if about == "no":
        return message.edit_text(_("All right, nothing was erased. Good that you stay!"))
    if about != "yes":
        raise ValueError(about)
    await database.write(privacy.forget, person, now=now)
    await database.tidy()
    return message.edit_text(
        _("Done: you are erased. Thank you for the time with us; /start begins anew, whenever you like.")
    )
