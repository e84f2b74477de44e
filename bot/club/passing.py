"""Passing on: a gift coupon goes to a friend by a link that works once, under a new code. Points and money never do."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from bot.club import blacklist, coupons, outbox
from bot.club.blacklist import NotForYou
from bot.club.coupons import Issued
from bot.club.errors import ClubError, StaleButton
from bot.club.members import Person
from bot.i18n import N_
from db.coupons import COUPON_TRANSFERS, Coupon, CouponTransfer
from db.engine import insert_once
from db.members import Account, Member

RANDOM = 18  # bytes of a link, 144 bits: 24 characters of a start payload


class StaysYours(ClubError):
    """A coupon that is not for passing on."""

    says = N_("This coupon is only for you; it cannot be passed on.")


class LinkOver(ClubError):
    """A link that is none of ours, or no longer: which of the two is nobody's business."""

    says = N_("This link does not work any more. If a friend sent it to you, please ask them for a new one.")


class PassedToOther(ClubError):
    """A coupon that somebody else accepted first."""

    says = N_("Somebody was a moment faster: this coupon has been accepted. We hope the next one is yours.")


class PassedToYou(ClubError):
    """A coupon that this member accepted already."""

    says = N_("You have accepted it already: /coupons shows it.")


class OwnLink(ClubError):
    """A member accepting what they offer themselves."""

    says = N_("This coupon is yours already. Send the link to a friend.")


class PassedByYou(ClubError):
    """A coupon that a friend accepted before it was taken back."""

    says = N_("Your friend was faster and has accepted “{name}”.")


@dataclass(frozen=True, slots=True)
class Passed:
    """What a link brings: the coupon, who passes it on (the first name), whether that is the reader."""

    coupon: Issued
    giver: str | None
    own: bool


def offer(session: Session, member_id: int, code: str, *, now: datetime) -> tuple[Issued, str]:
    """Let a member's own coupon go to whoever accepts it by a link. Returns the link's token, of which a hash is kept.

    A link that was made before no longer works. Raises StaysYours, NoSuchCoupon, CouponLapsed, CouponSpent,
    CouponRevoked.
    """
    token = secrets.token_urlsafe(RANDOM)
    offered = session.exec(
        update(Coupon)
        .where(col(Coupon.code) == coupons.tidy(code), col(Coupon.member_id) == member_id, col(Coupon.transferable))
        .where(*coupons.good(now))
        .values(link_hash=_hash(token))
        .returning(col(Coupon.id))
    ).one_or_none()
    own = coupons.mine(session, member_id, code, now=now)
    if offered is None:
        raise StaysYours
    return own, token


def take_back(session: Session, member_id: int, coupon_id: int) -> str:
    """End the link to a member's coupon. Returns the coupon's name. Raises PassedByYou, StaleButton."""
    back = session.exec(
        update(Coupon)
        .where(col(Coupon.id) == coupon_id, col(Coupon.member_id) == member_id, col(Coupon.state) == "issued")
        .values(link_hash=None)
        .returning(col(Coupon.name))
    ).one_or_none()
    if back:
        return str(back[0])
    theirs = (CouponTransfer.coupon_id == coupon_id, CouponTransfer.from_id == member_id)
    if session.exec(select(CouponTransfer.id).where(*theirs)).first() is None:
        raise StaleButton
    raise PassedByYou(name=session.get_one(Coupon, coupon_id).name)


def look(session: Session, person: Person, token: str, *, now: datetime) -> Passed:
    """What a link brings to whoever opened it. Raises LinkOver, PassedToOther, PassedToYou, PassedByYou."""
    coupon = session.exec(select(Coupon).where(Coupon.link_hash == _hash(token), *coupons.good(now))).first()
    if coupon is None:
        raise _over(session, person, token)
    giver = first_name(session, coupon.member_id)
    return Passed(coupons.as_issued(coupon), giver, coupon.member_id == person.member_id)


def accept(session: Session, person: Person, token: str, *, now: datetime) -> Issued:
    """Take over a friend's coupon, under a new code; the friend is told. Who is first has it.

    Raises LinkOver, PassedToOther, PassedToYou, PassedByYou, OwnLink, and NotForYou to who is on the blacklist.
    """
    if blacklist.stops(session, person.member_id):
        raise NotForYou
    link = _hash(token)
    giver = session.exec(select(Coupon.member_id).where(Coupon.link_hash == link)).first()
    if giver == person.member_id:
        raise OwnLink
    moved = session.exec(
        update(Coupon)
        .where(col(Coupon.link_hash) == link, col(Coupon.member_id) == giver, *coupons.good(now))
        .values(
            member_id=person.member_id,
            issued_to=func.coalesce(col(Coupon.issued_to), col(Coupon.member_id)),
            code=coupons.new_code(),
            link_hash=None,
            came_at=now,
            remind_at=now,
        )
        .returning(col(Coupon.id))
    ).one_or_none()
    if moved is None or giver is None:
        raise _over(session, person, token)
    about = {"coupon_id": moved[0], "from_id": giver, "to_id": person.member_id, "link_hash": link, "at": now}
    transfer = insert_once(session, COUPON_TRANSFERS, **about)
    coupon = session.get_one(Coupon, moved[0], populate_existing=True)
    facts = {"name": coupon.name, "taker": person.member_id}
    outbox.to_member(session, "coupon_passed", giver, key=f"coupon_passed:{transfer}", now=now, **facts)
    return coupons.as_issued(coupon)


def first_name(session: Session, member_id: int) -> str | None:
    """What a friend may read of a member: the first name, as their platform shows it to everybody."""
    account = session.get(Account, outbox.account_of(session, member_id) or 0)
    shown = (account.name if account else None) or session.get_one(Member, member_id).name
    return shown.split()[0] if shown and shown.split() else None


def _over(session: Session, person: Person, token: str) -> ClubError:
    """Why nothing comes by a link. Only who holds one that worked learns more than that it is over."""
    passed = session.exec(select(CouponTransfer).where(CouponTransfer.link_hash == _hash(token))).first()
    if passed is None:
        return LinkOver()
    if passed.from_id == person.member_id:
        return PassedByYou(name=session.get_one(Coupon, passed.coupon_id).name)
    return PassedToYou() if passed.to_id == person.member_id else PassedToOther()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
