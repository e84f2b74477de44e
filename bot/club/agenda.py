"""What the clock brings next: where a leap of the playground's clock has to stop, so that a day goes as it would."""

from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Table
from sqlmodel import Session, func, select

from bot.club.rules import Shop
from db.activities import ACTIVITIES
from db.broadcasts import BROADCASTS
from db.deals import DEALS
from db.journeys import TRIPS
from db.outbox import LETTERS

STRIDE = timedelta(hours=12)  # after which it stops at the latest
CLOSEST = timedelta(minutes=5)  # two stops lie so far apart, however many letters are due between them


def next_stop(session: Session, shop: Shop, *, now: datetime) -> datetime:
    """The next moment at which something is due: a day or its letters, a letter, a step, the end of a deal or draw."""
    hours = (time.min, shop.rules.sending.day_hour, shop.rules.plan.at)
    days = (shop.day(now), shop.day(now) + timedelta(days=1))
    due = [
        *(shop.at(day, hour) for day in days for hour in hours),
        _first(session, LETTERS, LETTERS.c.after, now, LETTERS.c.state == "waiting"),
        _first(session, TRIPS, TRIPS.c.next_at, now, TRIPS.c.state == "under way"),
        _first(session, BROADCASTS, BROADCASTS.c.starts_at, now, BROADCASTS.c.state == "planned"),
        _first(session, ACTIVITIES, ACTIVITIES.c.closes_at, now, ACTIVITIES.c.state.in_(("open", "voting"))),
        _first(session, DEALS, DEALS.c.opens_at, now),
        _first(session, DEALS, DEALS.c.closes_at, now),
    ]
    return max(min(now + STRIDE, *(moment for moment in due if moment and moment > now)), now + CLOSEST)


def _first(
    session: Session, table: Table, at: ColumnElement[datetime], now: datetime, *here: ColumnElement[bool]
) -> datetime | None:
    return session.connection().execute(select(func.min(at)).select_from(table).where(at > now, *here)).scalar()
