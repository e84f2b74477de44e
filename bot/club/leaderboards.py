"""The leaderboard: who earned most points this week and this month by what they did.

Named is only who agreed and does not wish otherwise; the others have their place without a name.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session

from bot.club.rules import Shop
from db.members import MEMBERS
from db.points import ENTRIES
from db.staff import STAFF

TOP = 10  # places
GIVEN = ("grant", "given_back", "merge", "import", "import_until")  # points that nobody earned by what they did
TAKEN = ("refund", "undone")  # what went along with a purchase


@dataclass(frozen=True, slots=True)
class Leader:
    """One place: several with as many points share it. `name` is None for who is not named."""

    place: int
    name: str | None
    points: int


@dataclass(frozen=True, slots=True)
class Leaders:
    """The most active of the week since Monday, and of the month since the 1st."""

    week: tuple[Leader, ...]
    month: tuple[Leader, ...]


def of(session: Session, shop: Shop, *, now: datetime) -> Leaders:
    """The leaders as they stand. The staff, who are no competitors, and who is on the blacklist have no place."""
    today = shop.day(now)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    return Leaders(*(_since(session, shop.at(day, time(0))) for day in (monday, first)))


def named(session: Session, member_id: int) -> bool:
    """Whether a member may be named."""
    wish: bool = session.connection().execute(select(MEMBERS.c.named).where(MEMBERS.c.id == member_id)).scalar_one()
    return wish


def wish(session: Session, member_id: int, *, named: bool) -> None:
    """Keep whether a member wishes to be named."""
    session.connection().execute(MEMBERS.update().where(MEMBERS.c.id == member_id).values(named=named))


def _since(session: Session, begins: datetime) -> tuple[Leader, ...]:
    points = func.sum(ENTRIES.c.amount)
    counts = or_(and_(ENTRIES.c.amount > 0, ENTRIES.c.source.not_in(GIVEN)), ENTRIES.c.source.in_(TAKEN))
    earned = (
        select(ENTRIES.c.member_id, points.label("points"))
        .where(ENTRIES.c.at >= begins, counts, ENTRIES.c.member_id.not_in(select(STAFF.c.member_id)))
        .group_by(ENTRIES.c.member_id)
        .having(points > 0)
        .subquery()
    )
    known = MEMBERS.c.erased_at.is_(None), MEMBERS.c.blocked.is_(None)
    rows = session.connection().execute(
        select(MEMBERS.c.name, MEMBERS.c.consent, MEMBERS.c.named, earned.c.points)
        .join_from(earned, MEMBERS, MEMBERS.c.id == earned.c.member_id)
        .where(*known)
        .order_by(earned.c.points.desc(), MEMBERS.c.id)
        .limit(TOP)
    )
    leaders: list[Leader] = []
    for nth, row in enumerate(rows, 1):
        last = leaders[-1] if leaders else None
        place = last.place if last and last.points == row.points else nth
        leaders.append(Leader(place, row.name if row.consent and row.named else None, int(row.points)))
    return tuple(leaders)
