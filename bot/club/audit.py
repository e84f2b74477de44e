"""Who did what: one line, written in the transaction of the act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.club.members import Named
from db.activities import Activity
from db.api import ApiKey
from db.audit import AUDIT, AuditLine
from db.blacklist import Block
from db.broadcasts import Broadcast
from db.conduct import Strike
from db.coupons import Coupon, CouponGiving, CouponTemplate
from db.deals import Deal
from db.gifts import Gift, GiftSeries
from db.groups import Group
from db.imports import Import
from db.links import NamedLink
from db.members import Member
from db.points import Entry
from db.profile import OwnField
from db.purchases import Product, Purchase, Refund
from db.staff import Request
from db.zone import ZoneItem

# A fact that names a row: by what the row is found, and what the owner reads of it.
ROWS: dict[str, tuple[Any, Any]] = {
    "entry": (Entry.key, Entry.reason),
    "request": (Request.id, Request.reason),
    "block": (Block.id, Block.reason),
    "strike": (Strike.id, Strike.reason),
    "deal": (Deal.id, Deal.title),
    "activity": (Activity.id, Activity.title),
    "item": (ZoneItem.id, ZoneItem.title),
    "group": (Group.id, Group.title),
    "link": (NamedLink.id, NamedLink.name),
    "gift": (Gift.id, Gift.name),
    "series": (GiftSeries.id, GiftSeries.name),
    "coupon": (Coupon.id, Coupon.name),
    "why": (Coupon.id, Coupon.revoked_for),
    "template": (CouponTemplate.id, CouponTemplate.name),
    "giving": (CouponGiving.id, CouponGiving.audience),
    "broadcast": (Broadcast.id, Broadcast.audience),
    "purchase": (Purchase.id, Purchase.order_number),
    "refund": (Refund.id, Refund.amount),
    "product": (Product.id, Product.name),
    "into": (Product.id, Product.name),
    "file": (Import.id, Import.name),
    "field": (OwnField.id, OwnField.label),
    "key": (ApiKey.id, ApiKey.name),
}

_write = AUDIT.insert().inline()


@dataclass(frozen=True, slots=True)
class Act:
    """An act of staff as the owner reads it: facts that name a row hold its reason, title or name.

    `by` is nobody where a machine did it, or whoever sat at the command line.
    """

    at: datetime
    by: Named | None
    name: str
    whom: Named | None
    facts: dict[str, Any]


def note(
    session: Session, staff_id: int | None, act: str, member_id: int | None = None, *, now: datetime, **facts: Any
) -> None:
    """Note an act of staff, about a member where there is one. `facts` hold no name, phone or text of a member.

    A machine's act has no `staff_id`, and the fact `key` for its key.
    """
    line = {"at": now, "staff_id": staff_id, "act": act, "member_id": member_id, "facts": facts}
    session.connection().execute(_write, line)


def last(session: Session, count: int = 50) -> list[Act]:
    """The latest acts, newest first."""
    whom = aliased(Member)
    rows = session.exec(
        select(AuditLine, Member.name, whom.name)
        .outerjoin(Member, col(Member.id) == col(AuditLine.staff_id))
        .outerjoin(whom, col(whom.id) == col(AuditLine.member_id))
        .order_by(col(AuditLine.id).desc())
        .limit(count)
    ).all()
    told = _told(session, [line for line, _, _ in rows])
    return [
        Act(
            line.at,
            Named(line.staff_id, by) if line.staff_id else None,
            line.act,
            Named(line.member_id, name) if line.member_id else None,
            {fact: told[fact].get(value) if fact in told else value for fact, value in line.facts.items()},
        )
        for line, by, name in rows
    ]


def _told(session: Session, lines: Sequence[AuditLine]) -> dict[str, dict[Any, Any]]:
    """What the rows tell that the lines name, a look for each table."""
    told = {}
    for fact, (found_by, words) in ROWS.items():
        named = {line.facts[fact] for line in lines if fact in line.facts}
        told[fact] = dict(session.exec(select(found_by, words).where(col(found_by).in_(named))).all()) if named else {}
    return told
