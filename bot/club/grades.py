"""Grades, earned by the purchases of a year: up at once, down one step at a time after a notice and a grace.

All that is asked of the rules and the sums is in one statement over the members concerned. A grade that staff gave
covers the earned one, which runs on below it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Date, Integer, Row, and_, bindparam, case, func, null, or_, select
from sqlmodel import Session

from bot.club import departures, outbox, progress, questions, standings
from bot.club.cuts import GRADES
from bot.club.rules import Shop
from db.members import MEMBERS
from db.standings import MANUAL_GRADES, STANDINGS

UP, NOTICE = "grade_up", "grade_notice"
NEVER = {"regular_purchases": 10**9, "vip_purchases": 10**9, "vip_spent": 10**18, "svip_spent": 10**18}


_rank, _year, _spent = STANDINGS.c.rank, STANDINGS.c.year_purchases, STANDINGS.c.year_spent
_vip = or_(_spent >= bindparam("vip_spent", type_=BigInteger), _year >= bindparam("vip_purchases"))
_svip = _spent >= bindparam("svip_spent", type_=BigInteger)
earned = case((_svip, 3), (_vip, 2), (_year >= bindparam("regular_purchases"), 1), else_=0)  # the place of a grade
_today = bindparam("today", type_=Date)
_rises, _short = earned > _rank, earned < _rank
_falls, _warned = and_(_short, STANDINGS.c.falls_on <= _today), and_(_short, STANDINGS.c.falls_on.is_(None))
_falls_on = and_(_falls, earned < _rank - 1)  # one step now, and the next after another grace
_safe = and_(~_short, STANDINGS.c.falls_on.is_not(None))
ASTRAY = or_(_rises, _falls, _warned, _safe)  # whose grade is not, or not yet, what the rules say of their sums
_moves = or_(_rises, _falls)
_these = STANDINGS.c.member_id.in_(bindparam("members", expanding=True))
_graded = (
    STANDINGS.update()
    .where(_these, ASTRAY)
    .values(
        rank=case((_rises, earned), (_falls, _rank - 1), else_=_rank),
        was=case((_moves, _rank), else_=STANDINGS.c.was),
        changed_on=case((_moves, _today), else_=STANDINGS.c.changed_on),
        risen_by=case((_rises, bindparam("by", type_=Integer)), (_falls, null()), else_=STANDINGS.c.risen_by),
        falls_on=case((or_(_warned, _falls_on), bindparam("ends", type_=Date)), else_=null()),
    )
    .returning(STANDINGS.c.member_id, STANDINGS.c.was, _rank, STANDINGS.c.changed_on, STANDINGS.c.falls_on)
)
_before = func.coalesce(STANDINGS.c.was, 0)
_left = earned > _before  # a part of the rise
_unrisen = (
    STANDINGS.update()
    .where(_these, STANDINGS.c.risen_by == bindparam("by"), _short)
    .values(
        rank=case((_left, earned), else_=_before),
        was=case((_left, STANDINGS.c.was), else_=_rank),
        risen_by=case((_left, STANDINGS.c.risen_by), else_=null()),
        changed_on=_today,
        falls_on=null(),
    )
)
_by_hand = (
    select(MANUAL_GRADES.c.grade)
    .where(MANUAL_GRADES.c.member_id == MEMBERS.c.id)
    .where(or_(MANUAL_GRADES.c.until.is_(None), MANUAL_GRADES.c.until > bindparam("at")))
)
_own = select(case(dict(enumerate(GRADES)), value=_rank)).where(STANDINGS.c.member_id == MEMBERS.c.id)
_shown = func.coalesce(_by_hand.scalar_subquery(), _own.scalar_subquery(), MEMBERS.c.grade)
_show = (
    MEMBERS.update()
    .where(MEMBERS.c.id.in_(bindparam("members", expanding=True)))
    .where(MEMBERS.c.erased_at.is_(None), MEMBERS.c.grade != _shown)
    .values(grade=_shown)
    .returning(MEMBERS.c.id, MEMBERS.c.grade)
)
_graded_so = select(MEMBERS.c.id, MEMBERS.c.grade).where(MEMBERS.c.id.in_(bindparam("members", expanding=True)))


def told(shop: Shop, now: datetime, by: int | None = None) -> dict[str, Any]:
    """What the statements ask of the shop and its rules; a cut point of 0 is never reached."""
    rules, today = shop.rules.grades, shop.day(now)
    cuts = {name: getattr(rules, name) * (100 if name.endswith("spent") else 1) for name in NEVER}
    about: dict[str, Any] = {name: int(cut) or NEVER[name] for name, cut in cuts.items()}
    return about | {"today": today, "ends": today + timedelta(days=rules.grace_days), "by": by}


def review(
    session: Session,
    member_ids: Collection[int],
    shop: Shop,
    *,
    now: datetime,
    by: int | None = None,
    quiet: bool = False,
) -> set[int]:
    """Count anew what some members bought, and grade them by it; `by` the purchase that they just made.

    Who rises or is about to fall gets a letter, unless it is to be done quietly. Returns who rises.
    """
    standings.count(session, member_ids, shop, now=now)
    return grade(session, member_ids, shop, by=by, quiet=quiet, now=now)


def take_back(session: Session, member_id: int, purchase_id: int, shop: Shop, *, now: datetime) -> None:
    """Count anew after a purchase was undone or refunded: a grade that came by it goes with it, at once."""
    standings.count(session, [member_id], shop, now=now)
    about = told(shop, now, purchase_id) | {"members": [member_id]}
    if session.connection().execute(_unrisen, about).rowcount:
        outbox.withdraw(session, member_id, (UP,), "taken back", now=now)
        show(session, [member_id], shop, now=now)
    grade(session, [member_id], shop, now=now)


def show(session: Session, member_ids: Collection[int], shop: Shop, *, now: datetime, quiet: bool = False) -> set[int]:
    """Let some members have the grade that staff gave them, or else the one that they earned.

    For whom it rises by that, journeys begin, unless it is to be done quietly. Returns who they are.
    """
    these = {"members": [*member_ids]}
    before = {row.id: row.grade for row in session.connection().execute(_graded_so, these)}
    shown = session.connection().execute(_show, these | {"at": now}).all()
    risen = [(row.id, row.grade) for row in shown if GRADES.index(row.grade) > GRADES.index(before[row.id])]
    if risen and not quiet:
        departures.told(session, departures.GRADE, risen, shop, now=now)
    return {member_id for member_id, _grade in risen}


def grade(
    session: Session,
    member_ids: Collection[int],
    shop: Shop,
    *,
    now: datetime,
    by: int | None = None,
    quiet: bool = False,
) -> set[int]:
    """Grade some members by their sums as they are, and tell them unless it is to be quiet. Returns who rises."""
    about = told(shop, now, by)
    changed = session.connection().execute(_graded, about | {"members": [*member_ids]}).all()
    if not changed:
        return set()
    risen = [row for row in changed if row.falls_on is None and row.changed_on == about["today"] and row.rank > row.was]
    _outgrown(session, risen)
    higher = show(session, [row.member_id for row in changed], shop, now=now, quiet=quiet)
    if not quiet:
        _tell(session, changed, risen, shop, at_once=by is not None, now=now)
    return higher


def _tell(
    session: Session,
    changed: Collection[Row[Any]],
    risen: Collection[Row[Any]],
    shop: Shop,
    *,
    at_once: bool,
    now: datetime,
) -> None:
    """Write to those whose grade is earned, and no other covers it."""
    given = select(MANUAL_GRADES.c.member_id).where(MANUAL_GRADES.c.member_id.in_([row.member_id for row in changed]))
    covered = set(session.connection().execute(given).scalars())
    for row in changed:
        if row.member_id in covered:
            continue
        if row in risen:
            _congratulate(session, row, shop, at_once=at_once, now=now)
        elif row.falls_on:
            _warn(session, row, shop, now)
        else:
            outbox.withdraw(session, row.member_id, (NOTICE,), "out of danger", now=now)


def _outgrown(session: Session, risen: Collection[Row[Any]]) -> None:
    """A grade by hand ends where a higher one was earned since."""
    for row in risen:
        below = MANUAL_GRADES.c.member_id == row.member_id, MANUAL_GRADES.c.grade.in_(GRADES[: row.rank])
        session.connection().execute(MANUAL_GRADES.delete().where(*below))


def _congratulate(session: Session, row: Row[Any], shop: Shop, *, at_once: bool, now: datetime) -> None:
    """Congratulate a member on a grade: at once after the purchase that brought it, else in the morning."""
    grade, today = GRADES[row.rank], shop.day(now)
    outbox.withdraw(session, row.member_id, (NOTICE,), "out of danger", now=now)
    after = now if at_once else _morning(shop, now)
    key = f"{UP}:{row.member_id}:{grade}:{today}"
    outbox.to_member(session, UP, row.member_id, key=key, now=now, after=after, grade=grade)
    questions.follow(session, row.member_id, shop, key=f"grade:{row.member_id}:{grade}:{today}", now=now)


def _warn(session: Session, row: Row[Any], shop: Shop, now: datetime) -> None:
    """Tell a member until when a grade stays, and what keeps it."""
    last = row.falls_on - timedelta(days=1)
    lacks = progress.keeping(session, row.member_id, GRADES[row.rank], shop, day=row.falls_on)
    facts = {"grade": GRADES[row.rank], "below": GRADES[row.rank - 1], "until": last.isoformat()}
    facts |= {"spent": lacks.spent, "purchases": lacks.purchases} if lacks else {"spent": None, "purchases": None}
    key = f"{NOTICE}:{row.member_id}:{row.falls_on}"
    outbox.to_member(session, NOTICE, row.member_id, key=key, now=now, after=_morning(shop, now), **facts)


def _morning(shop: Shop, now: datetime) -> datetime:
    """When the letters of a day go out, or now where that is over."""
    return max(now, shop.at(shop.day(now), shop.rules.sending.day_hour))
