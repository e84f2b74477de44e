"""What may be sent to a member: chosen with one tap, or by STOP."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import greetings, members
from bot.club.members import NOTIFY, Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, day, fill
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import button, command

PAUSE = "pause"


@command("notify", "通知", who=Role.MEMBER, help=N_("what I may send you"))
async def show(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show what may be sent, with a button for each choice."""
    (level, until), style = await database.read(_look, person)
    return message.answer(_stands(level, until, shop, now), reply_markup=choices(level, style))


@button("notify", who=Role.MEMBER)
async def choose(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep a choice; it holds from the very next letter on."""
    if about not in (*NOTIFY, PAUSE):
        raise ValueError(about)
    (level, until), style = await database.write(_notify, person, about, now=now)
    return message.edit_text(_stands(level, until, shop, now), reply_markup=choices(level, style))


@button("greeting", who=Role.MEMBER)
async def greet(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep how somebody wishes to be greeted on their birthday."""
    if about not in greetings.STYLES:
        raise ValueError(about)
    (level, until), style = await database.write(_greet, person, about)
    return message.edit_text(_stands(level, until, shop, now), reply_markup=choices(level, style))


@button("stop", who=Role.ANYONE)  # under each offer
@command("stop", "退订", "退訂", "td", "unsubscribe", who=Role.ANYONE, help=N_("no more offers"))
async def stop(message: Message, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Opt out of offers at once: only what is the member's own still comes."""
    await database.write(members.notify, person, "own", now=now)
    text = _(
        "Done: no more offers. Only your own coupons and birthday wishes still come. /notify turns offers on again."
    )
    return message.answer(text)


def _look(session: Session, person: Person) -> tuple[tuple[str, datetime | None], str]:
    return members.notified(session, person.member_id), greetings.style(session, person.member_id)


def _notify(session: Session, person: Person, choice: str, *, now: datetime) -> tuple[tuple[str, datetime | None], str]:
    return members.notify(session, person, choice, now=now), greetings.style(session, person.member_id)


def _greet(session: Session, person: Person, wish: str) -> tuple[tuple[str, datetime | None], str]:
    greetings.choose(session, person.member_id, wish)
    return _look(session, person)


def choices(level: str, style: str) -> InlineKeyboardMarkup:
    """A button for each choice, the present one marked."""
    labels = {
        "all": _("Everything"),
        "own": _("Only my own coupons and birthdays"),
        "none": _("Nothing"),
        PAUSE: _("Pause for 30 days"),
    }
    styles = {
        "private": _("Birthday wishes in private"),
        "group": _("Birthday wishes in the group, with my name"),
        "none": _("No birthday wishes"),
    }
    return rows(
        *(tap(("✓ " if item == level else "") + label, "notify", item) for item, label in labels.items()),
        *(tap(("✓ " if item == style else "") + label, "greeting", item) for item, label in styles.items()),
    )


def _stands(level: str, until: datetime | None, shop: Shop, now: datetime) -> Html:
    says = {
        "all": _("I send you members' offers, your own coupons and birthday wishes."),
        "own": _("I send you only your own coupons and birthday wishes; no offers."),
        "none": _("I send you nothing on my own. When you ask, I answer."),
    }
    text = Html(says[level])
    if until and until > now:
        paused = fill(_("All of it is paused until {day}."), day=day(until.astimezone(shop.zone).date()))
        text = Html(text + "\n" + paused)
    return text
