"""What the owner changed from its default."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Rule(SQLModel, table=True):
    """One changed rule, by its dotted name such as `points.checkin`, as the owner wrote it."""

    __tablename__ = "rules"

    name: str = Field(primary_key=True)
    value: str
    since: datetime | None = None  # points earned before are good for one full period from here


RULES = table_of(Rule)
