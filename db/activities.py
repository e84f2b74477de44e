"""What staff begin in the groups for everybody there, who took part, and where it was posted."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.tables import table_of


class Activity(SQLModel, table=True):
    """An activity. Kinds: packet, draw, quiz, guess, contest. States: open, voting, picking, closed, stopped.

    Of a packet `prize` is its points and `places` are its parts; of the others the offer, and how many win. A quiz has
    `choices`, of which the one at `answer` is right; of a guess `answer` is the price. In a contest the members vote
    until `votes_until`, or the staff pick; once the vote is on, `closes_at` is its end. `changes` counts what its posts
    must show besides who entered: votes, and what was taken back.
    """

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("kind <> 'packet' OR entered <= places", name="taken_within_parts"),
        UniqueConstraint("key"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    title: str
    prize: str
    places: int
    entered: int = 0
    choices: list[str] | None = Field(default=None, sa_type=JSON)
    answer: int | None = None
    photo: str | None = None  # platform:number, by which that keeps it
    votes_until: datetime | None = None
    changes: int = 0
    seed: str  # what chance follows from: nobody's to see before the end
    closes_at: datetime
    state: str = Field(default="open", index=True)
    made_by: int = Field(foreign_key="members.id")
    made_at: datetime


class Entrant(SQLModel, table=True):
    """A member who takes part, as which one.

    `won` counts the points of a packet's part, and is 1 for any other prize, or while it is picked. `said` is what they
    chose in a quiz, or the price they guessed; `photo` is a contest's (platform:number), none once it was taken back.
    """

    __tablename__ = "entrants"
    __table_args__ = (UniqueConstraint("activity_id", "member_id"), UniqueConstraint("activity_id", "nth"))

    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = Field(foreign_key="activities.id")
    member_id: int = Field(foreign_key="members.id", index=True)
    nth: int
    won: int = 0
    said: int | None = None
    photo: str | None = None
    at: datetime


class Vote(SQLModel, table=True):
    """A member's vote in a contest: for whom of those who entered. It names no member but the voter."""

    __tablename__ = "votes"

    activity_id: int = Field(foreign_key="activities.id", primary_key=True)
    member_id: int = Field(foreign_key="members.id", primary_key=True, index=True)
    nth: int
    at: datetime


class ActivityPost(SQLModel, table=True):
    """An activity's message in a group, and what it shows: how many entered, or how it ended."""

    __tablename__ = "activity_posts"

    letter_id: int = Field(foreign_key="letters.id", primary_key=True)
    activity_id: int = Field(foreign_key="activities.id", index=True)
    shown: str


ACTIVITIES = table_of(Activity)
ENTRANTS = table_of(Entrant)
VOTES = table_of(Vote)
ACTIVITY_POSTS = table_of(ActivityPost)
