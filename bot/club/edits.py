"""What the owner makes of a journey's steps: other words in a language, another offer, another day or hour."""

import html
import re
import string
from datetime import datetime

from sqlmodel import Session

from bot.club import audit, journeys
from bot.club.errors import BadNumber, ClubError, StaleButton, TooLong
from bot.club.journeys import Standing, Step
from bot.club.members import Person
from bot.club.offers import Offer
from bot.i18n import N_
from db.engine import insert_once
from db.journeys import JOURNEY_EDITS

PLACES = ("name", "shop", "product", "coupon", "sunday")
JOB_PLACES = ("name", "shop", "text")  # `text` are the club's own words
LONGEST = 900  # characters, which fit under a picture
MOST_DAYS = 365


class BadPlaces(ClubError):
    """A text with a place that nothing fills, or without one that has to be there."""

    says = N_("Write {places} where they shall stand, and no other words in curly brackets.")


class NoCoupon(ClubError):
    """A letter with an offer whose words leave out the coupon."""

    says = N_("Please leave {{coupon}} in it: there the coupon stands.")


class BadHour(ClubError):
    """An hour that is none."""

    says = N_("Write the hour like 18:00.")


class NoVoice(ClubError):
    """An answer that should have been a voice message or a video."""

    says = N_("Please send a voice message, a video, or a sound file of at most 20 MB.")


def parts(step: Step) -> tuple[str, ...]:
    """What of a step can be edited."""
    if step.kind == "job":
        return ("text",)
    offer = ("offer", "days") if step.offer else ()
    day = ("day",) if step.kind != "running_out" else ()
    return ("text", *offer, *day, "at", *(() if step.shows else ("media",)))


def read(step: Step, part: str, words: str) -> str:
    """An edit as it is kept. Raises BadPlaces, NoCoupon, TooLong, BadOffer, BadNumber, BadHour."""
    match part:
        case "text":
            return _text(step, words.strip())
        case "offer":
            return str(Offer.read(words))
        case "at":
            return _hour(words)
        case _:
            return str(_number(words, part, below_zero=bool(step.on)))


def change(session: Session, by: Person, name: str, step: str, part: str, value: str, *, now: datetime) -> Standing:
    """Put something in place of what ships. `part` is one of those of `parts`; of a text, with its language."""
    _step(session, name, step)
    here = {"journey": name, "step": step, "part": part}
    insert_once(session, JOURNEY_EDITS, **here, value=value)
    where = [JOURNEY_EDITS.c[column] == value for column, value in here.items()]
    session.connection().execute(JOURNEY_EDITS.update().where(*where).values(value=value))
    audit.note(session, by.member_id, "journey edit", now=now, journey=name)
    return journeys.one(session, name)


def forget(session: Session, by: Person, name: str, step: str, *, now: datetime) -> Standing:
    """Let a step be again as it came."""
    _step(session, name, step)
    here = (JOURNEY_EDITS.c.journey == name, JOURNEY_EDITS.c.step == step)
    session.connection().execute(JOURNEY_EDITS.delete().where(*here))
    audit.note(session, by.member_id, "journey edit", now=now, journey=name)
    return journeys.one(session, name)


def _step(session: Session, name: str, step: str) -> Step:
    found = journeys.one(session, name).journey.step(step)
    if found is None:
        raise StaleButton
    return found


def _text(step: Step, words: str) -> str:
    """An owner's words, safe as they stand, with places that something fills."""
    if len(words) > LONGEST:
        raise TooLong(limit=LONGEST)
    known = JOB_PLACES if step.kind == "job" else PLACES
    try:
        used = {place for _, place, _, _ in string.Formatter().parse(words) if place is not None}
    except ValueError:
        used = {"?"}
    if not used <= set(known):
        raise BadPlaces(places=", ".join(f"{{{place}}}" for place in known))
    if step.offer and "coupon" not in used:
        raise NoCoupon
    return html.escape(words, quote=False)


def _hour(words: str) -> str:
    found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", words.strip())
    if not found:
        raise BadHour
    return f"{int(found[1]):02}:{found[2]}"


def _number(words: str, part: str, *, below_zero: bool) -> int:
    """A number of days; before a day of the calendar it is below zero. Raises BadNumber."""
    found = re.fullmatch(r"([-−]?)(\d{1,3})\s?[天日d]?", words.strip())
    if not found or int(found[2]) > MOST_DAYS or (found[1] and not below_zero):
        raise BadNumber(option=part, limit=MOST_DAYS)
    return -int(found[2]) if found[1] else int(found[2])
