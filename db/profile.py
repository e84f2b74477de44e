"""What members told about themselves, except dates."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Answer(SQLModel, table=True):
    """One profile field of a member, as understood."""

    __tablename__ = "answers"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    field: str = Field(primary_key=True)
    value: str
    told_at: datetime
    source: str
