"""What members spent: purchases that stand, less what was refunded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, not_, select
from sqlmodel import Session

from db.purchases import PURCHASES, REFUNDS

_of_it = REFUNDS.c.purchase_id == PURCHASES.c.id
_many = select(func.count()).where(_of_it).scalar_subquery()
_back = select(func.coalesce(func.sum(REFUNDS.c.amount), 0)).where(_of_it).scalar_subquery()
NET = PURCHASES.c.paid - _back  # of a purchase, in minor units
STANDS = (PURCHASES.c.undone_at.is_(None), not_((_many > 0) & (NET == 0)))  # neither undone nor refunded whole


@dataclass(frozen=True, slots=True)
class Spending:
    """How many purchases, what was paid for them in minor units, and when the last one was."""

    purchases: int
    paid: int
    last_at: datetime | None


def of(session: Session, member_id: int, *, since: datetime | None = None) -> Spending:
    """What a member spent, from some time on."""
    theirs = [*STANDS, PURCHASES.c.member_id == member_id]
    if since:
        theirs.append(PURCHASES.c.at >= since)
    sums = select(func.count(), func.coalesce(func.sum(NET), 0), func.max(PURCHASES.c.at)).where(*theirs)
    many, paid, last_at = session.connection().execute(sums).one()
    return Spending(many, int(paid), last_at)
