"""An activity's posts in the groups: kept true by editing them, many taps in one edit."""

from dataclasses import dataclass

from sqlmodel import Session, col, select, update

from bot.club.activities import Shown, as_shown, face
from db.activities import Activity, ActivityPost
from db.groups import Group
from db.outbox import Letter


@dataclass(frozen=True, slots=True)
class Stale:
    """A post in a group that shows something else than what is true."""

    letter_id: int
    platform: str
    chat_id: int
    message_id: int
    activity: Shown


def stale(session: Session, *, many: int = 20) -> list[Stale]:
    """Posts in groups that are no longer true, so that they are edited: one edit for many taps."""
    rows = session.exec(
        select(ActivityPost, Activity, Letter, Group)
        .join(Activity, col(Activity.id) == col(ActivityPost.activity_id))
        .join(Letter, col(Letter.id) == col(ActivityPost.letter_id))
        .join(Group, col(Group.id) == col(Letter.group_id))
        .where(Letter.state == "sent", col(Letter.message_id) > 0, Group.state == "linked")
        .where(col(ActivityPost.shown).startswith("open:"))
    )
    changed = [row for row in rows if row[0].shown != face(row[1])][:many]
    return [
        Stale(letter.id or 0, group.platform, group.chat_id, letter.message_id or 0, as_shown(session, activity))
        for _post, activity, letter, group in changed
    ]


def edited(session: Session, letter_id: int, face: str) -> None:
    """A post shows this now."""
    session.exec(update(ActivityPost).where(col(ActivityPost.letter_id) == letter_id).values(shown=face))
