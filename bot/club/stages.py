"""Letters by the months of a baby: for who wishes for them, and over for ever at one tap."""

import re
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import departures, journeys
from bot.club.errors import ClubError, StaleButton
from bot.club.journeys import DONE, STOPPED, UNDER_WAY
from bot.club.members import Person
from bot.club.rules import Shop
from bot.i18n import N_
from db.journeys import TRIPS

EVENT, JOURNEY = "baby", "life-stages"
AHEAD, BEHIND = timedelta(days=290), timedelta(days=1096)  # from the due day to the third birthday
MIDDLE = 15  # the day of a month that is told without one


class BadMonth(ClubError):
    """A month that cannot be read, or of a child who is too old or not expected yet."""

    says = N_(
        "Please write the month like {month}, or the day like {month}-15: from the third birthday to nine months ahead."
    )


def offered(session: Session) -> bool:
    """Whether the shop writes such letters."""
    return journeys.is_on(session, JOURNEY)


def read(words: str, today: date) -> date:
    """The day on which a child was born or is due, in the middle of a month that is told alone. Raises BadMonth."""
    refusal = BadMonth(month=f"{today:%Y-%m}")
    found = re.fullmatch(r"(20\d\d)[-./年 ]{1,2}(\d{1,2})月?(?:[-./ ]?(\d{1,2})[日号號]?)?", words.strip())
    if not found:
        raise refusal
    try:
        day = date(int(found[1]), int(found[2]), int(found[3] or MIDDLE))
    except ValueError:
        raise refusal from None
    if not today - BEHIND <= day <= today + AHEAD:
        raise refusal
    return day


def begin(session: Session, person: Person, day: date, shop: Shop) -> None:
    """Begin the letters about a child, once for each month of birth, or anew after an end. Raises StaleButton."""
    if not offered(session):
        raise StaleButton
    ended = (TRIPS.c.member_id == person.member_id, TRIPS.c.journey == JOURNEY, TRIPS.c.state == STOPPED)
    many = session.connection().execute(select(func.count()).where(*ended)).scalar_one()
    cause, began = f"{day:%Y-%m}:{many}", shop.at(day, time(12))
    departures.begin(session, EVENT, person.member_id, shop, cause=cause, began=began)


def leave(session: Session, person: Person, *, now: datetime) -> None:
    """End all letters about a child, for ever."""
    mine = (TRIPS.c.member_id == person.member_id, TRIPS.c.journey == JOURNEY, TRIPS.c.state.in_((UNDER_WAY, DONE)))
    ended = {"state": STOPPED, "reason": "no more wished", "ended_at": now, "next_at": None}
    session.connection().execute(TRIPS.update().where(*mine).values(ended))
