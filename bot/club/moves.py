"""Groups that became supergroups: their new id is told by a message, a refusal, or the bot's own promotion."""

from sqlmodel import Session, col, select, update

from bot.club import invites
from db.engine import tell
from db.groups import Group, Place
from db.outbox import Letter


def moved(session: Session, platform: str, chat_id: int, to: int) -> None:
    """A group has a new id. Harmless when told twice, or by several.

    Where the new id is known already, that row takes over the link, the roster and what waits to be sent.
    """
    older, newer = (_at(session, platform, chat) for chat in (chat_id, to))
    if older is None or older is newer:
        return
    invites.moved(session, older.id or 0)
    tell(session, "circles")
    # Messages are numbered anew there: what was sent before can no longer be edited or deleted.
    session.exec(update(Letter).where(col(Letter.group_id) == older.id).values(message_id=None))
    if newer is None:
        older.chat_id = to
        session.add(older)
        session.flush()
        return
    if older.state == "linked":
        newer.state, newer.linked_by, newer.linked_at = "linked", older.linked_by, older.linked_at
        newer.least = older.least
    older.state = "lost"
    session.add_all((older, newer))
    there = select(Place.member_id).where(Place.group_id == newer.id)
    session.exec(
        update(Place)
        .where(col(Place.group_id) == older.id, col(Place.member_id).not_in(there))
        .values(group_id=newer.id)
        .execution_options(synchronize_session=False)
    )
    waiting = (col(Letter.group_id) == older.id, col(Letter.state).in_(("waiting", "sending")))
    session.exec(update(Letter).where(*waiting).values(group_id=newer.id))


def _at(session: Session, platform: str, chat_id: int) -> Group | None:
    return session.exec(select(Group).where(Group.platform == platform, Group.chat_id == chat_id)).first()
