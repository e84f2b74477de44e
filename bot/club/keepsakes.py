"""What was sent to a platform lately, for one that forgets what it showed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import matters
from bot.club.letters import KINDS
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from db.groups import GROUPS
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS

LATEST = 60  # letters

_platform = func.coalesce(ACCOUNTS.c.platform, GROUPS.c.platform)
_chat = func.coalesce(ACCOUNTS.c.external_id, GROUPS.c.chat_id)


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A letter that was sent, as it would be written now, with its message's number and time."""

    letter: Outgoing
    message_id: int
    at: datetime


def lately(session: Session, platform: str, shop: Shop, *, now: datetime) -> list[Keepsake]:
    """The latest letters that still make sense, oldest first. Of those that passed only their number is kept."""
    passing = [name for name, kind in KINDS.items() if kind.passing]
    rows = session.connection().execute(
        select(LETTERS, _chat.label("chat"), ACCOUNTS.c.language, MEMBERS.c.locale, MEMBERS.c.name)
        .select_from(LETTERS)
        .outerjoin(ACCOUNTS, ACCOUNTS.c.id == LETTERS.c.account_id)
        .outerjoin(MEMBERS, MEMBERS.c.id == LETTERS.c.member_id)
        .outerjoin(GROUPS, GROUPS.c.id == LETTERS.c.group_id)
        .where(
            LETTERS.c.state == "sent", LETTERS.c.message_id > 0, LETTERS.c.kind.not_in(passing), _platform == platform
        )
        .order_by(LETTERS.c.settled_at.desc(), LETTERS.c.id.desc())
        .limit(LATEST)
    )
    found = []
    for row in rows.all():
        if not matters.over(session, row.facts):
            facts = matters.as_they_stand(session, row.facts, shop, now=now)
            letter = Outgoing(row.id, row.kind, facts, platform, row.chat, row.locale, row.language, row.name)
            found.append(Keepsake(letter, row.message_id, row.settled_at))
    return found[::-1]
