"""What comes on a day: each source of letters is asked for the members that it would write to, by its own index."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session

from bot.club import costs, journeys, lapsing
from bot.club.audiences import within
from bot.club.calendar import next_on
from bot.club.deal_looks import extra_of
from bot.club.journeys import UNDER_WAY, Journey, Step
from bot.club.letters import KINDS
from bot.club.occasions import AHEAD
from bot.club.offers import Offer
from bot.club.rules import NO_OFFER, Shop
from bot.club.skips import BROADCAST, DEAL, TOGETHER
from bot.club.spending import STANDS
from bot.club.waves import EVENT, SILENCE
from db.broadcasts import BROADCASTS
from db.coupons import COUPONS
from db.deals import DEALS
from db.journeys import TRIPS
from db.members import MEMBERS
from db.occasions import OCCASIONS
from db.outbox import LETTERS
from db.purchases import PURCHASES
from db.standings import MANUAL_GRADES, STANDINGS

DAY = timedelta(days=1)
LOTS, LOOKS = 500, 20  # in one look at the points that lapse, and how many looks a plan takes
HELD = [name for name, kind in KINDS.items() if kind.held and not kind.to_group]


@dataclass(frozen=True, slots=True)
class Window:
    """A shop-day as letters see it: what falls due in the quiet hours before it goes in its morning."""

    day: date
    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, shop: Shop, day: date) -> "Window":
        """The window of a day."""
        rules = shop.rules.sending
        if rules.quiet_from > rules.quiet_until:
            return cls(day, shop.at(day - DAY, rules.quiet_from), shop.at(day, rules.quiet_from))
        return cls(day, shop.at(day, time(0)), shop.end_of(day))

    def holds(self, at: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a moment falls into it, as a condition of a statement."""
        return (at >= self.begins) & (at < self.ends)


@dataclass(frozen=True, slots=True)
class Share:
    """The members that one source would write to, for a line of the plan; `count` where they were counted before.

    Each costs `cost` minor units, all together `most` where there is a limit. It `stays` where nothing is sent.
    """

    line: str
    kind: str
    members: Any
    cost: int = 0
    title: str = ""
    most: int | None = None
    count: int | None = None
    stays: bool = False


def shares(
    session: Session, window: Window, shop: Shop, *, now: datetime, called: Callable[[str], str]
) -> Iterator[Share]:
    """Everything that comes on a day. `called`: see audiences.read."""
    off = {kind for kind in KINDS if journeys.held_back(session, kind)}
    for share in (
        *_written(session, window, shop),
        *_dates(window, shop),
        *_coupons(window),
        *_points(session, window, shop),
        *_steps(session, window, shop, now),
        *_waves(session, window, shop, now),
        *_broadcasts(session, window),
        *_deals(session, window, shop, now, called),
        *_grades(window),
    ):
        if share.kind not in off:
            yield share


def _written(session: Session, window: Window, shop: Shop) -> Iterator[Share]:
    """Letters that wait already, by kind, step, broadcast or deal."""
    facts, here = LETTERS.c.facts, (LETTERS.c.state == "waiting", LETTERS.c.rank > 0, window.holds(LETTERS.c.after))
    parts = {
        "kind": LETTERS.c.kind,
        "broadcast": LETTERS.c.broadcast_id,
        "deal": facts["deal_id"].as_integer(),
        "journey": facts["journey"].as_string(),
        "step": facts["step"].as_string(),
    }
    named = [part.label(name) for name, part in parts.items()]
    groups = select(*named).where(*here, LETTERS.c.kind.in_(HELD)).group_by(*parts)
    for row in session.connection().execute(groups).all():
        same = [part.is_not_distinct_from(getattr(row, name)) for name, part in parts.items()]
        members = select(LETTERS.c.member_id).where(*here, *same)
        if row.broadcast:
            yield _broadcast(session, row.broadcast, row.kind, members)
        elif row.deal:
            deal = session.connection().execute(select(DEALS).where(DEALS.c.id == row.deal)).one()
            yield _deal(deal, shop, members)
        elif row.journey:
            step = journeys.standing(session)[row.journey].journey.step(row.step)
            cost = _cost(step.offer, shop) if step else 0
            yield Share(f"{row.journey}/{row.step}", row.kind, members, cost)
        else:
            yield Share(TOGETHER.get(row.kind, row.kind), row.kind, members)


def _dates(window: Window, shop: Shop) -> Iterator[Share]:
    """Birthdays and family days whose letters are only prepared on the day."""
    soon, whose = window.day + AHEAD, select(OCCASIONS.c.member_id)
    own = OCCASIONS.c.relation == "self"
    told = shop.end_of(soon - timedelta(days=shop.rules.birthday.settled_days))
    settled = or_(OCCASIONS.c.vouched, OCCASIONS.c.set_at < told)
    yield Share("birthday", "birthday", whose.where(own, OCCASIONS.c.next_on == window.day))
    gift = _cost(shop.rules.birthday.offer, shop)
    yield Share("birthday_ahead", "birthday_ahead", whose.where(own, OCCASIONS.c.next_on == soon, settled), gift)
    relatives = whose.where(~own, OCCASIONS.c.next_on == soon)
    yield Share("family", "family", relatives, _cost(shop.rules.family.offer, shop))


def _coupons(window: Window) -> Iterator[Share]:
    due = (COUPONS.c.state == "issued", window.holds(COUPONS.c.remind_at))
    yield Share("coupon_reminder", "coupon_reminder", select(COUPONS.c.member_id).where(*due))


