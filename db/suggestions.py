"""What goes with what: the owner's rules, what the shop's own purchases tell, and what the clerks said of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class SellingRule(SQLModel, table=True):
    """Who bought a product (`after_id`; any, where it is empty) is offered another one, told a sentence, or both; or
    gets a coupon for the next visit. States: open, off."""

    __tablename__ = "selling_rules"
    __table_args__ = (
        CheckConstraint("offers_id IS NOT NULL OR says IS NOT NULL OR coupon IS NOT NULL", name="does_something"),
    )

    id: int | None = Field(default=None, primary_key=True)
    after_id: int | None = Field(default=None, foreign_key="products.id", index=True)
    offers_id: int | None = Field(default=None, foreign_key="products.id")
    says: str | None = None  # what the clerk says
    coupon: str | None = None  # an offer as written
    days: int | None = None  # for which the coupon is good
    state: str = "open"
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


class Pairing(SQLModel, table=True):
    """Two products that are bought together more often than by chance, as counted last night."""

    __tablename__ = "pairings"

    after_id: int = Field(foreign_key="products.id", primary_key=True)
    offers_id: int = Field(foreign_key="products.id", primary_key=True)
    together: int  # purchases that hold both
    share: int  # of the purchases with the first, those with both, in per cent
    lift: int  # how many times as often as by chance, in hundredths


class Suggestion(SQLModel, table=True):
    """A sentence that a clerk was given about a member, and the purchase in which it was followed."""

    __tablename__ = "suggestions"
    __table_args__ = (Index("ix_suggestions_member", "member_id", "said_at"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id")
    rule_id: int | None = Field(default=None, foreign_key="selling_rules.id", index=True)
    after_id: int | None = Field(default=None, foreign_key="products.id")
    offers_id: int = Field(foreign_key="products.id")
    said_at: datetime
    said_by: int | None = Field(default=None, foreign_key="members.id")
    purchase_id: int | None = Field(default=None, foreign_key="purchases.id")


SELLING_RULES = table_of(SellingRule)
PAIRINGS = table_of(Pairing)
SUGGESTIONS = table_of(Suggestion)
