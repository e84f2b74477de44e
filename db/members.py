"""Members, and the accounts by which platforms know them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, true
from sqlmodel import Field, SQLModel

from db.tables import table_of, wide


class Member(SQLModel, table=True):
    """A customer who is known to the club. Before consent nothing but the number, the dates and the points are kept."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("owed >= 0", name="owed_not_negative"),
        CheckConstraint("erased_at IS NULL OR points = 0", name="erased_without_points"),
        CheckConstraint("erased_at IS NULL OR owed = 0", name="erased_without_debt"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str | None = None
    locale: str | None = None  # chosen under /lang; else the client's, else the shop's
    grade: str = "new"
    points: int = 0  # the sum of the lots' remaining and of the entries
    owed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # for refunds; the next points pay it
    moved_at: datetime | None = None  # the last earn or spend, which renews the points
    consent: str | None = None  # the text's version: the quick look at who may be served
    notify: str = "all"
    quiet_until: datetime | None = None  # "pause 30 days"
    greeting: str = "private"
    named: bool = Field(default=True, sa_column_kwargs={"server_default": true()})  # on the leaderboard
    held_at: datetime | None = None  # a bad rating: from then on no offers, until staff lift it
    blocked: str | None = None  # the level on the blacklist that stands
    met_at: datetime
    erased_at: datetime | None = None  # from then on a number without a person


class Account(SQLModel, table=True):
    """A member on one platform."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("platform", "external_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    platform: str  # of a chat; email: what the profile says, by which no updates come
    external_id: int = wide()  # email: the member's number
    username: str | None = Field(default=None, index=True)  # lower case, as it is looked up
    name: str | None = None
    language: str | None = None  # the client's, kept from consent on
    reachable: bool = False  # a private letter may be tried: Start was pressed and nothing came back since
    seen_at: datetime


EMAIL = "email"  # the platform of accounts that are an e-mail address
MEMBERS = table_of(Member)
ACCOUNTS = table_of(Account)
# By name, as staff look people up: in capitals or not.
Index("ix_members_called", func.lower(MEMBERS.c.name))
Index("ix_accounts_called", func.lower(ACCOUNTS.c.name))
