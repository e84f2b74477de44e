"""Offers issued to members, the patterns that staff make them by, and how they went from hand to hand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.tables import table_of

REMINDED = text("remind_at IS NOT NULL")
GOOD = text("state = 'issued'")
USED = text("used_at IS NOT NULL")
PASSED = text("issued_to IS NOT NULL")
UNDONE = text("state <> 'done'")


class CouponTemplate(SQLModel, table=True):
    """What coupons of a name are like. A new version under the name leaves what the older ones issued as it is."""

    __tablename__ = "coupon_templates"
    __table_args__ = (
        UniqueConstraint("folded", "version"),
        CheckConstraint("quota IS NULL OR issued <= quota", name="issued_within_quota"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    folded: str  # the name as it is looked up
    version: int = 1
    offer: str
    days: int
    minimum: int = 0  # of the purchase, in minor units
    quota: int | None = None
    each: int | None = None  # coupons a member may be given
    transferable: bool = False  # its members may pass it on
    audience: str = ""  # who may be given one, as the query is written; empty for everybody
    issued: int = 0
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


class Coupon(SQLModel, table=True):
    """An offer issued to one member, good once. States: issued, redeemed, expired, revoked.

    A refund makes a redeemed one issued again; passed on, it is issued to somebody else, under another code.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        Index("ix_coupons_remind", "remind_at", sqlite_where=REMINDED, postgresql_where=REMINDED),
        Index("ix_coupons_good_until", "good_until", sqlite_where=GOOD, postgresql_where=GOOD),
        Index("ix_coupons_used_at", "used_at", sqlite_where=USED, postgresql_where=USED),
        Index("ix_coupons_issued_to", "issued_to", sqlite_where=PASSED, postgresql_where=PASSED),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    key: str = Field(unique=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    deal_id: int | None = Field(default=None, foreign_key="deals.id", index=True)
    template_id: int | None = Field(default=None, foreign_key="coupon_templates.id", index=True)
    name: str
    offer: str  # as written: `10`, `20%`, `gift:tea`, `points:50`, `x2`
    minimum: int = 0  # of the purchase, in minor units
    state: str = "issued"
    issued_at: datetime = Field(index=True)
    good_from: datetime
    good_until: datetime
    remind_at: datetime | None = None  # when its reminders are looked at next
    used_at: datetime | None = None
    used_by: int | None = Field(default=None, foreign_key="members.id")
    revoked_for: str | None = None  # in the words of the staff who took it back
    transferable: bool = False
    issued_to: int | None = Field(default=None, foreign_key="members.id")  # whose it was first, if it was passed on
    came_at: datetime | None = None  # to its member, if that was after the issue: passed on, or back by a refund
    link_hash: str | None = Field(
        default=None, index=True, unique=True
    )  # of the link that passes it on to whoever accepts it


class CouponTransfer(SQLModel, table=True):
    """A coupon that a member passed on. Lines are never changed: the database itself refuses it."""

    __tablename__ = "coupon_transfers"

    id: int | None = Field(default=None, primary_key=True)
    coupon_id: int = Field(foreign_key="coupons.id", index=True)
    from_id: int = Field(foreign_key="members.id", index=True)
    to_id: int = Field(foreign_key="members.id", index=True)
    link_hash: str = Field(unique=True)  # of the link, which is dead
    at: datetime


class CouponGiving(SQLModel, table=True):
    """A template's coupons given to an audience, a batch at a time. States: giving, given (to be reported), done."""

    __tablename__ = "coupon_givings"
    __table_args__ = (Index("ix_coupon_givings_undone", "id", sqlite_where=UNDONE, postgresql_where=UNDONE),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    template_id: int = Field(foreign_key="coupon_templates.id")
    audience: str  # as the query is written
    most: int  # coupons, as whoever gives them was told
    good_until: datetime
    state: str = "giving"
    reached: int = 0  # the last member who was looked at
    given: int = 0
    had: int = 0  # members who had had theirs
    late: int = 0  # members for whom none were left
    given_by: int = Field(foreign_key="members.id")
    account_id: int | None = Field(default=None, foreign_key="accounts.id")  # where it is reported,
    message_id: int | None = None  # by editing this message
    began_at: datetime


class WrongCode(SQLModel, table=True):
    """A code that one of the staff entered and that is none."""

    __tablename__ = "wrong_codes"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="members.id", index=True)
    at: datetime


COUPON_TEMPLATES = table_of(CouponTemplate)
COUPONS = table_of(Coupon)
COUPON_TRANSFERS = table_of(CouponTransfer)
COUPON_GIVINGS = table_of(CouponGiving)
WRONG_CODES = table_of(WrongCode)
