"""Audiences under a name: kept, changed, taken away. The name stands for its query in any other."""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.club import audit, queries
from bot.club.audiences import EVERYBODY
from bot.club.errors import ClubError, TooMany
from bot.club.members import Person
from bot.club.names import folded
from bot.club.queries import Joined, Term, Tree
from bot.club.rules import TURNS
from bot.i18n import N_
from db.audiences import NAMED_AUDIENCES
from db.engine import one_at_a_time, tell

NAME, BYTES = re.compile(r"[\w-]+"), 30  # so that it fits on a button
MOST = 50
CHANGES = 0x61_7564_6965  # "audie", in PostgreSQL's numbers of advisory locks
JOINING = ("and", "or", "not", *queries.JOINING)


class BadAudienceName(ClubError):
    """A name that could not stand in a query."""

    says = N_("“{name}” cannot be the name of an audience. A short word works, as in {form}.")


class AudienceLoop(ClubError):
    """An audience that would mean itself."""

    says = N_("“{name}” would mean itself. Please leave it out of its own query.")


class NoSuchAudience(ClubError):
    """A name that no audience has."""

    says = N_("No audience has the name “{name}”. /audience lists them.")


def current(session: Session) -> Mapping[str, str]:
    """The query of each name, as it is looked up."""
    rows = session.connection().execute(select(NAMED_AUDIENCES.c.folded, NAMED_AUDIENCES.c.query))
    return {row.folded: row.query for row in rows}


def keep(session: Session, by: Person, name: str, query: str, *, now: datetime) -> None:
    """Give a query a name; one that has the name already is replaced. The query was read by audiences.read.

    Raises BadAudienceName, AudienceLoop, TooMany.
    """
    key = folded(name)
    if not NAME.fullmatch(name) or len(name.encode()) > BYTES or key in EVERYBODY or key in JOINING or key.isdigit():
        raise BadAudienceName(name=name[:40], form=N_("/audience fans grade:vip tag:tea"))
    one_at_a_time(session, CHANGES)  # so that what is told of them is in order
    known = current(session)
    if key in _means(query, known):
        raise AudienceLoop(name=name)
    if key not in known and len(known) >= MOST:
        raise TooMany(limit=MOST)
    connection = session.connection()
    connection.execute(NAMED_AUDIENCES.delete().where(NAMED_AUDIENCES.c.folded == key))
    row = {"folded": key, "name": name, "query": query, "made_by": by.member_id, "made_at": now}
    connection.execute(NAMED_AUDIENCES.insert(), row)
    audit.note(session, by.member_id, "audience", now=now, audience=name)
    tell(session, "words", (next(TURNS), "audiences", current(session)))


def remove(session: Session, by: Person, name: str, *, now: datetime) -> str:
    """Take a name away. Returns it as it was written. Raises NoSuchAudience."""
    one_at_a_time(session, CHANGES)  # so that what is told of them is in order
    if folded(name) not in current(session):  # a forged button may name what no database takes
        raise NoSuchAudience(name=name[:40])
    here = NAMED_AUDIENCES.c.folded == folded(name)
    gone = session.connection().execute(NAMED_AUDIENCES.delete().where(here).returning(NAMED_AUDIENCES.c.name)).scalar()
    audit.note(session, by.member_id, "audience remove", now=now, audience=gone)
    tell(session, "words", (next(TURNS), "audiences", current(session)))
    return str(gone)


def listed(session: Session) -> list[tuple[str, str]]:
    """Every name and its query, in the order of the names."""
    rows = select(NAMED_AUDIENCES.c.name, NAMED_AUDIENCES.c.query).order_by(NAMED_AUDIENCES.c.folded)
    return [(name, query) for name, query in session.connection().execute(rows)]


def _means(query: str, known: Mapping[str, str]) -> set[str]:
    """Every name that a query leads to, however far."""
    found, open_ones = set[str](), [query]
    while open_ones:
        more = _words(queries.parse(open_ones.pop())) - found
        found |= more
        open_ones += [known[name] for name in more & known.keys()]
    return found


def _words(tree: Tree) -> set[str]:
    """The words of a query that stand alone."""
    if isinstance(tree, Joined):
        return {word for part in tree.parts for word in _words(part)}
    return {folded(tree.field)} if isinstance(tree, Term) and not tree.value else set()
