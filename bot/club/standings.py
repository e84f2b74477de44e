"""What members bought, in sums that are kept: counted anew with each purchase, refund, undoing, import and merge.

So they always say what the purchases say; and whose year has lost a purchase since is found by an index.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.club import points, spending
from bot.club.cuts import GRADES
from bot.club.rules import Shop
from db.members import MEMBERS
from db.purchases import PURCHASES
from db.standings import STANDINGS
from db.times import Later, Seconds, Weekday

DAY = 86_400  # seconds
VISIT = DAY // 2  # what is closer together than this is one visit, and tells no rhythm
RHYTHM = 2  # gaps that make one
WEEKEND = (6, 0)
A_WINTERS_DAY = datetime(2027, 1, 1, tzinfo=UTC)  # whose offset tells a zone's weekdays, so that they stay as they are
Which = Callable[[ColumnElement[Any]], ColumnElement[bool]]  # of a column of member ids
PLACES = {grade: place for place, grade in enumerate(GRADES)}


def count(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime) -> None:
    """Count what some members bought, in one statement. Until the act ends nobody else does."""
    points.lock(session, member_ids)
    session.connection().execute(_keep(session.connection().dialect.name), {"members": [*member_ids]} | told(shop, now))


def renew(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime) -> None:
    """Bring up to date what changes of some members' sums without a purchase: the year, and when they fall asleep."""
    points.lock(session, member_ids)
    about = {"members": [*member_ids]} | told(shop, now)
    session.connection().execute(_renewed, about)
    session.connection().execute(_judged, about)  # on its own, since nearly always it is nobody


def year_begins(shop: Shop, now: datetime) -> datetime:
    """From when on a purchase counts for the grade today."""
    return shop.at(shop.day(now) - timedelta(days=shop.rules.grades.days), time(0))


def east(shop: Shop) -> int:
    """How many minutes east of Greenwich the shop is, by which weekdays are told."""
    offset = A_WINTERS_DAY.astimezone(shop.zone).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60


def told(shop: Shop, now: datetime) -> dict[str, Any]:
    """What the statements ask of the shop and its rules."""
    rules = shop.rules.activity
    about: dict[str, Any] = {"since": year_begins(shop, now), "east": east(shop)}
    about |= {"least": rules.least_days * DAY, "few": rules.few_days * DAY}
    return about | {"sleeping": rules.sleeping_gaps, "lost": rules.lost_gaps}


def counted(which: Which) -> Select[Any]:
    """The sums of some members as their purchases say them."""
    stand = _standing(which).cte("stand")
    rhythm = _rhythm(stand).subquery("rhythm")
    at, net, year = stand.c.at, stand.c.net, stand.c.at >= bindparam("since")
    last, gap = func.max(at, type_=UTCDateTime()), func.max(rhythm.c.gap)
    sums: dict[str, ColumnElement[Any]] = {
        "purchases": func.count(at),
        "spent": cast(func.coalesce(func.sum(net), 0), BigInteger),
        "first_at": func.min(at, type_=UTCDateTime()),
        "last_at": last,
        "weekends": func.coalesce(func.sum(stand.c.weekend), 0),
        "gap": gap,
        "sleeps_at": Later(last, asleep(gap)),
        "lost_at": Later(last, gone(gap)),
        "year_purchases": func.count(at).filter(year),
        "year_spent": cast(func.coalesce(func.sum(net).filter(year), 0), BigInteger),
        "oldest_at": func.min(at, type_=UTCDateTime()).filter(year),
    }
    return (
        select(MEMBERS.c.id.label("member_id"), *(each.label(name) for name, each in sums.items()))
        .select_from(MEMBERS)
        .outerjoin(stand, stand.c.member_id == MEMBERS.c.id)
        .outerjoin(rhythm, rhythm.c.member_id == MEMBERS.c.id)
        .where(which(MEMBERS.c.id), MEMBERS.c.erased_at.is_(None))
        .group_by(MEMBERS.c.id)
    )


def asleep(gap: ColumnElement[Any]) -> ColumnElement[int]:
    """After how many seconds of silence somebody of a rhythm is sleeping."""
    own = gap * bindparam("sleeping")
    return case((gap.is_(None), bindparam("few")), (own > bindparam("least"), own), else_=bindparam("least"))


def gone(gap: ColumnElement[Any]) -> ColumnElement[int]:
    """After how many seconds of silence somebody of a rhythm is lost."""
    least = case((gap.is_(None), bindparam("few")), (gap > bindparam("least"), gap), else_=bindparam("least"))
    return least * bindparam("lost")


