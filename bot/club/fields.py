"""The shop's own fields of the profile: what a manager makes, and how an answer to one is read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from bot.club import audit
from bot.club.calendar import YearlyDate
from bot.club.errors import BadText, ClubError, StaleButton, TooLong
from bot.i18n import N_
from db.engine import insert_once
from db.profile import OWN_FIELDS

KINDS = ("text", "choice", "date", "number")
DEPTHS = ("basic", "middle", "value", "high")
MOST = 20  # fields
LABEL, REASON, CHOICE, LONGEST = 30, 100, 30, 100  # characters, the last of an answer
FEWEST_CHOICES, MOST_CHOICES = 2, 10
MOST_POINTS = 1000
LARGEST = 10**9
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,10})(?:\.[0-9]{1,6})?")


class FieldExists(ClubError):
    """A label that another field of the shop bears."""

    says = N_("There is a field “{label}” already.")


class TooManyFields(ClubError):
    """One field more than the shop may have."""

    says = N_("{limit} fields of your own are the most. Hide one that you no longer need and give it a new name.")


class BadChoices(ClubError):
    """Choices that are too few, too many, or the same."""

    says = N_("Please write 2 to 10 different choices, such as: green, black, white.")


class BadWorth(ClubError):
    """Points for a field that are no whole number in bounds."""

    says = N_("Please write a whole number of points from 0 to {limit}.")


class PickOne(ClubError):
    """A step that only its buttons answer."""

    says = N_("Please tap one of these: {options}.")


class BadChoice(ClubError):
    """An answer that is none of the choices."""

    says = N_("Please choose one of these: {choices}.")


class BadAmount(ClubError):
    """An answer that is no number in bounds."""

    says = N_("Please answer with a number alone, such as 38.5.")


class FieldHidden(ClubError):
    """An answer about a field that the shop hid since it asked."""

    says = N_("The shop no longer asks about that, so I noted nothing. /profile shows what it likes to know.")


class BadDay(ClubError):
    """An answer that is no solar date, or one that is still to come."""

    says = N_("I could not read that as a date of the past. Please write it like 15 Aug 2020 or 8-15, solar.")


@dataclass(frozen=True, slots=True)
class Own:
    """A field of the shop's own making. `reason` may be empty; a hidden one is neither shown nor asked."""

    id: int
    label: str
    kind: str
    choices: tuple[str, ...]
    depth: str
    reason: str
    points: int
    hidden: bool

    @property
    def name(self) -> str:
        """What answers and buttons call it."""
        return f"own{self.id}"


_all = select(OWN_FIELDS).order_by(OWN_FIELDS.c.id)
_shown = _all.where(OWN_FIELDS.c.hidden.is_(False))


def listed(session: Session) -> list[Own]:
    """All fields of the shop's own, for its managers."""
    return [_own(row) for row in session.connection().execute(_all)]


def shown(session: Session) -> list[Own]:
    """Those that members see."""
    return [_own(row) for row in session.connection().execute(_shown)]


def find(session: Session, field_id: int) -> Own:
    """One field, for its managers. Raises StaleButton."""
    row = session.connection().execute(select(OWN_FIELDS).where(OWN_FIELDS.c.id == field_id)).first()
    if row is None:
        raise StaleButton
    return _own(row)


def named(session: Session, name: str) -> Own | None:
    """The field of the shop's own that `own7` names, None for another name. Raises StaleButton where there is none."""
    numbered = re.fullmatch("own([0-9]{1,9})", name)
    return find(session, int(numbered[1])) if numbered else None


def called(session: Session, name: str) -> Own | None:
    """The same for members, to whom a hidden field does not exist."""
    own = named(session, name)
    if own and own.hidden:
        raise StaleButton
    return own


def make(
    session: Session,
    staff_id: int,
    *,
    label: str,
    kind: str,
    depth: str,
    reason: str,
    points: int,
    choices: list[str],
    now: datetime,
) -> Own:
    """Make a field, of what `READERS` read. Raises FieldExists, TooManyFields."""
    made, values = None, {"label": label, "kind": kind, "depth": depth, "reason": reason, "points": points}
    while made is None:  # again where a colleague took the same number at the same time
        number = may_make(session) + 1
        free(session, label)
        more = {"folded": _folded(label), "choices": choices, "hidden": False, "made_at": now}
        made = insert_once(session, OWN_FIELDS, id=number, **values, **more)
    audit.note(session, staff_id, "field new", now=now, field=made)
    return find(session, made)


