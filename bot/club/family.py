"""Relatives of members: whose dates are kept, and what is still to be asked of each."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, func, select

from bot.club import consents, outbox
from bot.club.calendar import YearlyDate
from bot.club.errors import ClubError, TooMany
from bot.club.occasions import coming, put_down, when_of
from bot.club.rules import Shop
from bot.i18n import N_
from db.occasions import Occasion

MOST = 20  # relatives of one member
LONGEST_RELATION, LONGEST_NAME = 20, 32  # characters
GROWN_UP = 18  # years

# How people call them, in our languages. What is not here is kept as it was typed: 外婆 is not 奶奶.
RELATIONS = {
    "mother": "mother mum mom mama mommy mummy 妈妈 妈 老妈 母亲 媽媽 媽 老媽 母親",
    "father": "father dad papa daddy 爸爸 爸 老爸 父亲 父親",
    "wife": "wife 太太 妻子 老婆 夫人",
    "husband": "husband 先生 丈夫 老公",
    "son": "son 儿子 兒子",
    "daughter": "daughter 女儿 女兒 闺女 閨女",
    "grandmother": "grandmother grandma granny 奶奶 祖母",
    "grandfather": "grandfather grandpa granddad 爷爷 爺爺 祖父",
    "brother": "brother 兄弟",
    "sister": "sister 姐妹 姊妹",
    "friend": "friend 朋友",
    "child": "child kid baby boy girl 孩子 小孩 宝宝 寶寶 宝贝 寶貝",
}
KEYS = {word: key for key, words in RELATIONS.items() for word in words.split()}
CHILDREN = ("son", "daughter", "child")
ONESELF = ("self", "me", "myself", "自己", "本人", "我")


class BadRelation(ClubError):
    """A relation without a word in it, or a long one."""

    says = N_("Please say who it is in a word or two, at most 20 characters, such as mother or colleague.")


class BadName(ClubError):
    """A first name without a word in it, or a long one."""

    says = N_("Please write a first name, at most 32 characters.")


class BirthdayElsewhere(ClubError):
    """One's own birthday, told as a relative's."""

    says = N_("Your own birthday has its place under /profile.")


class KnownRelative(ClubError):
    """A second relative of one relation and name."""

    says = N_("They are on your list already. /family changes their date; a second one needs a name of their own.")


class NoSuchRelative(ClubError):
    """A name or button that no relative of this member has."""

    says = N_("I find nobody like that, or several, among your family. /family shows who is there.")


@dataclass(frozen=True, slots=True)
class Relative:
    """A relative as their member sees them."""

    id: int
    relation: str
    name: str
    when: YearlyDate
    next_on: date


@dataclass(frozen=True, slots=True)
class Draft:
    """What was told of a relative so far. `id`: of one who is kept already; `sure`: the one reading was confirmed."""

    relation: str | None = None
    name: str | None = None
    readings: tuple[YearlyDate, ...] = ()
    sure: bool = False
    id: int | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """The draft as a conversation keeps it."""
        return {"draft": asdict(self)}

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "Draft":
        """The draft that a conversation keeps."""
        draft = facts["draft"]
        return cls(**draft | {"readings": tuple(YearlyDate(**reading) for reading in draft["readings"])})


class Missing(StrEnum):
    """What is still to be asked before a relative can be kept, in the order of asking."""

    RELATION = "relation"
    FAMILY = "family"  # the member's yes to the purpose
    CHILDREN = "children"
    NAME = "name"
    DATE = "date"
    WHICH = "which"  # of several readings
    CONFIRM = "confirm"


def read_relation(text: str) -> str:
    """A relation under its key, or as it was typed. Raises BadRelation, BirthdayElsewhere."""
    words = _tidy(text)
    plain = words.casefold()
    if plain in ONESELF:
        raise BirthdayElsewhere
    if not re.search(r"\w", words) or len(words) > LONGEST_RELATION:
        raise BadRelation
    return KEYS.get(plain, words)


def read_name(text: str) -> str:
    """A first name. Raises BadName."""
    words = _tidy(text)
    if not re.search(r"\w", words) or len(words) > LONGEST_NAME:
        raise BadName
    return words


def is_child(relation: str | None, readings: tuple[YearlyDate, ...], today: date) -> bool:
    """Whether it is a child's date: by the relation, or by the year of birth."""
    return relation in CHILDREN or any(when.year and when.year + GROWN_UP >= today.year for when in readings)


