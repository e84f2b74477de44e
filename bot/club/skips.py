"""The lines of a day's plan that managers skipped: their letters are dropped, those that are only written then too."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
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


def over(session: Session, letter: Row[Any], shop: Shop, *, now: datetime) -> str | None:
    """Why a letter that is due does not go: it is of a line that was skipped for today, or for the day it was due."""
    if not KINDS[letter.kind].held:
        return None
    days = {shop.day(now), shop.day(letter.after)}
    here = select(PLAN_SKIPS.c.line).where(PLAN_SKIPS.c.day.in_(days), PLAN_SKIPS.c.line == line_of(letter))
    return SKIPPED if session.connection().execute(here).first() else None


def of_day(session: Session, day: date) -> set[str]:
    """The lines that were skipped for a day."""
    here = select(PLAN_SKIPS.c.line).where(PLAN_SKIPS.c.day == day)
    return set(session.connection().execute(here).scalars())


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
