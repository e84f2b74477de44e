"""What came of a broadcast: every letter counted once, and what was bought after it."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import and_, case, func, literal, select
from sqlmodel import Session

from bot.club.broadcast_letters import OPEN
from bot.club.outcomes import Group
from bot.club.spending import NET, STANDS
from db.broadcasts import BROADCASTS
from db.coupons import COUPONS
from db.outbox import LETTERS
from db.purchases import PURCHASES
from db.times import Later

AFTER = 7 * 24 * 3600  # seconds within which a purchase counts as made after a letter

# How the outbox's reasons are told; whatever else dropped a letter counts as failed.
BECAUSE = {
    "unreachable": "blocked",
    "opted out": "opted out",
    "no consent": "opted out",
    "daily cap": "capped",
    "weekly cap": "capped",
    "quiet hours": "quiet",
    "paused by the member": "quiet",
    "too late": "too late",
    "a bad rating": "unhappy",
    "blacklisted": "blacklisted",
    "cancelled": "cancelled",
    "no coupon": "no coupon",
}
HELD = ("capped", "quiet")


@dataclass(frozen=True, slots=True)
class Report:
    """The letters of a broadcast: how many in `all`, what became of them, how many are `open`.

    Of the open ones `held` wait for another hour or day, by what holds them.
    """

    all: int
    ends: dict[str, int]
    open: int
    held: dict[str, int] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """How many arrived."""
        return self.ends.get("sent", 0)


@dataclass(frozen=True, slots=True)
class Bought:
    """What those who got a letter bought within seven days: how many of them, for how much in minor units."""

    members: int
    paid: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What a broadcast brought within seven days: who got it and bought, and how many `used` a coupon.

    `opened` is who opened one of its buttons, None where it has none that can be counted.
    """

    told: Group
    used: int
    opened: int | None = None


def of(session: Session, broadcast_id: int) -> Report:
    """How the letters of a broadcast stand."""
    by_fate = select(LETTERS.c.state, LETTERS.c.reason, func.count()).where(LETTERS.c.broadcast_id == broadcast_id)
    rows = session.connection().execute(by_fate.group_by(LETTERS.c.state, LETTERS.c.reason)).all()
    ends: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for state, reason, many in rows:
        because = BECAUSE.get(reason or "", "failed")
        if state not in OPEN:
            ends[because if state == "dropped" else state] += many
        elif state == "waiting" and because in HELD:
            held[because] += many
    every = sum(many for _, _, many in rows)
    return Report(every, dict(ends), every - ends.total(), dict(held))


def bought(session: Session, broadcast_id: int) -> Bought:
    """What was bought after a broadcast's letters, and not undone."""
    sent, end = LETTERS.c.settled_at, Later(LETTERS.c.settled_at, literal(AFTER))
    then = and_(PURCHASES.c.member_id == LETTERS.c.member_id, PURCHASES.c.at >= sent, PURCHASES.c.at < end, *STANDS)
    sums = (func.count(PURCHASES.c.member_id.distinct()), func.coalesce(func.sum(NET), 0))
    theirs = select(*sums).select_from(LETTERS).join(PURCHASES, then)
    here = (LETTERS.c.broadcast_id == broadcast_id, LETTERS.c.state == "sent")
    members, paid = session.connection().execute(theirs.where(*here)).one()
    return Bought(members, int(paid))


def brought(session: Session, broadcast_id: int) -> Brought:
    """What a broadcast brought within seven days of each letter."""
    sent = (LETTERS.c.broadcast_id == broadcast_id, LETTERS.c.state == "sent")
    many = session.connection().execute(select(func.count()).where(*sent)).scalar_one()
    told = Group(many, bought(session, broadcast_id).members)
    at, end = LETTERS.c.settled_at, Later(LETTERS.c.settled_at, literal(AFTER))
    then = (COUPONS.c.member_id == LETTERS.c.member_id, COUPONS.c.used_at >= at, COUPONS.c.used_at < end)
    used = select(COUPONS.c.id).where(COUPONS.c.state == "redeemed", *then).exists()
    sums = (func.count(case((used, 1))), func.count(LETTERS.c.opened_at))
    users, opened = session.connection().execute(select(*sums).where(*sent)).one()
    buttons = session.connection().execute(select(BROADCASTS.c.buttons).where(BROADCASTS.c.id == broadcast_id)).scalar()
    counted = any(target.startswith("/") for _label, target in buttons or ())
    return Brought(told, users, opened if counted else None)
