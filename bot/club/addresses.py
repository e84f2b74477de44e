"""Where long work is reported: the message that began it, which becomes its progress and then its report."""

from dataclasses import dataclass

from sqlalchemy import Table, select
from sqlmodel import Session

from db.members import ACCOUNTS, MEMBERS


@dataclass(frozen=True, slots=True)
class Address:
    """A message in somebody's chat, and the reader's language."""

    platform: str
    chat_id: int
    message_id: int
    locale: str | None
    language: str | None


def of(session: Session, work: Table, work_id: int) -> Address | None:
    """Where a row of `work` is reported, by its `account_id` and `message_id`; None where its author was erased."""
    row = (
        session.connection()
        .execute(
            select(
                ACCOUNTS.c.platform, ACCOUNTS.c.external_id, work.c.message_id, MEMBERS.c.locale, ACCOUNTS.c.language
            )
            .join_from(work, ACCOUNTS, ACCOUNTS.c.id == work.c.account_id)
            .join(MEMBERS, MEMBERS.c.id == ACCOUNTS.c.member_id)
            .where(work.c.id == work_id)
        )
        .one_or_none()
    )
    if row is None:
        return None
    return Address(row.platform, row.external_id, row.message_id or 0, row.locale, row.language)
