"""The report for managers: how the club stands, and what happened in a time and in the one before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Executable, Label, and_, case, func, or_, select
from sqlmodel import Session

from bot.club import answer_times, liability, outbox, periods, rfm, spending, staff, standings
from bot.club.cuts import GRADES
from bot.club.letters import KINDS, awake
from bot.club.periods import Period
from bot.club.rules import Shop
from db.coupons import COUPONS
from db.groups import PLACES
from db.members import ACCOUNTS, EMAIL, MEMBERS
from db.points import CHECKINS, ENTRIES
from db.purchases import PURCHASES
from db.standings import STANDINGS
from db.times import Seconds

LETTER = "report"  # the kind of the monthly one
MOVED = ("given_back", "merge", "import", "import_until")  # points that are not given anew
OURS = ("birthday", "win-back")  # coupons by which people are remembered and won back


@dataclass(frozen=True, slots=True)
class Standing:
    """How the club stands now: members and whom letters reach, buyers by their rhythm, points that lapse in 30 days."""

    known: int
    agreed: int
    reached: int
    active: int
    sleeping: int
    lost: int
    lapsing: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in a time. `back`: who bought after having slept; `paid` and `ours_paid` in minor units.

    `ours_…`: the birthday's and win-back coupons, and the purchases that they were used for. Half of the questions of
    the time that were answered were so within `half` seconds.
    """

    came: int = 0
    left: int = 0
    checkins: int = 0
    checked_in: int = 0
    back: int = 0
    given: int = 0
    spent: int = 0
    returned: int = 0
    expired: int = 0
    issued: int = 0
    used: int = 0
    purchases: int = 0
    paid: int = 0
    ours_issued: int = 0
    ours_used: int = 0
    ours_paid: int = 0
    answered: int = 0
    half: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A period's report; `grades` are grade, purchases and turnover, the highest grade first."""

    period: Period
    standing: Standing
    now: Figures
    before: Figures
    grades: tuple[tuple[str, int, int], ...]

    @property
    def facts(self) -> dict[str, Any]:
        """The report as a letter keeps it."""
        days = {name: str(value) for name, value in asdict(self.period).items()}
        return asdict(self) | {"period": days}

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Report":
        """The report that a letter keeps."""
        name, *days = facts["period"].values()
        told = Standing(**facts["standing"]), Figures(**facts["now"]), Figures(**facts["before"])
        return cls(
            Period(name, *map(date.fromisoformat, days)),
            *told,
            tuple((grade, many, paid) for grade, many, paid in facts["grades"]),
        )


@dataclass(frozen=True, slots=True)
class Spans:
    """The two times as instants: what happened from `begins` to before `ends`, and before that."""

    since: datetime
    until: datetime
    begins: datetime
    ends: datetime

    def either(self, at: Column[Any]) -> ColumnElement[bool]:
        """Whether something happened in one of the two."""
        return or_(and_(at >= self.since, at < self.until), and_(at >= self.begins, at < self.ends))

    def turn(self, at: Column[Any]) -> Label[int]:
        """1 for what happened in the later one, 0 in the one before; as `turn`, by which it can be grouped."""
        return case((at >= self.begins, 1), else_=0).label("turn")


def of(session: Session, period: Period, shop: Shop, *, now: datetime) -> Report:
    """The report of a period as things stand, in a dozen statements whatever the number of members."""
    spans = Spans(*period.before(shop), period.begins(shop), period.ends(shop))
    bought, grades = _bought(session, spans)
    told = [
        _came(session, spans),
        _left(session, spans),
        _checkins(session, period),
        _points(session, spans),
        _coupons(session, spans),
        bought,
        _back(session, spans, shop, now),
        _answers(session, spans),
    ]
    before, later = ({name: many for part in told for name, many in part[turn].items()} for turn in (0, 1))
    return Report(period, _standing(session, shop, now), Figures(**later), Figures(**before), grades)


def due(session: Session, shop: Shop, *, now: datetime) -> Period | None:
    """The month whose report is to be shown, from the day's hour of the 1st on, unless it was or it is too late."""
    first = shop.day(now).replace(day=1)
    opens = shop.at(first, shop.rules.sending.day_hour)
    if not opens <= now < opens + (KINDS[LETTER].late or timedelta(0)):
        return None
    period = periods.month_before(first)
    keys = [_key(period, member_id) for _, member_id in staff.reached(session)]
    return None if not keys or outbox.known(session, keys) else period


