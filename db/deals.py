"""Members-only, time-limited offers, and where they were posted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Deal(SQLModel, table=True):
    """A deal. States: planned, open, closed, stopped."""

    __tablename__ = "deals"
    __table_args__ = (CheckConstraint("stock IS NULL OR taken <= stock", name="taken_within_stock"),)

    id: int | None = Field(default=None, primary_key=True)
    title: str
    offer: str
    opens_at: datetime
    closes_at: datetime
    stock: int | None = None
    extra: str = ""  # the better offer of old members, `vip:30%`
    claimed: int = 0
    taken: int = 0  # of the stock; of a deal with hours of the day, of those that began on `counted_on`
    counted_on: date | None = None
    each: int = 1  # claims a member may make
    audience: str = ""
    holdout: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # in a hundred, who get no letter of it
    daily: str = ""  # the hours of the day in which it can be claimed, `14:00-14:30`
    reminded: bool = False  # who had not claimed it when its end came near
    state: str = Field(default="planned", index=True)
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


class DealPost(SQLModel, table=True):
    """A deal's message in a group, and what it shows: the places left, `open` while they are not counted, or `over`."""

    __tablename__ = "deal_posts"

    letter_id: int = Field(foreign_key="letters.id", primary_key=True)
    deal_id: int = Field(foreign_key="deals.id", index=True)
    shown: str = ""


DEALS = table_of(Deal)
DEAL_POSTS = table_of(DealPost)
