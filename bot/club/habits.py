"""What can be asked of what members buy: the classes by which shops speak of their customers."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.sql.selectable import ScalarSelect

from bot.club import queries, rfm, standings
from bot.club.names import folded
from bot.club.queries import Term, minor, whole
from bot.club.spending import STANDS
from bot.club.traits import At, Field, answer, at_times, either, within
from db.members import MEMBERS
from db.purchases import PRODUCTS, PURCHASE_LINES, PURCHASES
from db.ratings import RATINGS
from db.standings import STANDINGS
from db.times import Weekday

ACTIVITY = {
    "active": "active", "活跃": "active", "活躍": "active", "sleeping": "sleeping", "沉睡": "sleeping",
    "lost": "lost", "流失": "lost",
}  # fmt: skip
_theirs = STANDINGS.c.member_id == MEMBERS.c.id
_buyer = exists().where(_theirs, rfm.BUYERS)


def _kept(column: ColumnElement[int]) -> ScalarSelect[int]:
    return select(column).where(_theirs).scalar_subquery()


def _count(term: Term, _: At) -> ColumnElement[bool] | None:
    return within(func.coalesce(_kept(STANDINGS.c.purchases), 0), queries.bounds(term, whole))


def _spent(term: Term, _: At) -> ColumnElement[bool] | None:
    return within(func.coalesce(_kept(STANDINGS.c.spent), 0), queries.bounds(term, minor))


def _basket(term: Term, _: At) -> ColumnElement[bool] | None:
    """What a purchase comes to on average."""
    average = STANDINGS.c.spent // case((STANDINGS.c.purchases > 0, STANDINGS.c.purchases))
    return within(_kept(average), queries.bounds(term, minor))


def _last(term: Term, at: At) -> ColumnElement[bool] | None:
    if (known := either(term, _buyer)) is not None:
        return known
    span = at_times(STANDINGS.c.last_at, term, at)
    return None if span is None else exists().where(_theirs, span)


def _first(term: Term, at: At) -> ColumnElement[bool] | None:
    """Who bought for the first time then: the new buyers of a day, or since."""
    if (known := either(term, _buyer)) is not None:
        return known
    span = at_times(STANDINGS.c.first_at, term, at)
    return None if span is None else exists().where(_theirs, span)


def _again(term: Term, at: At) -> ColumnElement[bool] | None:
    """Who bought then and had bought before: the repeat buyers of a day, or since."""
    if (known := either(term, exists().where(_theirs, STANDINGS.c.purchases > 1))) is not None:
        return known
    span = at_times(PURCHASES.c.at, term, at)
    if span is None:
        return None
    later = PURCHASES.c.member_id == STANDINGS.c.member_id, PURCHASES.c.at > STANDINGS.c.first_at
    return exists().where(_theirs, *later, *STANDS, span)


def _activity(term: Term, at: At) -> ColumnElement[bool] | None:
    state = ACTIVITY.get(term.value.casefold())
    if term.op != "=" or state is None:
        return None
    return exists().where(_theirs, rfm.BUYERS, rfm.activity(at.now) == state)


def _rfm(term: Term, at: At) -> ColumnElement[bool] | None:
    """Scores as a pattern: `5**` is 5 for recency and anything else."""
    if term.op != "=" or not re.fullmatch(r"[1-5*][1-5*][1-5*]", term.value):
        return None
    wanted = zip(rfm.PARTS, term.value, strict=True)
    parts = [rfm.score(part, at.shop, at.now) == int(score) for part, score in wanted if score != "*"]
    return exists().where(_theirs, rfm.BUYERS, *parts)


def _score(part: str, *names: str) -> Field:
    def where(term: Term, at: At) -> ColumnElement[bool] | None:
        fits = within(rfm.score(part, at.shop, at.now), queries.bounds(term, whole))
        return None if fits is None else exists().where(_theirs, rfm.BUYERS, fits)

    return Field((part, *names), "1 to 5, >=4", where)


def _bought(term: Term, _: At) -> ColumnElement[bool] | None:
    """A product, by any of its names, or a category."""
    if (known := either(term, _buyer)) is not None or term.op != "=":
        return known
    named = select(func.coalesce(PRODUCTS.c.merged_into, PRODUCTS.c.id)).where(PRODUCTS.c.folded == folded(term.value))
    sort = select(PRODUCTS.c.id).where(func.lower(PRODUCTS.c.category) == term.value.lower())
    what = or_(PURCHASE_LINES.c.product_id.in_(named), PURCHASE_LINES.c.product_id.in_(sort))
    return MEMBERS.c.id.in_(_lines(PURCHASES.c.member_id).where(what))


def _taste(term: Term, _: At) -> ColumnElement[bool] | None:
    """The category of which somebody bought most pieces."""
    if term.op != "=":
        return None
    pieces = func.sum(PURCHASE_LINES.c.quantity)
    place = func.rank().over(partition_by=PURCHASES.c.member_id, order_by=pieces.desc())
    whose = _lines(PURCHASES.c.member_id, PRODUCTS.c.category, place.label("place"))
    whose = whose.join(PRODUCTS, PRODUCTS.c.id == PURCHASE_LINES.c.product_id).where(PRODUCTS.c.category.is_not(None))
    each = whose.group_by(PURCHASES.c.member_id, PRODUCTS.c.category).subquery()
    wanted = func.lower(each.c.category) == term.value.lower()
    return MEMBERS.c.id.in_(select(each.c.member_id).where(each.c.place == 1, wanted))


def _weekend(term: Term, _: At) -> ColumnElement[bool] | None:
    """Who comes at weekends more often than not."""
    wanted = answer(term)
    mostly = STANDINGS.c.weekends * 2 > STANDINGS.c.purchases
    return None if wanted is None else exists().where(_theirs, rfm.BUYERS, mostly if wanted else ~mostly)


def _office(term: Term, at: At) -> ColumnElement[bool] | None:
    """Who buys for colleagues: many pieces at once on working days."""
    rules = at.shop.rules.classes
    day = Weekday(PURCHASES.c.at, standings.east(at.shop))
    large = _lines(PURCHASES.c.member_id).where(day.between(1, 5)).group_by(PURCHASES.c.id, PURCHASES.c.member_id)
    each = large.having(func.sum(PURCHASE_LINES.c.quantity) >= rules.office_pieces).subquery()
    often = select(each.c.member_id).group_by(each.c.member_id).having(func.count() >= rules.office_times)
    return either(term, MEMBERS.c.id.in_(often))


def _reviewer(term: Term, at: At) -> ColumnElement[bool] | None:
    """Who rates well and writes why."""
    rules = at.shop.rules.classes
    well = select(RATINGS.c.member_id).group_by(RATINGS.c.member_id)
    stars, comments = func.avg(RATINGS.c.stars), func.count(RATINGS.c.comment)
    well = well.having(and_(stars >= rules.reviewer_stars, comments >= rules.reviewer_comments))
    return either(term, MEMBERS.c.id.in_(well))


def _lines(*columns: Any) -> Select[Any]:
    """Of the lines of purchases that stand."""
    whole = PURCHASE_LINES.join(PURCHASES, PURCHASES.c.id == PURCHASE_LINES.c.purchase_id)
    chosen: Select[Any] = select(*columns).select_from(whole).where(*STANDS)
    return chosen


FIELDS = (
    Field(("bought", "买过", "買過"), '"green tea", yes, no', _bought),
    Field(("taste", "偏好"), 'tea, "green tea"', _taste),
    Field(("count", "次数", "次數"), ">=3, 0, 2..5", _count),
    Field(("spent", "消费", "消費"), ">=1000, 100..500", _spent),
    Field(("basket", "客单价", "客單價"), ">=100, <50", _basket),
    Field(("last", "最近"), ">90d, <30d, this-month, 12.12, no", _last),
    Field(("first", "首购", "首購"), ">=12.12, this-month, 2027-12-12, no", _first),
    Field(("again", "复购", "回購"), ">=12.12, this-month, yes, no", _again),
    Field(("activity", "活跃度", "活躍度"), "active, sleeping, lost", _activity),
    Field(("rfm",), "555, 5**, *11", _rfm),
    _score("recency", "近度"),
    _score("frequency", "频度", "頻度"),
    _score("money", "额度", "額度"),
    Field(("weekend", "周末", "週末"), "yes, no", _weekend),
    Field(("office", "办公室", "辦公室"), "yes, no", _office),
    Field(("reviewer", "好评者", "好評者"), "yes, no", _reviewer),
)
