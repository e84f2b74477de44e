"""The quiet hours: what fell due in them is put off to the morning, thousands of letters in one statement."""

from datetime import datetime

from sqlalchemy import and_, case, func, literal, not_, select
from sqlmodel import Session

from bot.club import skips
from bot.club.letters import KINDS, QUIET_HOURS, Rank, awake
from bot.club.rules import Shop
from db.outbox import LETTERS

AT_ONCE = 3000  # letters; some 50 ms during which nobody else writes
SLOTS = 60  # moments of the morning's first ten minutes over which they are spread

HELD = [name for name, kind in KINDS.items() if kind.held]
REPORTED = [name for name, kind in KINDS.items() if kind.once]  # the owner is told of each one that is dropped
_due = (LETTERS.c.state == "waiting", LETTERS.c.rank != Rank.TRANSACTIONAL, LETTERS.c.kind.in_(HELD))


def put_off(session: Session, shop: Shop, *, now: datetime) -> None:
    """Let what is due in the quiet hours wait for the morning, or drop what will make no sense by then."""
    moment = LETTERS.c.after.type
    mornings = [awake(shop, now) for _ in range(SLOTS)]
    stale = func.coalesce(LETTERS.c.before <= max(mornings), False)
    slots = {number: literal(each, moment) for number, each in enumerate(mornings)}
    skipped = skips.kinds(session, shop.day(now))  # what was skipped for today is dropped one by one, not put off
    apart = not_(and_(stale, LETTERS.c.kind.in_(REPORTED))) & LETTERS.c.kind.not_in(skipped)
    batch = select(LETTERS.c.id).where(*_due, LETTERS.c.after <= now, apart).limit(AT_ONCE)
    session.connection().execute(
        LETTERS.update()
        .where(LETTERS.c.id.in_(batch), LETTERS.c.state == "waiting")
        .values(
            state=case((stale, "dropped"), else_=LETTERS.c.state),
            settled_at=case((stale, literal(now, moment)), else_=LETTERS.c.settled_at),
            after=case((stale, LETTERS.c.after), else_=case(slots, value=LETTERS.c.id % SLOTS)),
            reason=QUIET_HOURS,
        )
    )
