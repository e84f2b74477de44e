"""The ledger. Every award makes a lot and an entry under one key; a spend uses lots, soonest expiry first.

A member's balance is the sum of their lots' remaining and the sum of their entries, always. The database refuses a
negative one (a CHECK on `members.points`), a second award under a key (UNIQUE), and any change to an entry (triggers).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, Update, bindparam, literal
from sqlmodel import Session, col, select

from bot.club import erased
from bot.club.errors import NotEnoughPoints
from bot.club.rules import Shop
from db.engine import insert_once, once
from db.hot import first
from db.members import MEMBERS, Member
from db.points import ENTRIES, LOT_USES, LOTS, Entry, Lot

ONCE_A_PERSON = ("consent", "field:", "birthday_told")  # sources, whatever number somebody has

_gift: dict[Any, Any] = {column: bindparam(column.name) for column in LOTS.c if column.name != "id"}
_lot = once(LOTS, "sqlite").values(_gift).returning(LOTS.c.id)
_told = [column for column in ENTRIES.c if column.name not in ("id", "undoes")]
_enter = ENTRIES.insert().values({column: bindparam(column.name) for column in _told})
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


def give_back(session: Session, spent_key: str, *, key: str, now: datetime) -> int | None:
    """Undo a spend: its points return to the lots they came from, each with the expiry it has.

    Returns the new balance, None where it was undone before, or where there is no such spend of anybody who is here.
    """
    connection = session.connection()
    of_somebody = ENTRIES.join(MEMBERS, (MEMBERS.c.id == ENTRIES.c.member_id) & MEMBERS.c.erased_at.is_(None))
    spends = select(ENTRIES.c.id, ENTRIES.c.member_id, ENTRIES.c.amount).select_from(of_somebody)
    spent = connection.execute(spends.where(ENTRIES.c.key == spent_key, ENTRIES.c.amount < 0)).first()
    if spent is None:
        return None
    about = {"member_id": spent.member_id, "amount": -spent.amount, "source": "given_back", "undoes": spent.id}
    entry_id = insert_once(session, ENTRIES, at=now, key=key, **about)
    if entry_id is None:
        return None
    more = MEMBERS.update().where(MEMBERS.c.id == spent.member_id).values(points=MEMBERS.c.points - spent.amount)
    balance: int = connection.execute(more.returning(MEMBERS.c.points)).scalar_one()
    used = select(literal(entry_id), LOT_USES.c.lot_id, LOT_USES.c.amount).where(LOT_USES.c.entry_id == spent.id)
    connection.execute(LOT_USES.insert().from_select(["entry_id", "lot_id", "amount"], used))
    back = LOT_USES.c.entry_id == entry_id, LOT_USES.c.lot_id == LOTS.c.id
    restored = LOTS.c.remaining + LOT_USES.c.amount
    connection.execute(LOTS.update().where(*back).values(remaining=restored))
    return balance


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
