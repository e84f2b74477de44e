"""Coupons: offers issued to one member, with a code that cannot be guessed and one use."""

import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy import select as choose
from sqlmodel import Session, case, col, select, update

from bot.club import audit, departures, earnings, events, outbox
from bot.club.errors import ClubError, CouponLapsed, CouponSpent, NoSuchCoupon
from bot.club.members import Named, number
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.coupons import COUPONS, Coupon
from db.engine import insert_once
from db.hot import first
from db.members import MEMBERS

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"  # without I, L and O,
DIGITS = "23456789"  # which look like 1 and 0
LOOK = timedelta(days=8)  # before its end, a coupon's reminders are looked at first
BACK = timedelta(days=7)  # for which a coupon that comes back is good at least
GROUP, WHOLE = 4, 3  # characters between dashes, groups of a code
CODE = re.compile(rf"[{LETTERS}{DIGITS}]{{{GROUP}}}(?:[ -]?[{LETTERS}{DIGITS}]{{{GROUP}}}){{1,2}}")

_use = (
    COUPONS.update()
    .where(COUPONS.c.code == bindparam("shown"), COUPONS.c.state == "issued", COUPONS.c.good_until > bindparam("at"))
    .values(state="redeemed", used_at=bindparam("at"), used_by=bindparam("by"))
    .returning(COUPONS.c.id, COUPONS.c.member_id, COUPONS.c.name, COUPONS.c.offer, COUPONS.c.minimum)
)
_shown = choose(COUPONS).where(COUPONS.c.code == bindparam("shown"))
_called = choose(MEMBERS.c.name).where(MEMBERS.c.id == bindparam("member"))


class CouponRevoked(ClubError):
    """A coupon that the shop took back."""

    says = N_("The shop took this coupon back.")


class UsedByMachine(CouponSpent):
    """A coupon that a till used by itself."""

    says = N_("This coupon was used on {day} already, at the till.")


@dataclass(frozen=True, slots=True)
class Issued:
    """A coupon as its member sees it."""

    id: int
    name: str
    offer: Offer
    code: str
    good_until: datetime
    minimum: int = 0  # of the purchase, in minor units
    transferable: bool = False

    @property
    def facts(self) -> dict[str, str | int]:
        """What a letter about it keeps."""
        return {
            "coupon_id": self.id,
            "name": self.name,
            "offer": str(self.offer),
            "code": self.code,
            "good_until": self.good_until.isoformat(),
            "minimum": self.minimum,
            "transferable": self.transferable,
        }


@dataclass(frozen=True, slots=True)
class Held:
    """A coupon as staff see it at the till: what it gives, and whose it is."""

    id: int
    name: str
    offer: Offer
    minimum: int  # of the purchase, in minor units
    who: Named


def issue(
    session: Session,
    member_id: int,
    name: str,
    offer: Offer,
    shop: Shop,
    *,
    good_until: datetime,
    key: str,
    now: datetime,
    deal_id: int | None = None,
    template_id: int | None = None,
    minimum: int = 0,
    transferable: bool = False,
    reminded: bool = True,
) -> Issued | None:
    """Issue an offer to a member, once for each key. Returns None where the key was used before.

    `reminded`: the member is told before it ends.
    """
    code = new_code()
    coupon_id = insert_once(
        session,
        COUPONS,
        code=code,
        key=key,
        member_id=member_id,
        deal_id=deal_id,
        template_id=template_id,
        name=name,
        offer=str(offer),
        minimum=minimum,
        state="issued",
        issued_at=now,
        good_from=now,
        good_until=good_until,
        remind_at=good_until - LOOK if reminded else None,
        transferable=transferable,
    )
    if coupon_id is None:
        return None
    issued = Issued(coupon_id, name, offer, code, good_until, minimum, transferable)
    events.post(session, "coupon.issued", member_id, now=now, **told(issued, member_id))
    departures.told(session, departures.ISSUED, [(member_id, name)], shop, now=now)
    return issued


def redeem(session: Session, staff_id: int | None, code: str, shop: Shop, *, now: datetime) -> Held:
    """Use up a coupon at the till, and say what it is worth and whose it is. Points are paid at once, within their cap.

    `staff_id` is nobody for a machine, whose act is noted by whoever lets it in.

    Raises NoSuchCoupon, CouponLapsed, CouponSpent, CouponRevoked.
    """
    used = first(session.connection(), _use, {"shown": tidy(code), "at": now, "by": staff_id})
    if used is None:
        raise _why_not(session, tidy(code))
    coupon_id, member_id, name, written, minimum = used
    offer = Offer.read(written)
    if offer.kind == "points":
        key = f"coupon:{coupon_id}"
        earned = earnings.earn(session, member_id, offer.amount, "coupon", shop, key=key, now=now)
        offer = replace(offer, amount=earned.points)
    event = {"coupon": coupon_id, "name": name, "offer": str(offer), "member": number(member_id)}
    events.post(session, "coupon.redeemed", member_id, now=now, **event)
    departures.told(session, departures.REDEEMED, [(member_id, name)], shop, now=now)
    if staff_id:
        audit.note(session, staff_id, "redeem", member_id, now=now, coupon=coupon_id)
    return Held(coupon_id, name, offer, minimum, _named(session, member_id))


def told(issued: Issued, member_id: int) -> dict[str, Any]:
    """What a webhook is told of a coupon: not its code, which is as good as the coupon."""
    about = {"coupon": issued.id, "name": issued.name, "offer": str(issued.offer), "minimum": issued.minimum}
    return about | {"good_until": issued.good_until.isoformat(), "member": number(member_id)}


