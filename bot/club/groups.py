"""Customer groups: found when the bot is added, and linked by an owner; `places.py` knows who is in them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select, update

from bot.club import audit, blacklist, circles, conduct, invites, outbox, staff
from bot.club.errors import NotAvailable
from bot.club.members import Person, Role
from db.engine import insert_once, tell
from db.groups import GROUPS, Group
from db.outbox import Letter, standing

BAN, INVITE = RIGHTS = ("can_restrict_members", "can_invite_users")  # of an administrator
ASK_AGAIN = timedelta(days=1)  # after which an owner who has not answered may be asked again


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked group; `least`: the grade from which on members are in it."""

    id: int
    title: str
    least: str | None = None


def promoted(
    session: Session,
    platform: str,
    chat_id: int,
    title: str,
    by: Person | None,
    *,
    rights: Collection[str] = (),
    now: datetime,
) -> None:
    """The bot became an administrator of a group. One of the club's goes on; of another the owner is asked in private.

    What it was refused there for want of one of its `rights` is tried again.

    Made so by an owner, it asks him; by other staff, every owner. By anybody else it asks nobody, or strangers could
    pester the owners, and says in the group who can link it.
    """
    group = _meet(session, platform, chat_id, title)
    assert group.id is not None
    if group.state == "linked":
        heard(session, group.id, now=now)
        _make_good(session, group.id, rights, now)
        return
    group.state = "seen"
    session.flush()
    if by is None or by.role < Role.CLERK:
        outbox.post(session, "group_unknown", key=f"group_unknown:{group.id}", now=now, group_id=group.id)
    elif _may_ask(session, group.id, now):
        asked = [(by.account_id, by.member_id)] if by.role == Role.OWNER else staff.reached(session)
        _tell(session, "group_seen", asked, now, group=group.id, title=group.title)


def link(session: Session, owner: Person, group_id: int, *, now: datetime) -> Linked:
    """Make a group the club's. Raises NotAvailable where the bot is no longer there."""
    group = session.get(Group, group_id)
    if group is None or group.state not in ("seen", "linked"):
        raise NotAvailable
    if group.state == "seen":
        group.state, group.linked_by, group.linked_at = "linked", owner.member_id, now
        group.asked_at = group.muted_at = None
        session.add(group)
        audit.note(session, owner.member_id, "link group", now=now, group=group_id)
        outbox.post(
            session, "group_linked", key=f"group_linked:{group_id}:{now.isoformat()}", now=now, group_id=group_id
        )
        session.flush()
        blacklist.at_one_door(session, group_id, now=now)
        invites.again(session, group_id)
    return Linked(group_id, group.title)


def refuse(session: Session, owner: Person, group_id: int, *, now: datetime) -> Linked:
    """Leave a group alone. Raises NotAvailable."""
    group = session.get(Group, group_id)
    if group is None:
        raise NotAvailable
    group.state, group.asked_at = "refused", None
    session.add(group)
    audit.note(session, owner.member_id, "refuse group", now=now, group=group_id)
    return Linked(group_id, group.title)


def removed(session: Session, platform: str, chat_id: int, *, now: datetime) -> None:
    """The bot was put out of a group."""
    if group_id := _known(session, platform, chat_id):
        gone(session, group_id, now=now)


def demoted(session: Session, platform: str, chat_id: int, *, now: datetime) -> None:
    """The bot is no administrator of a group any more. One of the club's stays so; of another, that was all."""
    if group_id := _linked(session, platform, chat_id):
        muted(session, group_id, now=now)
    else:
        removed(session, platform, chat_id, now=now)


def gone(session: Session, group_id: int, *, now: datetime) -> None:
    """A group is out of reach. The owners are told, once, of one that was the club's."""
    if _change(session, group_id, col(Group.state) == "linked", state="lost", muted_at=None):
        _complain(session, "group_lost", group_id, now, lost=group_id)
    else:
        _change(session, group_id, col(Group.state) != "lost", state="lost")