def missing(session: Session, member_id: int, draft: Draft, *, today: date) -> Missing | None:
    """What is to be asked next of a draft."""
    child = is_child(draft.relation, draft.readings, today)
    open_ones = {
        Missing.RELATION: draft.relation is None,
        Missing.FAMILY: not consents.given(session, member_id, "family"),
        Missing.CHILDREN: child and not consents.given(session, member_id, "children"),
        Missing.NAME: draft.name is None,
        Missing.DATE: not draft.readings,
        Missing.WHICH: len(draft.readings) > 1,
        Missing.CONFIRM: not draft.sure,
    }
    return next((what for what, is_open in open_ones.items() if is_open), None)


def listed(session: Session, member_id: int, shop: Shop, *, now: datetime) -> list[Relative]:
    """A member's relatives, the one whose day comes next first."""
    rows = session.exec(select(Occasion).where(Occasion.member_id == member_id, Occasion.relation != "self"))
    return sorted((_shown(row, shop, now) for row in rows), key=lambda relative: (relative.next_on, relative.id))


def one(session: Session, member_id: int, relative_id: int, shop: Shop, *, now: datetime) -> Relative:
    """One of a member's relatives. Raises NoSuchRelative."""
    return _shown(_own(session, member_id, relative_id), shop, now)


def called(session: Session, member_id: int, words: str, shop: Shop, *, now: datetime) -> Relative:
    """The relative whom a member means by a name or by a relation. Raises NoSuchRelative where not one alone fits."""
    word = _tidy(words).casefold()
    everybody = listed(session, member_id, shop, now=now)
    named = [relative for relative in everybody if relative.name.casefold() == word]
    related = [relative for relative in everybody if relative.relation.casefold() == KEYS.get(word, word)]
    for found in (named, related):
        if len(found) == 1:
            return found[0]
    raise NoSuchRelative


def keep(session: Session, member_id: int, draft: Draft, shop: Shop, *, now: datetime) -> Relative:
    """Keep a relative of whom nothing is missing. A changed date withdraws what the old one had prepared.

    Raises TooMany, KnownRelative, NoSuchRelative.
    """
    relation, name, [when] = draft.relation or "", draft.name or "", draft.readings
    same = (Occasion.member_id == member_id, Occasion.relation == relation, Occasion.name == name)
    if session.exec(select(Occasion.id).where(*same, col(Occasion.id).is_distinct_from(draft.id))).first():
        raise KnownRelative
    next_day = coming(when, shop, now=now)
    if draft.id:
        kept = _own(session, member_id, draft.id)
    else:
        _room(session, member_id)
        kept = Occasion(member_id=member_id, month=when.month, day=when.day, next_on=next_day, set_at=now)
    kept.relation, kept.name = relation, name
    if when_of(kept) != when or not draft.id:
        put_down(kept, when, next_day, now=now)
        _withdraw(session, kept, "date changed", now)
    session.add(kept)
    session.flush()
    return _shown(kept, shop, now)


def remove(session: Session, member_id: int, relative_id: int, *, now: datetime) -> None:
    """Forget a relative, and withdraw what was prepared. Raises NoSuchRelative."""
    kept = _own(session, member_id, relative_id)
    _withdraw(session, kept, "relative removed", now)
    session.delete(kept)


def forget(session: Session, member_id: int, *, now: datetime) -> int:
    """Forget all of a member's relatives, and the yes about their children. Returns how many they were."""
    consents.withdraw(session, member_id, "children", now=now)
    rows = session.exec(select(Occasion).where(Occasion.member_id == member_id, Occasion.relation != "self")).all()
    for kept in rows:
        _withdraw(session, kept, "relative removed", now)
        session.delete(kept)
    return len(rows)


def _withdraw(session: Session, occasion: Occasion, reason: str, now: datetime) -> None:
    kinds, keys = ("family", "family_offer"), f"family:{occasion.id}:"
    outbox.withdraw(session, occasion.member_id, kinds, reason, now=now, keys=keys)


def _room(session: Session, member_id: int) -> None:
    relatives = select(func.count()).where(Occasion.member_id == member_id, Occasion.relation != "self")
    if session.exec(relatives).one() >= MOST:
        raise TooMany(limit=MOST)


def _own(session: Session, member_id: int, relative_id: int) -> Occasion:
    kept = session.get(Occasion, relative_id)
    if kept is None or kept.member_id != member_id or kept.relation == "self":
        raise NoSuchRelative
    return kept


def _shown(occasion: Occasion, shop: Shop, now: datetime) -> Relative:
    when = when_of(occasion)
    return Relative(occasion.id or 0, occasion.relation, occasion.name, when, coming(when, shop, now=now))


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