def happened(report: Report) -> bool:
    """Whether there is anything to tell of a time."""
    return any(getattr(report.now, each.name) for each in fields(Figures) if each.name != "half")


def show(session: Session, report: Report, shop: Shop, *, now: datetime) -> None:
    """Leave the month's report to the owners who can be reached, once for each month."""
    for account_id, member_id in staff.reached(session):
        address: dict[str, Any] = {"account_id": account_id, "member_id": member_id, "after": awake(shop, now)}
        outbox.post(session, LETTER, key=_key(report.period, member_id), now=now, **address, report=report.facts)


def _key(period: Period, member_id: int) -> str:
    return f"{LETTER}:{period.first:%Y-%m}:{member_id}"


Parts = tuple[dict[str, int], dict[str, int]]  # figures of the time before and of the later one, by name


def _by_turn(session: Session, asked: Executable) -> Parts:
    """The figures of both times of a statement whose rows are 0 or 1 and then a figure each."""
    result = session.connection().execute(asked)
    names = [*result.keys()][1:]
    parts: Parts = (dict.fromkeys(names, 0), dict.fromkeys(names, 0))
    for turn, *figures in result:
        parts[turn].update({name: int(many or 0) for name, many in zip(names, figures, strict=True)})
    return parts


def _standing(session: Session, shop: Shop, now: datetime) -> Standing:
    connection = session.connection()
    here = select(func.count(), func.count(MEMBERS.c.consent)).where(MEMBERS.c.erased_at.is_(None))
    known, agreed = connection.execute(here).one()
    chats = select(ACCOUNTS.c.member_id).where(ACCOUNTS.c.reachable, ACCOUNTS.c.platform != EMAIL)
    writable = (MEMBERS.c.erased_at.is_(None), MEMBERS.c.consent.is_not(None), MEMBERS.c.id.in_(chats))
    reached = connection.execute(select(func.count()).where(*writable)).scalar_one()
    lives = rfm.lives(session, now=now)
    active, sleeping, lost = (lives.get(each, 0) for each in ("active", "sleeping", "lost"))
    return Standing(known, agreed, reached, active, sleeping, lost, liability.lapsing(session, shop, now))


def _came(session: Session, spans: Spans) -> Parts:
    met_at = MEMBERS.c.met_at
    return _by_turn(
        session, select(spans.turn(met_at), func.count().label("came")).where(spans.either(met_at)).group_by("turn")
    )


def _left(session: Session, spans: Spans) -> Parts:
    """Who left a group and is in none, or had themselves erased."""
    elsewhere = PLACES.alias()
    stays = select(elsewhere.c.member_id).where(elsewhere.c.left_at.is_(None))
    went = select(PLACES.c.member_id, spans.turn(PLACES.c.left_at)).where(
        spans.either(PLACES.c.left_at), PLACES.c.member_id.not_in(stays)
    )
    erased = select(MEMBERS.c.id, spans.turn(MEMBERS.c.erased_at)).where(spans.either(MEMBERS.c.erased_at))
    each = went.union(erased).subquery()
    return _by_turn(session, select(each.c.turn, func.count().label("left")).group_by(each.c.turn))


def _checkins(session: Session, period: Period) -> Parts:
    day = CHECKINS.c.day
    turn = case((day >= period.first, 1), else_=0).label("turn")
    here = or_(day.between(period.first_before, period.last_before), day.between(period.first, period.last))
    people = func.count(CHECKINS.c.member_id.distinct()).label("checked_in")
    return _by_turn(session, select(turn, func.count().label("checkins"), people).where(here).group_by("turn"))


def _points(session: Session, spans: Spans) -> Parts:
    """Points given, spent on gifts, given back for gifts that nobody took, and lapsed."""
    amount, source, at = ENTRIES.c.amount, ENTRIES.c.source, ENTRIES.c.at
    asked = select(
        spans.turn(at),
        func.sum(case((and_(amount > 0, source.not_in(MOVED)), amount), else_=0)).label("given"),
        func.sum(case((source == "gift", -amount), else_=0)).label("spent"),
        func.sum(case((source == "given_back", amount), else_=0)).label("returned"),
        func.sum(case((source == "expiry", -amount), else_=0)).label("expired"),
    )
    return _by_turn(session, asked.where(spans.either(at)).group_by("turn"))


