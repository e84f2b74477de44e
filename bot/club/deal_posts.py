"""A deal's posts in the groups: kept true by editing them, many claims in one edit."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from bot.club.deal_looks import Shown, as_shown
from bot.club.deal_places import OVER, face
from bot.club.rules import Shop
from db.deals import Deal, DealPost
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


def stale(session: Session, shop: Shop, *, now: datetime, many: int = 20) -> list[Stale]:
    """Posts in groups whose count or button is no longer true, so that they are edited: one edit for many claims."""
    rows = session.exec(
        select(DealPost, Deal, Letter, Group)
        .join(Deal, col(Deal.id) == col(DealPost.deal_id))
        .join(Letter, col(Letter.id) == col(DealPost.letter_id))
        .join(Group, col(Group.id) == col(Letter.group_id))
        .where(Letter.state == "sent", col(Letter.message_id) > 0, DealPost.shown != OVER, Group.state == "linked")
    )
    found = [(post.shown, face(deal, shop, now), deal, letter, group) for post, deal, letter, group in rows]
    return [
        Stale(letter.id or 0, group.platform, group.chat_id, letter.message_id or 0, as_shown(deal, shop, now), true)
        for shown, true, deal, letter, group in found
        if shown != true
    ][:many]


def edited(session: Session, letter_id: int, face: str) -> None:
    """A post shows this now."""
    session.exec(update(DealPost).where(col(DealPost.letter_id) == letter_id).values(shown=face))
