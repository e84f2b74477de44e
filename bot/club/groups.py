"""Customer groups: found when the bot is added, linked by an owner, and the roster of who is in them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select, update

from bot.club import audit, members, outbox, staff
from bot.club.errors import NotAvailable
from bot.club.members import Person, Role, Visitor, number
from db.engine import insert_once
from db.groups import GROUPS, PLACES, Group, Place
from db.members import Account
from db.outbox import Letter

WELCOMES_TOGETHER = 10  # newcomers named in one welcome


@dataclass(frozen=True, slots=True)
class Linked:
    """A linked group."""

    id: int
    title: str


def promoted(
    session: Session, platform: str, chat_id: int, title: str, by: Person | None, *, key: str, now: datetime
) -> None:
    """The bot became an administrator of a group: ask the owner in private whether it is the club's.

    Where somebody else than an owner made it one, every owner is asked.
    """
    group = _meet(session, platform, chat_id, title)
    if group.state == "linked":
        return
    group.state = "seen"
    asked = [(by.account_id, by.member_id)] if by and by.role == Role.OWNER else staff.reached(session)
    for account_id, member_id in asked:
        outbox.post(
            session,
            "group_seen",
            key=f"group_seen:{group.id}:{key}:{member_id}",
            now=now,
            account_id=account_id,
            member_id=member_id,
            group=group.id,
            title=title,
        )


def link(session: Session, owner: Person, group_id: int, *, now: datetime) -> Linked:
    """Make a group the club's. Raises NotAvailable where the bot is no longer there."""
    group = session.get(Group, group_id)
    if group is None or group.state not in ("seen", "linked"):
        raise NotAvailable
    if group.state == "seen":
        group.state, group.linked_by, group.linked_at = "linked", owner.member_id, now
        session.add(group)
        audit.note(session, owner.member_id, "link group", now=now, group=group_id)
        outbox.post(
            session, "group_linked", key=f"group_linked:{group_id}:{now.isoformat()}", now=now, group_id=group_id
        )
    return Linked(group_id, group.title)


def refuse(session: Session, owner: Person, group_id: int, *, now: datetime) -> Linked:
    """Leave a group alone. Raises NotAvailable."""
    group = session.get(Group, group_id)
    if group is None:
        raise NotAvailable
    group.state = "refused"
    session.add(group)
    audit.note(session, owner.member_id, "refuse group", now=now, group=group_id)
    return Linked(group_id, group.title)


def lost(session: Session, platform: str, chat_id: int) -> None:
    """The bot was removed from a group, or is no administrator there any more."""
    session.exec(update(Group).where(*_here(platform, chat_id)).values(state="lost"))


def joined(session: Session, chat_id: int, who: Visitor, *, key: str, now: datetime) -> None:
    """Someone came into a linked group: they are on the roster, and are welcomed.

    Several newcomers whose welcome still waits share one. Their names are only for the welcome, and gone with it.
    """
    group = _linked(session, who.platform, chat_id)
    if group is None or not _enter(session, group, _member(session, who, now), now):
        return
    waiting = session.exec(
        select(Letter)
        .where(Letter.group_id == group, Letter.kind == "welcome", Letter.state == "waiting")
        .order_by(col(Letter.id).desc())
    ).first()
    if waiting and len(waiting.facts["names"]) < WELCOMES_TOGETHER:
        waiting.facts = {"names": [*waiting.facts["names"], who.name]}
        session.add(waiting)
    else:
        outbox.post(session, "welcome", key=f"welcome:{group}:{key}", now=now, group_id=group, names=[who.name])


def left(session: Session, chat_id: int, who: Visitor, *, now: datetime) -> None:
    """Someone left a group; their place is kept with the date."""
    group = _linked(session, who.platform, chat_id)
    if group is not None:
        session.exec(
            update(Place)
            .where(
                col(Place.group_id) == group,
                col(Place.member_id) == _member(session, who, now),
                col(Place.left_at).is_(None),
            )
            .values(left_at=now)
        )


def is_linked(session: Session, platform: str, chat_id: int) -> bool:
    """Whether a chat is one of the club's groups."""
    return _linked(session, platform, chat_id) is not None


def former_welcomes(session: Session) -> list[tuple[int, str, int, int]]:
    """Welcomes that still stand though a newer one of their group was sent: letter, platform, chat, message."""
    newer = aliased(Letter)
    newest = (
        select(func.max(newer.id))
        .where(newer.group_id == Letter.group_id, newer.kind == "welcome", newer.state == "sent")
        .scalar_subquery()
    )
    rows = session.exec(
        select(Letter.id, Group.platform, Group.chat_id, Letter.message_id)
        .join(Group)
        .where(Letter.kind == "welcome", Letter.state == "sent", col(Letter.message_id) > 0, col(Letter.id) < newest)
    )
    return [(letter or 0, platform, chat, message or 0) for letter, platform, chat, message in rows]


def cleared(session: Session, letter_id: int) -> None:
    """A letter's message was deleted."""
    session.exec(update(Letter).where(col(Letter.id) == letter_id).values(message_id=None))


def present(session: Session, platform: str) -> dict[int, list[int]]:
    """Who is where on a platform: the ids of the people on each group's roster, by chat id."""
    rows = session.exec(
        select(Group.chat_id, Account.external_id)
        .select_from(Group)
        .outerjoin(Place, (col(Place.group_id) == col(Group.id)) & col(Place.left_at).is_(None))
        .outerjoin(Account, (col(Account.member_id) == col(Place.member_id)) & (col(Account.platform) == platform))
        .where(Group.platform == platform, col(Group.state).in_(("seen", "linked")))
    )
    found: dict[int, list[int]] = {}
    for chat_id, person in rows:
        found.setdefault(chat_id, []).extend([person] if person is not None else [])
    return found


def roster(session: Session, group_id: int) -> list[str]:
    """The numbers of those who are in a group now."""
    rows = session.exec(select(Place.member_id).where(Place.group_id == group_id, col(Place.left_at).is_(None)))
    return [number(member_id) for member_id in rows]


def _meet(session: Session, platform: str, chat_id: int, title: str) -> Group:
    insert_once(session, GROUPS, platform=platform, chat_id=chat_id, title=title[:255], state="seen")
    group = session.exec(select(Group).where(*_here(platform, chat_id))).one()
    group.title = title[:255]
    session.add(group)
    return group


def _member(session: Session, who: Visitor, now: datetime) -> int:
    return members.meet(session, who, private=False, now=now).member_id


def _linked(session: Session, platform: str, chat_id: int) -> int | None:
    return session.exec(select(Group.id).where(*_here(platform, chat_id), Group.state == "linked")).first()


def _here(platform: str, chat_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(Group.platform) == platform, col(Group.chat_id) == chat_id


def _enter(session: Session, group_id: int, member_id: int, now: datetime) -> bool:
    """Put a member on the roster. Returns whether they were not on it."""
    key = {"group_id": group_id, "member_id": member_id}
    if insert_once(session, PLACES, **key, joined_at=now) is not None:
        return True
    return bool(
        session.exec(
            update(Place)
            .where(col(Place.group_id) == group_id, col(Place.member_id) == member_id, col(Place.left_at).is_not(None))
            .values(left_at=None, joined_at=now)
        ).rowcount
    )
