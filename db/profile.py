"""What members told about themselves, except dates; the shop's own fields, and what was asked of whom."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Answer(SQLModel, table=True):
    """One profile field of a member, as understood."""

    __tablename__ = "answers"

    member_id: int = Field(foreign_key="members.id", primary_key=True)
    field: str = Field(primary_key=True)
    value: str
    told_at: datetime
    source: str


class AnswerChange(SQLModel, table=True):
    """A field that was told, changed or cleared: then neither this row nor an earlier one keeps a value."""

    __tablename__ = "answer_changes"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    field: str
    value: str | None
    changed_at: datetime
    source: str  # member, staff, import


class OwnField(SQLModel, table=True):
    """A field of the shop's own making. `folded` is its label as two of them are compared."""

    __tablename__ = "fields"

    id: int | None = Field(default=None, primary_key=True)
    label: str
    folded: str = Field(unique=True)
    kind: str
    choices: list[str] = Field(default_factory=list, sa_type=JSON)
    depth: str
    reason: str
    points: int
    hidden: bool = False
    made_at: datetime


class Question(SQLModel, table=True):
    """A question that the club asked on its own. `key` counts the member's questions of a day."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_member", "member_id", "asked_at"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    member_id: int = Field(foreign_key="members.id")
    field: str
    asked_at: datetime
    moment: str
    outcome: str = "open"  # or answered, skipped, never, lapsed
    letter_id: int | None = Field(default=None, foreign_key="letters.id", unique=True)  # which carried it


ANSWERS = table_of(Answer)
ANSWER_CHANGES = table_of(AnswerChange)
OWN_FIELDS = table_of(OwnField)
QUESTIONS = table_of(Question)
_phone = ANSWERS.c.field == "phone"  # by which staff look for somebody
Index("ix_answers_phone", ANSWERS.c.value, sqlite_where=_phone, postgresql_where=_phone)
