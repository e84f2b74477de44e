"""What members spent: purchases that stand, less what was refunded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from db.purchases import PURCHASES, REFUNDS

_back = select(func.sum(REFUNDS.c.amount)).where(REFUNDS.c.purchase_id == PURCHASES.c.id).scalar_subquery()
NET = PURCHASES.c.paid - func.coalesce(_back, 0)  # of a purchase, in minor units
# Neither undone nor refunded whole; one that cost nothing may be refunded, too, and what was never refunded is NULL.
STANDS = (PURCHASES.c.undone_at.is_(None), PURCHASES.c.paid.is_distinct_from(_back))


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
