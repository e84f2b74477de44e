"""How a contest's winners are found: by the members' votes, or by what the staff pick.

Most votes win, and of photos with as many the one that came first; what nobody voted for does not win.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from bot.club import activities, activity_looks, audit, blacklist, outbox, staff
from bot.club.activities import NoSuchActivity, Ranking
from bot.club.activity_looks import BALLOT, Entry, Shown
from bot.club.contests import KIND
from bot.club.errors import ClubError
from bot.club.letters import Verdict
from bot.club.members import Person
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ACTIVITY_POSTS, ENTRANTS, VOTES, Activity
from db.engine import insert_once
from db.outbox import LETTERS

ALBUM, PHOTOS, PICK, EMPTY = "contest_album", "contest_photos", "contest_pick", "contest_empty"  # kinds of letters
OUT = "contest_out"
ALBUMS = (ALBUM, PHOTOS)
TOGETHER = 10  # photos in one album
LATER = timedelta(seconds=5)
REMINDED = timedelta(days=2)  # whoever has not picked by then


class OwnPhoto(ClubError):
    """A vote for one's own photo."""

    says = N_("That one is your own. Which of the others do you like best?")


class PhotoGone(ClubError):
    """A vote for a photo, or a pick of one, that was taken back since."""

    says = N_("That photo is not in the contest any more.")


class PickedEnough(ClubError):
    """A pick beyond the prizes."""

    says = N_("{places} are picked already: tap one of them again to take it out.")


class NothingPicked(ClubError):
    """An end of a contest without a pick."""

    says = N_("Tap the photos that win first.")


def vote(session: Session, person: Person, contest_id: int, nth: int, *, now: datetime) -> bool:
    """Vote for a photo, in place of another until the vote ends. Returns whether it is another than before.

    Raises NoSuchActivity, ForMembers, NotForYou, PhotoGone, OwnPhoto, TookPart.
    """
    contest = activities.wanted(session, person, contest_id, KIND, blacklist.DEALS)
    if not activities.change(session, contest_id, "voting", now=now):
        raise NoSuchActivity
    if contest.nth == nth:
        raise OwnPhoto
    _there(activity_looks.entries(session, contest_id), nth)
    mine = VOTES.c.activity_id == contest_id, VOTES.c.member_id == person.member_id
    about = {"activity_id": contest_id, "member_id": person.member_id, "nth": nth, "at": now}
    if insert_once(session, VOTES, **about) is not None:
        return True
    other = VOTES.update().where(*mine, VOTES.c.nth != nth).values(nth=nth, at=now)
    return bool(session.connection().execute(other).rowcount)


def pick(session: Session, contest_id: int, nth: int) -> Shown:
    """Pick a photo, or take it out again; a single winner takes the place of the one before.

    Raises NoSuchActivity, PhotoGone, PickedEnough.
    """
    contest = _picking(session, contest_id)
    entry = _there(contest.entries, nth)
    here = ENTRANTS.c.activity_id == contest_id
    if contest.places == 1:
        _mark(session, here, won=0)
    elif not entry.won and sum(each.won for each in contest.entries) >= contest.places:
        raise PickedEnough(places=contest.places)
    _mark(session, here, ENTRANTS.c.nth == nth, won=0 if entry.won else 1)
    return activity_looks.shown(session, contest_id)


def settle(session: Session, by: Person, contest_id: int, shop: Shop, *, now: datetime) -> Shown:
    """End a contest with what is picked: those win. Raises NoSuchActivity, NothingPicked."""
    if not any(each.won for each in _picking(session, contest_id).entries):
        raise NothingPicked
    if not activities.end(session, contest_id, "closed", now=now, told=True):
        raise NoSuchActivity
    contest = session.get_one(Activity, contest_id, populate_existing=True)
    ranking = _ranked(session, contest_id, ENTRANTS.c.won > 0)
    _mark(session, ENTRANTS.c.activity_id == contest_id, won=0)
    activities.award(session, contest, ranking, shop, now=now)
    audit.note(session, by.member_id, "contest pick", now=now, activity=contest_id)
    return activity_looks.shown(session, contest_id)


def running(session: Session, contest_id: int) -> Shown:
    """A contest that has not ended, with its photos. Raises NoSuchActivity."""
    contest = activities.one(session, contest_id)
    if contest.kind != KIND:
        raise NoSuchActivity
    return contest


def one(session: Session, contest_id: int, nth: int) -> Entry:
    """A photo of a contest that has not ended. Raises NoSuchActivity, PhotoGone."""
    return _there(running(session, contest_id).entries, nth)


def take_out(session: Session, by: Person, contest_id: int, nth: int, *, now: datetime) -> None:
    """Take a photo out that is not fit to be shown. Raises NoSuchActivity, PhotoGone."""
    contest = running(session, contest_id)
    if not activities.becomes(session, contest_id, contest.state, contest.state, changes=col(Activity.changes) + 1):
        raise NoSuchActivity
    here = ENTRANTS.c.activity_id == contest_id, ENTRANTS.c.nth == nth, ENTRANTS.c.photo.is_not(None)
    gone = ENTRANTS.update().where(*here).values(photo=None, won=0).returning(ENTRANTS.c.member_id)
    member_id = session.connection().execute(gone).scalar()
    if member_id is None:
        raise PhotoGone
    outbox.to_member(
        session, OUT, member_id, key=f"{OUT}:{contest_id}:{nth}:{now.isoformat()}", now=now, what=contest.title
    )
    audit.note(session, by.member_id, "contest out", member_id, now=now, activity=contest_id)


