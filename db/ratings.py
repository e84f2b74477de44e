"""What members said of a purchase when they were asked."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Rating(SQLModel, table=True):
    """One member's answers about one purchase, as far as they came: how it goes, 1 to 5 stars, a word."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="one_to_five"),
        Index("ix_ratings_member", "member_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    purchase_id: int = Field(foreign_key="purchases.id", unique=True)
    member_id: int = Field(foreign_key="members.id")
    product_id: int | None = Field(default=None, foreign_key="products.id")
    usage: str | None = None  # good, so-so, not yet
    stars: int | None = None
    comment: str | None = None
    asked_at: datetime
    rated_at: datetime | None = None


RATINGS = table_of(Rating)