def _points(session: Session, window: Window, shop: Shop) -> Iterator[Share]:
    """Whose points lapse soon, and who is told of it that morning."""
    morning = shop.at(window.day, shop.rules.sending.day_hour)
    soon: set[int] = set()
    after: int | None = 0
    for _look in range(LOOKS):
        if after is None:
            break
        found = lapsing.look_over(session, shop, now=morning, after=after, limit=LOTS, every=False)
        soon, after = soon | found.soon, found.last
    told = lapsing.unaware(session, soon, shop, now=morning)
    yield Share("expiry", "expiry", select(MEMBERS.c.id).where(MEMBERS.c.id.in_(told)))


def _steps(session: Session, window: Window, shop: Shop, now: datetime) -> Iterator[Share]:
    """The next steps of those who are on a journey."""
    due = (TRIPS.c.state == UNDER_WAY, window.holds(TRIPS.c.next_at))
    groups = select(TRIPS.c.journey, TRIPS.c.step).where(*due).group_by(TRIPS.c.journey, TRIPS.c.step)
    standing = journeys.standing(session)
    for row in session.connection().execute(groups).all():
        found = standing.get(row.journey)
        step = found.journey.step(row.step) if found else None
        if found and step:
            theirs = select(TRIPS.c.member_id).where(*due, TRIPS.c.journey == row.journey, TRIPS.c.step == row.step)
            yield _step(found.name, found.journey, step, theirs.where(*_open(found.journey)), shop, now)


def _waves(session: Session, window: Window, shop: Shop, now: datetime) -> Iterator[Share]:
    """The steps that begin for many at once: a festival's, and the first for who begins to stay away."""
    midnight = shop.at(window.day, time(0))
    for found in journeys.on(session):
        journey = found.journey
        for step in journey.steps if journey.begins == EVENT else ():
            about = window.day - timedelta(days=step.day)
            if step.on and next_on(step.on, about) == about:
                yield _step(found.name, journey, step, select(MEMBERS.c.id), shop, now)
        if journey.begins == SILENCE and not journey.steps[0].day:
            away = (STANDINGS.c.sleeps_at > midnight - DAY, STANDINGS.c.sleeps_at <= midnight)
            here = or_(STANDINGS.c.lost_at.is_(None), STANDINGS.c.lost_at > midnight)
            sleeping = select(STANDINGS.c.member_id).where(*away, here)
            yield _step(found.name, journey, journey.steps[0], sleeping, shop, now)


def _step(name: str, journey: Journey, step: Step, members: Select[Any], shop: Shop, now: datetime) -> Share:
    asked = [within(text, shop, now) for text in (journey.audience, step.only) if text]
    who = select(MEMBERS.c.id).where(MEMBERS.c.id.in_(members), *asked)
    return Share(f"{name}/{step.name}", step.letter, who, _cost(step.offer, shop))


def _open(journey: Journey) -> Iterator[ColumnElement[bool]]:
    """Whose goal is not reached yet."""
    if journey.goal in ("purchase", "first purchase"):
        bought = select(PURCHASES.c.id).where(PURCHASES.c.member_id == TRIPS.c.member_id, *STANDS)
        bought = bought if journey.goal == "first purchase" else bought.where(PURCHASES.c.at > TRIPS.c.began_at)
        yield ~bought.exists()


def _broadcasts(session: Session, window: Window) -> Iterator[Share]:
    planned = (BROADCASTS.c.state == "planned", window.holds(BROADCASTS.c.starts_at))
    for row in session.connection().execute(select(BROADCASTS.c.id, BROADCASTS.c.most).where(*planned)).all():
        yield _broadcast(session, row.id, "broadcast", None, row.most)


def _broadcast(session: Session, which: int, kind: str, members: Any, count: int | None = None) -> Share:
    audience = session.connection().execute(select(BROADCASTS.c.audience).where(BROADCASTS.c.id == which)).scalar_one()
    return Share(f"{BROADCAST}/{which}", kind, members, title=audience, count=count)


def _deals(
    session: Session, window: Window, shop: Shop, now: datetime, called: Callable[[str], str]
) -> Iterator[Share]:
    """Deals that open, and are written about then."""
    planned = (DEALS.c.state == "planned", window.holds(DEALS.c.opens_at))
    for row in session.connection().execute(select(DEALS).where(*planned)).all():
        yield _deal(row, shop, select(MEMBERS.c.id).where(within(row.audience, shop, now, called)))


def _deal(deal: Any, shop: Shop, members: Select[Any]) -> Share:
    """A deal as if those claimed it who get most. With hours of the day its stock is there each day."""
    extra = extra_of(deal)
    cost = max(_cost(deal.offer, shop), _cost(str(extra.offer), shop) if extra else 0)
    days = (shop.day(deal.closes_at) - shop.day(deal.opens_at)).days + 1 if deal.daily else 1
    most = None if deal.stock is None else deal.stock * cost * days
    return Share(f"{DEAL}/{deal.id}", "deal", members, cost * deal.each, deal.title, most)


def _grades(window: Window) -> Iterator[Share]:
    """Grades that end on the day: nobody is written to, so there is nothing to skip."""
    falls = select(STANDINGS.c.member_id).where(STANDINGS.c.falls_on == window.day)
    given = select(MANUAL_GRADES.c.member_id).where(window.holds(MANUAL_GRADES.c.until))
    yield Share("grade_falls", "", falls.union(given), stays=True)


def _cost(offer: str | None, shop: Shop) -> int:
    return costs.of_offer(Offer.read(offer), shop) if offer and offer != NO_OFFER else 0
