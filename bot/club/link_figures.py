"""What came of the named links: how many came, joined, stayed and bought, and for how much; numbers without a name."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select
from sqlmodel import Session

from bot.club.spending import NET, STANDS
from db.coupons import COUPONS
from db.links import COMERS
from db.members import MEMBERS
from db.purchases import PURCHASES


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a link: how many came, became members, stayed the first week and bought; what they spent, in minor units; how
    many used the link's coupon. Of `fresh` ones the week still runs."""

    came: int = 0
    fresh: int = 0
    joined: int = 0
    stayed: int = 0
    bought: int = 0
    spent: int = 0
    used: int = 0


_theirs = PURCHASES.c.member_id == COMERS.c.member_id, PURCHASES.c.at >= COMERS.c.came_at
_spent = select(func.sum(NET)).where(*_theirs, *STANDS).scalar_subquery()
_key = literal("link:") + cast(COMERS.c.link_id, String) + ":" + cast(COMERS.c.member_id, String)
_used = select(func.count()).where(COUPONS.c.key == _key, COUPONS.c.state == "redeemed").scalar_subquery()
_each = (
    select(
        COMERS.c.link_id,
        COMERS.c.stayed,
        MEMBERS.c.consent.label("agreed"),
        _spent.label("spent"),
        _used.label("used"),
    )
    .join(MEMBERS, MEMBERS.c.id == COMERS.c.member_id)
    .subquery()
)


def _many(true: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((true, 1), else_=0))


_of_links = select(
    _each.c.link_id,
    func.count(),
    _many(_each.c.stayed.is_(None)),
    func.count(_each.c.agreed),
    _many(_each.c.stayed),
    func.count(_each.c.spent),
    func.coalesce(func.sum(_each.c.spent), 0),
    func.coalesce(func.sum(_each.c.used), 0),
).group_by(_each.c.link_id)


def of_all(session: Session) -> Mapping[int, Figures]:
    """The figures of every link by which anybody came."""
    rows = session.connection().execute(_of_links)
    return {link_id: Figures(*(int(each) for each in figures)) for link_id, *figures in rows}


def of(session: Session, link_id: int) -> Figures:
    """The figures of one link."""
    row = session.connection().execute(_of_links.where(_each.c.link_id == link_id)).first()
    return Figures(*(int(each) for each in row[1:])) if row else Figures()
