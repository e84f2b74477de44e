"""What members buy again and again: what they taught about it, and what they asked the shop to put by."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Supply(SQLModel, table=True):
    """What a member said about a product that they use up. `stopped_at`: they want no word about it any more."""

    __tablename__ = "supplies"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    product_id: int = Field(foreign_key="products.id", primary_key=True)
    pace: float | None = None  # days that a piece lasts, as they taught it
    stopped_at: datetime | None = None


class Reorder(SQLModel, table=True):
    """A member's wish to have a product again. States: waiting, taken (by whoever of the staff sees to it)."""

    __tablename__ = "reorders"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    product_id: int = Field(foreign_key="products.id")
    quantity: int
    state: str = "waiting"
    asked_at: datetime
    taken_by: int | None = Field(default=None, foreign_key="members.id")


SUPPLIES = table_of(Supply)
REORDERS = table_of(Reorder)
