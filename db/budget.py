"""What was given on the club's own account, month by month."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of, wide


class BudgetMonth(SQLModel, table=True):
    """What coupons and points given on their own in a month of the shop's cost, in minor units, as estimated then."""

    __tablename__ = "budget_months"
    __table_args__ = (CheckConstraint("spent >= 0", name="spent_not_negative"),)

    month: date = Field(primary_key=True)  # its first day
    spent: int = wide(default=0)


BUDGET_MONTHS = table_of(BudgetMonth)
