"""Who is on the blacklist, and who was."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.tables import table_of


class Block(SQLModel, table=True):
    """A word of the staff that kept something from a member, and its end. `members.blocked` says what stands."""

    __tablename__ = "blocks"

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="members.id", index=True)
    level: str
    reason: str
    blocked_by: int = Field(foreign_key="members.id")
    blocked_at: datetime
    lifted_by: int | None = Field(default=None, foreign_key="members.id")
    lifted_at: datetime | None = None


BLOCKS = table_of(Block)
