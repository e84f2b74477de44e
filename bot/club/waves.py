"""Journeys that begin for many at once, a batch at a time: on a day of the calendar, or as members stay away."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, or_, select
from sqlmodel import Session

from bot.club import departures, journeys
from bot.club.calendar import next_on
from bot.club.departures import Event, row
from bot.club.journeys import Standing, Step
from bot.club.rules import Shop
from db.engine import insert_new
from db.journeys import TRIPS
from db.members import ACCOUNTS, MEMBERS
from db.standings import STANDINGS

EVENT, SILENCE = "date", "silence"  # what begins such a journey
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wave:
    """A step of a journey that begins for everybody, and the day that it is about."""

    standing: Standing
    step: Step
    day: date


def due(session: Session, shop: Shop, *, now: datetime) -> list[Wave]:
    """The waves of today, and of yesterday should the club have been away."""
    today, found = shop.day(now), []
    for standing in journeys.on(session):
        for step in standing.journey.steps if standing.journey.begins == EVENT else ():
            for sent_on in (today - DAY, today):
                about = sent_on - timedelta(days=step.day)
                if step.on and next_on(step.on, about) == about and step.due(_began(about, shop), shop) <= now:
                    found.append(Wave(standing, step, about))
    return found


def roll(session: Session, wave: Wave, shop: Shop, *, after: int, limit: int) -> int | None:
    """Begin a wave's trips for the next members after one, once for each. Returns whom to go on after, None at the end.

    For whoever agreed and can be written to; who they are in the end is looked at when their letters go.
    """
    here = exists().where(ACCOUNTS.c.member_id == MEMBERS.c.id, ACCOUNTS.c.reachable)
    some = select(MEMBERS.c.id).where(MEMBERS.c.id > after, MEMBERS.c.consent.is_not(None), here)
    ids = session.connection().execute(some.order_by(MEMBERS.c.id).limit(limit)).scalars().all()
    event = Event(f"{wave.step.name}:{wave.day}", _began(wave.day, shop), 0, {})
    name = wave.standing.name
    rows = [row(wave.standing, who, f"{name}:{who}:{event.cause}", event, wave.step, shop) for who in ids]
    insert_new(session, TRIPS, rows)
    return ids[-1] if len(ids) == limit else None


def silent(session: Session, shop: Shop, *, now: datetime, limit: int) -> int:
    """Begin the journeys for those who are sleeping, by their own rhythm, and not lost. Returns how many began."""
    here = exists().where(ACCOUNTS.c.member_id == STANDINGS.c.member_id, ACCOUNTS.c.reachable)
    sleeping = (STANDINGS.c.sleeps_at <= now, or_(STANDINGS.c.lost_at.is_(None), STANDINGS.c.lost_at > now), here)
    many = 0
    for standing in journeys.on(session):
        if standing.journey.begins == SILENCE:
            rests = timedelta(days=int(standing.journey.again.split()[0]))
            mine = (TRIPS.c.member_id == STANDINGS.c.member_id, TRIPS.c.journey == standing.name)
            lately = exists().where(*mine, TRIPS.c.began_at > now - rests)
            some = select(STANDINGS.c.member_id).where(*sleeping, ~lately).order_by(STANDINGS.c.member_id).limit(limit)
            for member_id in session.connection().execute(some).scalars().all():
                departures.begin(session, SILENCE, member_id, shop, cause=f"silence:{now.date()}", began=now)
                many += 1
    return many


def _began(day: date, shop: Shop) -> datetime:
    """From when the days of a wave's step count."""
    return shop.at(day, time(12))
