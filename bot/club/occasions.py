"""Yearly dates; and a member's own: the greeting, coupon and double points that a birthday brings, once a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from bot.club import audit, budget, consents, coupons, earnings, erased, greetings, journeys, members, outbox
from bot.club.calendar import Calendar, YearlyDate, celebration_year, next_on
from bot.club.errors import BirthdayFixed, UnknownMember
from bot.club.members import Named, Who
from bot.club.offers import Offer
from bot.club.rules import Shop
from db.engine import insert_once
from db.members import Member
from db.occasions import Occasion
from db.points import BOOSTS

DAY = timedelta(days=1)
AHEAD = timedelta(days=7)  # the heads-up comes so long before
LATE = timedelta(days=2)  # the greeting may come so long after
REMINDER = timedelta(days=6)  # after the day, if the coupon is unused
STALE = timedelta(days=3)  # the reminder may come so long after its time, while the coupon is good
LETTERS = ("birthday_ahead", "birthday", "birthday_reminder")


@dataclass(frozen=True, slots=True)
class Kept:
    """A birthday as it was kept: the next day it falls on, what it earned, whether this year brings the coupon."""

    when: YearlyDate
    next_on: date
    earned: int
    with_coupon: bool


def birthday(session: Session, member_id: int) -> YearlyDate | None:
    """A member's own birthday."""
    kept = _own(session, member_id)
    return when_of(kept) if kept else None


def coming(when: YearlyDate, shop: Shop, *, now: datetime) -> date:
    """The next day on which a date is celebrated, today included."""
    return next_on(when, shop.day(now), leap_day_in_march=shop.rules.birthday.leap_day_in_march)


def due(session: Session, whose: ColumnElement[bool], shop: Shop, *, now: datetime, limit: int) -> Sequence[Occasion]:
    """The dates within the next 7 days that are still to be prepared, the soonest first."""
    soon = select(Occasion).where(col(Occasion.next_on) <= shop.day(now) + AHEAD, whose)
    return session.exec(soon.order_by(col(Occasion.next_on)).limit(limit)).all()


def when_of(occasion: Occasion) -> YearlyDate:
    """The yearly date that is kept."""
    calendar: Calendar = "lunar" if occasion.calendar == "lunar" else "solar"
    return YearlyDate(calendar, occasion.month, occasion.day, occasion.leap, occasion.year)


def put_down(occasion: Occasion, when: YearlyDate, next_day: date, *, now: datetime) -> None:
    """Keep a date as it was told now."""
    occasion.calendar, occasion.month, occasion.day = when.calendar, when.month, when.day
    occasion.leap, occasion.year = when.leap, when.year
    occasion.next_on, occasion.last_on = next_day, None
    occasion.set_at, occasion.vouched = now, False


def move_on(session: Session, occasion: Occasion, shop: Shop, *, now: datetime) -> None:
    """Its day is prepared, and with it every day that is too late by now: find the next one.

    So after a year of silence today's is not lost too.
    """
    occasion.last_on = max(occasion.next_on, shop.day(now) - LATE - DAY)
    leap_day = shop.rules.birthday.leap_day_in_march
    occasion.next_on = next_on(when_of(occasion), occasion.last_on + DAY, leap_day_in_march=leap_day)
    session.add(occasion)


def settled(occasion: Occasion, day: date, shop: Shop) -> bool:
    """Whether a date was known long enough before the day to bring a coupon: not told for the sake of it."""
    known_for = timedelta(days=shop.rules.birthday.settled_days)
    return occasion.vouched or shop.day(occasion.set_at) + known_for <= day


def birthdays(session: Session, first: date, last: date) -> list[tuple[date, Named, YearlyDate]]:
    """Members' own birthdays from one day to another, both included: prepared ones and those to come."""
    ahead = col(Occasion.next_on).between(first, last), col(Occasion.last_on).between(first, last)
    mine = select(Occasion, Member.name).join(Member).where(col(Occasion.relation) == "self", or_(*ahead))
    found = [
        (day, Named(occasion.member_id, name), when_of(occasion))
        for occasion, name in session.exec(mine)
        for day in (occasion.last_on, occasion.next_on)
        if day and first <= day <= last
    ]
    return sorted(found, key=lambda each: (each[0], each[1].member_id))


def may_tell(session: Session, member_id: int) -> None:
    """Let a member tell their birthday, or change it once. Raises BirthdayFixed."""
    kept = _own(session, member_id)
    if kept and kept.changes:
        raise BirthdayFixed


def keep_birthday(session: Session, member_id: int, when: YearlyDate, shop: Shop, *, now: datetime) -> Kept:
    """Keep a member's own birthday as they confirmed it. The same date again changes nothing.

    Raises BirthdayFixed on a second change. What an earlier date had prepared and not yet sent is withdrawn.
    """
    kept = _own(session, member_id)
    if kept and when_of(kept) == when:
        day = coming(when, shop, now=now)
        return Kept(when, day, 0, settled(kept, day, shop))
    if kept and kept.changes:
        raise BirthdayFixed
    changes = kept.changes + 1 if kept else 0
    day, with_coupon = _keep(session, member_id, when, shop, changes=changes, vouched=False, now=now)
    prize, key = shop.rules.points.birthday, f"field:{member_id}:birthday"
    earned = earnings.earn(session, member_id, prize, "birthday_told", shop, key=key, now=now)
    return Kept(when, day, earned.points, with_coupon)