def _standing(which: Which) -> Select[Any]:
    """The purchases that stand, each with what it came to, whether it was a weekend's, and how long after the last."""
    seconds = Seconds(PURCHASES.c.at)
    in_turn: dict[str, Any] = {"partition_by": PURCHASES.c.member_id, "order_by": (PURCHASES.c.at, PURCHASES.c.id)}
    return select(
        PURCHASES.c.member_id,
        PURCHASES.c.at,
        spending.NET.label("net"),
        case((Weekday(PURCHASES.c.at, bindparam("east")).in_(WEEKEND), 1), else_=0).label("weekend"),
        (seconds - func.lag(seconds).over(**in_turn)).label("gap"),
    ).where(*spending.STANDS, which(PURCHASES.c.member_id))


def _rhythm(stand: CTE) -> Select[Any]:
    """The median of the gaps between visits, of whoever came often enough."""
    theirs: dict[str, Any] = {"partition_by": stand.c.member_id}
    place = func.row_number().over(**theirs, order_by=stand.c.gap)
    gaps = select(stand.c.member_id, stand.c.gap, place.label("place"), func.count().over(**theirs).label("many"))
    each = gaps.where(stand.c.gap >= VISIT).subquery("gaps")
    middle = (each.c.place * 2 - each.c.many).in_((0, 1, 2))  # the one in the middle, or both
    return (
        select(each.c.member_id, ((func.min(each.c.gap) + func.max(each.c.gap)) // 2).label("gap"))
        .where(each.c.many >= RHYTHM, middle)
        .group_by(each.c.member_id)
    )


@cache
def _keep(dialect: str) -> Any:
    """The statement that keeps the sums of `members`; who has none yet begins with the grade as it is."""
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(STANDINGS)
    sums = counted(_these)
    given = sums.add_columns(case(PLACES, value=MEMBERS.c.grade).label("rank"))
    names = [column.name for column in given.selected_columns]
    kept = {name: insert.excluded[name] for name in names if name not in ("member_id", "rank")}
    return insert.from_select(names, given).on_conflict_do_update(index_elements=["member_id"], set_=kept)


def _these(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return column.in_(bindparam("members", expanding=True))


_before = STANDINGS.alias("before")
_of_the_year = and_(PURCHASES.c.member_id == _before.c.member_id, PURCHASES.c.at >= bindparam("since"))
_year = (
    select(
        _before.c.member_id,
        func.count(PURCHASES.c.id).label("purchases"),
        cast(func.coalesce(func.sum(spending.NET), 0), BigInteger).label("spent"),
        func.min(PURCHASES.c.at, type_=UTCDateTime()).label("oldest_at"),
    )
    .select_from(_before.outerjoin(PURCHASES, and_(_of_the_year, *spending.STANDS)))
    .where(_these(_before.c.member_id))
    .group_by(_before.c.member_id)
    .subquery("year")
)
_sleeps_at = Later(STANDINGS.c.last_at, asleep(STANDINGS.c.gap))
_lost_at = Later(STANDINGS.c.last_at, gone(STANDINGS.c.gap))
MISJUDGED = or_(STANDINGS.c.sleeps_at.is_distinct_from(_sleeps_at), STANDINGS.c.lost_at.is_distinct_from(_lost_at))
_renewed = (
    STANDINGS.update()
    .where(STANDINGS.c.member_id == _year.c.member_id)
    .values(
        year_purchases=_year.c.purchases,
        year_spent=_year.c.spent,
        oldest_at=_year.c.oldest_at,
    )
)
_judged = (
    STANDINGS.update().where(_these(STANDINGS.c.member_id), MISJUDGED).values(sleeps_at=_sleeps_at, lost_at=_lost_at)
)


def wrong(session: Session, shop: Shop, *, now: datetime) -> list[int]:
    """Whose kept sums are not what their purchases say. Whom tonight counts anew is late and not wrong."""
    said = counted(lambda _column: true()).subquery()
    kept = [STANDINGS.c[column.name] for column in said.c if column.name != "member_id"]
    in_time = or_(STANDINGS.c.oldest_at.is_(None), STANDINGS.c.oldest_at >= bindparam("since"))
    differ = or_(*(column.is_distinct_from(said.c[column.name]) for column in kept))
    lacks = and_(STANDINGS.c.member_id.is_(None), said.c.purchases > 0)
    found = (
        select(said.c.member_id)
        .outerjoin(STANDINGS, STANDINGS.c.member_id == said.c.member_id)
        .where(or_(lacks, and_(STANDINGS.c.member_id.is_not(None), in_time, differ)))
        .order_by(said.c.member_id)
    )
    return list(session.connection().execute(found, told(shop, now)).scalars())
