"""Coupons: offers issued to one member, with a code that cannot be guessed and one use."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from bot.club import audit
from bot.club.errors import ClubError, CouponLapsed, CouponSpent, NoSuchCoupon
from bot.club.members import Named
from bot.club.offers import Offer
from db.coupons import COUPONS, Coupon
from db.engine import insert_once
from db.members import Member

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"  # without I, L and O,
DIGITS = "23456789"  # which look like 1 and 0
LOOK = timedelta(days=8)  # before its end, a coupon's reminders are looked at first
GROUP, WHOLE = 4, 3  # characters between dashes, groups of a code
CODE = re.compile(rf"[{LETTERS}{DIGITS}]{{{GROUP}}}(?:[ -]?[{LETTERS}{DIGITS}]{{{GROUP}}}){{1,2}}")


@dataclass(frozen=True, slots=True)
class Issued:
    """A coupon as its member sees it."""

    id: int
    name: str
    offer: Offer
    code: str
    good_until: datetime
    minimum: int = 0  # of the purchase, in minor units

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
        }


@dataclass(frozen=True, slots=True)
class Held:
    """A coupon as staff see it at the till: what it gives, and whose it is."""

    name: str
    offer: Offer
    who: Named


def issue(
    session: Session,
    member_id: int,
    name: str,
    offer: Offer,
    *,
    good_until: datetime,
    key: str,
    now: datetime,
    deal_id: int | None = None,
    template_id: int | None = None,
    minimum: int = 0,
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
    )
    return None if coupon_id is None else Issued(coupon_id, name, offer, code, good_until, minimum)


def redeem(session: Session, staff_id: int, code: str, *, now: datetime) -> Held:
    """Use up a coupon at the till, and say what it is worth and whose it is.

    Raises NoSuchCoupon, CouponLapsed, CouponSpent.
    """
    used = session.exec(
        update(Coupon)
        .where(col(Coupon.code) == tidy(code), col(Coupon.state) == "issued", col(Coupon.good_until) > now)
        .values(state="redeemed", used_at=now, used_by=staff_id)
        .returning(col(Coupon.id), col(Coupon.member_id), col(Coupon.name), col(Coupon.offer))
    ).one_or_none()
    if used is None:
        raise _why_not(session, tidy(code))
    coupon_id, member_id, name, offer = used
    audit.note(session, staff_id, "redeem", member_id, now=now, coupon=coupon_id)
    return Held(name, Offer.read(offer), _named(session, member_id))


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
        select(Coupon)
        .where(Coupon.member_id == member_id, Coupon.state == "issued", Coupon.good_until > now)
        .order_by(col(Coupon.good_until), col(Coupon.id))
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
    return Issued(coupon.id or 0, coupon.name, offer, coupon.code, coupon.good_until, coupon.minimum)


def _named(session: Session, member_id: int) -> Named:
    return Named(member_id, session.get_one(Member, member_id).name)


def _why_not(session: Session, code: str) -> ClubError:
    coupon = session.exec(select(Coupon).where(Coupon.code == code)).first()
    if coupon is None:
        return NoSuchCoupon()
    if coupon.state == "redeemed":
        return CouponSpent(day=coupon.used_at, by=_named(session, coupon.used_by or 0))
    return CouponLapsed(until=coupon.good_until)
