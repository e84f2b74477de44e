"""The lines of a day's plan that managers skipped: their letters are dropped, those that are only written then too."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session

from bot.club import audit
from bot.club.errors import ClubError
from bot.club.journeys import shipped
from bot.club.letters import KINDS
from bot.club.members import Person
from bot.club.rules import Shop
from bot.i18n import N_
from db.engine import insert_once
from db.plan import PLAN_SKIPS

SKIPPED = "skipped in the plan"
BROADCAST, DEAL = "broadcast", "deal"
# Kinds of letters that are one line of the plan, under the name of another; any other kind is a line of its own.
TOGETHER = {"birthday_post": "birthday", "family_offer": "family", "broadcast_coupon": BROADCAST, "deal_post": DEAL}
_of_days = select(PLAN_SKIPS.c.day, PLAN_SKIPS.c.line).where(PLAN_SKIPS.c.day.in_(bindparam("days", expanding=True)))


class DayOver(ClubError):
    """A line of a plan whose day is over."""

    says = N_("That day is over, so nothing of its plan can be changed. /plan shows tomorrow's.")


def is_line(text: str) -> bool:
    """Whether a text, from a button, names a line that a plan could have."""
    first, sep, rest = text.partition("/")
    if first in (BROADCAST, DEAL):
        return rest.isascii() and rest.isdecimal()
    if sep:
        return first in shipped() and shipped()[first].step(rest) is not None
    return text in KINDS and KINDS[text].held


def line_of(letter: Row[Any]) -> str:
    """The line of the plan that a letter belongs to."""
    facts = letter.facts
    if letter.broadcast_id:
        return f"{BROADCAST}/{letter.broadcast_id}"
    if "journey" in facts:
        return f"{facts['journey']}/{facts['step']}"
    if "deal_id" in facts:
        return f"{DEAL}/{facts['deal_id']}"
    return TOGETHER.get(letter.kind, str(letter.kind))


def over(letter: Row[Any], skipped: Collection[tuple[date, str]], shop: Shop, *, now: datetime) -> str | None:
    """Why a letter that is due does not go: it is of a line that was skipped for today, or for the day it was due."""
    if not skipped or not KINDS[letter.kind].held:
        return None
    line = line_of(letter)
    return SKIPPED if any((shop.day(at), line) in skipped for at in (now, letter.after)) else None


def lines(session: Session, days: Collection[date]) -> set[tuple[date, str]]:
    """The lines that were skipped for some days, each with its day."""
    return {(row.day, row.line) for row in session.connection().execute(_of_days, {"days": list(days)})}


def of_day(session: Session, day: date) -> set[str]:
    """The lines that were skipped for a day."""
    return {line for _day, line in lines(session, {day})}


def kinds(session: Session, day: date) -> set[str]:
    """The kinds of letters of which some were skipped for a day."""
    found: set[str] = set()
    for line in of_day(session, day):
        first, _sep, rest = line.partition("/")
        step = shipped()[first].step(rest) if first in shipped() else None
        found |= {step.letter} if step else {kind for kind in KINDS if first in (kind, TOGETHER.get(kind))}
    return found


def skip(session: Session, by: Person, day: date, line: str, shop: Shop, *, now: datetime) -> None:
    """Skip a line of a day's plan; what has gone already has gone. Raises DayOver."""
    _still(day, shop, now)
    if insert_once(session, PLAN_SKIPS, day=day, line=line, skipped_by=by.member_id, skipped_at=now):
        audit.note(session, by.member_id, "plan skip", now=now, day=f"{day}", line=line)


def approve(session: Session, by: Person, day: date, line: str, shop: Shop, *, now: datetime) -> None:
    """Let a line go that was skipped; what was dropped already is not sent any more. Raises DayOver."""
    _still(day, shop, now)
    here = (PLAN_SKIPS.c.day == day, PLAN_SKIPS.c.line == line)
    if session.connection().execute(PLAN_SKIPS.delete().where(*here)).rowcount:
        audit.note(session, by.member_id, "plan approve", now=now, day=f"{day}", line=line)


def _still(day: date, shop: Shop, now: datetime) -> None:
    if not shop.day(now) <= day <= shop.day(now) + timedelta(days=1):
        raise DayOver
