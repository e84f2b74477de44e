"""How members stand: their purchases in sums, the grade that these earned, grades given by hand, and cut points.

All but the grades is told by the purchases, and can be made anew from them.
"""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of, wide


class Standing(SQLModel, table=True):
    """What a member bought, kept in sums with each purchase, and the grade that came of it. Money in minor units.

    The year is the time that counts for grades. A year whose oldest purchase has left it is counted anew by night.
    """

    __tablename__ = "standings"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    purchases: int  # that stand
    spent: int = wide()
    first_at: datetime | None = None
    last_at: datetime | None = None
    weekends: int  # purchases on a Saturday or a Sunday
    gap: int | None = None  # seconds between visits, their median; from three visits on
    sleeps_at: datetime | None = Field(default=None, index=True)  # from then on they are sleeping, without a purchase
    lost_at: datetime | None = None
    year_purchases: int
    year_spent: int = wide()
    oldest_at: datetime | None = Field(default=None, index=True)  # of the year's purchases
    rank: int  # the place of the earned grade among all
    was: int | None = None  # the rank before, and since when it is another
    changed_on: date | None = None
    risen_by: int | None = Field(default=None, foreign_key="purchases.id")
    falls_on: date | None = Field(default=None, index=True)  # the end of the grace, if nothing is bought


class ManualGrade(SQLModel, table=True):
    """A grade that staff gave a member, whatever the purchases say, until some time or for good."""

    __tablename__ = "manual_grades"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    grade: str
    reason: str
    until: datetime | None = Field(default=None, index=True)
    set_by: int = Field(foreign_key="members.id")
    set_at: datetime


class CutPoint(SQLModel, table=True):
    """From which value on a buyer has a score, as last night's quintiles found it."""

    __tablename__ = "cut_points"

    part: str = Field(primary_key=True)  # recency, frequency, money
    score: int = Field(primary_key=True)  # 2 to 5
    value: int = wide()  # seconds since 1970, purchases, minor units


STANDINGS = table_of(Standing)
MANUAL_GRADES = table_of(ManualGrade)
CUT_POINTS = table_of(CutPoint)
