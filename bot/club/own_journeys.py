"""The owner's own journeys: files like those in presets/, and one of a name that ships takes its place.

They are read when the club starts, each looked at for what would go wrong only when its letters are due.
"""

import html
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from bot.club import audiences, edits, journeys
from bot.club.errors import ClubError
from bot.club.journeys import FOLDER as PRESETS
from bot.club.journeys import Journey, Step
from bot.club.offers import Offer
from bot.club.rules import Shop

FOLDER = Path("data/journeys")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")  # of a journey and of its steps: buttons carry both
PLAIN = ("tag", "grade", "coupon issued", "coupon redeemed", "join", "silence")  # begin without a purchase


class BadJourney(Exception):
    """A journey's file that cannot work; the text names it and says what is wrong."""


def take_in(folder: Path, shop: Shop, *, now: datetime) -> list[str]:
    """Read the owner's journeys in the place of those read before. Returns their names. Raises BadJourney."""
    found = {file.stem: _read(file, shop, now) for file in sorted(folder.glob("*.toml"))}
    journeys.OWN.clear()
    journeys.shipped.cache_clear()
    if circle := next(_circles(journeys.shipped() | found), None):
        raise BadJourney(f"{folder / circle[0]}.toml: it begins itself by its own coupon: {' → '.join(circle)}.")
    journeys.OWN.update(found)
    for known in (journeys.shipped, journeys.jobs):
        known.cache_clear()
    return list(found)


def _read(file: Path, shop: Shop, now: datetime) -> Journey:
    try:
        journey = journeys.written(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadJourney(f"{file}: it is no TOML in UTF-8: {error}.") from None
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(str(part) for part in wrong["loc"])
        raise BadJourney(f"{file}: {where}: {wrong['msg']}.") from None
    if why := next(_wrong(file, journey, shop, now), None):
        raise BadJourney(f"{file}: {why}.")
    return journey.model_copy(update={"steps": tuple(map(_safe, journey.steps))})


def _wrong(file: Path, journey: Journey, shop: Shop, now: datetime) -> Iterator[str]:
    """What would not work about a journey, in words."""
    if not all(NAME.fullmatch(name) for name in (file.stem, *(step.name for step in journey.steps))):
        yield "names are at most 20 small letters, digits and dashes"
    if len({step.name for step in journey.steps}) < len(journey.steps):
        yield "two steps have one name"
    preset = PRESETS / file.name
    ships = journeys.written(preset) if preset.exists() else None
    if "job" in (journey.begins, ships and ships.begins):
        if not ships or _bones(ships) != _bones(journey):
            yield "a journey that is a job keeps its name, its beginning and its steps"
        return
    yield from (f"step {step.name}: {why}" for step in journey.steps for why in _wrong_step(step, journey))
    for query in filter(None, (journey.audience, *(step.only for step in journey.steps))):
        try:
            audiences.read(query, shop, now=now)
        except ClubError:
            yield f"the audience {query!r} cannot be read"


def _bones(journey: Journey) -> tuple[str, set[str]]:
    return journey.begins, {step.name for step in journey.steps}


def _wrong_step(step: Step, journey: Journey) -> Iterator[str]:
    if step.kind == "job" or (step.kind != "letter" and journey.begins in PLAIN):
        yield f"a {step.kind} has no place in a journey that begins with {journey.begins}"
    used = {place for text in step.text.values() for place in _places(text)}
    if not step.text or not used <= set(edits.PLACES):
        yield f"it needs words, with no other places than {', '.join(f'{{{place}}}' for place in edits.PLACES)}"
    if any(("coupon" in _places(text)) != bool(step.offer) for text in step.text.values()):
        yield "with an offer its words say {coupon} in each language, and without one in none"
    if any(len(text) > edits.LONGEST for text in step.text.values()):
        yield f"its words are longer than {edits.LONGEST} characters"
    if bool(step.wish) != (step.shows not in ("", journeys.CARD)):
        yield "a festival's card has a wish, and nothing else has one"
    try:
        Offer.read(step.offer or "10")
    except ClubError:
        yield f"the offer {step.offer!r} cannot be read"


def _places(text: str) -> set[str]:
    try:
        return {place for _, place, _, _ in string.Formatter().parse(text) if place is not None}
    except ValueError:
        return {"?"}


def _safe(step: Step) -> Step:
    """A step whose words stand as they are written, whatever signs they hold."""
    safe = {locale: html.escape(text, quote=False) for locale, text in step.text.items()}
    return step.model_copy(update={"text": safe})


def _circles(known: Mapping[str, Journey]) -> Iterator[list[str]]:
    """Journeys that begin with a coupon which they themselves, or those that they begin, issue: the names in turn."""

    def follow(way: list[str]) -> Iterator[list[str]]:
        if not any(step.offer for step in known[way[-1]].steps):
            return
        for name, journey in known.items():
            if journey.begins == "coupon issued" and journey.of in ("", way[-1]):
                if name == way[0]:
                    yield [*way, name]
                elif name not in way:
                    yield from follow([*way, name])

    for name in known:
        yield from follow([name])
