"""What comes of a deal, foretold to whoever makes it: how many get a letter, and when the groups hear of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlmodel import Session

from bot.club.audiences import within
from bot.club.deal_letters import WANTING, kept_back
from bot.club.deal_looks import Shown
from bot.club.letters import KINDS, awake
from bot.club.rules import Shop
from db.groups import GROUPS
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS

CAPPED = [name for name, kind in KINDS.items() if kind.capped]


@dataclass(frozen=True, slots=True)
class Forecast:
    """As things stand: how many members get a letter, how many groups a post.

    `later`: the day's hour at which a group hears of it that has had its posts until then; `never`: the deal is over
    by that time.
    """

    members: int
    groups: int
    later: datetime | None = None
    never: bool = False


def of_deal(
    session: Session, deal: Shown, shop: Shop, *, now: datetime, called: Callable[[str], str] = str
) -> Forecast:
    """What comes of a deal that was just made. Posts of another day than today are not counted yet."""
    connection = session.connection()
    reached = select(func.count(MEMBERS.c.id.distinct())).join(ACCOUNTS, ACCOUNTS.c.member_id == MEMBERS.c.id)
    meant = (*WANTING, within(deal.audience, shop, now, called), ~kept_back(deal.id, deal.holdout))
    members = connection.execute(reached.where(*meant)).scalar_one()
    groups = connection.execute(select(GROUPS.c.id).where(GROUPS.c.state == "linked")).scalars().all()
    most, opens = shop.rules.sending.group_posts_per_day, awake(shop, max(deal.opens_at, now))
    if not most:
        return Forecast(members, len(groups), never=True)
    ahead = 0
    if shop.day(opens) == shop.day(now):
        ahead = max((_ahead(session, group, deal, shop, now) for group in groups), default=0)
    if ahead < most:
        return Forecast(members, len(groups))
    later = shop.at(shop.day(opens) + timedelta(days=ahead // most), shop.rules.sending.day_hour)
    return Forecast(members, len(groups), later, never=later >= deal.closes_at)


def _ahead(session: Session, group: int, deal: Shown, shop: Shop, now: datetime) -> int:
    """How many posts a group had today, or gets before this one."""
    midnight = shop.end_of(shop.day(now) - timedelta(days=1))
    gone = LETTERS.c.state.in_(("sent", "uncertain")) & (LETTERS.c.settled_at >= midnight)
    others = LETTERS.c.kind.in_(CAPPED) & (LETTERS.c.key != f"deal:{deal.id}:group:{group}")
    counted = select(func.count()).where(
        LETTERS.c.group_id == group, others, or_(gone, LETTERS.c.state.in_(("waiting", "sending")))
    )
    return session.connection().execute(counted).scalar_one()
