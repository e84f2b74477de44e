"""Photo contests (摄影比赛): members send a photo each, in private; then `ballots` finds out which win.

A photo stands in the group under a number, without a name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.club import activities, activity_looks, blacklist, conversations, questions
from bot.club.activities import NoSuchActivity
from bot.club.activity_looks import Shown
from bot.club.errors import ClubError
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.questions import Asked
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ENTRANTS

KIND = "contest"
PHOTO = "contest"  # what the conversation waits for
WINNERS = 10  # as many as an album shows


class VoteTooLate(ClubError):
    """A vote that would end before it begins, or in the far future."""

    says = N_("The vote must end after the photos are in, within three months of that: such as vote:2d.")


class ContestFull(ClubError):
    """A photo beyond what a contest holds."""

    says = N_("All {limit} places of this contest are taken. You can vote once the photos are shown.")


class NoPhotoYet(ClubError):
    """Taking back a photo that is not there."""

    says = N_("There is no photo of yours in this contest.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A contest as it is asked for; without `votes_until` the staff pick."""

    title: str
    prize: Offer
    places: int
    closes_at: datetime
    votes_until: datetime | None


def vote_ends(votes_until: datetime, closes_at: datetime) -> datetime:
    """When a vote ends, if it may. Raises VoteTooLate."""
    if not closes_at < votes_until <= closes_at + activities.LONGEST:
        raise VoteTooLate
    return votes_until


def make(session: Session, by: Person, plan: Plan, *, key: str, now: datetime, chat_id: int | None = None) -> Shown:
    """Begin a contest in a group, or in all. Raises TooLong, BadNumber, EndsTooLate, VoteTooLate, NoGroupHere."""
    return activities.begin(
        session,
        by,
        KIND,
        key=key,
        now=now,
        chat_id=chat_id,
        title=activities.titled(plan.title),
        prize=str(plan.prize),
        places=activities.win(plan.places, WINNERS),
        closes_at=activities.ends(plan.closes_at, now),
        votes_until=plan.votes_until and vote_ends(plan.votes_until, plan.closes_at),
    )


def open_to(session: Session, person: Person, contest_id: int, *, now: datetime) -> tuple[Shown, int | None]:
    """A contest that takes photos, and as which one the member's own is in.

    Raises NoSuchActivity, ForMembers, NotForYou, ContestFull.
    """
    found = _open(session, person, contest_id, now)
    return activity_looks.shown(session, contest_id), found.nth if found.sent else None


def ask(session: Session, person: Person, contest_id: int, *, now: datetime) -> tuple[Shown, int | None]:
    """Wait for a member's photo. Returns and raises what `open_to` does."""
    found = open_to(session, person, contest_id, now=now)
    conversations.ask(session, person.account_id, PHOTO, now=now, contest=contest_id)
    return found


def send(
    session: Session, person: Person, contest_id: int, photo: str, shop: Shop, *, now: datetime
) -> tuple[Shown, int, Asked | None]:
    """Take a member's photo, in place of the one they sent before; a question about themselves may follow.

    Returns the contest, and as which one the photo is in. Raises what `open_to` raises, and TookPart.
    """
    found = _open(session, person, contest_id, now)
    nth: int | None = found.nth
    if not found.mine:
        nth = activities.enter(session, person, contest_id, now=now, photo=photo)
    elif not _resend(session, person, contest_id, photo, now=now):
        nth = None
    if nth is None:
        raise NoSuchActivity
    conversations.close(session, person.account_id)
    asked = questions.ask(session, person.member_id, person.account_id, KIND, shop, now=now)
    return activity_looks.shown(session, contest_id), nth, asked


def take_back(session: Session, person: Person, contest_id: int, *, now: datetime) -> Shown:
    """Take a photo out of a contest at its member's wish. Raises what `open_to` raises, and NoPhotoYet."""
    contest, nth = open_to(session, person, contest_id, now=now)
    if nth is None:
        raise NoPhotoYet
    if not _resend(session, person, contest_id, None, now=now):
        raise NoSuchActivity
    conversations.close(session, person.account_id)
    return contest


def _open(session: Session, person: Person, contest_id: int, now: datetime) -> Any:
    """A contest that takes a member's photo, with their own part in it."""
    found = activities.wanted(session, person, contest_id, KIND, blacklist.DEALS)
    if found.state != "open" or found.closes_at <= now:
        raise NoSuchActivity
    if not found.mine and found.entered >= activities.PHOTOS:
        raise ContestFull(limit=activities.PHOTOS)
    return found


def _resend(session: Session, person: Person, contest_id: int, photo: str | None, *, now: datetime) -> bool:
    """Change a member's photo, if the contest still takes any."""
    if not activities.change(session, contest_id, "open", now=now):
        return False
    mine = ENTRANTS.c.activity_id == contest_id, ENTRANTS.c.member_id == person.member_id
    session.connection().execute(ENTRANTS.update().where(*mine).values(photo=photo))
    return True
