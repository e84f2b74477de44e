"""The ledger. Every award makes a lot and an entry under one key; a spend uses lots, soonest expiry first.

A member's balance is the sum of their lots' remaining and the sum of their entries, always. The database refuses a
negative one (a CHECK on `members.points`), a second award under a key (UNIQUE), and any change to an entry (triggers).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Update, bindparam, cast, func, literal, or_
from sqlmodel import Session, col, select

from bot.club import erased, expiry
from bot.club.errors import NotEnoughPoints
from bot.club.expiry import Batch
from bot.club.rules import Shop
from db.engine import insert_once, once
from db.hot import first
from db.members import MEMBERS
from db.points import ENTRIES, LOT_USES, LOTS, Entry

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
_usable = (
    LOTS.c.member_id == bindparam("member"),
    LOTS.c.remaining > 0,
    or_(LOTS.c.available_at == LOTS.c.earned_at, LOTS.c.available_at <= bindparam("at")),  # the clock may go back
    or_(LOTS.c.expires_at.is_(None), LOTS.c.expires_at > bindparam("at")),
)
_purse = select(func.coalesce(func.sum(LOTS.c.remaining), 0)).where(*_usable)
_spend = (
    MEMBERS.update()
    .where(MEMBERS.c.id == bindparam("member"), _purse.scalar_subquery() >= bindparam("less"))
    .values(points=MEMBERS.c.points - bindparam("less"), moved_at=bindparam("at"))
    .returning(MEMBERS.c.points)
)
_soonest_first = (
    select(LOTS.c.id, LOTS.c.remaining)
    .where(*_usable)
    .order_by(LOTS.c.expires_at.nulls_last(), LOTS.c.earned_at, LOTS.c.id)
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
    """What /points tells. `points` can be spent, `pending` not yet; `coming` lapses, unless some movement `renews`."""

    points: int
    pending: int
    renews: bool
    coming: tuple[Batch, ...]
    lines: tuple[Line, ...]


def award(
    session: Session, member_id: int, amount: int, source: str, *, key: str, now: datetime, **why: object
) -> int | None:
    """Give points, once for each key. Returns the new balance, None where the key was used before or nothing is given.

    `why` may hold `reason` and `staff_id` of a manual change, and `available_at` of points that are pending until then:
    they are in the lots, the entries and the balance at once, and cannot be spent yet. What is paid once to a person
    is not paid again to one who was erased and came back.
    """
    if amount <= 0 or (source.startswith(ONCE_A_PERSON) and erased.returned(session, member_id)):
        return None
    gift = {"member_id": member_id, "amount": amount, "source": source, "reason": why.get("reason"), "key": key}
    available_at = why.get("available_at", now)
    lot = gift | {"remaining": amount, "earned_at": now, "available_at": available_at, "expires_at": None}
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
    lock(session, [member_id])
    about = {"member": member_id, "at": now}
    balance: int | None = connection.execute(_spend, about | {"less": amount}).scalar()
    if balance is None:
        raise NotEnoughPoints(points=connection.execute(_purse, about).scalar_one())
    for lot_id, remaining in connection.execute(_soonest_first, about).all():
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


def write_off(session: Session, lot_ids: Collection[int], source: str, *, mark: str, now: datetime) -> None:
    """Take all that is left of some lots out of the books, an entry for each. The caller locks their members."""
    connection = session.connection()
    lots = LOTS.c.id.in_(lot_ids), LOTS.c.remaining > 0
    key = literal(f"{source}:") + cast(LOTS.c.id, String) + literal(f":{mark}")
    told = {ENTRIES.c.member_id: LOTS.c.member_id, ENTRIES.c.amount: -LOTS.c.remaining, ENTRIES.c.key: key}
    told |= {ENTRIES.c.source: literal(source), ENTRIES.c.at: literal(now, ENTRIES.c.at.type)}
    connection.execute(ENTRIES.insert().from_select(list(told), select(*told.values()).where(*lots)))
    used = select(ENTRIES.c.id, LOTS.c.id, LOTS.c.remaining).join_from(LOTS, ENTRIES, ENTRIES.c.key == key).where(*lots)
    connection.execute(LOT_USES.insert().from_select(["entry_id", "lot_id", "amount"], used))
    less = select(func.sum(LOTS.c.remaining)).where(*lots, LOTS.c.member_id == MEMBERS.c.id).scalar_subquery()
    theirs = MEMBERS.c.id.in_(select(LOTS.c.member_id).where(*lots))
    connection.execute(MEMBERS.update().where(theirs).values(points=MEMBERS.c.points - less))
    connection.execute(LOTS.update().where(*lots).values(remaining=0))


def lock(session: Session, member_ids: Collection[int]) -> None:
    """Let nobody else move these members' points until the act ends. On SQLite there is nobody else."""
    mine = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(member_ids)).order_by(MEMBERS.c.id)
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(mine.with_for_update())


def usable(session: Session, member_id: int, *, now: datetime) -> int:
    """What a member can spend."""
    points: int = session.connection().execute(_purse, {"member": member_id, "at": now}).scalar_one()
    return points


def purse(session: Session, member_id: int, shop: Shop, *, now: datetime, lines: int = 5) -> Purse:
    """What a member can spend, what is on its way, what lapses when, and the latest ledger lines."""
    connection = session.connection()
    later = LOTS.c.available_at > LOTS.c.earned_at, LOTS.c.available_at > now
    pending = select(func.coalesce(func.sum(LOTS.c.remaining), 0)).where(LOTS.c.member_id == member_id, *later)
    rule = expiry.standing(session, shop)
    lots = connection.execute(expiry.LIVE.where(LOTS.c.member_id == member_id)).all()
    entries = session.exec(
        select(Entry).where(Entry.member_id == member_id).order_by(col(Entry.id).desc()).limit(lines)
    )
    return Purse(
        usable(session, member_id, now=now),
        connection.execute(pending).scalar_one(),
        rule.renews,
        tuple(batch for batch in expiry.coming(rule, lots) if batch.last_day >= shop.day(now)),
        tuple(Line(entry.amount, entry.source, entry.reason, entry.at) for entry in entries),
    )
