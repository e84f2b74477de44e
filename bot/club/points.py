"""The ledger. Every award makes a lot and an entry under one key; a spend uses lots, soonest expiry first.

A member's balance is the sum of their lots' remaining and the sum of their entries, always. The database refuses a
negative one (a CHECK on `members.points`), a second award under a key (UNIQUE), and any change to an entry (triggers).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Update, bindparam
from sqlmodel import Session, col, select, update

from bot.club import audit, erased, members, outbox, staff
from bot.club.errors import BadPoints, NoOwner, NotEnoughPoints, NotYourself, RequestOver, StaleButton
from bot.club.members import Named, Person, Role, Who
from bot.club.rules import Shop
from db.engine import insert_once, once
from db.hot import first
from db.members import MEMBERS, Member
from db.points import ENTRIES, LOT_USES, LOTS, Entry, Lot
from db.staff import REQUESTS, Request

LIMIT = 1_000_000  # points in one change by staff
ONCE_A_PERSON = ("consent", "field:", "birthday_told")  # sources, whatever number somebody has

_gift: dict[Any, Any] = {column: bindparam(column.name) for column in LOTS.c if column.name != "id"}
_lot = once(LOTS, "sqlite").values(_gift).returning(LOTS.c.id)
_enter = ENTRIES.insert().values({column: bindparam(column.name) for column in ENTRIES.c if column.name != "id"})
_earn = (
    MEMBERS.update()
    .where(MEMBERS.c.id == bindparam("member"))
    .values(points=MEMBERS.c.points + bindparam("more"), moved_at=bindparam("at"))
    .returning(MEMBERS.c.points)
)
_spend = (
    MEMBERS.update()
    .where(MEMBERS.c.id == bindparam("member"), MEMBERS.c.points >= bindparam("less"))
    .values(points=MEMBERS.c.points - bindparam("less"), moved_at=bindparam("at"))
    .returning(MEMBERS.c.points)
)


def _award() -> Update:
    """Lot, entry and balance in one statement: on PostgreSQL each trip costs. SQLite knows no such statement."""
    lot = once(LOTS, "postgresql").values(_gift).returning(LOTS).cte("lot")
    told = {ENTRIES.c[name]: lot.c[name] for name in ("member_id", "amount", "source", "reason", "key")}
    told |= {ENTRIES.c.staff_id: bindparam("staff_id", type_=Integer), ENTRIES.c.at: lot.c.earned_at}
    entry = ENTRIES.insert().from_select(list(told), select(*told.values())).cte("entry")
    return (
        MEMBERS.update()
        .where(MEMBERS.c.id == lot.c.member_id)
        .values(points=MEMBERS.c.points + lot.c.amount, moved_at=lot.c.earned_at)
        .returning(MEMBERS.c.points)
        .add_cte(entry)
    )


_at_once = _award()


@dataclass(frozen=True, slots=True)
class Line:
    """A ledger line as the member sees it."""

    amount: int
    source: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Purse:
    """What /points tells: the balance, when it lapses without any movement, the latest lines."""

    points: int
    lapses_at: datetime | None
    lines: tuple[Line, ...]


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


def award(
    session: Session, member_id: int, amount: int, source: str, *, key: str, now: datetime, **why: object
) -> int | None:
    """Give points, once for each key. Returns the new balance, None where the key was used before or nothing is given.

    `why` may hold `reason` and `staff_id` of a manual change. What is paid once to a person is not paid again to one
    who was erased and came back.
    """
    if amount <= 0 or (source.startswith(ONCE_A_PERSON) and erased.returned(session, member_id)):
        return None
    gift = {"member_id": member_id, "amount": amount, "source": source, "reason": why.get("reason"), "key": key}
    lot = gift | {"remaining": amount, "earned_at": now, "available_at": now, "expires_at": None}
    connection, staff_id = session.connection(), why.get("staff_id")
    if connection.dialect.name == "postgresql":
        row = first(connection, _at_once, lot | {"staff_id": staff_id})
    elif row := first(connection, _lot, lot):
        first(connection, _enter, gift | {"staff_id": staff_id, "at": now})
        row = first(connection, _earn, {"member": member_id, "more": amount, "at": now})
    return row and int(row[0])


def spend(
    session: Session, member_id: int, amount: int, source: str, *, key: str, now: datetime, **why: object
) -> int | None:
    """Take points once for each key, soonest expiry first, and record which lots were used.

    Returns the new balance, None where the key was used before. Raises NotEnoughPoints.
    """
    connection = session.connection()
    entry_id = insert_once(
        session,
        ENTRIES,
        member_id=member_id,
        amount=-amount,
        source=source,
        reason=why.get("reason"),
        staff_id=why.get("staff_id"),
        at=now,
        key=key,
    )
    if entry_id is None:
        return None
    balance: int | None = connection.execute(_spend, {"member": member_id, "less": amount, "at": now}).scalar()
    if balance is None:
        raise NotEnoughPoints(points=_balance(session, member_id))
    lots = session.exec(
        select(Lot.id, Lot.remaining)
        .where(Lot.member_id == member_id, Lot.remaining > 0)
        .order_by(col(Lot.expires_at).nulls_last(), col(Lot.earned_at), col(Lot.id))
    ).all()
    for lot_id, remaining in lots:
        used = min(remaining, amount)
        connection.execute(LOTS.update().where(LOTS.c.id == lot_id).values(remaining=LOTS.c.remaining - used))
        connection.execute(LOT_USES.insert().inline(), {"entry_id": entry_id, "lot_id": lot_id, "amount": used})
        amount -= used
        if not amount:
            break
    return balance


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


def purse(session: Session, member_id: int, shop: Shop, lines: int = 5) -> Purse:
    """A member's balance, when it lapses, and the latest ledger lines."""
    member = session.get_one(Member, member_id)
    entries = session.exec(
        select(Entry).where(Entry.member_id == member_id).order_by(col(Entry.id).desc()).limit(lines)
    )
    return Purse(
        member.points,
        _lapses_at(member, shop),
        tuple(Line(entry.amount, entry.source, entry.reason, entry.at) for entry in entries),
    )


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
    move = award if amount > 0 else spend
    source = "grant" if amount > 0 else "deduct"
    balance = move(session, member_id, abs(amount), source, key=key, now=now, reason=reason, staff_id=staff_id)
    if balance is None:  # a second tap on the same button
        raise StaleButton
    audit.note(session, staff_id, source, member_id, now=now, points=abs(amount), entry=key)
    facts = {"amount": amount, "reason": reason, "balance": balance}
    outbox.to_member(session, "points_changed", member_id, key=f"points_changed:{key}", now=now, **facts)
    return balance


def _balance(session: Session, member_id: int) -> int:
    balance: int = session.connection().execute(select(MEMBERS.c.points).where(MEMBERS.c.id == member_id)).scalar_one()
    return balance


def _lapses_at(member: Member, shop: Shop) -> datetime | None:
    """When points lapse that nobody moves; the other modes of expiry date each lot."""
    mode, _, months = shop.rules.points.expiry.partition(" ")
    if mode != "inactivity" or not member.points or not member.moved_at:
        return None
    day = shop.day(member.moved_at)
    month = day.month - 1 + int(months)
    year, month = day.year + month // 12, month % 12 + 1
    first_of_next = day.replace(year=year + month // 12, month=month % 12 + 1, day=1)
    last = (first_of_next - timedelta(days=1)).day
    return shop.end_of(day.replace(year=year, month=month, day=min(day.day, last)))