def muted(session: Session, group_id: int, *, now: datetime) -> None:
    """The bot may not do its work in a group, which is the club's all the same. The owners are told, once."""
    if _change(session, group_id, (col(Group.state) == "linked") & col(Group.muted_at).is_(None), muted_at=now):
        _complain(session, "group_muted", group_id, now, muted=group_id)


def heard(session: Session, group_id: int, *, now: datetime) -> None:
    """The bot may do its work in a group again: what waited goes out."""
    if _change(session, group_id, col(Group.muted_at).is_not(None), muted_at=None):
        waiting = (col(Letter.group_id) == group_id, col(Letter.state) == "waiting", col(Letter.after) > now)
        session.exec(update(Letter).where(*waiting).values(after=now))
        tell(session, "letters")


def linked_in(session: Session, platform: str, chat_id: int) -> Linked | None:
    """The club's group of a chat."""
    group = session.exec(select(Group).where(*_here(platform, chat_id), Group.state == "linked")).first()
    return Linked(group.id or 0, group.title, group.least) if group else None


def former(session: Session) -> list[tuple[int, str, int, int]]:
    """What stands in a group though a newer one of its kind was sent: letter, platform, chat, message."""
    newer = aliased(Letter)
    newest = (
        select(func.max(newer.id))
        .where(newer.group_id == Letter.group_id, newer.kind == Letter.kind, standing(newer))
        .scalar_subquery()
    )
    rows = session.exec(
        select(Letter.id, Group.platform, Group.chat_id, Letter.message_id)
        .join(Group)
        .where(standing(Letter), Letter.state == "sent", col(Letter.id) < newest)
    )
    return [(letter or 0, platform, chat, message or 0) for letter, platform, chat, message in rows]


def cleared(session: Session, letter_id: int) -> None:
    """A letter's message was deleted."""
    session.exec(update(Letter).where(col(Letter.id) == letter_id).values(message_id=None))


def _make_good(session: Session, group_id: int, rights: Collection[str], now: datetime) -> None:
    """Do what the platform refused before in a group, as far as the bot has the rights now."""
    if BAN in rights and conduct.unable(session, group_id):
        blacklist.at_one_door(session, group_id, now=now)
        circles.again(session, group_id)
    if INVITE in rights:
        invites.again(session, group_id)


def _may_ask(session: Session, group_id: int, now: datetime) -> bool:
    """Whether no question about a group waits for its answer, or it has waited for a day; from now on one does."""
    free = col(Group.asked_at).is_(None) | (col(Group.asked_at) <= now - ASK_AGAIN)
    return _change(session, group_id, free, asked_at=now)


def _complain(session: Session, kind: str, group_id: int, now: datetime, **about: Any) -> None:
    title = session.exec(select(Group.title).where(Group.id == group_id)).one()
    _tell(session, kind, staff.reached(session), now, title=title, **about)


def _tell(session: Session, kind: str, owners: Iterable[tuple[int, int]], now: datetime, **facts: Any) -> None:
    staff.write_to(session, owners, kind, key=f"{facts['title']}:{now.isoformat()}", now=now, **facts)


def _change(session: Session, group_id: int, where: ColumnElement[bool], **values: Any) -> bool:
    """Change a group if it still is so. Returns whether it was."""
    return bool(session.exec(update(Group).where(col(Group.id) == group_id, where).values(**values)).rowcount)


def _meet(session: Session, platform: str, chat_id: int, title: str) -> Group:
    insert_once(session, GROUPS, platform=platform, chat_id=chat_id, title=title[:255], state="seen")
    group = session.exec(select(Group).where(*_here(platform, chat_id))).one()
    group.title = title[:255]
    session.add(group)
    return group


def _linked(session: Session, platform: str, chat_id: int) -> int | None:
    return session.exec(select(Group.id).where(*_here(platform, chat_id), Group.state == "linked")).first()


def _known(session: Session, platform: str, chat_id: int) -> int | None:
    return session.exec(select(Group.id).where(*_here(platform, chat_id))).first()


def _here(platform: str, chat_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Group.platform) == platform, col(Group.chat_id) == chat_id