def give_back(session: Session, staff_id: int | None, coupon_id: int, *, now: datetime) -> bool:
    """Make a used coupon good again, as its purchase was refunded. Returns whether it is.

    It keeps its last day, but is good for a week at least. One that paid points stays used: its member keeps them.
    """
    week = now + BACK
    back = session.exec(
        update(Coupon)
        .where(col(Coupon.id) == coupon_id, col(Coupon.state) == "redeemed", col(Coupon.offer).not_like("points:%"))
        .values(state="issued", used_at=None, used_by=None, came_at=now, remind_at=now, link_hash=None)
        .values(good_until=case((col(Coupon.good_until) < week, week), else_=col(Coupon.good_until)))
        .returning(col(Coupon.member_id))
    ).one_or_none()
    if back and staff_id:
        audit.note(session, staff_id, "coupon back", back[0], now=now, coupon=coupon_id)
    return back is not None


def lapse(session: Session, *, now: datetime, limit: int) -> int:
    """Mark coupons whose last moment is over, since which none is good any more, as expired. Returns how many."""
    over = select(Coupon.id).where(Coupon.state == "issued", col(Coupon.good_until) <= now)
    over = over.order_by(col(Coupon.good_until)).limit(limit)
    still = (col(Coupon.id).in_(over), col(Coupon.state) == "issued")
    return session.exec(update(Coupon).where(*still).values(state="expired", remind_at=None)).rowcount


def revoke(session: Session, staff_id: int, code: str, reason: str, *, now: datetime) -> tuple[Issued, Named]:
    """Take a good coupon back from its member, who is told why.

    Raises NoSuchCoupon, CouponLapsed, CouponSpent, CouponRevoked.
    """
    gone = session.exec(
        update(Coupon)
        .where(col(Coupon.code) == tidy(code), *good(now))
        .values(state="revoked", revoked_for=reason)
        .returning(col(Coupon.id))
    ).one_or_none()
    if gone is None:
        raise _why_not(session, tidy(code))
    coupon = session.get_one(Coupon, gone[0], populate_existing=True)
    whose = _named(session, coupon.member_id)
    audit.note(session, staff_id, "coupon revoke", whose.member_id, now=now, coupon=coupon.id, why=coupon.id)
    facts = {"name": coupon.name, "offer": coupon.offer, "reason": reason}
    key = f"coupon_revoked:{coupon.id}"
    outbox.to_member(session, "coupon_revoked", whose.member_id, key=key, now=now, **facts)
    return as_issued(coupon), whose


def held(session: Session, code: str, *, now: datetime) -> tuple[Issued, Named]:
    """The good coupon with a code, and whose it is. Raises NoSuchCoupon, CouponLapsed, CouponSpent."""
    coupon = session.exec(select(Coupon).where(Coupon.code == tidy(code))).first()
    if coupon is None or coupon.state != "issued" or coupon.good_until <= now:
        raise _why_not(session, tidy(code))
    return as_issued(coupon), _named(session, coupon.member_id)


def mine(session: Session, member_id: int, code: str, *, now: datetime) -> Issued:
    """A member's own coupon by its code. Raises NoSuchCoupon (also for somebody else's), CouponLapsed, CouponSpent."""
    own = select(Coupon.id).where(Coupon.code == tidy(code), Coupon.member_id == member_id)
    if session.exec(own).first() is None:
        raise NoSuchCoupon
    return held(session, code, now=now)[0]


def good(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What makes a coupon good at an instant, as conditions of a statement."""
    return col(Coupon.state) == "issued", col(Coupon.good_until) > now


def is_code(text: str) -> bool:
    """Whether a text is written like a code: our letters and digits in groups of four, at least one of each."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    return bool(CODE.fullmatch(plain) and re.search("[A-Z]", plain) and re.search("[0-9]", plain))


def is_whole(text: str) -> bool:
    """Whether a text is written like a whole code with its dashes, which hardly answers a question."""
    return is_code(text) and text.count("-") == WHOLE - 1


def tidy(code: str) -> str:
    """A code as it is kept, however it was typed: capitals, in groups of four."""
    plain = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", code).upper())
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


def wallet(session: Session, member_id: int, *, now: datetime) -> list[Issued]:
    """A member's good coupons, the one that ends soonest first."""
    rows = session.exec(
        select(Coupon).where(Coupon.member_id == member_id, *good(now)).order_by(col(Coupon.good_until), col(Coupon.id))
    )
    return [as_issued(coupon) for coupon in rows]


def new_code() -> str:
    """A code of 50 random bits such as `K7QM-3XWF-9TRB`: no look-alike letters, at least one letter and one digit."""
    while True:
        code = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(GROUP * WHOLE))
        if any(c in LETTERS for c in code) and any(c in DIGITS for c in code):
            return tidy(code)


def as_issued(coupon: Coupon) -> Issued:
    """A coupon as its member sees it."""
    offer = Offer.read(coupon.offer)
    about = (coupon.name, offer, coupon.code, coupon.good_until, coupon.minimum, coupon.transferable)
    return Issued(coupon.id or 0, *about)


def _named(session: Session, member_id: int) -> Named:
    return Named(member_id, first(session.connection(), _called, {"member": member_id})[0])


def _why_not(session: Session, code: str) -> ClubError:
    coupon = session.connection().execute(_shown, {"shown": code}).first()
    if coupon is None:
        return NoSuchCoupon()
    if coupon.state == "redeemed" and coupon.used_by is None:
        return UsedByMachine(day=coupon.used_at)
    if coupon.state == "redeemed":
        return CouponSpent(day=coupon.used_at, by=_named(session, coupon.used_by or 0))
    if coupon.state == "revoked":
        return CouponRevoked()
    return CouponLapsed(until=coupon.good_until)
