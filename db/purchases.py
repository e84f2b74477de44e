"""What members bought: products, purchases with their lines, refunds. Money is in minor units. No row is deleted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from db.tables import table_of, wide


class Product(SQLModel, table=True):
    """What the shop sells, known since it was first sold. `folded` is how names are compared.

    One that was merged keeps its name, which stands for the other from then on; its lines went over.
    """

    __tablename__ = "products"
    __table_args__ = (CheckConstraint("merged_into <> id", name="merged_into_another"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    folded: str = Field(unique=True)
    category: str | None = None
    lasts_days: int | None = None  # one piece, for one person
    merged_into: int | None = Field(default=None, foreign_key="products.id")
    made_at: datetime


class Purchase(SQLModel, table=True):
    """A purchase as it was entered, for good: refunds are rows of their own, and only a slip of the hand is undone.

    `order_number` is in capitals, and free again once its purchase was undone.
    """

    __tablename__ = "purchases"
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("discount >= 0 AND discount <= total", name="discount_within_total"),
        CheckConstraint("paid = total - discount", name="paid_is_the_rest"),
        CheckConstraint("points >= 0", name="points_not_negative"),
        Index("ix_purchases_of_member", "member_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    order_number: str
    member_id: int = Field(foreign_key="members.id")
    total: int = wide()  # before the coupon
    discount: int = wide()
    paid: int = wide()
    coupon_id: int | None = Field(default=None, foreign_key="coupons.id")
    points: int  # that it earned, without those of a coupon
    factor: int  # by which they were multiplied, in hundredths
    because: str  # which multiplier that was: none, vip, svip, birthday, coupon
    source: str  # counter, api, import
    staff_id: int | None = Field(default=None, foreign_key="members.id")
    at: datetime = Field(index=True)
    made_at: datetime
    undone_at: datetime | None = None


class PurchaseLine(SQLModel, table=True):
    """One product of a purchase; no `price` where only the total is known."""

    __tablename__ = "purchase_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: int | None = Field(default=None, primary_key=True)
    purchase_id: int = Field(foreign_key="purchases.id", index=True)
    product_id: int = Field(foreign_key="products.id", index=True)
    quantity: int
    price: int | None = wide(default=None)  # of one piece


class Refund(SQLModel, table=True):
    """Money of a purchase that was given back, with the points that it took along."""

    __tablename__ = "refunds"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    purchase_id: int = Field(foreign_key="purchases.id", index=True)
    amount: int = wide()  # of what was paid
    points: int  # taken back, or owed where they were spent
    coupon_back: bool = False
    staff_id: int | None = Field(default=None, foreign_key="members.id")
    at: datetime = Field(index=True)


PRODUCTS = table_of(Product)
PURCHASES = table_of(Purchase)
PURCHASE_LINES = table_of(PurchaseLine)
REFUNDS = table_of(Refund)
_stands = PURCHASES.c.undone_at.is_(None)
Index("uq_purchases_order", PURCHASES.c.order_number, unique=True, sqlite_where=_stands, postgresql_where=_stands)
