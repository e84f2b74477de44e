"""The gift area: articles paid with points, series of them, what was ordered, and who waits for one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class GiftSeries(SQLModel, table=True):
    """Gifts to collect, and what the one who has them all gets: an offer as written, nothing as long as none is set."""

    __tablename__ = "gift_series"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    folded: str = Field(unique=True)  # the name as it is looked up
    offer: str | None = None
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


class SeriesPrize(SQLModel, table=True):
    """A member who had every piece of a series when it had a prize: once for ever, however the series grows."""

    __tablename__ = "series_prizes"

    series_id: int = Field(foreign_key="gift_series.id", primary_key=True)
    member_id: int = Field(foreign_key="members.id", primary_key=True, index=True)
    offer: str
    won_at: datetime


class Gift(SQLModel, table=True):
    """An article. States: open, off. Only one open gift has a name; `folded` is how names are compared."""

    __tablename__ = "gifts"
    __table_args__ = (
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("cost > 0", name="cost_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    folded: str
    cost: int
    stock: int
    grade: str  # the least that may have it
    each: int | None = None  # pieces a member may have
    series_id: int | None = Field(default=None, foreign_key="gift_series.id", index=True)
    opens_at: datetime
    closes_at: datetime | None = None
    state: str = "open"
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


class GiftOrder(SQLModel, table=True):
    """One piece that a member paid for. States: ordered, handed, cancelled, lapsed."""

    __tablename__ = "gift_orders"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    key: str = Field(unique=True)
    gift_id: int = Field(foreign_key="gifts.id", index=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    cost: int
    state: str = "ordered"
    ordered_at: datetime
    good_until: datetime
    settled_at: datetime | None = None
    settled_by: int | None = Field(default=None, foreign_key="members.id")  # staff; nobody where the member cancelled


class GiftWait(SQLModel, table=True):
    """A member who wants to hear when a gift is back."""

    __tablename__ = "gift_waits"

    gift_id: int = Field(foreign_key="gifts.id", primary_key=True)
    member_id: int = Field(foreign_key="members.id", primary_key=True, index=True)
    since: datetime


class GiftPhoto(SQLModel, table=True):
    """A gift's picture, by the number under which a platform keeps it."""

    __tablename__ = "gift_photos"

    gift_id: int = Field(foreign_key="gifts.id", primary_key=True)
    platform: str = Field(primary_key=True)
    file_id: str


GIFT_SERIES = table_of(GiftSeries)
SERIES_PRIZES = table_of(SeriesPrize)
GIFTS = table_of(Gift)
GIFT_ORDERS = table_of(GiftOrder)
GIFT_WAITS = table_of(GiftWait)
GIFT_PHOTOS = table_of(GiftPhoto)

_open, _ordered = GIFTS.c.state == "open", GIFT_ORDERS.c.state == "ordered"
Index("uq_gifts_open", GIFTS.c.folded, unique=True, sqlite_where=_open, postgresql_where=_open)
Index("ix_gift_orders_open", GIFT_ORDERS.c.good_until, sqlite_where=_ordered, postgresql_where=_ordered)