def _coupons(session: Session, spans: Spans) -> Parts:
    issued, used = COUPONS.c.issued_at, COUPONS.c.used_at
    new = [func.count().label("issued"), func.count().filter(_ours()).label("ours_issued")]
    gone = [func.count().label("used"), func.count().filter(_ours()).label("ours_used")]
    given = _by_turn(session, select(spans.turn(issued), *new).where(spans.either(issued)).group_by("turn"))
    redeemed = (spans.either(used), COUPONS.c.state == "redeemed")
    taken = _by_turn(session, select(spans.turn(used), *gone).where(*redeemed).group_by("turn"))
    return given[0] | taken[0], given[1] | taken[1]


def _ours() -> ColumnElement[bool]:
    """Whether a coupon is the club's own, and not one that staff gave that name."""
    own = COUPONS.c.template_id.is_(None) & COUPONS.c.deal_id.is_(None)
    return own & COUPONS.c.name.in_(OURS)


def _bought(session: Session, spans: Spans) -> tuple[Parts, tuple[tuple[str, int, int], ...]]:
    """Purchases that stand and what they came to; and those of the later time by the grade that their members have."""
    ours = func.sum(case((_ours(), spending.NET), else_=0))
    asked = (
        select(spans.turn(PURCHASES.c.at), MEMBERS.c.grade, func.count(), func.sum(spending.NET), ours)
        .select_from(PURCHASES.join(MEMBERS, MEMBERS.c.id == PURCHASES.c.member_id))
        .outerjoin(COUPONS, COUPONS.c.id == PURCHASES.c.coupon_id)
        .where(spans.either(PURCHASES.c.at), *spending.STANDS)
        .group_by("turn", MEMBERS.c.grade)
    )
    parts: Parts = ({}, {})
    by_grade = dict.fromkeys(reversed(GRADES), (0, 0))
    for when, grade, many, paid, with_ours in session.connection().execute(asked):
        for name, more in (("purchases", many), ("paid", paid), ("ours_paid", with_ours)):
            parts[when][name] = parts[when].get(name, 0) + int(more)
        if when:
            by_grade[grade] = (many, int(paid))
    return parts, tuple((grade, many, paid) for grade, (many, paid) in by_grade.items() if many)


def _back(session: Session, spans: Spans, shop: Shop, now: datetime) -> Parts:
    """Who bought again after having slept, by their own rhythm."""
    turns = ((spans.since, spans.until), (spans.begins, spans.ends))
    before, later = ({"back": _returned(session, *span, shop, now)} for span in turns)
    return before, later


def _returned(session: Session, begins: datetime, ends: datetime, shop: Shop, now: datetime) -> int:
    here = (PURCHASES.c.at >= begins, PURCHASES.c.at < ends, *spending.STANDS)
    first = select(PURCHASES.c.member_id, func.min(Seconds(PURCHASES.c.at)).label("at")).where(*here)
    each = first.group_by(PURCHASES.c.member_id).subquery()
    earlier = (PURCHASES.c.member_id == each.c.member_id, PURCHASES.c.at < begins, *spending.STANDS)
    newest = select(Seconds(PURCHASES.c.at)).where(*earlier).order_by(PURCHASES.c.at.desc()).limit(1)
    last = newest.correlate(each).scalar_subquery()
    whose = each.join(STANDINGS, STANDINGS.c.member_id == each.c.member_id)
    slept = each.c.at - last >= standings.asleep(STANDINGS.c.gap)
    asked = select(func.count()).select_from(whose).where(slept)
    many: int = session.connection().execute(asked, standings.told(shop, now)).scalar_one()
    return many


def _answers(session: Session, spans: Spans) -> Parts:
    found = (
        answer_times.of(session, since=since, until=until)
        for since, until in ((spans.since, spans.until), (spans.begins, spans.ends))
    )
    before, later = (
        {"answered": times.answered, "half": int(times.half.total_seconds())} if times else {} for times in found
    )
    return before, later
