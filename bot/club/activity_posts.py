"""An activity's posts in the groups: kept true by editing them, many taps in one edit."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select, update

from bot.club.activity_looks import RUNNING, Shown, as_shown, face
from db.activities import Activity, ActivityPost
from db.groups import Group
from db.outbox import Letter


@dataclass(frozen=True, slots=True)
class Stale:
    """A post in a group that shows something else than what is true."""

    letter_id: int
    kind: str
    platform: str
    chat_id: int
    message_id: int
    activity: Shown
    face: str


def stale(session: Session, *, now: datetime, many: int = 20) -> list[Stale]:
    """Posts in groups that are no longer true, so that they are edited: one edit for many taps.

    Of what is over and not ended yet none: its end changes them this instant.
    """
    over = col(Activity.state).in_(("open", "voting")) & (col(Activity.closes_at) <= now)
    rows = session.exec(
        select(ActivityPost, Activity, Letter, Group)
        .join(Activity, col(Activity.id) == col(ActivityPost.activity_id))
        .join(Letter, col(Letter.id) == col(ActivityPost.letter_id))
        .join(Group, col(Group.id) == col(Letter.group_id))
        .where(Letter.state == "sent", col(Letter.message_id) > 0, Group.state == "linked")
        .where(~over, or_(*(col(ActivityPost.shown).startswith(f"{state}:") for state in RUNNING)))
    )
    found = [
        (post.shown, face(activity, letter.kind), activity, letter, group) for post, activity, letter, group in rows
    ]
    return [
        Stale(
            letter.id or 0,
            letter.kind,
            group.platform,
            group.chat_id,
            letter.message_id or 0,
            as_shown(session, activity),
            true,
        )
        for before, true, activity, letter, group in [each for each in found if each[0] != each[1]][:many]
    ]


def edited(session: Session, letter_id: int, face: str) -> None:
    """A post shows this now."""
    session.exec(update(ActivityPost).where(col(ActivityPost.letter_id) == letter_id).values(shown=face))
