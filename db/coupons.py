"""Offers issued to members, and the patterns that staff make them by."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.tables import table_of

REMINDED = text("remind_at IS NOT NULL")


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
    issued: int = 0
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


class Coupon(SQLModel, table=True):
    """An offer issued to one member, good once. States: issued, redeemed, expired, revoked."""

    __tablename__ = "coupons"
    __table_args__ = (Index("ix_coupons_remind", "remind_at", sqlite_where=REMINDED, postgresql_where=REMINDED),)

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
    issued_at: datetime
    good_from: datetime
    good_until: datetime
    remind_at: datetime | None = None  # when its reminders are looked at next
    used_at: datetime | None = None
    used_by: int | None = Field(default=None, foreign_key="members.id")
    revoked_for: str | None = None  # in the words of the staff who took it back


class WrongCode(SQLModel, table=True):
    """A code that one of the staff entered and that is none."""

    __tablename__ = "wrong_codes"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="members.id", index=True)
    at: datetime


COUPON_TEMPLATES = table_of(CouponTemplate)
COUPONS = table_of(Coupon)
