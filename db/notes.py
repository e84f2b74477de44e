"""What staff note about a member: tags, which audiences ask for, and sentences."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Tag(SQLModel, table=True):
    """A word or two that staff put to a member, in lower case, as audiences look for it."""

    __tablename__ = "tags"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    tag: str = Field(primary_key=True, index=True)
    tagged_by: int = Field(foreign_key="members.id")
    tagged_at: datetime


class Note(SQLModel, table=True):
    """A sentence that staff noted about a member."""

    __tablename__ = "notes"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    words: str
    noted_by: int = Field(foreign_key="members.id")
    noted_at: datetime


TAGS = table_of(Tag)
NOTES = table_of(Note)
