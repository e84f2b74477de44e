"""The ledger. Every award makes a lot and an entry under one key; a spend uses lots, soonest expiry first.

A member's balance is the sum of their lots' remaining and the sum of their entries, always. The database refuses a
negative one (a CHECK on `members.points`), a second award under a key (UNIQUE), and any change to an entry (triggers).
What a refund takes back and a member no longer has is owed (`members.owed`): no entry, until the next points pay it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Update, bindparam, case, cast, func, literal, or_
from sqlmodel import Session, select

from bot.club import erased, expiry
from bot.club.errors import NotEnoughPoints
from bot.club.rules import Shop
from db.engine import insert_once, once
from db.hot import first
from db.members import MEMBERS
from db.points import ENTRIES, LOT_USES, LOTS, TAKE_BACKS

ONCE_A_PERSON = ("consent", "field:", "birthday_told")  # sources, whatever number somebody has

_gift: dict[Any, Any] = {column: bindparam(column.name) for column in LOTS.c if column.name != "id"}
_lot = once(LOTS, "sqlite").values(_gift).returning(LOTS.c.id)
_line = [column for column in ENTRIES.c if column.name not in ("id", "undoes")]
_enter = ENTRIES.insert().values({column: bindparam(column.name) for column in _line})
_earn = (
    MEMBERS.update()
    .where(MEMBERS.c.id == bindparam("member"))
    .values(points=MEMBERS.c.points + bindparam("more"), moved_at=bindparam("at"))
    .returning(MEMBERS.c.points, MEMBERS.c.owed)
)
_ready = or_(LOTS.c.available_at == LOTS.c.earned_at, LOTS.c.available_at <= bindparam("at"))  # the clock may go back
_lasts = or_(LOTS.c.expires_at.is_(None), LOTS.c.expires_at > bindparam("at"))
_usable = LOTS.c.member_id == bindparam("member"), LOTS.c.remaining > 0, _ready, _lasts
_purse = select(func.coalesce(func.sum(LOTS.c.remaining), 0)).where(*_usable)
_spend = (
    MEMBERS.update()
    .where(MEMBERS.c.id == bindparam("member"), _purse.scalar_subquery() >= bindparam("less"))
    .values(points=MEMBERS.c.points - bindparam("less"), moved_at=bindparam("at"))
    .returning(MEMBERS.c.points)
)
_drawn = LOTS.update().where(LOTS.c.id == bindparam("lot")).values(remaining=LOTS.c.remaining - bindparam("less"))
_used = LOT_USES.insert().values({column: bindparam(column.name) for column in LOT_USES.c}).inline()
_turns = LOTS.c.expires_at.nulls_last(), LOTS.c.earned_at, LOTS.c.id
_soonest_first = select(LOTS.c.id, LOTS.c.remaining).where(*_usable).order_by(*_turns)
_this_first = (  # then what can be spent, then what is pending
    select(LOTS.c.id, LOTS.c.remaining)
    .where(LOTS.c.member_id == bindparam("member"), LOTS.c.remaining > 0, _lasts)
    .order_by(LOTS.c.id != bindparam("lot"), ~_ready, *_turns)
)
_lapsed = (
    select(func.coalesce(func.sum(LOT_USES.c.amount), 0))
    .join_from(LOT_USES, ENTRIES, ENTRIES.c.id == LOT_USES.c.entry_id)
    .where(LOT_USES.c.lot_id == LOTS.c.id, ENTRIES.c.source == "expiry")
    .scalar_subquery()
)
taken_back = (  # of a lot, by refunds and undoings, whosever it was then
    select(func.coalesce(func.sum(TAKE_BACKS.c.taken + TAKE_BACKS.c.owed), 0))
    .where(TAKE_BACKS.c.lot_id == LOTS.c.id)
    .scalar_subquery()
)
_still_had = (  # of what a lot once was
    select(LOTS.c.id, (LOTS.c.amount - _lapsed - case((_lasts, 0), else_=LOTS.c.remaining) - taken_back).label("had"))
    .join_from(LOTS, MEMBERS, (MEMBERS.c.id == LOTS.c.member_id) & MEMBERS.c.erased_at.is_(None))
    .where(LOTS.c.member_id == bindparam("member"), LOTS.c.key == bindparam("earned"))
)
# All that is left of some lots. Made once for all: the night writes off a million, some at a time.
_rest = LOTS.c.id.in_(bindparam("lots", expanding=True)), LOTS.c.remaining > 0
_why = bindparam("why", type_=String)
_key = _why + ":" + cast(LOTS.c.id, String) + ":" + bindparam("mark", type_=String)
_told = {ENTRIES.c.member_id: LOTS.c.member_id, ENTRIES.c.amount: -LOTS.c.remaining, ENTRIES.c.source: _why}
_told |= {ENTRIES.c.at: bindparam("moment", type_=ENTRIES.c.at.type), ENTRIES.c.key: _key}
_enter_all = ENTRIES.insert().from_select(list(_told), select(*_told.values()).where(*_rest))
_use_all = LOT_USES.insert().from_select(
    ["entry_id", "lot_id", "amount"],
    select(ENTRIES.c.id, LOTS.c.id, LOTS.c.remaining).join_from(LOTS, ENTRIES, ENTRIES.c.key == _key).where(*_rest),
)
_sums = select(LOTS.c.member_id, func.sum(LOTS.c.remaining).label("points")).where(*_rest).group_by(LOTS.c.member_id)
_less = _sums.subquery()  # joined once: a sum asked for each member would look through all the lots each time
_less_all = MEMBERS.update().where(MEMBERS.c.id == _less.c.member_id).values(points=MEMBERS.c.points - _less.c.points)
_empty_all = LOTS.update().where(*_rest).values(remaining=0)


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
        .returning(MEMBERS.c.points, MEMBERS.c.owed)
        .add_cte(entry)
    )


_at_once = _award()


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a refund took of a member's points, and what they were left owing."""

    taken: int
    owed: int


