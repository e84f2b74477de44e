"""The journeys that ship, one file each in presets/, and what the owner made of them: on or off, and edited.

A journey begins at an event of a member's, and its steps follow on their days. Its file holds the words too, in each
language: they are the shop's own letters, which the owner may put in other words.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import select as choose
from sqlmodel import Session, select

from bot.club import audit
from bot.club.calendar import YearlyDate
from bot.club.errors import ClubError
from bot.club.members import Person
from bot.club.names import folded
from bot.club.rules import Shop
from bot.i18n import LOCALES, N_
from db.engine import insert_once
from db.journeys import JOURNEY_EDITS, JOURNEYS, TRIPS

_switched_on = choose(JOURNEYS.c.name).where(JOURNEYS.c.switched_on)
FOLDER = Path(__file__).parent / "presets"
OWN: dict[str, "Journey"] = {}  # the owner's, see own_journeys.take_in
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TEXT = "text."  # what the parts of an edited text begin with, before the language
MOST_BACK = 50  # in a hundred
LATE = timedelta(days=3)  # a step may come so long after its time
UNDER_WAY, DONE, REACHED, STOPPED, KEPT_BACK = "under way", "done", "reached", "stopped", "kept back"


def _in_all(words: dict[str, str]) -> dict[str, str]:
    if words and set(words) != set(LOCALES):
        raise ValueError(f"words in {', '.join(LOCALES)}")
    return {locale: text.strip() for locale, text in words.items()}


def _yearly(text: str) -> YearlyDate:
    calendar, _sep, day = text.partition(" ")
    month, _sep, number = day.partition("-")
    return YearlyDate("lunar" if calendar == "lunar" else "solar", int(month), int(number))


Yearly = Annotated[YearlyDate, BeforeValidator(_yearly)]
Words = Annotated[dict[str, str], AfterValidator(_in_all)]


# What begins a journey; a `job` has a beginning of its own.
Beginning = Literal[
    "join", "purchase", "first purchase", "product", "baby", "date", "silence",
    "tag", "grade", "coupon issued", "coupon redeemed", "job",
]  # fmt: skip


class NoSuchJourney(ClubError):
    """A journey that does not ship."""

    says = N_("There is no journey “{name}”. There are: {names}")


class BadHoldout(ClubError):
    """A share to keep back that is out of bounds, or of a journey that is a job."""

    says = N_("A journey keeps back 0 to {limit} in a hundred; those of fixed days and reminders keep back nobody.")


class Written(BaseModel):
    """A part of a journey's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


CARD = "card"  # the member's own


class Step(Written):
    """What a member gets on a day of a journey: a letter, with an offer good for `days`, or a question.

    Of a journey that begins on days of the calendar, the day that it is `on`: `lunar 8-15`, `solar 11-11`.
    A job's letter has the club's own words, unless the owner put others in their place, and a title.
    The time is the hour of the day's letters or `at`, on the next `weekday` from that day on; `minutes` after the
    beginning on day 0. `only` members of an audience get it, or those of one `arm`. It `shows` the member's card, or
    a festival's with an emblem and a `wish`.
    """

    name: str
    kind: Literal["letter", "usage", "rating", "running_out", "stage", "job"] = "letter"
    on: Yearly | None = None
    day: int = 0
    minutes: int = 0
    at: time | None = None
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] | None = None
    only: str = ""
    arm: Literal["", "a", "b"] = ""
    shows: Literal["", "card", "lantern", "zongzi", "mooncake", "fireworks", "present"] = ""
    wish: Words = Field(default_factory=dict)
    media: str = ""  # the owner's own voice or video, as a platform keeps it: `telegram:voice:ID`
    offer: str | None = None
    days: int = 14
    title: Words = Field(default_factory=dict)
    text: Words = Field(default_factory=dict)

    @property
    def letter(self) -> str:
        """The kind of its letter."""
        if self.kind == "letter":
            return "journey_card" if self.shows == CARD else "journey_offer" if self.offer else "journey"
        return self.name if self.kind == "job" else self.kind

    def due(self, began: datetime, shop: Shop, shift: int = 0) -> datetime:
        """When it is due on a journey that began then, put off by `shift` days."""
        if not (self.day or shift or self.on):
            return began + timedelta(minutes=self.minutes)
        day = shop.day(began) + timedelta(days=self.day + shift)
        return shop.at(_on(day, self.weekday), self.at or shop.rules.sending.day_hour)

    def edited(self, edits: dict[str, str]) -> "Step":
        """The step with what the owner put in its place: `text.en`, `offer`, `days`, `day`, `at`."""
        texts = {part.removeprefix(TEXT): value for part, value in edits.items() if part.startswith(TEXT)}
        plain = {part: value for part, value in edits.items() if not part.startswith(TEXT)}
        read = Step.model_validate({"name": self.name} | plain)
        return self.model_copy(update={part: getattr(read, part) for part in plain} | {"text": self.text | texts})


