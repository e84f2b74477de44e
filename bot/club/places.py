"""Who is in the groups: people come and go, are welcomed, and keep their place with its dates."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select, update

from bot.club import blacklist, circles, groups, links, members, outbox
from bot.club.groups import Linked
from bot.club.members import Visitor, number
from db.engine import insert_once
from db.groups import PLACES, Asker, Group, Place
from db.members import Account
from db.outbox import Letter

WELCOMES_TOGETHER = 10  # newcomers named in one welcome; the others are counted


def joined(session: Session, chat_id: int, who: Visitor, link: str | None = None, *, key: str, now: datetime) -> None:
    """Someone came into a linked group: they are on the roster, and are welcomed; who is kept out is put out again.

    `link`: the invite link that brought them.
    """
    group = groups.linked_in(session, who.platform, chat_id)
    if group is None:
        return
    member_id = _member(session, who, now)
    if blacklist.stops(session, member_id, blacklist.GROUP):
        blacklist.at_the_door(session, member_id, who.external_id, group.id, now=now)
        return
    if link:
        links.invited(session, member_id, link, links.JOIN, now=now)
    session.exec(delete(Asker).where(col(Asker.group_id) == group.id, col(Asker.member_id) == member_id))
    if _enter(session, group.id, member_id, now):
        circles.came(session, group.id, member_id, link, now=now)
        _welcome(session, group, who.name, key, now)


def left(session: Session, chat_id: int, who: Visitor, *, now: datetime) -> None:
    """Someone left a group; their place is kept with the date."""
    group = groups.linked_in(session, who.platform, chat_id)
    if group is not None:
        theirs = col(Place.group_id) == group.id, col(Place.member_id) == _member(session, who, now)
        session.exec(update(Place).where(*theirs, col(Place.left_at).is_(None)).values(left_at=now))


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


def _welcome(session: Session, group: Linked, name: str, key: str, now: datetime) -> None:
    """Welcome a newcomer. Several whose welcome still waits share one; their names are for it alone, and go with it."""
    waiting = session.exec(
        select(Letter)
        .where(Letter.group_id == group.id, Letter.kind == "welcome", Letter.state == "waiting")
        .where(col(Letter.settled_at).is_(None))
        .order_by(col(Letter.id).desc())
        .limit(1)
        .with_for_update()
    ).first()
    if waiting:
        names, more = waiting.facts["names"], waiting.facts.get("more", 0)
        told = {"more": more + 1} if len(names) == WELCOMES_TOGETHER else {"names": [*names, name]}
        waiting.facts = waiting.facts | told
        session.add(waiting)
    else:
        facts: dict[str, Any] = {"names": [name], "least": group.least}
        outbox.post(session, "welcome", key=f"welcome:{group.id}:{key}", now=now, group_id=group.id, **facts)


def _member(session: Session, who: Visitor, now: datetime) -> int:
    return members.meet(session, who, private=False, now=now).member_id


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
