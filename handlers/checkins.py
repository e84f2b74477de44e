"""Check-in: points once a day, and the month's check-ins as a calendar."""

import asyncio
from calendar import monthrange
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message
from sqlmodel import Session

from bot.club import checkins, questions
from bot.club.checkins import CheckedIn, CheckInTooEarly
from bot.club.members import Person, Role
from bot.club.questions import Asked
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import checkins_calendar
from bot.speech import Html, fill, month_of, refusals, weekdays
from bot.speech.blacklist import barred
from bot.speech.buttons import rows, tap
from bot.speech.profile import answers, asking
from db.engine import Database
from handlers.commands import Where, button, command
from handlers.threshold import reply


@command(
    "checkin",
    "签到",
    "簽到",
    "打卡",
    who=Role.ANYONE,
    where=Where.GROUP_TOO,
    in_group=True,
    help=N_("points once a day"),
)
async def checkin(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Check in. In the group the balance is not shown; in private a question may follow."""
    if message.chat.type != "private":
        try:
            done = await database.write(checkins.check_in, person.member_id, shop, now=now)
        except CheckInTooEarly as early:  # a newcomer should not meet silence
            return reply(message, refusals.words(early, shop))
        return reply(message, _done(done))
    done, asked = await database.write(_check_in, person, shop, now=now)
    text = Html(_done(done) + "\n" + fill(_("You have {points} points."), points=done.balance))
    if done.barred:
        text = Html(text + "\n" + barred())
    if asked is None:
        return message.answer(text, reply_markup=rows(tap(_("My check-ins"), "days")))
    return message.answer(Html(f"{text}\n\n{asking(asked)}"), reply_markup=rows(*answers(asked)))


def _check_in(session: Session, person: Person, shop: Shop, *, now: datetime) -> tuple[CheckedIn, Asked | None]:
    done = checkins.check_in(session, person.member_id, shop, now=now)
    if not done.fresh or person.role != Role.MEMBER:
        return done, None
    return done, questions.ask(session, person.member_id, person.account_id, "checkin", shop, now=now)


def _done(done: CheckedIn) -> Html:
    if not done.fresh:
        return fill(
            _("You have checked in today already: day {streak} of your streak. See you tomorrow!"), streak=done.streak
        )
    if done.barred:  # in the group nobody else need know
        return fill(_("Checked in. Day {streak} of your streak."), streak=done.streak)
    text = fill(_("Checked in: +{points} points. Day {streak} of your streak."), points=done.earned, streak=done.streak)
    if done.capped:
        text = Html(text + "\n" + _("Today's limit for check-ins is reached."))
    if done.prize:
        return Html(text + "\n" + fill(_("🎉 {points} of them are the prize for your streak."), points=done.prize))
    if not done.next_prize:
        return text
    more = _(
        "One more day and {prize} extra points are yours.",
        "{days} more days and {prize} extra points are yours.",
        done.to_prize,
    )
    return Html(text + "\n" + fill(more, days=done.to_prize, prize=done.next_prize))


@button("days", who=Role.ANYONE)
async def days(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show someone's check-ins of this month as a calendar."""
    today = shop.day(now)
    first = today.replace(day=1)
    last = today.replace(day=monthrange(today.year, today.month)[1])
    came = await database.read(checkins.between, person.member_id, first, last)
    title = fill(_("Check-ins in {month}"), month=month_of(today))
    text = fill(
        _("{count} check-in, {points} points.", "{count} check-ins, {points} points.", len(came)),
        count=len(came),
        points=sum(each.points for each in came.values()),
    )
    if not came:
        text = fill(_("None yet this month: a check-in brings {points} points."), points=shop.rules.points.checkin)
    stamps = {day: (f"+{each.points:,}", each.prize) for day, each in came.items()}
    picture = await asyncio.to_thread(checkins_calendar, title, weekdays(), first, last, today, stamps, text)
    caption = Html(f"<b>{title}</b>\n{text}")
    return message.answer_photo(BufferedInputFile(picture, "checkins.png"), caption=caption)
