"""A deal's posts in the groups: kept true by editing them, many claims in one edit."""

from dataclasses import dataclass

from sqlalchemy import case, cast, func
from sqlalchemy.types import String
from sqlmodel import Session, col, select, update

from bot.club.deals import OVER, Shown, as_shown, face
from db.deals import DEALS, Deal, DealPost
from db.groups import Group
from db.outbox import Letter


@dataclass(frozen=True, slots=True)
class Stale:
    """A post in a group that shows something else than what is true."""

    letter_id: int
    platform: str
    chat_id: int
    message_id: int
    deal: Shown
    face: str


def stale(session: Session, many: int = 20) -> list[Stale]:
    """Posts in groups whose count or button is no longer true, so that they are edited: one edit for many claims."""
    left = func.coalesce(cast(DEALS.c.stock - DEALS.c.claimed, String), "open")
    true = case((DEALS.c.state == "open", left), else_=OVER)
    rows = session.exec(
        select(DealPost, Deal, Letter, Group)
        .join(Deal, col(Deal.id) == col(DealPost.deal_id))
        .join(Letter, col(Letter.id) == col(DealPost.letter_id))
        .join(Group, col(Group.id) == col(Letter.group_id))
        .where(Letter.state == "sent", col(Letter.message_id) > 0, col(DealPost.shown) != true, Group.state == "linked")
        .limit(many)
    )
    return [
        Stale(letter.id or 0, group.platform, group.chat_id, letter.message_id or 0, as_shown(deal), face(deal))
        for _, deal, letter, group in rows
    ]


def edited(session: Session, letter_id: int, face: str) -> None:
    """A post shows this now."""
    session.exec(update(DealPost).where(col(DealPost.letter_id) == letter_id).values(shown=face))
