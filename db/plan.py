"""What managers skipped in the plan of a day."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Skip(SQLModel, table=True):
    """A line of a day's plan that is not sent: a kind of letter, a journey's step, a broadcast or a deal."""

    __tablename__ = "plan_skips"

    day: date = Field(primary_key=True)
    line: str = Field(primary_key=True)
    skipped_by: int = Field(foreign_key="members.id")
    skipped_at: datetime


PLAN_SKIPS = table_of(Skip)
