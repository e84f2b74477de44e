"""Members on their journeys: each step is prepared as a letter on its day, and looked at again when it goes.

A step and its letter are kept in one act, so a crash comes between two steps and never into one. Of several that fell
due together only the last is sent, and none that is too late.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, Update, func, select
from sqlmodel import Session

from bot.club import audiences, budget, coupons, erased, journeys, outbox
from bot.club.journeys import DONE, LATE, REACHED, STOPPED, UNDER_WAY, Journey, Standing, Step
from bot.club.letters import Verdict
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.spending import STANDS
from db.coupons import COUPONS, Coupon
from db.journeys import TRIPS
from db.members import MEMBERS
from db.outbox import LETTERS
from db.purchases import PRODUCTS, PURCHASE_LINES, PURCHASES

GONE = "no such step"  # of a journey whose file was taken away, too


def go_on(session: Session, shop: Shop, *, now: datetime, limit: int = 100) -> int:
    """Let everybody go on whose next step is due, a batch at a time. Returns how many were looked at."""
    standing = journeys.standing(session)
    due = select(TRIPS).where(TRIPS.c.state == UNDER_WAY, TRIPS.c.next_at <= now)
    trips = session.connection().execute(due.order_by(TRIPS.c.next_at, TRIPS.c.id).limit(limit)).all()
    for trip in trips:
        _go_on(session, trip, standing.get(trip.journey), shop, now)
    return len(trips)


def over(session: Session, trip_id: int) -> str | None:
    """Why the letters of a trip make no sense any more."""
    trip = session.connection().execute(select(TRIPS).where(TRIPS.c.id == trip_id)).one()
    if trip.state in (REACHED, STOPPED):
        return str(trip.reason)
    journey = journeys.shipped().get(trip.journey)
    return _over(session, trip, journey)[1] if journey else GONE


def judge(session: Session, letter: Row[Any], shop: Shop, *, now: datetime) -> Verdict | None:
    """What a journey means for a letter of its that could go now. None: nothing, and its coupon is issued."""
    facts = letter.facts
    standing = journeys.standing(session)[facts["journey"]]
    step = standing.journey.step(facts["step"])
    if step is None or not _fits(session, letter.member_id, standing.journey, step, shop, now):
        return Verdict(drop=True, reason="not for them any more")
    if step.offer and standing.journey.again == "once" and erased.returned(session, letter.member_id):
        return Verdict(drop=True, reason="had it before")
    if step.offer and not _issue(session, letter, step, shop, now):
        return Verdict(drop=True, reason="the budget is used up")
    return None


def carried(session: Session, facts: dict[str, Any]) -> dict[str, Any]:
    """What a letter of a journey says: its words in each language, the product that it is about, its coupon."""
    step = journeys.standing(session)[facts["journey"]].journey.step(facts["step"])
    told: dict[str, Any] = {"texts": dict(step.text) if step else {}}
    if step and step.media:
        told["media"] = step.media
    if step and step.shows == journeys.CARD:
        told["card"] = _card(session, facts["trip_id"])
    elif step and step.shows:
        told |= {"emblem": step.shows, "wish": dict(step.wish)}
    product = select(PRODUCTS.c.name).where(PRODUCTS.c.id == facts.get("product_id"))
    told["product"] = session.connection().execute(product).scalar()
    coupon = session.connection().execute(select(COUPONS.c.id).where(COUPONS.c.key == _key(facts))).scalar()
    if coupon:
        told["coupon"] = coupons.as_issued(session.get_one(Coupon, coupon)).facts
    return told


def tapped(session: Session, trip_id: int, *, now: datetime) -> None:
    """A button under a trip's letter was tapped; the first time counts."""
    name = session.connection().execute(select(TRIPS.c.journey).where(TRIPS.c.id == trip_id)).scalar_one()
    steps = journey.steps if (journey := journeys.shipped().get(name)) else ()
    keys = [_key({"trip_id": trip_id, "step": step.name}) for step in steps]
    theirs = (LETTERS.c.key.in_(keys), LETTERS.c.state.in_(("sent", "uncertain")), LETTERS.c.opened_at.is_(None))
    session.connection().execute(LETTERS.update().where(*theirs).values(opened_at=now))


def put_off(session: Session, trip_id: int, days: int) -> None:
    """Put off what is still to come on a trip by some days."""
    trip = session.connection().execute(select(TRIPS.c.next_at).where(TRIPS.c.id == trip_id)).one()
    if trip.next_at:
        later = {"shift": TRIPS.c.shift + days, "next_at": trip.next_at + timedelta(days=days)}
        session.connection().execute(_still(trip_id).values(later))


