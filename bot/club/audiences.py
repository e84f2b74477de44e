"""Audiences: members as staff ask for them, `grade:vip NOT tag:tea`, each made into one WHERE over the members' table.

What can be asked of members is told in traits.py.
"""

import difflib
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true
from sqlmodel import Session

from bot.club import habits, queries, traits
from bot.club.errors import ClubError
from bot.club.members import Named
from bot.club.names import folded
from bot.club.queries import BadValue, Joined, Term, Tree
from bot.club.rules import Shop
from bot.club.traits import At, Field
from bot.i18n import N_
from db.members import ACCOUNTS, MEMBERS

FIELDS = (*traits.FIELDS, *habits.FIELDS)
EVERYBODY = ("all", "everyone", "everybody", "所有人", "全部", "全体", "全體", "大家")


class NoSuchField(ClubError):
    """A field that cannot be asked for; `near` is the one most like it."""

    says = N_("Members cannot be asked for by “{word}”. Did you mean “{near}:”? All that works: {fields}")


@dataclass(frozen=True, slots=True)
class Audience:
    """Members as they were asked for: the query, and the WHERE over the members' table that it means."""

    text: str
    where: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Count:
    """How many the club knows who fit, how many of them agreed, how many can be written to."""

    known: int
    agreed: int
    reachable: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A member in a list for the staff."""

    who: Named
    grade: str
    points: int


def read(text: str, shop: Shop, *, now: datetime, called: Callable[[str], str] = str) -> Audience:
    """The audience that a query means. Raises TooLong, BadQuery, NoSuchField, BadValue."""
    at = At(shop, now, called)
    return Audience(text.strip(), and_(MEMBERS.c.erased_at.is_(None), _where(queries.parse(text), at)))


def within(query: str, shop: Shop, now: datetime, called: Callable[[str], str] = str) -> ColumnElement[bool]:
    """The WHERE of a query that was kept: everybody for an empty one, nobody for a name that was taken away since."""
    if not query:
        return true()
    try:
        return read(query, shop, now=now, called=called).where
    except ClubError:
        return false()


def is_one(words: str, shop: Shop) -> bool:
    """Whether words ask for members, `grade:vip`, a name or `all`, rather than name one of them."""
    plain = unicodedata.normalize("NFKC", words).casefold().strip()
    named = any(word.strip("()") in shop.audiences for word in plain.split())
    return plain in EVERYBODY or named or (":" in plain and "://" not in plain)


def sizes(session: Session, found: Iterable[Audience]) -> list[int]:
    """How many agreed of each of some audiences, in one look."""
    many = [func.count().filter(each.where) for each in found]
    agreed = select(*many).select_from(MEMBERS).where(MEMBERS.c.consent.is_not(None))
    return [*session.connection().execute(agreed).one()] if many else []


def count(session: Session, audience: Audience) -> Count:
    """How many an audience is."""
    many = (
        select(
            func.count(),
            func.count(MEMBERS.c.consent),
            func.count().filter(exists().where(ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.reachable)),
        )
        .select_from(MEMBERS)
        .where(audience.where)
    )
    return Count(*session.connection().execute(many).one())


def newest(session: Session, audience: Audience, size: int = 20) -> list[Listed]:
    """Those of an audience who came last."""
    columns = MEMBERS.c.id, MEMBERS.c.name, MEMBERS.c.grade, MEMBERS.c.points
    rows = select(*columns).where(audience.where).order_by(MEMBERS.c.id.desc()).limit(size)
    return [Listed(Named(row.id, row.name), row.grade, row.points) for row in session.connection().execute(rows)]


def _where(tree: Tree, at: At) -> ColumnElement[bool]:
    if isinstance(tree, Joined):
        parts = [_where(part, at) for part in tree.parts]
        return not_(parts[0]) if tree.how == "not" else (or_ if tree.how == "or" else and_)(*parts)
    if not tree.value and tree.field.casefold() in EVERYBODY:
        return true()
    if not tree.value and (named := at.shop.audiences.get(folded(tree.field))):
        return _where(queries.parse(named), at)
    field = _field(tree)
    asked = [_one(field, Term(tree.field, tree.op, each.strip()), at) for each in _each(tree)]
    return asked[0] if len(asked) == 1 else or_(*asked)


def _each(term: Term) -> list[str]:
    """The values of a term: `vip,svip` is either of them."""
    return [each for each in term.value.replace("，", ",").replace("、", ",").split(",") if each.strip()] or [""]


def _one(field: Field, term: Term, at: At) -> ColumnElement[bool]:
    found = field.where(term, at)
    if found is None:
        raise BadValue(value=(term.op * (term.op != "=") + term.value)[:40], field=term.field, works=field.works)
    return found


def _field(term: Term) -> Field:
    for field in FIELDS:
        if term.field in field.names and term.value:
            return field
    names = [name for field in FIELDS for name in field.names]
    near = difflib.get_close_matches(term.field.casefold(), names, n=1, cutoff=0.1) or [FIELDS[0].names[0]]
    raise NoSuchField(word=term.field[:40], near=near[0], fields=", ".join(f"{field.names[0]}:" for field in FIELDS))