def may_make(session: Session) -> int:
    """How many fields the shop has. Raises TooManyFields where another is one too many."""
    many: int = session.connection().execute(select(func.count()).select_from(OWN_FIELDS)).scalar_one()
    if many >= MOST:
        raise TooManyFields(limit=MOST)
    return many


def free(session: Session, label: str, but: int | None = None) -> None:
    """Let a label be given, to the field `but` too if it bears it already. Raises FieldExists."""
    same = select(OWN_FIELDS.c.id).where(OWN_FIELDS.c.folded == _folded(label), OWN_FIELDS.c.id.is_distinct_from(but))
    if session.connection().execute(same).first():
        raise FieldExists(label=label)


def change(session: Session, staff_id: int, field_id: int, what: str, value: Any, *, now: datetime) -> Own:
    """Change a field's label, reason, points, or whether it is hidden. Raises FieldExists, StaleButton."""
    values = {what: value}
    if what == "label":
        free(session, value, but=field_id)
        values["folded"] = _folded(value)
    session.connection().execute(update(OWN_FIELDS).where(OWN_FIELDS.c.id == field_id).values(**values))
    audit.note(session, staff_id, "field change", now=now, field=field_id, what=what)
    return find(session, field_id)


def read(own: Own, answer: str) -> str:
    """An answer to a field as it is kept; a date is read by whoever knows the language, and `written`.

    Raises BadText, BadChoice, BadAmount.
    """
    if len(answer) > LONGEST:
        raise BadText
    if own.kind == "choice":
        meant = next((choice for choice in own.choices if _folded(choice) == _folded(answer)), None)
        if meant is None:
            raise BadChoice(choices=", ".join(own.choices))
        return meant
    if own.kind == "number":
        return _number(answer)
    return answer if own.kind == "date" else words(answer)


def written(when: YearlyDate) -> str:
    """A date as it is kept: 2020-08-15, or 08-15 without its year. Raises BadDay for a lunar one."""
    if when.calendar != "solar":
        raise BadDay
    return f"{when.year}-{when.month:02}-{when.day:02}" if when.year else f"{when.month:02}-{when.day:02}"


def value(own: Own, kept: str) -> str | date | YearlyDate:
    """What is kept, as it is put into words."""
    if own.kind != "date":
        return kept
    if len(kept) == len("08-15"):
        return YearlyDate("solar", int(kept[:2]), int(kept[3:]))
    return date.fromisoformat(kept)


def words(text: str) -> str:
    """A text of one line. Raises BadText where there is no word in it."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if not re.search(r"\w", text):
        raise BadText
    return text


def _label(text: str) -> str:
    return _short(words(text), LABEL)


def _choices(text: str) -> list[str]:
    parts = text.splitlines() if "\n" in text.strip() else re.split("[,，、;；]", text)
    choices = [_short(words(part), CHOICE) for part in parts if part.strip()]
    if len({_folded(choice) for choice in choices}) != len(choices):
        raise BadChoices
    if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES:
        raise BadChoices
    return choices


def _reason(text: str) -> str:
    return _short(words(text), REASON)


def _points(text: str) -> int:
    figures = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch("[0-9]{1,4}", figures) or int(figures) > MOST_POINTS:
        raise BadWorth(limit=MOST_POINTS)
    return int(figures)


# How a manager's words about a field are read.
READERS: dict[str, Callable[[str], Any]] = {
    "label": _label,
    "choices": _choices,
    "reason": _reason,
    "points": _points,
}


def _number(answer: str) -> str:
    figures = unicodedata.normalize("NFKC", answer).strip().replace("−", "-")
    if not NUMBER.fullmatch(figures):
        raise BadAmount
    number = Decimal(figures.replace(",", ""))
    if abs(number) > LARGEST:
        raise BadAmount
    return f"{number.normalize():f}"


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise TooLong(limit=limit)
    return text


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _own(row: Row[Any]) -> Own:
    return Own(row.id, row.label, row.kind, tuple(row.choices), row.depth, row.reason, row.points, row.hidden)
