"""What machines were answered: a request that comes again, after a lost line or a crash, gets the same answer.

The answer is kept in the transaction of the act, refusals too: their act is undone to a mark, and the answer stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from bot.club.errors import ClubError
from bot.i18n import N_
from db.api import API_REPLIES
from db.engine import go_back, insert_once, set_mark

KEPT = timedelta(days=30)


class KeyReused(ClubError):
    """An Idempotency-Key that came with another request before."""

    says = N_("This Idempotency-Key was used with another request before.")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes out: an HTTP status and a body; about which member; whether it was given before."""

    status: int
    body: str
    member_id: int | None = None
    again: bool = False


def once(
    session: Session,
    key_id: int,
    idempotency_key: str,
    fingerprint: str,
    act: Callable[[Session, str], Reply],
    refused: Callable[[ClubError], Reply],
    *,
    now: datetime,
) -> Reply:
    """Do an act once for each key of a caller's, and keep what is answered. The act is given a key of its own.

    Where the act is refused, nothing of it stays but the answer. Raises KeyReused.
    """
    about = {"key_id": key_id, "idempotency_key": idempotency_key, "fingerprint": fingerprint}
    number = insert_once(session, API_REPLIES, **about, status=0, body="", at=now)
    if number is None:
        return _given(session, key_id, idempotency_key, fingerprint)
    mark = set_mark(session)
    try:
        reply = act(session, f"api:{number}")
        session.flush()
    except ClubError as refusal:
        go_back(session, mark)
        reply = refused(refusal)
    kept = {"status": reply.status, "body": reply.body, "member_id": reply.member_id}
    session.connection().execute(API_REPLIES.update().where(API_REPLIES.c.id == number).values(kept))
    return reply


def prune(session: Session, *, now: datetime, limit: int) -> int:
    """Forget answers of long ago, a batch at a time. Returns how many."""
    old = select(API_REPLIES.c.id).where(API_REPLIES.c.at < now - KEPT).order_by(API_REPLIES.c.at).limit(limit)
    return session.connection().execute(API_REPLIES.delete().where(API_REPLIES.c.id.in_(old))).rowcount


def _given(session: Session, key_id: int, idempotency_key: str, fingerprint: str) -> Reply:
    mine = API_REPLIES.c.key_id == key_id, API_REPLIES.c.idempotency_key == idempotency_key
    row = session.connection().execute(select(API_REPLIES).where(*mine)).one()
    if row.fingerprint != fingerprint:
        raise KeyReused
    return Reply(row.status, row.body, row.member_id, again=True)