def award(
    session: Session, member_id: int, amount: int, source: str, *, key: str, now: datetime, **why: object
) -> int | None:
    """Give points, once for each key. Returns the new balance, None where the key was used before or nothing is given.

    `why` may hold `reason` and `staff_id` of a manual change, and `available_at` of points that are pending until then:
    they are in the lots, the entries and the balance at once, and cannot be spent yet. What is paid once to a person
    is not paid again to one who was erased and came back. What the member owes is paid first, at once and by an entry.
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
    if row is None or not row[1]:
        return row and int(row[0])
    new = connection.execute(select(LOTS.c.id, LOTS.c.remaining).where(LOTS.c.key == key)).all()
    return int(row[0]) - _pay(session, member_id, row[1], new, key=key, now=now)


def spend(
    session: Session, member_id: int, amount: int, source: str, *, key: str, now: datetime, **why: object
) -> int | None:
    """Take points once for each key, soonest expiry first, and record which lots were used.

    Returns the new balance, None where the key was used before. Raises NotEnoughPoints.
    """
    connection = session.connection()
    told = {"member_id": member_id, "amount": -amount, "source": source, "at": now, "key": key}
    entry_id = insert_once(session, ENTRIES, **told, reason=why.get("reason"), staff_id=why.get("staff_id"))
    if entry_id is None:
        return None
    lock(session, [member_id])
    about = {"member": member_id, "at": now}
    balance = first(connection, _spend, about | {"less": amount})
    if balance is None:
        raise NotEnoughPoints(points=connection.execute(_purse, about).scalar_one())
    _use(session, entry_id, connection.execute(_soonest_first, about).all(), amount)
    return int(balance[0])


def give_back(session: Session, spent_key: str, shop: Shop | None, *, key: str, now: datetime) -> int | None:
    """Undo a spend: its points return to the lots they came from, which are dated by the rule as it stands.

    Without a `shop` they keep their dates; so it is for who is being erased. What is owed is paid of them first.
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
    balance, owed = connection.execute(more.returning(MEMBERS.c.points, MEMBERS.c.owed)).one()
    used = select(literal(entry_id), LOT_USES.c.lot_id, LOT_USES.c.amount).where(LOT_USES.c.entry_id == spent.id)
    connection.execute(LOT_USES.insert().from_select(["entry_id", "lot_id", "amount"], used))
    back = LOT_USES.c.entry_id == entry_id, LOT_USES.c.lot_id == LOTS.c.id
    restored = LOTS.c.remaining + LOT_USES.c.amount
    connection.execute(LOTS.update().where(*back).values(remaining=restored))
    if shop:
        lot_ids = select(LOT_USES.c.lot_id).where(LOT_USES.c.entry_id == entry_id)
        expiry.date_anew(session, connection.execute(lot_ids).scalars().all(), shop)
    if not owed:
        return int(balance)
    lots = connection.execute(_soonest_first, {"member": spent.member_id, "at": now}).all()
    return int(balance) - _pay(session, spent.member_id, owed, lots, key=key, now=now)


