"""The reminders of a coupon, 7 days and 1 day before its last day, as far as they make sense."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.club import coupons, outbox
from bot.club.rules import Shop
from db.coupons import Coupon

AHEAD = (timedelta(days=7), timedelta(days=1))
LATE = timedelta(days=3)  # a reminder may come so long after its time, so the two are never within a day
NEW = timedelta(hours=12)  # nobody is reminded of what they got just now
INSTANT = timedelta(microseconds=1)


def prepare(session: Session, shop: Shop, *, now: datetime, limit: int = 200) -> int:
    """Write the reminders that are due, of each coupon the nearest alone. Returns how many coupons were looked at."""
    due = select(Coupon).where(col(Coupon.remind_at) <= now).order_by(col(Coupon.remind_at)).limit(limit)
    found = session.exec(due).all()
    for coupon in found:
        times = _times(coupon, shop)
        if past := [at for at in times if at <= now]:
            _write(session, coupon, past[-1], now)
        coupon.remind_at = next((at for at in times if at > now), None)
        session.add(coupon)
    return len(found)


def _times(coupon: Coupon, shop: Shop) -> list[datetime]:
    """When a coupon's member is reminded, in order; never once it is used."""
    if coupon.state != "issued":
        return []
    last = shop.day(coupon.good_until - INSTANT)
    times = (shop.at(last - ahead, shop.rules.sending.day_hour) for ahead in AHEAD)
    return [at for at in times if at >= (coupon.came_at or coupon.issued_at) + NEW]


def _write(session: Session, coupon: Coupon, at: datetime, now: datetime) -> None:
    before = min(at + LATE, coupon.good_until)
    if before > now:
        key = f"coupon_reminder:{coupon.id}:{coupon.member_id}:{at.date()}"
        facts = coupons.as_issued(coupon).facts
        outbox.to_member(
            session, "coupon_reminder", coupon.member_id, key=key, now=now, after=at, before=before, **facts
        )