class Journey(Written):
    """A journey as its file tells it.

    It `begins` at an event, for whoever is of the `audience` when a step is due; at that `of` one tag, one grade or the
    coupons of one name only, empty for any. `again`: once, each time, or not within so many days. It ends early once
    its `goal` is met. `split`: so many in a hundred go by arm b.
    """

    begins: Beginning
    of: Annotated[str, AfterValidator(folded)] = ""
    on: bool = False  # as it comes
    also: tuple[str, ...] = ()  # more kinds of letters that a job sends
    again: str = Field("once", pattern=r"^(once|each|\d{1,4} days)$")
    audience: str = ""
    goal: Literal["", "purchase", "first purchase", "same product"] = ""
    split: int = Field(0, ge=0, le=100)
    title: Words
    about: Words
    steps: tuple[Step, ...] = Field(min_length=1)

    def step(self, name: str) -> Step | None:
        """A step by its name; None where this release has none of that name."""
        return next((step for step in self.steps if step.name == name), None)

    def after(self, name: str, arm: str) -> Iterable[Step]:
        """The steps of an arm from one on. On days of the calendar each goes by itself."""
        if self.begins == "date":
            return (step for step in self.steps if step.name == name)
        at = [step.name for step in self.steps].index(name)
        return (step for step in self.steps[at:] if step.arm in ("", arm))


@dataclass(frozen=True, slots=True)
class Standing:
    """A journey as it stands: whether it is on, and how many in a hundred are kept back to compare with."""

    name: str
    journey: Journey
    on: bool
    holdout: int


def written(file: Path) -> Journey:
    """The journey of a file. Raises what is wrong with it."""
    return Journey.model_validate(tomllib.loads(file.read_text("utf-8")))


@cache
def shipped() -> dict[str, Journey]:
    """The journeys that there are, by name, in the order of the alphabet: those that ship, and the owner's files."""
    presets = {file.stem: written(file) for file in FOLDER.glob("*.toml")}
    return dict(sorted((presets | OWN).items()))


@cache
def jobs() -> dict[str, str]:
    """The journeys that are jobs of their own, by each kind of letter that they send."""
    known = shipped().items()
    found = ((name, journey) for name, journey in known if journey.begins == "job")
    return {kind: name for name, journey in found for kind in (*(step.name for step in journey.steps), *journey.also)}


def standing(session: Session) -> dict[str, Standing]:
    """All journeys as they stand, by name, with what the owner edited."""
    rows = {row.name: row for row in session.connection().execute(JOURNEYS.select())}
    edits: dict[str, dict[str, dict[str, str]]] = {}
    for edit in session.connection().execute(JOURNEY_EDITS.select()):
        edits.setdefault(edit.journey, {}).setdefault(edit.step, {})[edit.part] = edit.value
    return {
        name: Standing(name, _edited(journey, edits.get(name, {})), rows[name].switched_on, rows[name].holdout)
        if name in rows
        else Standing(name, _edited(journey, edits.get(name, {})), on=journey.on, holdout=0)
        for name, journey in shipped().items()
    }


