"""What can be asked of members in an audience: each field of the query with what it asks of the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select

from bot.club import queries
from bot.club.cuts import GRADES, grade_called
from bot.club.names import folded
from bot.club.notes import tidy
from bot.club.queries import Term, whole
from bot.club.rules import Shop
from db.coupons import COUPONS
from db.links import COMERS, NAMED_LINKS
from db.members import ACCOUNTS, MEMBERS
from db.notes import TAGS
from db.occasions import OCCASIONS
from db.points import CHECKINS
from db.profile import ANSWERS
from db.ratings import RATINGS
from db.referrals import REFERRALS

YES = ("yes", "true", "是", "有")
NO = ("no", "false", "none", "never", "否", "无", "無", "没有", "沒有", "从未", "從未")
FRIENDS = ("friend", "朋友")
SOURCES = {"店员": "staff", "店員": "staff", "伙伴": "partner", "夥伴": "partner", "海报": "poster", "海報": "poster"}
LATE = 366  # days ahead that a birthday can be asked for


@dataclass(frozen=True, slots=True)
class At:
    """Where and when an audience is asked for; `called` knows tags by their names in the reader's language."""

    shop: Shop
    now: datetime
    called: Callable[[str], str] = str

    @property
    def today(self) -> date:
        """The shop-day."""
        return self.shop.day(self.now)


@dataclass(frozen=True, slots=True)
class Field:
    """What can be asked of members: its names, some values that work, and the WHERE of one (None: it does not fit)."""

    names: tuple[str, ...]
    works: str
    where: Callable[[Term, At], ColumnElement[bool] | None]


def within(column: Any, ends: tuple[Any, Any] | None) -> ColumnElement[bool] | None:
    """A column between two ends, either open; None where there are no ends."""
    if ends is None:
        return None
    low, high = ends
    return and_(*([column >= low] if low is not None else []), *([column <= high] if high is not None else []))


def at_times(column: Any, term: Term, at: At) -> ColumnElement[bool] | None:
    """An instant's column within the days that a term asks for."""
    span = queries.days(term, at.today)
    if span is None:
        return None
    first, last = span
    begins = [column >= at.shop.end_of(first - timedelta(days=1))] if first else []
    return and_(*begins, *([column < at.shop.end_of(last)] if last else []))


def answer(term: Term) -> bool | None:
    """Yes or no, None for anything else."""
    word = term.value.casefold()
    return True if word in YES else False if word in NO else None


def either(term: Term, there: ColumnElement[bool]) -> ColumnElement[bool] | None:
    """What is there, or what is not, as a yes or a no asks."""
    wanted = answer(term)
    return None if wanted is None else there if wanted else not_(there)


def _grade(term: Term, _: At) -> ColumnElement[bool] | None:
    name = grade_called(term.value)
    if name is None:
        return None
    place = GRADES.index(name)
    fits = {
        "=": GRADES[place : place + 1],
        ">": GRADES[place + 1 :],
        ">=": GRADES[place:],
        "<": GRADES[:place],
        "<=": GRADES[: place + 1],
    }[term.op]
    return MEMBERS.c.grade.in_(fits)


def _tag(term: Term, at: At) -> ColumnElement[bool] | None:
    if term.op != "=":
        return None
    worn = TAGS.c.member_id == MEMBERS.c.id
    return exists().where(worn, TAGS.c.tag == tidy(at.called(term.value)))


def _points(term: Term, _: At) -> ColumnElement[bool] | None:
    return within(MEMBERS.c.points, queries.bounds(term, whole))


def _joined(term: Term, at: At) -> ColumnElement[bool] | None:
    return at_times(MEMBERS.c.met_at, term, at)


def _birthday(term: Term, at: At) -> ColumnElement[bool] | None:
    own = exists().where(OCCASIONS.c.member_id == MEMBERS.c.id, OCCASIONS.c.relation == "self")
    if (known := either(term, own)) is not None:
        return known
    if term.op == "=" and (month := _month(term.value)):
        return own.where(OCCASIONS.c.calendar == "solar", OCCASIONS.c.month == month)
    span = _ahead(term, at)
    if span is None:
        return None
    return own.where(or_(OCCASIONS.c.next_on.between(*span), OCCASIONS.c.last_on.between(*span)))


def _month(text: str) -> int:
    number = whole(text.removesuffix("月")) or 0
    return number if number <= 12 else 0


def _ahead(term: Term, at: At) -> tuple[date, date] | None:
    """The days that a birthday is asked for in: `this-month`, `<30d` (within the next 30 days), `2027-08`."""
    if found := queries.AGO.fullmatch(term.value):
        away = int(found[1]) * queries.DAYS[found[2]]
        if term.op not in ("<", "<=", "=") or away > LATE:
            return None
        return (at.today + timedelta(days=away),) * 2 if term.op == "=" else (at.today, at.today + timedelta(days=away))
    span = queries.days(term, at.today)
    return (span[0], span[1]) if span and span[0] and span[1] else None


def _told(name: str) -> Callable[[Term, At], ColumnElement[bool] | None]:
    """A field of the profile: part of what was told, or whether anything was."""

    def where(term: Term, _: At) -> ColumnElement[bool] | None:
        told = exists().where(ANSWERS.c.member_id == MEMBERS.c.id, ANSWERS.c.field == name)
        if (known := either(term, told)) is not None or term.op != "=":
            return known
        return told.where(func.lower(ANSWERS.c.value).contains(term.value.lower(), autoescape=True))

    return where


