"""Points that staff give and take by hand, with a reason; a manager's large change waits for the owner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, update

from bot.club import audit, members, outbox, points, staff
from bot.club.errors import BadPoints, NoOwner, NotYourself, RequestOver, StaleButton
from bot.club.members import Named, Person, Role, Who
from bot.club.rules import Shop
from db.engine import insert_once
from db.staff import REQUESTS, Request

LIMIT = 1_000_000  # points in one change


@dataclass(frozen=True, slots=True)
class Changed:
    """A manual change: of whom, and the new balance, None where it waits for the owner."""

    who: Named
    balance: int | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A request that the owner decided."""

    amount: int
    member_id: int


def change(
    session: Session, by: Person, who: Who, amount: int, reason: str, shop: Shop, *, key: str, now: datetime
) -> Changed:
    """Staff's manual change, up or down. Above the manager's limit it waits for an owner, who is asked.

    Raises UnknownMember, WhichMember, BadPoints, NotYourself, NotEnoughPoints, NoOwner, StaleButton.
    """
    if not 0 < abs(amount) <= LIMIT:
        raise BadPoints(limit=LIMIT)
    member = members.find(session, who)
    if by.role < Role.OWNER and by.member_id == member.member_id:
        raise NotYourself
    if by.role < Role.OWNER and abs(amount) > shop.rules.points.manager_limit:
        _ask_owner(session, by, member, amount, reason, key=key, now=now)
        return Changed(member, None)
    return Changed(member, _by_hand(session, by.member_id, member.member_id, amount, reason, key=key, now=now))


def decide(session: Session, owner: Person, request_id: int, *, approve: bool, now: datetime) -> Decided:
    """The owner's word on a request; who asked is told. Raises RequestOver, NotEnoughPoints."""
    decided = session.exec(
        update(Request)
        .where(col(Request.id) == request_id, col(Request.state) == "waiting")
        .values(state="approved" if approve else "declined", decided_by=owner.member_id)
        .returning(col(Request.amount), col(Request.member_id), col(Request.reason), col(Request.asked_by))
    ).one_or_none()
    if decided is None:
        raise RequestOver
    amount, member_id, reason, asked_by = decided
    if approve:
        _by_hand(session, asked_by, member_id, amount, reason, key=f"request:{request_id}", now=now)
    audit.note(
        session,
        owner.member_id,
        "approve" if approve else "decline",
        member_id,
        now=now,
        request=request_id,
        points=abs(amount),
    )
    facts = {"amount": amount, "number": members.number(member_id), "approved": approve}
    outbox.to_member(session, "request_decided", asked_by, key=f"request_decided:{request_id}", now=now, **facts)
    return Decided(amount, member_id)


def _ask_owner(
    session: Session, by: Person, member: Named, amount: int, reason: str, *, key: str, now: datetime
) -> None:
    owners = staff.reached(session)
    if not owners:
        raise NoOwner
    about = {"member_id": member.member_id, "amount": amount, "reason": reason, "asked_by": by.member_id}
    request_id = insert_once(session, REQUESTS, key=key, asked_at=now, state="waiting", **about)
    if request_id is None:
        raise StaleButton
    facts: dict[str, Any] = {
        "request": request_id,
        "amount": amount,
        "reason": reason,
        "number": member.number,
        "by": by.number,
    }
    for account_id, owner_id in owners:
        facts |= {"account_id": account_id, "member_id": owner_id}
        outbox.post(session, "request", key=f"request:{request_id}:{owner_id}", now=now, **facts)


def _by_hand(
    session: Session, staff_id: int, member_id: int, amount: int, reason: str, *, key: str, now: datetime
) -> int:
    move = points.award if amount > 0 else points.spend
    source = "grant" if amount > 0 else "deduct"
    balance = move(session, member_id, abs(amount), source, key=key, now=now, reason=reason, staff_id=staff_id)
    if balance is None:  # a second tap on the same button
        raise StaleButton
    audit.note(session, staff_id, source, member_id, now=now, points=abs(amount), entry=key)
    facts = {"amount": amount, "reason": reason, "balance": balance}
    outbox.to_member(session, "points_changed", member_id, key=f"points_changed:{key}", now=now, **facts)
    return balance
