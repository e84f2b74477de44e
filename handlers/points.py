"""Points: the purse for members; grant and deduct for staff."""

import asyncio
import re
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, Message

from bot.club import changes, goals, members, purses
from bot.club.errors import BadPoints, NoReason, TooLong
from bot.club.expiry import Batch
from bot.club.members import Person, Role
from bot.club.purses import Line, Purse
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import points_picture
from bot.speech import Html, day, fill, name, near_day
from bot.speech.blacklist import barred
from bot.speech.buttons import rows, tap
from bot.speech.goals import goal_drawn, goal_line
from bot.speech.ledger import reason
from db.engine import Database
from handlers.commands import button, command
from handlers.lines import row_id, whom

REASON = 200  # characters
DATES = 3  # of what expires, the soonest


@command("points", "积分", "點數", "積分", who=Role.ANYONE, in_group=True, help=N_("balance, expiry and history"))
async def purse(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show what someone can spend, what lapses when, and the latest lines."""
    mine = await database.read(purses.look, person.member_id, shop, now=now)
    parts: list[str] = [fill(_("You have <b>{points} points</b>."), points=mine.points)]
    parts += [*_notes(mine), *(_lapses(batch, mine.renews and not batch.fixed) for batch in mine.coming[:DATES])]
    if goal := await database.read(goals.next_gift, person.member_id, mine.points, now=now):
        parts.append(goal_line(goal))
    if mine.lines:
        parts.append("\n" + _("Latest:"))
    parts += [_line(line, shop) for line in mine.lines]
    return message.answer("\n".join(parts), reply_markup=rows(tap(_("As a picture"), "purse")))


@button("purse", who=Role.ANYONE)
async def as_picture(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show someone's points as a picture, and the same in words below it."""
    mine = await database.read(purses.look, person.member_id, shop, now=now)
    goal = await database.read(goals.next_gift, person.member_id, mine.points, now=now)
    notes = _notes(mine)
    drawn = await asyncio.to_thread(
        points_picture,
        shop.name,
        _("My points"),
        f"{mine.points:,}",
        notes,
        goal_drawn(goal, mine.points) if goal else None,
        _lapses_drawn(mine.coming[0], mine.renews) if mine.coming else "",
    )
    parts = [fill(_("You have <b>{points} points</b>."), points=mine.points), *notes]
    parts += [_lapses(batch, mine.renews) for batch in mine.coming[:1]]
    parts += [goal_line(goal)] if goal else []
    return message.answer_photo(BufferedInputFile(drawn, "points.png"), caption="\n".join(parts))


def _notes(mine: Purse) -> list[Html]:
    """What is on its way, set aside or owed, beside what can be spent; and whether none are earned."""
    notes = {
        _("{points} more are on their way."): mine.pending,
        _("{points} points are set aside for what you ordered."): mine.held,
        _("{points} points are still owed for a refund; what you earn next pays that first."): mine.owed,
    }
    told = [fill(text, points=points) for text, points in notes.items() if points]
    return [*told, barred()] if mine.barred else told


def _lapses(batch: Batch, renews: bool) -> Html:
    if renews:
        text = _("They are good until {day}; every point you earn or use renews that.")
        return fill(text, day=day(batch.last_day))
    text = _("{points} of them expire after {day}.")
    return fill(text, points=batch.points, day=day(batch.last_day))


def _lapses_drawn(batch: Batch, renews: bool) -> str:
    text = _("All of them are good until {day}") if renews else _("{points} points expire after {day}")
    return fill(text, points=batch.points, day=day(batch.last_day))


def _line(line: Line, shop: Shop) -> Html:
    on = near_day(line.at.astimezone(shop.zone).date())
    return fill("{amount} · {why} · {day}", amount=f"{line.amount:+}", why=reason(line.source, line.reason), day=on)


@command("grant", who=Role.MANAGER, help=N_("give points: /grant WHO N REASON"))
async def grant(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Give a member points by hand."""
    return await _change(message, words, 1, person, database, shop, key, now)


@command("deduct", who=Role.MANAGER, help=N_("take points: /deduct WHO N REASON"))
async def deduct(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Take points from a member by hand."""
    return await _change(message, words, -1, person, database, shop, key, now)


async def _change(
    message: Message, words: str, sign: int, by: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    verb = "grant" if sign > 0 else "deduct"
    thanks = _("thank you")
    form = f"/{verb} @ann 50 {thanks}"
    who, rest = whom(message, words, by, form=form)
    amount, _sep, why = rest.partition(" ")
    if not re.fullmatch(r"[0-9]{1,20}", amount):
        raise BadPoints(limit=changes.LIMIT)
    if not why.strip():
        raise NoReason(form=form)
    if len(why) > REASON:
        raise TooLong(limit=REASON)
    changed = await database.write(
        changes.change, by, who, sign * int(amount), why.strip(), shop, key=f"{verb}:{key}", now=now
    )
    facts = {"points": f"{sign * int(amount):+}", "name": name(changed.who.name), "number": changed.who.number}
    if changed.balance is None:
        return message.answer(fill(_("{points} points for {name} ({number}): waiting for the owner's yes."), **facts))
    done = _("{points} points for {name} ({number}). The balance is {balance} now.")
    return message.answer(fill(done, **facts, balance=changed.balance))


@button("request", who=Role.OWNER)
async def decide(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """The owner's yes or no to a manager's large change."""
    answer, _sep, request = about.partition(":")
    if answer not in ("yes", "no"):
        raise ValueError(about)
    decided = await database.write(changes.decide, person, row_id(request), approve=answer == "yes", now=now)
    done = (
        _("Approved: {points} points for {number}.")
        if answer == "yes"
        else _("Declined: {points} points for {number}.")
    )
    return message.edit_text(fill(done, points=f"{decided.amount:+}", number=members.number(decided.member_id)))
