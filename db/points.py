"""The club's money: lots, the ledger's entries, which lots an entry used, take-backs, check-ins, and multipliers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Lot(SQLModel, table=True):
    """Points that were earned together and expire together."""

    __tablename__ = "lots"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("remaining >= 0 AND remaining <= amount", name="remaining_within"),
    )

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    amount: int
    remaining: int
    source: str
    reason: str | None = None
    earned_at: datetime
    available_at: datetime
    expires_at: datetime | None = None
    key: str = Field(unique=True)


class Entry(SQLModel, table=True):
    """A ledger line. Lines are added, never changed or deleted: the database's triggers see to it."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_entries_at", "at", "member_id", "source", "amount"),  # what reports and the leaderboard sum up
    )

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    amount: int
    source: str
    reason: str | None = None  # in the words of the staff who typed it
    staff_id: int | None = Field(default=None, foreign_key="members.id")
    at: datetime
    key: str = Field(unique=True)
    undoes: int | None = Field(default=None, foreign_key="entries.id")  # the spend whose points this one gave back


class LotUse(SQLModel, table=True):
    """How much of a lot an entry used, or gave back to it. Never changed, as an entry."""

    __tablename__ = "lot_uses"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    entry_id: int = Field(foreign_key="entries.id", primary_key=True)
    lot_id: int = Field(foreign_key="lots.id", primary_key=True)
    amount: int


class TakeBack(SQLModel, table=True):
    """What was taken back of the points that a lot once was, and what its member was left owing. It is no entry."""

    __tablename__ = "take_backs"
    __table_args__ = (CheckConstraint("taken >= 0 AND owed >= 0", name="nothing_negative"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    lot_id: int = Field(foreign_key="lots.id")
    taken: int
    owed: int
    at: datetime
    key: str = Field(unique=True)


class CheckIn(SQLModel, table=True):
    """A member's check-in of one shop-day."""

    __tablename__ = "checkins"
    __table_args__ = (Index("ix_checkins_day", "day", "member_id"),)

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    day: date = Field(primary_key=True)
    streak: int
    points: int


class ShopDay(SQLModel, table=True):
    """A day on which the bot ran. A day without a row breaks nobody's streak."""

    __tablename__ = "shop_days"

    day: date = Field(primary_key=True)


class Boost(SQLModel, table=True):
    """A multiplier on one member's purchases, from the first to the last day, both included."""

    __tablename__ = "boosts"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    factor: int
    first_day: date
    last_day: date
    key: str = Field(unique=True)


LOTS = table_of(Lot)
ENTRIES = table_of(Entry)
LOT_USES = table_of(LotUse)
TAKE_BACKS = table_of(TakeBack)
CHECKINS = table_of(CheckIn)
SHOP_DAYS = table_of(ShopDay)
BOOSTS = table_of(Boost)
_undoes = ENTRIES.c.undoes.is_not(None)
Index("uq_entries_undoes", ENTRIES.c.undoes, unique=True, sqlite_where=_undoes, postgresql_where=_undoes)