def _language(term: Term, at: At) -> ColumnElement[bool] | None:
    """The language that we speak with somebody: chosen, or the client's as i18n.understood reads it, or the shop's."""
    wanted = {"zh": ("zh_CN", "zh_TW"), "zh_cn": ("zh_CN",), "zh_tw": ("zh_TW",), "en": ("en",)}.get(
        term.value.casefold().replace("-", "_")
    )
    if term.op != "=" or wanted is None:
        return None
    client = select(ACCOUNTS.c.language).where(ACCOUNTS.c.member_id == MEMBERS.c.id).limit(1).scalar_subquery()
    code = func.lower(func.replace(func.coalesce(client, ""), "-", "_"))
    traditional = or_(*(code.contains(f"_{region}", autoescape=True) for region in ("hant", "tw", "hk", "mo")))
    understood = case(
        (and_(code.like("zh%"), traditional), "zh_TW"), (code.like("zh%"), "zh_CN"), (code.like("en%"), "en")
    )
    return func.coalesce(MEMBERS.c.locale, understood, at.shop.locale).in_(wanted)


def _family(term: Term, _: At) -> ColumnElement[bool] | None:
    theirs = exists().where(OCCASIONS.c.member_id == MEMBERS.c.id, OCCASIONS.c.relation != "self")
    if (known := either(term, theirs)) is not None:
        return known
    if ends := queries.bounds(term, whole):
        many = select(func.count()).where(OCCASIONS.c.member_id == MEMBERS.c.id, OCCASIONS.c.relation != "self")
        return within(many.scalar_subquery(), ends)
    return theirs.where(OCCASIONS.c.relation == term.value.casefold()) if term.op == "=" else None


def _coupon(term: Term, at: At) -> ColumnElement[bool] | None:
    good = exists().where(
        COUPONS.c.member_id == MEMBERS.c.id, COUPONS.c.state == "issued", COUPONS.c.good_until > at.now
    )
    if (known := either(term, good)) is not None or term.op != "=":
        return known
    return good.where(func.lower(COUPONS.c.name) == term.value.lower())


def _check_in(term: Term, at: At) -> ColumnElement[bool] | None:
    mine = select(func.max(CHECKINS.c.day)).where(CHECKINS.c.member_id == MEMBERS.c.id).scalar_subquery()
    if (known := either(term, mine.is_not(None))) is not None:
        return known
    return within(mine, queries.days(term, at.today))


def _rating(term: Term, _: At) -> ColumnElement[bool] | None:
    """The last rating that somebody gave; of who gave none it is no number."""
    last = select(RATINGS.c.stars).where(RATINGS.c.member_id == MEMBERS.c.id, RATINGS.c.stars.is_not(None))
    stars = last.order_by(RATINGS.c.rated_at.desc(), RATINGS.c.id.desc()).limit(1).scalar_subquery()
    if (known := either(term, stars.is_not(None))) is not None:
        return known
    return within(stars, queries.bounds(term, whole))


def _source(term: Term, _: At) -> ColumnElement[bool] | None:
    """By which named link somebody came, by its name or its kind, or by a friend's invitation."""
    by_link = exists().where(COMERS.c.member_id == MEMBERS.c.id)
    by_friend = exists().where(REFERRALS.c.friend_id == MEMBERS.c.id)
    if (known := either(term, or_(by_link, by_friend))) is not None or term.op != "=":
        return known
    word = folded(term.value)
    if word in FRIENDS:
        return by_friend
    link = by_link.where(COMERS.c.link_id == NAMED_LINKS.c.id)
    kinds = {
        "staff": NAMED_LINKS.c.staff_id.is_not(None),
        "partner": NAMED_LINKS.c.partner.is_not(None),
        "poster": and_(NAMED_LINKS.c.staff_id.is_(None), NAMED_LINKS.c.partner.is_(None)),
    }
    kind = SOURCES.get(word, word)
    return link.where(kinds[kind] if kind in kinds else func.lower(NAMED_LINKS.c.name) == term.value.strip().lower())


def _agreed(term: Term, _: At) -> ColumnElement[bool] | None:
    return either(term, MEMBERS.c.consent.is_not(None))


def _reach(term: Term, _: At) -> ColumnElement[bool] | None:
    return either(term, exists().where(ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.reachable))


FIELDS = (
    Field(("grade", "等级", "等級"), "new, regular, vip, svip, >=regular", _grade),
    Field(("tag", "标签", "標籤"), '"green tea"', _tag),
    Field(("points", "积分", "積分", "點數"), ">=100, 50..200", _points),
    Field(("joined", "入会", "入會"), ">90d, <30d, this-month, 2027-01", _joined),
    Field(("birthday", "生日"), "this-month, next-week, <30d, 8, yes, no", _birthday),
    Field(("region", "地区", "地區"), "Riverside, yes, no", _told("region")),
    Field(("interest", "兴趣", "興趣"), "oolong, yes, no", _told("interests")),
    Field(("cares", "在意"), "taste, yes, no", _told("cares")),
    Field(("lang", "语言", "語言"), "zh, zh_CN, zh_TW, en", _language),
    Field(("family", "家人"), "mother, yes, no, >=2", _family),
    Field(("coupon", "卡券", "票券"), "TEA, yes, no", _coupon),
    Field(("checkin", "签到", "簽到"), ">14d, <7d, today, no", _check_in),
    Field(("rating", "评分", "評分"), "<=2, 5, yes, no", _rating),
    Field(("source", "来源", "來源"), '"Corner poster", staff, partner, poster, friend, yes, no', _source),
    Field(("agreed", "同意"), "yes, no", _agreed),
    Field(("reach", "可联系", "可聯絡"), "yes, no", _reach),
)