def correct_birthday(
    session: Session, staff_id: int, who: Who, when: YearlyDate, shop: Shop, *, vouched: bool, now: datetime
) -> tuple[Named, Kept]:
    """Keep a member's birthday as the staff know it, however often it was changed.

    `vouched`: it brings the coupon this year too, however late it was told. Raises UnknownMember, WhichMember.
    """
    member = members.find(session, who)
    if not consents.given(session, member.member_id, "service"):
        raise UnknownMember(who=member.number)
    kept = _own(session, member.member_id)
    changes = kept.changes if kept else 0
    day, with_coupon = _keep(session, member.member_id, when, shop, changes=changes, vouched=vouched, now=now)
    audit.note(session, staff_id, "birthday vouched" if vouched else "birthday", member.member_id, now=now)
    return member, Kept(when, day, 0, with_coupon)


def _keep(
    session: Session, member_id: int, when: YearlyDate, shop: Shop, *, changes: int, vouched: bool, now: datetime
) -> tuple[date, bool]:
    """Keep a birthday, withdraw the letters of the one before. Returns its next day, and whether a coupon comes."""
    next_day = coming(when, shop, now=now)
    kept = _own(session, member_id)
    if kept is None:
        kept = Occasion(member_id=member_id, month=when.month, day=when.day, next_on=next_day, set_at=now)
    outbox.withdraw(session, member_id, LETTERS, "birthday changed", now=now)
    put_down(kept, when, next_day, now=now)
    kept.changes, kept.vouched = changes, vouched
    session.add(kept)
    session.flush()
    with_coupon = settled(kept, next_day, shop)
    prepare(session, shop, now=now, only=kept.id)
    return next_day, with_coupon


def prepare(session: Session, shop: Shop, *, now: datetime, limit: int = 200, only: int | None = None) -> int:
    """Prepare the birthdays of the next 7 days, and those that an outage let pass. Returns how many were looked at.

    A batch of at most `limit`; nothing is left where fewer come back. Each is prepared once, whatever is repeated.
    """
    own = col(Occasion.relation) == "self"
    found = due(session, own if only is None else own & (col(Occasion.id) == only), shop, now=now, limit=limit)
    for occasion in found:
        _prepare(session, occasion, shop, now)
    return len(found)


def _prepare(session: Session, occasion: Occasion, shop: Shop, now: datetime) -> None:
    day, today = occasion.next_on, shop.day(now)
    if outbox.account_of(session, occasion.member_id) is None:
        pass  # somebody from a list: there is nobody to write to, and no coupon that anybody would hear of
    elif not journeys.is_on(session, "birthday"):
        pass
    elif today > day + LATE:
        outbox.report(session, "missed", occasion.member_id, "birthday", now=now)
    else:
        gift = _give(session, occasion, shop, now) if settled(occasion, day, shop) else None
        _write(session, occasion, gift, shop, now)
    move_on(session, occasion, shop, now=now)
    if occasion.next_on <= today + AHEAD:
        _prepare(session, occasion, shop, now)


def _give(session: Session, occasion: Occasion, shop: Shop, now: datetime) -> coupons.Issued | None:
    """The birthday's coupon and double points, from 7 days before to 7 days after; once a year for each person.

    None where they had them under another number, or the month's budget is used up.
    """
    member_id, day, rules = occasion.member_id, occasion.next_on, shop.rules.birthday
    year = celebration_year(when_of(occasion), day)
    if erased.returned(session, member_id, f"birthday:{year}"):
        return None
    key, around = f"birthday:{member_id}:{year}", timedelta(days=rules.days_around)
    # Its reminder is a letter of its own, prepared with the others.
    until, what = shop.end_of(day + around), Offer.read(rules.offer)
    gift = budget.give(session, member_id, "birthday", what, shop, good_until=until, key=key, now=now, reminded=False)
    if gift:
        window = {"first_day": day - around, "last_day": day + around}
        insert_once(session, BOOSTS, member_id=member_id, factor=rules.multiplier, **window, key=key)
    return gift


def _write(session: Session, occasion: Occasion, gift: coupons.Issued | None, shop: Shop, now: datetime) -> None:
    """The letters of one birthday, each with the time it is for."""
    member_id, day, hour = occasion.member_id, occasion.next_on, shop.rules.sending.day_hour
    key = f"{member_id}:{celebration_year(when_of(occasion), day)}"
    if gift:
        ahead = shop.at(day - AHEAD, hour)
        ahead = max(ahead, now) if occasion.vouched else ahead
        facts = gift.facts | {"day": day.isoformat(), "multiplier": shop.rules.birthday.multiplier}
        outbox.to_member(
            session, "birthday_ahead", member_id, key=f"birthday_ahead:{key}", now=now, after=ahead, **facts
        )
        remind = shop.at(day + REMINDER, hour)
        if remind < gift.good_until:
            due = {"after": remind, "before": min(remind + STALE, gift.good_until)}
            outbox.to_member(
                session, "birthday_reminder", member_id, key=f"birthday_reminder:{key}", now=now, **due, **gift.facts
            )
    wishes = {"after": shop.at(day, hour), "before": shop.end_of(day + LATE)}
    greetings.post(session, day.isoformat(), now=now, **wishes)  # before the private one, which waits for it
    greeting = {"day": day.isoformat()} | ({"gift": gift.facts} if gift else {})
    outbox.to_member(session, "birthday", member_id, key=f"birthday:{key}", now=now, **wishes, **greeting)


def _own(session: Session, member_id: int) -> Occasion | None:
    return session.exec(select(Occasion).where(Occasion.member_id == member_id, Occasion.relation == "self")).first()
