"""Letters, posted in the transaction of their cause; `sending` takes them from here."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, cast, func, select
from sqlalchemy.types import String
from sqlmodel import Session

from bot.club.letters import KINDS
from bot.club.members import number
from db.activities import ACTIVITY_POSTS
from db.deals import DEAL_POSTS
from db.engine import insert_once, tell
from db.hot import first
from db.members import ACCOUNTS, EMAIL
from db.outbox import LETTERS
from db.profile import QUESTIONS
from db.staff import STAFF

ITEMS = 50  # in one letter to the owner
KEPT = timedelta(days=400)  # settled letters: a key that names a year outlives it and the days around it


def best_first(accounts: FromClause = ACCOUNTS) -> tuple[ColumnElement[Any], ...]:
    """The order of a member's accounts for a letter: one that is reached, a chat before e-mail, the latest seen."""
    return accounts.c.reachable.desc(), accounts.c.platform == EMAIL, accounts.c.seen_at.desc(), accounts.c.id


_best = select(ACCOUNTS.c.id).where(ACCOUNTS.c.member_id == bindparam("member")).order_by(*best_first()).limit(1)
_best_chat = _best.where(ACCOUNTS.c.platform != EMAIL)


def post(
    session: Session,
    kind: str,
    *,
    key: str,
    now: datetime,
    account_id: int | None = None,
    member_id: int | None = None,
    group_id: int | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    **facts: Any,
) -> int | None:
    """Leave a letter to one account of a member, or to a group, once for each key. Returns its id, None if it exists.

    It is due from `after` (or at once) until `before`, or for as long as its kind may be late.
    """
    about, due = KINDS[kind], after or now
    letter_id = insert_once(
        session,
        LETTERS,
        key=key,
        kind=kind,
        rank=about.rank,
        alone=about.once,
        account_id=account_id,
        member_id=member_id,
        group_id=group_id,
        facts=facts,
        after=due,
        before=before or (due + about.late if about.late else None),
        state="waiting",
        doubts=0,
        posted_at=now,
    )
    if letter_id is not None:
        tell(session, "letters")
    return letter_id


def known(session: Session, keys: Collection[str]) -> bool:
    """Whether there is a letter under one of some keys."""
    here = select(LETTERS.c.id).where(LETTERS.c.key.in_(keys)).limit(1)
    return session.connection().execute(here).first() is not None


def account_of(session: Session, member_id: int, *, by_email: bool = False) -> int | None:
    """The account by which a member is best written to: one that can be reached, seen last."""
    found = first(session.connection(), _best if by_email else _best_chat, {"member": member_id})
    return found and int(found[0])


def to_member(session: Session, kind: str, member_id: int, *, key: str, now: datetime, **more: Any) -> int | None:
    """Leave a letter to a member, at their best account."""
    account_id = account_of(session, member_id, by_email=KINDS[kind].by_email)
    if account_id is None:
        return None
    return post(session, kind, key=key, now=now, account_id=account_id, member_id=member_id, **more)


def withdraw(
    session: Session, member_id: int, kinds: Collection[str], reason: str, *, now: datetime, keys: str = ""
) -> None:
    """Drop a member's letters of some kinds that still wait, whose key begins with `keys`. The keys are free again."""
    waiting = (
        LETTERS.c.member_id == member_id,
        LETTERS.c.kind.in_(kinds),
        LETTERS.c.state == "waiting",
        LETTERS.c.key.startswith(keys, autoescape=True),
    )
    freed = LETTERS.c.key + ":withdrawn:" + cast(LETTERS.c.id, String)
    session.connection().execute(
        LETTERS.update().where(*waiting).values(state="dropped", reason=reason, settled_at=now, key=freed)
    )


def spoil(session: Session, letter_id: int, reason: str, *, now: datetime) -> None:
    """Put aside a letter that cannot even be judged, because what it holds or names is not as it should be."""
    values = {"state": "failed", "reason": reason, "settled_at": now}
    session.connection().execute(LETTERS.update().where(LETTERS.c.id == letter_id).values(**values))


def report(session: Session, kind: str, about: int | None, what: str, *, now: datetime) -> None:
    """Tell every owner of a letter (`what` is its kind, `about` its member) that went wrong.

    What comes within a minute is told in one letter.
    """
    item = [number(about) if about else "", what]
    owners = session.connection().execute(
        select(ACCOUNTS.c.id, ACCOUNTS.c.member_id)
        .join(STAFF, STAFF.c.member_id == ACCOUNTS.c.member_id)
        .where(STAFF.c.role == "owner", ACCOUNTS.c.reachable, ACCOUNTS.c.platform != EMAIL)
    )
    for account_id, owner_id in owners.all():
        here = (LETTERS.c.member_id == owner_id, LETTERS.c.rank == KINDS[kind].rank, LETTERS.c.settled_at.is_(None))
        waiting = (LETTERS.c.kind == kind, LETTERS.c.account_id == account_id, LETTERS.c.state == "waiting")
        newest = select(LETTERS.c.id, LETTERS.c.facts).where(*here, *waiting).order_by(LETTERS.c.id.desc()).limit(1)
        gathering = session.connection().execute(newest).first()
        if gathering and len(gathering.facts["items"]) < ITEMS:
            items = {"items": [*gathering.facts["items"], item]}
            session.connection().execute(LETTERS.update().where(LETTERS.c.id == gathering.id).values(facts=items))
        else:
            address = {"account_id": account_id, "member_id": owner_id}
            key = f"{kind}:{owner_id}:{now.isoformat()}:{gathering.id if gathering else 0}"
            post(session, kind, key=key, now=now, after=now + timedelta(minutes=1), **address, items=[item])


def counted(session: Session, *, now: datetime) -> dict[str, int]:
    """How many letters wait and are under way, and of the last day how many became what."""
    connection, many = session.connection(), func.count().label("many")
    day = LETTERS.c.settled_at > now - timedelta(days=1)
    settled = connection.execute(select(LETTERS.c.state, many).where(day).group_by(LETTERS.c.state))
    standing = {
        state: connection.execute(select(many).where(LETTERS.c.state == state)).scalar_one()
        for state in ("waiting", "sending")
    }
    return standing | {row.state: row.many for row in settled}


def prune(session: Session, *, now: datetime, limit: int) -> int:
    """Forget letters of long ago, a batch at a time, and with them their keys, whose causes cannot come again."""
    connection = session.connection()
    old = select(LETTERS.c.id).where(LETTERS.c.settled_at < now - KEPT).order_by(LETTERS.c.settled_at).limit(limit)
    ids = connection.execute(old).scalars().all()
    for posts in (DEAL_POSTS, ACTIVITY_POSTS):
        connection.execute(posts.delete().where(posts.c.letter_id.in_(ids)))
    connection.execute(QUESTIONS.update().where(QUESTIONS.c.letter_id.in_(ids)).values(letter_id=None))
    return connection.execute(LETTERS.delete().where(LETTERS.c.id.in_(ids))).rowcount
