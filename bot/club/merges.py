"""Two members who are one person: all that the shop keeps of somebody from a list goes over to who came themselves.

The books are not rewritten: the points go out of one member and into the other by an entry each, and the lots keep the
day on which they lapse. Only somebody without an account can be merged away: nobody's own words decide over another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, case, func, or_, select
from sqlmodel import Session

from bot.club import audit, blacklist, consents, grades, members, points, privacy
from bot.club.errors import ClubError, StaleButton, UnknownMember
from bot.club.members import Named, Person, Who
from bot.club.rules import Shop
from bot.i18n import N_
from db.api import API_REPLIES
from db.blacklist import BLOCKS
from db.coupons import COUPONS
from db.journeys import TRIPS
from db.members import ACCOUNTS, MEMBERS
from db.notes import NOTES, TAGS
from db.occasions import OCCASIONS
from db.points import BOOSTS, ENTRIES, LOTS
from db.profile import ANSWER_CHANGES, ANSWERS
from db.purchases import PURCHASES
from db.ratings import RATINGS
from db.standings import MANUAL_GRADES
from db.supplies import REORDERS, SUPPLIES
from db.webhooks import EVENTS

# What goes over whole.
GOES = (LOTS, PURCHASES, COUPONS, NOTES, BOOSTS, TRIPS, RATINGS, REORDERS, API_REPLIES, EVENTS, BLOCKS)
FILLS = (
    (TAGS, ("tag",)),
    (OCCASIONS, ("relation", "name")),
    (ANSWERS, ("field",)),
    (SUPPLIES, ("product_id",)),
    (MANUAL_GRADES, ()),
)  # goes where nothing is yet


class WasHere(ClubError):
    """A merge of somebody who has an account."""

    says = N_("{whose} has been here themselves, so that cannot be merged away. Only somebody from a list can.")


class SameMember(ClubError):
    """A merge of a member with themselves."""

    says = N_("That is one and the same member.")


@dataclass(frozen=True, slots=True)
class Merged:
    """Who goes and who stays, with what goes over."""

    gone: Named
    stays: Named
    points: int
    purchases: int


def foresee(session: Session, gone: Who, stays: Who) -> Merged:
    """What a merge would do. Raises UnknownMember, WhichMember, WasHere, SameMember."""
    return _pair(session, members.find(session, gone), members.find(session, stays))


def merge(session: Session, by: Person, gone: int, stays: int, shop: Shop, *, now: datetime) -> Merged:
    """Merge somebody from a list into who came themselves. Raises StaleButton, WasHere, SameMember, UnknownMember."""
    pair = _pair(session, _named(session, gone), _named(session, stays))
    audit.note(session, by.member_id, "merge", stays, now=now, gone=pair.gone.number)
    join(session, gone, stays, shop, now=now)
    return pair


def join(session: Session, gone: int, stays: int, shop: Shop, *, now: datetime) -> None:
    """Let everything of one member go over to another, who stays."""
    connection = session.connection()
    points.lock(session, sorted((gone, stays)))
    moved = connection.execute(select(MEMBERS).where(MEMBERS.c.id == gone)).one()
    if moved.points:
        told = {"source": "merge", "at": now}
        for who, amount, way in ((gone, -moved.points, "out"), (stays, moved.points, "in")):
            about = told | {"member_id": who, "amount": amount, "key": f"merge:{gone}:{way}"}
            connection.execute(ENTRIES.insert(), about)
    for table in GOES:
        connection.execute(table.update().where(table.c.member_id == gone).values(member_id=stays))
    connection.execute(MEMBERS.update().where(MEMBERS.c.id == gone).values(points=0, owed=0))
    more: dict[str, Any] = {"points": MEMBERS.c.points + moved.points, "owed": MEMBERS.c.owed + moved.owed}
    more["met_at"] = case((MEMBERS.c.met_at > moved.met_at, moved.met_at), else_=MEMBERS.c.met_at)
    if moved.moved_at:  # somebody without points never moved any
        earlier = or_(MEMBERS.c.moved_at.is_(None), MEMBERS.c.moved_at < moved.moved_at)
        more["moved_at"] = case((earlier, moved.moved_at), else_=MEMBERS.c.moved_at)
    connection.execute(MEMBERS.update().where(MEMBERS.c.id == stays).values(more))
    points.settle(session, [stays], key=f"merge:{gone}", now=now)
    blacklist.inherit(session, gone, stays, now=now)
    for fills, by in FILLS:
        _fill(session, fills, by, gone, stays)
    connection.execute(ANSWERS.delete().where(ANSWERS.c.member_id == gone))  # before they are remembered as erased
    privacy.erase(session, gone, now=now)
    grades.review(session, [stays], shop, quiet=True, now=now)
    grades.show(session, [stays], shop, now=now, quiet=True)


def _fill(session: Session, table: Table, by: tuple[str, ...], gone: int, stays: int) -> None:
    """Let the rows go over whose place is free."""
    other = table.alias()
    same = [table.c[name] == other.c[name] for name in by]
    free: ColumnElement[bool] = ~select(other.c.member_id).where(other.c.member_id == stays, *same).exists()
    goes = table.update().where(table.c.member_id == gone, free).values(member_id=stays)
    if table is ANSWERS:
        went = goes.returning(ANSWERS.c.field)
        fields = session.connection().execute(went).scalars().all()
        history = ANSWER_CHANGES.c.member_id == gone, ANSWER_CHANGES.c.field.in_(fields)
        session.connection().execute(ANSWER_CHANGES.update().where(*history).values(member_id=stays))
    else:
        session.connection().execute(goes)


def _pair(session: Session, gone: Named, stays: Named) -> Merged:
    """Two members who may be merged. Raises WasHere, SameMember, UnknownMember."""
    connection = session.connection()
    if gone.member_id == stays.member_id:
        raise SameMember
    if connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.member_id == gone.member_id)).first():
        raise WasHere(whose=gone)
    if not consents.served(session, stays.member_id):
        raise UnknownMember(who=stays.number)
    return Merged(gone, stays, *having(session, gone.member_id))


def having(session: Session, member_id: int) -> tuple[int, int]:
    """The points of a member, and how many purchases."""
    bought = select(func.count()).where(PURCHASES.c.member_id == member_id, PURCHASES.c.undone_at.is_(None))
    balance = select(MEMBERS.c.points).where(MEMBERS.c.id == member_id)
    return session.connection().execute(balance).scalar_one(), session.connection().execute(bought).scalar_one()


def _named(session: Session, member_id: int) -> Named:
    here = select(MEMBERS.c.name).where(MEMBERS.c.id == member_id, MEMBERS.c.erased_at.is_(None))
    found = session.connection().execute(here.with_for_update()).first()
    if found is None:
        raise StaleButton
    return Named(member_id, found.name)
