"""Offers issued to members."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Coupon(SQLModel, table=True):
    """An offer issued to one member, good once. States: issued, redeemed, expired, revoked."""

    __tablename__ = "coupons"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    key: str = Field(unique=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    deal_id: int | None = Field(default=None, foreign_key="deals.id", index=True)
    name: str
    offer: str  # as written: `10`, `20%`, `gift:tea`, `points:50`, `x2`
    state: str = "issued"
    issued_at: datetime
    good_from: datetime
    good_until: datetime
    used_at: datetime | None = None
    used_by: int | None = Field(default=None, foreign_key="members.id")


COUPONS = table_of(Coupon)
