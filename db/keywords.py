"""What the shop answers to words that are asked again and again."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Keyword(SQLModel, table=True):
    """A word, and the owner's answer to it."""

    __tablename__ = "keywords"

    folded: str = Field(primary_key=True)  # the word as it is looked up
    word: str
    answer: str
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


KEYWORDS = table_of(Keyword)