def judge(session: Session, letter: Row[Any], *, now: datetime) -> Verdict | None:
    """Let the buttons wait for their photos, which may be late: a group takes few messages a minute."""
    photos = {BALLOT: ALBUM, PICK: PHOTOS}.get(letter.kind)
    if photos is None:
        return None
    here = LETTERS.c.group_id == letter.group_id if letter.group_id else LETTERS.c.member_id == letter.member_id
    unsettled = select(LETTERS.c.id).where(here, LETTERS.c.kind == photos, LETTERS.c.settled_at.is_(None)).limit(1)
    late = session.connection().execute(unsettled).first() is not None
    return Verdict(now + LATER, reason="its photos come first") if late else None


def turn(session: Session, shop: Shop, *, now: datetime) -> None:
    """Where the photos are in, let the members vote or the staff pick; where the vote is over, the most votes win."""
    for contest in activities.due(session, KIND, now=now):
        _photos_are_in(session, contest, now)
    for contest in activities.due(session, KIND, "voting", now=now):
        if activities.end(session, contest.id or 0, "closed", now=now, told=True):
            activities.award(session, contest, _by_votes(session, contest), shop, now=now)


def _photos_are_in(session: Session, contest: Activity, now: datetime) -> None:
    """Let a contest take no more photos, and only then look which there are."""
    contest_id, until = contest.id or 0, contest.votes_until
    state = "picking" if until is None else "voting"
    ends = {} if until is None else {"closes_at": _fair(contest.closes_at, until, now)}
    if not activities.becomes(session, contest_id, state, "open", **ends):
        return
    photos = activity_looks.entries(session, contest_id)
    if not photos:
        activities.end(session, contest_id, "closed", now=now, told=False)
        _tell(session, EMPTY, contest, now, what=contest.title)
    elif until is None:
        for album in _albums(photos):
            _tell(session, PHOTOS, contest, now, album[0], picking=contest_id, nths=album)
        for reminder in range(2):
            after = now + reminder * REMINDED
            _tell(session, PICK, contest, now, reminder, after=after, picking=contest_id)
    else:
        _open_vote(session, session.get_one(Activity, contest_id, populate_existing=True), photos, now)


def _open_vote(session: Session, contest: Activity, photos: tuple[Entry, ...], now: datetime) -> None:
    """Show the photos in the groups, and below them the buttons for the vote."""
    for group_id in activities.groups(session, contest.id or 0):
        where: dict[str, Any] = {"group_id": group_id, "before": contest.closes_at, "voting": contest.id}
        for album in _albums(photos):
            key = f"{ALBUM}:{contest.id}:{group_id}:{album[0]}"
            outbox.post(session, ALBUM, key=key, now=now, nths=album, **where)
        letter_id = outbox.post(session, BALLOT, key=f"{BALLOT}:{contest.id}:{group_id}", now=now, **where)
        shown = activity_looks.face(contest, BALLOT)
        insert_once(session, ACTIVITY_POSTS, letter_id=letter_id, activity_id=contest.id, shown=shown)


def _tell(session: Session, kind: str, contest: Activity, now: datetime, part: int = 0, **facts: Any) -> None:
    """Write to whoever began a contest; to the owners, where that one does not work here any more."""
    reached = staff.reached(session, "manager")
    whom = [each for each in reached if each[1] == contest.made_by] or staff.reached(session)
    staff.write_to(session, whom, kind, key=f"{contest.id}:{part}", now=now, **facts)


def _albums(photos: tuple[Entry, ...]) -> list[list[int]]:
    nths = [each.nth for each in photos]
    return [nths[at : at + TOGETHER] for at in range(0, len(nths), TOGETHER)]


def _fair(closes_at: datetime, votes_until: datetime, now: datetime) -> datetime:
    """When a vote ends: as it was told, or as long as it was meant, where the club was down for half of it."""
    meant = votes_until - closes_at
    return votes_until if votes_until - now > meant / 2 else (now + meant).replace(second=0, microsecond=0)


def _by_votes(session: Session, contest: Activity) -> Ranking:
    votes = select(VOTES.c.nth, func.count().label("votes")).where(VOTES.c.activity_id == contest.id)
    counted = votes.group_by(VOTES.c.nth).subquery()
    return _ranked(session, contest.id or 0, counted.c.nth == ENTRANTS.c.nth, first=(counted.c.votes.desc(),))


def _ranked(session: Session, contest_id: int, *which: Any, first: tuple[Any, ...] = ()) -> Ranking:
    in_it = ENTRANTS.c.activity_id == contest_id, ENTRANTS.c.photo.is_not(None)
    rows = select(ENTRANTS.c.nth, ENTRANTS.c.member_id).where(*in_it, *which).order_by(*first, ENTRANTS.c.nth)
    return [(row.nth, row.member_id) for row in session.connection().execute(rows)]


def _picking(session: Session, contest_id: int) -> Shown:
    """A contest that the staff pick from; it cannot end before this act does."""
    if not activities.becomes(session, contest_id, "picking", "picking"):
        raise NoSuchActivity
    return running(session, contest_id)


def _there(photos: tuple[Entry, ...], nth: int) -> Entry:
    found = next((each for each in photos if each.nth == nth), None)
    if found is None:
        raise PhotoGone
    return found


def _mark(session: Session, *which: Any, won: int) -> None:
    """Mark entries of a contest that still waits for its winners, or has just ended."""
    session.connection().execute(ENTRANTS.update().where(*which).values(won=won))
