"""A day's plan: what will be sent on its own, to whom, at what cost, whether its letters are written already or not.

Each source of letters is asked for the members that it would write to. Who may be written to is looked at as things
stand; caps and goals decide when a letter goes, so a plan may promise a few too many.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session

from bot.club import forthcoming, outbox, skips, staff
from bot.club.forthcoming import Share, Window
from bot.club.letters import KINDS
from bot.club.rules import Shop
from db.members import ACCOUNTS, MEMBERS
from db.staff import STAFF

CARD = "plan"  # the kind of its letter
NAMED = 3  # people in a line
# The order of the lines: what is a member's own, then what was promised, then offers.
ORDER = ("birthday", "birthday_ahead", "birthday_reminder", "family", "coupon_reminder", "expiry", "grade_up")


@dataclass(frozen=True, slots=True)
class Line:
    """What would be sent of one kind: to how many, a few of their names, what it costs in minor units.

    `title` is a broadcast's audience or a deal's title. A line that `stays` cannot be skipped: nothing is sent.
    """

    line: str
    count: int
    names: list[str]
    cost: int = 0
    title: str = ""
    skipped: bool = False
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A day's plan, line by line."""

    day: date
    lines: list[Line]

    @property
    def facts(self) -> dict[str, Any]:
        """The plan as a letter keeps it."""
        return {"day": self.day.isoformat(), "lines": [asdict(line) for line in self.lines]}

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "Plan":
        """The plan that a letter keeps."""
        return cls(date.fromisoformat(facts["day"]), [Line(**line) for line in facts["lines"]])


def tomorrow(shop: Shop, *, now: datetime) -> date:
    """The shop-day that the next plan is for."""
    return shop.day(now) + timedelta(days=1)


def draw(session: Session, day: date, shop: Shop, *, now: datetime, called: Callable[[str], str]) -> Plan:
    """The plan of a day as things stand. `called`: see audiences.read."""
    window, skipped = Window.of(shop, day), skips.of_day(session, day)
    lines: dict[str, Line] = {}
    for share in forthcoming.shares(session, window, shop, now=now, called=called):
        added = _line(session, share, window, share.line in skipped)
        if added.count:
            lines[share.line] = _together(lines[share.line], added) if share.line in lines else added
    return Plan(day, sorted(lines.values(), key=_place))


def due(session: Session, shop: Shop, *, now: datetime) -> date | None:
    """The day whose plan is to be shown this evening, unless it was."""
    if now < shop.at(shop.day(now), shop.rules.plan.at):
        return None
    day = tomorrow(shop, now=now)
    keys = [_key(day, member_id) for _, member_id in staff.reached(session, "manager")]
    return None if not keys or outbox.known(session, keys) else day


def show(session: Session, plan: Plan, *, now: datetime) -> None:
    """Leave the evening's card to the owners and managers who can be reached, once for each day."""
    for account_id, member_id in staff.reached(session, "manager"):
        address: dict[str, Any] = {"account_id": account_id, "member_id": member_id}
        outbox.post(session, CARD, key=_key(plan.day, member_id), now=now, **address, **plan.facts)


def _key(day: date, member_id: int) -> str:
    return f"{CARD}:{day}:{member_id}"


def _line(session: Session, share: Share, window: Window, skipped: bool) -> Line:
    if share.count is not None:
        return Line(share.line, share.count, [], 0, share.title, skipped)
    theirs = and_(MEMBERS.c.id.in_(share.members), *_wanting(share, window))
    count = session.connection().execute(select(func.count()).select_from(MEMBERS).where(theirs)).scalar_one()
    names = select(MEMBERS.c.name).where(theirs, MEMBERS.c.name.is_not(None)).order_by(MEMBERS.c.id).limit(NAMED)
    found = list(session.connection().execute(names).scalars()) if count else []
    cost = min(share.cost * count, share.most) if share.most else share.cost * count
    return Line(share.line, count, found, cost, share.title, skipped, share.stays)


def _wanting(share: Share, window: Window) -> Iterator[ColumnElement[bool]]:
    """Who may be written to, as their wishes stand."""
    kind = KINDS.get(share.kind)
    if kind is None:
        return
    yield exists().where(ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.reachable)
    yield or_(MEMBERS.c.consent.is_not(None), exists().where(STAFF.c.member_id == MEMBERS.c.id))
    yield MEMBERS.c.notify.not_in(kind.stopped_by)
    yield or_(MEMBERS.c.quiet_until.is_(None), MEMBERS.c.quiet_until < window.ends)
    if kind.capped:
        yield MEMBERS.c.held_at.is_(None)


def _together(one: Line, other: Line) -> Line:
    names = [*one.names, *(name for name in other.names if name not in one.names)][:NAMED]
    about = (one.title or other.title, one.skipped, one.stays)
    return Line(one.line, one.count + other.count, names, one.cost + other.cost, *about)


def _place(line: Line) -> tuple[int, str]:
    return ORDER.index(line.line) if line.line in ORDER else len(ORDER), line.line