def _edited(journey: Journey, edits: dict[str, dict[str, str]]) -> Journey:
    if not edits:
        return journey
    steps = [step.edited(edits.get(step.name, {})) for step in journey.steps]
    if journey.begins not in ("job", "date"):
        steps.sort(key=lambda step: step.day)
    return journey.model_copy(update={"steps": tuple(steps)})


def is_on(session: Session, name: str) -> bool:
    """Whether a journey is on."""
    switched = select(JOURNEYS.c.switched_on).where(JOURNEYS.c.name == name)
    found = session.connection().execute(switched).scalar()
    return shipped()[name].on if found is None else bool(found)


def held_back(session: Session, kind: str) -> bool:
    """Whether a kind of letter belongs to a job that is switched off."""
    return kind in jobs() and not is_on(session, jobs()[kind])


def own_words(session: Session, kind: str) -> dict[str, str]:
    """What the owner put in place of a job's own words, by language."""
    if kind not in jobs():
        return {}
    here = (JOURNEY_EDITS.c.journey == jobs()[kind], JOURNEY_EDITS.c.step == kind)
    rows = session.connection().execute(select(JOURNEY_EDITS.c.part, JOURNEY_EDITS.c.value).where(*here))
    return {part.removeprefix(TEXT): value for part, value in rows if part.startswith(TEXT)}


def awaited(session: Session) -> frozenset[str]:
    """The events that a journey waits for which is on: one quick look, for acts that many wait for."""
    names = session.connection().execute(_switched_on).scalars().all()
    return frozenset(shipped()[name].begins for name in names if name in shipped())


def on(session: Session) -> list[Standing]:
    """The journeys that are on."""
    return [each for each in standing(session).values() if each.on]


def one(session: Session, name: str) -> Standing:
    """A journey by its name, however it is written. Raises NoSuchJourney."""
    found = standing(session).get("-".join(name.lower().replace("_", " ").split()))
    if found is None:
        raise NoSuchJourney(name=name[:40], names=", ".join(shipped()))
    return found


def switch(session: Session, by: Person, name: str, *, on: bool, now: datetime) -> Standing:
    """Switch a journey on or off. Off, it ends at once for all who are on it. Raises NoSuchJourney."""
    found = one(session, name)
    if found.on == on:
        return found
    insert_once(session, JOURNEYS, name=found.name, switched_on=on, holdout=0, since=now)
    here = JOURNEYS.update().where(JOURNEYS.c.name == found.name)
    session.connection().execute(here.values(switched_on=on, since=now))
    if not on:
        under_way = (TRIPS.c.journey == found.name, TRIPS.c.state == UNDER_WAY)
        ended = {"state": STOPPED, "reason": "switched off", "ended_at": now, "next_at": None}
        session.connection().execute(TRIPS.update().where(*under_way).values(ended))
    audit.note(session, by.member_id, "journey on" if on else "journey off", now=now, journey=found.name)
    return one(session, found.name)


def hold_out(session: Session, by: Person, name: str, share: int, *, now: datetime) -> Standing:
    """Keep back so many in a hundred of those who begin from now on. Raises NoSuchJourney, BadHoldout."""
    found = one(session, name)
    if found.journey.begins == "job" or not 0 <= share <= MOST_BACK:
        raise BadHoldout(limit=MOST_BACK)
    insert_once(session, JOURNEYS, name=found.name, switched_on=found.on, holdout=share, since=now)
    session.connection().execute(JOURNEYS.update().where(JOURNEYS.c.name == found.name).values(holdout=share))
    audit.note(session, by.member_id, "journey holdout", now=now, journey=found.name, share=share)
    return one(session, found.name)


def _on(day: date, weekday: str | None) -> date:
    """The day itself, or the next such weekday from it on."""
    if weekday is None:
        return day
    return day + timedelta(days=(WEEKDAYS.index(weekday) - day.weekday()) % 7)
