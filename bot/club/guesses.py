"""Guess the price (猜价): each says once, in private, what a thing costs; the nearest win, of equals the earlier."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from bot.club import activities, activity_looks, blacklist, conversations
from bot.club.activities import NoSuchActivity, Ranking
from bot.club.activity_looks import Shown
from bot.club.errors import ClubError
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ENTRANTS, Activity

KIND = "guess"
PRICE = "guess"  # what the conversation waits for


class PriceSaidAloud(ClubError):
    """A price told in the group in which it is to be guessed."""

    says = N_("Begin it here in private: in the group everybody would read the price.")


class GuessMade(ClubError):
    """A second guess of somebody."""

    says = N_("You have guessed already: {guessed}.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A guess as it is asked for. `price` in minor units; `photo`: platform:number."""

    title: str
    price: int
    photo: str | None
    prize: Offer
    places: int
    closes_at: datetime


def make(session: Session, by: Person, plan: Plan, *, key: str, now: datetime) -> Shown:
    """Let all groups guess. Raises TooLong, BadNumber, EndsTooLate, NoGroupHere."""
    return activities.begin(
        session,
        by,
        KIND,
        key=key,
        now=now,
        title=activities.titled(plan.title),
        prize=str(plan.prize),
        places=activities.win(plan.places),
        closes_at=activities.ends(plan.closes_at, now),
        answer=plan.price,
        photo=plan.photo,
    )


def open_to(session: Session, person: Person, guess_id: int, *, now: datetime) -> Shown:
    """What somebody may guess, once. Raises NoSuchActivity, ForMembers, NotForYou, GuessMade."""
    found = activities.wanted(session, person, guess_id, KIND, blacklist.DEALS)
    if found.state != "open" or found.closes_at <= now:
        raise NoSuchActivity
    if found.mine:
        raise GuessMade(guessed=found.said)
    return activity_looks.shown(session, guess_id)


def ask(session: Session, person: Person, guess_id: int, *, now: datetime) -> Shown:
    """Wait for a member's guess. Returns and raises what `open_to` does."""
    found = open_to(session, person, guess_id, now=now)
    conversations.ask(session, person.account_id, PRICE, now=now, guess=guess_id)
    return found


def guess(session: Session, person: Person, guess_id: int, amount: int, *, now: datetime) -> Shown:
    """Guess once, in minor units. Raises what `open_to` raises, and TookPart."""
    found = open_to(session, person, guess_id, now=now)
    if activities.enter(session, person, guess_id, now=now, said=amount) is None:
        raise NoSuchActivity
    conversations.close(session, person.account_id)
    return found


def turn(session: Session, shop: Shop, *, now: datetime) -> None:
    """End those whose time is over: the nearest win, and the groups read the price and who."""
    activities.finish(session, KIND, _nearest, shop, now=now)


def _nearest(session: Session, guess: Activity) -> Ranking:
    distance = func.abs(ENTRANTS.c.said - guess.answer)
    rows = select(ENTRANTS.c.nth, ENTRANTS.c.member_id).where(ENTRANTS.c.activity_id == guess.id)
    return [(row.nth, row.member_id) for row in session.connection().execute(rows.order_by(distance, ENTRANTS.c.nth))]
