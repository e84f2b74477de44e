"""What a deal brings: who was written to, claimed it, used it and bought, beside those who were kept back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session

from bot.club.deal_letters import KEPT_BACK
from bot.club.errors import NoSuchDeal
from bot.club.outcomes import Group
from bot.club.spending import STANDS
from db.coupons import COUPONS
from db.deals import Deal
from db.outbox import LETTERS
from db.purchases import PURCHASES

AFTER = timedelta(days=2)  # its end by which all its letters are settled


@dataclass(frozen=True, slots=True)
class DealOutcome:
    """How a deal does: letters that arrived, members who claimed, and who used it; who bought until its end.

    `told` are all who were written to, whether or not the letter arrived, as `kept_back` would have been: only so are
    they alike. `holdout` is how many in a hundred are kept back.
    """

    title: str
    holdout: int
    sent: int
    claimed: int
    used: int
    told: Group
    kept_back: Group


def of(session: Session, deal_id: int) -> DealOutcome:
    """How a deal does so far. Raises NoSuchDeal."""
    deal = session.get(Deal, deal_id)
    if deal is None:
        raise NoSuchDeal
    back = case((and_(LETTERS.c.state == "dropped", LETTERS.c.reason == KEPT_BACK), 1), else_=0).label("back")
    bought = select(PURCHASES.c.id).where(
        PURCHASES.c.member_id == LETTERS.c.member_id,
        PURCHASES.c.at >= LETTERS.c.posted_at,
        PURCHASES.c.at <= deal.closes_at,
        *STANDS,
    )
    sent = case((LETTERS.c.state.in_(("sent", "uncertain")), 1), else_=0)
    sums = (func.count(), func.sum(case((bought.exists(), 1), else_=0)), func.sum(sent))
    here = _letters(deal, deal.made_at)
    found = {row[0]: row[1:] for row in session.connection().execute(select(back, *sums).where(*here).group_by("back"))}
    told, kept = found.get(0, (0, 0, 0)), found.get(1, (0, 0, 0))
    claimed, used = _coupons(session, deal_id)
    about = (deal.title, deal.holdout, int(told[2]), claimed, used)
    return DealOutcome(*about, Group(told[0], int(told[1])), Group(kept[0], int(kept[1])))


def _letters(deal: Deal, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """The letters that told of a deal. All but the key is what one index knows: no other kind of letter is read."""
    known = (LETTERS.c.group_id.is_(None), LETTERS.c.kind == "deal")
    then = (LETTERS.c.settled_at >= since, LETTERS.c.settled_at <= deal.closes_at + AFTER)
    return *known, *then, LETTERS.c.key.startswith(f"deal:{deal.id}:")


def _coupons(session: Session, deal_id: int) -> tuple[int, int]:
    """How many members claimed a deal, and how many used a coupon of it."""
    users = case((COUPONS.c.state == "redeemed", COUPONS.c.member_id)).distinct()
    members = (func.count(COUPONS.c.member_id.distinct()), func.count(users))
    claimed, used = session.connection().execute(select(*members).where(COUPONS.c.deal_id == deal_id)).one()
    return claimed, used