def take_back(
    session: Session,
    member_id: int,
    amount: int,
    source: str,
    *,
    earned_key: str,
    key: str,
    now: datetime,
    **why: object,
) -> TakenBack:
    """Take back up to `amount` of what the award under `earned_key` brought, once for each key, for a refund.

    It comes from what is left of that lot, then from the member's others, soonest expiry first and pending ones last;
    the rest is owed. What lapsed of that lot, or was taken back of it before, is not taken again. A key that was used
    before is answered as it was then.
    """
    connection, about = session.connection(), {"member": member_id, "at": now}
    lock(session, [member_id])
    before = select(TAKE_BACKS.c.taken, TAKE_BACKS.c.owed).where(TAKE_BACKS.c.key == key)
    if again := connection.execute(before).first():
        return TakenBack(*again)
    lot = connection.execute(_still_had, about | {"earned": earned_key}).first()
    wanted = min(amount, lot.had) if lot else 0
    if lot is None or wanted <= 0:
        return TakenBack(0, 0)
    lots = connection.execute(_this_first, about | {"lot": lot.id}).all()
    taken = min(wanted, sum(each.remaining for each in lots))
    told = {"member_id": member_id, "key": key, "at": now}
    connection.execute(TAKE_BACKS.insert(), told | {"lot_id": lot.id, "taken": taken, "owed": wanted - taken})
    if taken:
        told |= {"amount": -taken, "source": source, "reason": why.get("reason"), "staff_id": why.get("staff_id")}
        _use(session, _entry(session, told), lots, taken)
    rest = {"points": MEMBERS.c.points - taken, "owed": MEMBERS.c.owed + wanted - taken}
    connection.execute(MEMBERS.update().where(MEMBERS.c.id == member_id).values(rest))
    return TakenBack(taken, wanted - taken)


def write_off(session: Session, lot_ids: Collection[int], source: str, *, mark: str, now: datetime) -> None:
    """Take all that is left of some lots out of the books, an entry for each. The caller locks their members."""
    connection, lots = session.connection(), list(lot_ids)
    connection.execute(_enter_all, {"lots": lots, "why": source, "mark": mark, "moment": now})
    connection.execute(_use_all, {"lots": lots, "why": source, "mark": mark})
    connection.execute(_less_all, {"lots": lots})
    connection.execute(_empty_all, {"lots": lots})


def lock(session: Session, member_ids: Collection[int]) -> None:
    """Let nobody else move these members' points until the act ends. On SQLite there is nobody else."""
    if session.connection().dialect.name == "postgresql":
        mine = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(member_ids)).order_by(MEMBERS.c.id)
        # As an UPDATE locks them: a plain FOR UPDATE and the new rows that point to a member would wait for each other.
        session.connection().execute(mine.with_for_update(key_share=True))


def usable(session: Session, member_id: int, *, now: datetime) -> int:
    """What a member can spend."""
    points: int = session.connection().execute(_purse, {"member": member_id, "at": now}).scalar_one()
    return points


def settle(session: Session, member_ids: Collection[int], *, key: str, now: datetime) -> None:
    """Let those of some members who owe points pay them out of what they have. The caller locks them."""
    connection = session.connection()
    owing = MEMBERS.c.id.in_(member_ids), MEMBERS.c.owed > 0
    for row in connection.execute(select(MEMBERS.c.id, MEMBERS.c.owed).where(*owing)).all():
        lots = connection.execute(_soonest_first, {"member": row.id, "at": now}).all()
        _pay(session, row.id, row.owed, lots, key=f"{key}:{row.id}", now=now)


def _pay(session: Session, member_id: int, owed: int, lots: Sequence[Any], *, key: str, now: datetime) -> int:
    """Let lots pay what their member owes, as an entry. Returns the points that it took."""
    paid: int = min(owed, sum(lot.remaining for lot in lots))
    if paid:
        told = {"member_id": member_id, "amount": -paid, "source": "debt", "key": f"debt:{key}", "at": now}
        _use(session, _entry(session, told), lots, paid)
        less = {"points": MEMBERS.c.points - paid, "owed": MEMBERS.c.owed - paid}
        session.connection().execute(MEMBERS.update().where(MEMBERS.c.id == member_id).values(less))
    return paid


def _entry(session: Session, told: dict[str, Any]) -> int:
    entry_id: int = session.connection().execute(ENTRIES.insert().returning(ENTRIES.c.id), told).scalar_one()
    return entry_id


def _use(session: Session, entry_id: int, lots: Sequence[Any], amount: int) -> None:
    """Take an amount out of lots, in their order, and record which of them the entry used."""
    connection = session.connection()
    for lot_id, remaining in lots:
        used = min(remaining, amount)
        if not used:
            break
        first(connection, _drawn, {"lot": lot_id, "less": used})
        first(connection, _used, {"entry_id": entry_id, "lot_id": lot_id, "amount": used})
        amount -= used
