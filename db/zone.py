"""What is kept for old members only."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class ZoneItem(SQLModel, table=True):
    """A product in the zone, for those whom its audience means. States: shown, removed."""

    __tablename__ = "zone_items"

    id: int | None = Field(default=None, primary_key=True)
    title: str
    price: int  # in minor units
    audience: str
    photo: str | None = None  # the number under which a platform keeps its picture
    photo_on: str | None = None  # that platform
    state: str = "shown"
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


ZONE_ITEMS = table_of(ZoneItem)
