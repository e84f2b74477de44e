"""What members earn by what they do, within the owner's daily caps. Who is on the blacklist earns nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlmodel import Session

from bot.club import blacklist, caps, points
from bot.club.rules import Shop
from db.points import LOTS


@dataclass(frozen=True, slots=True)
class Earned:
    """What somebody really got: 0 where the key was used before. The balance is None where nothing was given.

    `capped`: today's cap left less than there was to earn.
    """

    points: int
    balance: int | None
    capped: bool = False


def earn(
    session: Session, member_id: int, amount: int, source: str, shop: Shop, *, key: str, now: datetime, **why: object
) -> Earned:
    """Give what somebody earned, once for each key, as far as today's cap allows. `why` is as for points.award."""
    if blacklist.stops(session, member_id):
        return Earned(0, None)
    left = room(session, member_id, source, shop, now=now)
    given = amount if left is None else min(amount, left)
    balance = points.award(session, member_id, given, source, key=key, now=now, **why)
    return Earned(0 if balance is None else given, balance, given < amount)


def room(session: Session, member_id: int, source: str, shop: Shop, *, now: datetime) -> int | None:
    """What today's cap leaves of points of a source; None where there is no cap, which costs nothing to say.

    Until the act ends nobody else gives the member any, so that two at once keep to it as well.
    """
    capped = caps.read(shop.rules.points.caps)
    family = caps.family_of(source) if capped else ""
    if family not in capped:
        return None
    points.lock(session, [member_id])
    today = shop.day(now)
    begins, ends = shop.end_of(today - timedelta(days=1)), shop.end_of(today)
    alike = or_(*(LOTS.c.source.startswith(source, autoescape=True) for source in caps.FAMILIES[family]))
    net = LOTS.c.amount - points.taken_back  # what was refunded or undone counts no longer
    earned = select(func.coalesce(func.sum(net), 0)).where(
        LOTS.c.member_id == member_id, LOTS.c.earned_at >= begins, LOTS.c.earned_at < ends, alike
    )
    return max(0, capped[family] - int(session.connection().execute(earned).scalar_one()))