def _card(session: Session, trip_id: int) -> tuple[int, str, int]:
    """What stands on the card of a trip's member besides the name: their id, grade and points."""
    card = select(MEMBERS.c.id, MEMBERS.c.grade, MEMBERS.c.points).join(TRIPS, TRIPS.c.member_id == MEMBERS.c.id)
    member_id, grade, points = session.connection().execute(card.where(TRIPS.c.id == trip_id)).one()
    return member_id, grade, points


def _go_on(session: Session, trip: Row[Any], standing: Standing | None, shop: Shop, now: datetime) -> None:
    """Prepare the last step that is due, and find the one after it; or end the trip."""
    step = standing.journey.step(trip.step) if standing else None
    if standing is None or step is None:
        return _end(session, trip, STOPPED, GONE, now)
    state, why = _over(session, trip, standing.journey)
    if why:
        return _end(session, trip, state, why, now)
    steps = [(each, each.due(trip.began_at, shop, trip.shift)) for each in standing.journey.after(trip.step, trip.arm)]
    due = [(each, at) for each, at in steps if at <= now]
    coming = steps[len(due) :]
    if due and due[-1][1] + LATE > now and _fits(session, trip.member_id, standing.journey, due[-1][0], shop, now):
        _write(session, trip, *due[-1], now)
    if not coming:
        return _end(session, trip, DONE, None, now)
    onward = {"step": coming[0][0].name, "next_at": coming[0][1]}
    session.connection().execute(_still(trip.id).values(onward))
    return None


def _write(session: Session, trip: Row[Any], step: Step, at: datetime, now: datetime) -> None:
    facts = trip.facts | {"trip_id": trip.id, "journey": trip.journey, "step": step.name}
    outbox.to_member(session, step.letter, trip.member_id, key=_key(facts), now=now, after=at, **facts)


def _over(session: Session, trip: Row[Any], journey: Journey) -> tuple[str, str | None]:
    """Whether a trip's goal was reached, or the purchase that began it is no more: how, and why."""
    mine = trip.facts.get("purchase_id")
    if mine and not _stands(session, PURCHASES.c.id == mine):
        return STOPPED, "purchase taken back"
    theirs = PURCHASES.c.member_id == trip.member_id
    later: tuple[Any, ...] = (theirs, PURCHASES.c.at > trip.began_at, PURCHASES.c.id != (mine or 0))
    reached: dict[str, tuple[Any, ...]] = {"first purchase": (theirs,), "purchase": later}
    if journey.goal == "same product":
        reached["same product"] = (*later, PURCHASES.c.id.in_(_with(trip.facts["product_id"])))
    if journey.goal and _stands(session, *reached[journey.goal]):
        return REACHED, "goal reached"
    return UNDER_WAY, None


def _with(product_id: int) -> Select[int]:
    """The purchases with a product, or with the one that it was merged into."""
    here = select(func.coalesce(PRODUCTS.c.merged_into, PRODUCTS.c.id)).where(PRODUCTS.c.id == product_id)
    return select(PURCHASE_LINES.c.purchase_id).where(PURCHASE_LINES.c.product_id == here.scalar_subquery())


def _stands(session: Session, *where: Any) -> bool:
    return session.connection().execute(select(PURCHASES.c.id).where(*where, *STANDS).limit(1)).first() is not None


def _fits(session: Session, member_id: int, journey: Journey, step: Step, shop: Shop, now: datetime) -> bool:
    """Whether a member is of the journey's audience and of the step's at this moment."""
    asked = [audiences.within(text, shop, now) for text in (journey.audience, step.only) if text]
    if not asked:
        return True
    here = select(MEMBERS.c.id).where(MEMBERS.c.id == member_id, *asked)
    return session.connection().execute(here).first() is not None


def _issue(session: Session, letter: Row[Any], step: Step, shop: Shop, now: datetime) -> bool:
    """Issue the coupon of a letter, once; within the month's budget. Returns whether there is one."""
    if session.connection().execute(select(COUPONS.c.id).where(COUPONS.c.key == letter.key)).first():
        return True
    until, offer = shop.end_of(shop.day(now) + timedelta(days=step.days)), Offer.read(step.offer or "")
    about = {"good_until": until, "key": letter.key, "now": now}
    return budget.give(session, letter.member_id, letter.facts["journey"], offer, shop, **about) is not None


def _key(facts: dict[str, Any]) -> str:
    """The key of a step's letter, and of its coupon."""
    return f"journey:{facts['trip_id']}:{facts['step']}"


def _end(session: Session, trip: Row[Any], state: str, reason: str | None, now: datetime) -> None:
    ended = {"state": state, "reason": reason, "ended_at": now, "next_at": None}
    session.connection().execute(_still(trip.id).values(ended))


def _still(trip_id: int) -> Update:
    """Change a trip, unless somebody ended it meanwhile."""
    return TRIPS.update().where(TRIPS.c.id == trip_id, TRIPS.c.state == UNDER_WAY)
