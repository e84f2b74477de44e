"""What staff begin in the groups for everybody there: how it is begun, entered and ended.

What chance decides follows from a seed. Its SHA-256 stands in the post from the beginning and the seed in the result,
so that everybody can see that nobody chose afterwards.
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col, update
from sqlmodel import select as choose

from bot.club import audit, blacklist, coupons, erased, outbox, points
from bot.club.activity_looks import POST, RUNNING, Shown, as_shown, face
from bot.club.errors import BadNumber, BadOffer, ClubError, TooLong
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ACTIVITIES, ACTIVITY_POSTS, ENTRANTS, Activity, ActivityPost
from db.engine import insert_once
from db.groups import Group
from db.hot import first
from db.outbox import Letter

RESULT, PRIZE = "activity_result", "activity_prize"
GOOD = timedelta(days=30)  # for which a prize is kept
LONGEST = timedelta(days=92)
WINNERS = 100
TITLE = 60  # characters
PHOTOS = 50  # in a contest: more than that nobody looks at, and no message has buttons for
Ranking = Iterable[tuple[int, int]]  # who may win, the first first: the number of what they entered, and the member

_mine = ENTRANTS.c.id.label("mine"), ENTRANTS.c.nth, ENTRANTS.c.won, ENTRANTS.c.said, ENTRANTS.c.photo.label("sent")
_wanted = (
    select(ACTIVITIES, *_mine)
    .outerjoin(ENTRANTS, and_(ENTRANTS.c.activity_id == ACTIVITIES.c.id, ENTRANTS.c.member_id == bindparam("member")))
    .where(ACTIVITIES.c.id == bindparam("activity"), ACTIVITIES.c.kind == bindparam("kind"))
)
_one_more = (
    ACTIVITIES.update()
    .where(ACTIVITIES.c.id == bindparam("activity"), ACTIVITIES.c.state == "open")
    .where(ACTIVITIES.c.closes_at > bindparam("at"))
    .where((ACTIVITIES.c.kind != "packet") | (ACTIVITIES.c.entered < ACTIVITIES.c.places))
    .where((ACTIVITIES.c.kind != "contest") | (ACTIVITIES.c.entered < PHOTOS))
    .values(entered=ACTIVITIES.c.entered + 1)
    .returning(ACTIVITIES.c.entered)
)
_changed = (
    ACTIVITIES.update()
    .where(ACTIVITIES.c.id == bindparam("activity"), ACTIVITIES.c.state == bindparam("still"))
    .where(ACTIVITIES.c.closes_at > bindparam("at"))
    .values(changes=ACTIVITIES.c.changes + 1)
    .returning(ACTIVITIES.c.id)
)


class NoGroupHere(ClubError):
    """An activity where no group is linked to the club."""

    says = N_(
        "That needs a group that is linked to the club. Make me an administrator there, then I ask you to link it."
    )


class NoSuchActivity(ClubError):
    """An activity that does not exist, or is over."""

    says = N_("That one is over already.")


class ForMembers(ClubError):
    """One of the staff who would take part in what is for the members."""

    says = N_("This one is for the members: whoever works here does not take part.")


class TookPart(ClubError):
    """Somebody who took part already: by another tap at the same moment, or before they were forgotten."""

    says = N_("You have taken part in this one already.")


class EndsTooLate(ClubError):
    """An activity that would end in the past, or in the far future."""

    says = N_("It must end in the future, within three months: such as until:2h or until:“tomorrow 18:00”.")


def titled(words: str) -> str:
    """What something is called, if it may be. Raises TooLong."""
    words = " ".join(words.split())
    if len(words) > TITLE:
        raise TooLong(limit=TITLE)
    return words


def offer_of(prize: str) -> Offer:
    """What a prize gives: an offer as it is written, or else a gift of that name."""
    try:
        return Offer.read(prize)
    except BadOffer:
        return Offer("gift", 0, prize)


def ends(closes_at: datetime, now: datetime) -> datetime:
    """When something ends, if it may. Raises EndsTooLate."""
    if not now < closes_at <= now + LONGEST:
        raise EndsTooLate
    return closes_at


def win(places: int, most: int = WINNERS) -> int:
    """How many win, if so many may. Raises BadNumber."""
    if not 1 <= places <= most:
        raise BadNumber(option="winners", limit=most)
    return places


def begin(
    session: Session,
    by: Person,
    kind: str,
    *,
    key: str,
    closes_at: datetime,
    now: datetime,
    places: int,
    prize: str,
    title: str = "",
    chat_id: int | None = None,
    **more: Any,
) -> Shown:
    """Begin an activity, and post it: in the group of a chat, or in every linked one. `more` is its kind's own.

    Raises NoGroupHere.
    """
    linked = choose(Group.id).where(Group.state == "linked")
    if chat_id is not None:
        linked = linked.where(Group.platform == by.visitor.platform, Group.chat_id == chat_id)
    groups = session.exec(linked).all()
    if not groups:
        raise NoGroupHere
    made: dict[str, Any] = {"kind": kind, "title": title, "prize": prize, "places": places, "closes_at": closes_at}
    activity = Activity(key=key, seed=secrets.token_hex(16), made_by=by.member_id, made_at=now, **made, **more)
    session.add(activity)
    session.flush()
    for group_id in groups:
        post_key = f"{POST}:{activity.id}:{group_id}"
        where: dict[str, Any] = {"group_id": group_id, "before": closes_at, "activity_id": activity.id}
        letter_id = outbox.post(session, POST, key=post_key, now=now, **where)
        insert_once(session, ACTIVITY_POSTS, letter_id=letter_id, activity_id=activity.id, shown=face(activity))
    _note(session, by, activity, "new", now)
    return as_shown(session, activity)


def wanted(session: Session, person: Person, activity_id: int, kind: str, level: str) -> Any:
    """An activity that somebody would enter, with their own part in it. `level`: of the blacklist, which stops it.

    Raises NoSuchActivity, ForMembers, NotForYou.
    """
    about = {"activity": activity_id, "member": person.member_id, "kind": kind}
    found = session.connection().execute(_wanted, about).first()
    if found is None:
        raise NoSuchActivity
    if person.role > Role.MEMBER:
        raise ForMembers
    if blacklist.stops(session, person.member_id, level):
        raise blacklist.NotForYou
    return found


def enter(
    session: Session,
    person: Person,
    activity_id: int,
    *,
    now: datetime,
    said: int | None = None,
    photo: str | None = None,
) -> int | None:
    """Take part, once. Returns as which one, None where nothing is left. Raises TookPart."""
    if erased.returned(session, person.member_id, f"activity:{activity_id}"):
        raise TookPart
    row = first(session.connection(), _one_more, {"activity": activity_id, "at": now})
    if row is None:
        return None
    nth: int = row[0]
    about: dict[str, Any] = {"activity_id": activity_id, "member_id": person.member_id, "said": said, "photo": photo}
    if insert_once(session, ENTRANTS, **about, nth=nth, won=0, at=now) is None:
        # What was counted goes back with this act.
        raise TookPart
    return nth


def change(session: Session, activity_id: int, still: str, *, now: datetime) -> bool:
    """Let what goes on within an activity count, if it still is in that state. Returns whether it is."""
    about = {"activity": activity_id, "still": still, "at": now}
    return first(session.connection(), _changed, about) is not None


def becomes(session: Session, activity_id: int, state: str, *was: str, **values: Any) -> bool:
    """Bring an activity from one of some states into another, once. Returns whether it was in one of them."""
    here = update(Activity).where(col(Activity.id) == activity_id, col(Activity.state).in_(was))
    moved = here.values(state=state, **values).execution_options(synchronize_session=False)
    return bool(session.exec(moved).rowcount)


def groups(session: Session, activity_id: int) -> list[int]:
    """The groups in which an activity was posted."""
    posted = choose(Letter.group_id).join(ActivityPost, col(ActivityPost.letter_id) == col(Letter.id))
    found = session.exec(
        posted.where(ActivityPost.activity_id == activity_id).distinct().order_by(col(Letter.group_id))
    )
    return [group_id for group_id in found if group_id is not None]


def end(session: Session, activity_id: int, state: str, *, now: datetime, told: bool) -> bool:
    """End an activity, once. `told`: the groups read a result. Returns whether it had not ended before."""
    if not becomes(session, activity_id, state, *RUNNING):
        return False
    for group_id in groups(session, activity_id) if told else ():
        key = f"{RESULT}:{activity_id}:{group_id}"
        outbox.post(session, RESULT, key=key, now=now, group_id=group_id, ended=activity_id)
    return True


def finish(
    session: Session, kind: str, ranking: Callable[[Session, Activity], Ranking], shop: Shop, *, now: datetime
) -> None:
    """End those of a kind whose time is over: the first of their ranking win, and the groups read who."""
    for activity in due(session, kind, now=now):
        if end(session, activity.id or 0, "closed", now=now, told=True):
            award(session, activity, ranking(session, activity), shop, now=now)


def award(session: Session, activity: Activity, ranking: Ranking, shop: Shop, *, now: datetime) -> None:
    """Give the prizes to the first of a ranking, without who is on the blacklist."""
    may_win = [each for each in ranking if not blacklist.stops(session, each[1], blacklist.DEALS)]
    for lot, member_id in may_win[: activity.places]:
        reward(session, activity, lot, member_id, shop, now=now)


def reward(session: Session, activity: Activity, lot: int, member_id: int, shop: Shop, *, now: datetime) -> None:
    """Give somebody their prize, once: points at once, anything else as a coupon that is good for a month."""
    here = ENTRANTS.c.activity_id == activity.id, ENTRANTS.c.nth == lot
    session.connection().execute(ENTRANTS.update().where(*here).values(won=1))
    key, offer = f"{activity.kind}:{activity.id}:{lot}", Offer.read(activity.prize)
    facts: dict[str, Any] = {}
    if offer.kind == "points":
        balance = points.award(session, member_id, offer.amount, activity.kind, key=key, now=now)
        facts = {"points": offer.amount, "balance": balance}
    else:
        good_until = shop.end_of(shop.day(now) + GOOD)
        issued = coupons.issue(session, member_id, activity.title, offer, shop, good_until=good_until, key=key, now=now)
        facts = issued.facts if issued else {}
    if facts:
        outbox.to_member(session, PRIZE, member_id, key=f"{PRIZE}:{key}", now=now, what=activity.title, **facts)


def stop(session: Session, by: Person, activity_id: int, *, now: datetime) -> Shown:
    """Call an activity off: nobody wins any more, and what was won stays. Raises NoSuchActivity."""
    if not end(session, activity_id, "stopped", now=now, told=False):
        raise NoSuchActivity
    activity = session.get_one(Activity, activity_id, populate_existing=True)
    _note(session, by, activity, "stop", now)
    return as_shown(session, activity)


def due(session: Session, kind: str, state: str = "open", *, now: datetime) -> list[Activity]:
    """Those whose time in a state is over."""
    over = (Activity.kind == kind, Activity.state == state, Activity.closes_at <= now)
    return list(session.exec(choose(Activity).where(*over)))


def one(session: Session, activity_id: int) -> Shown:
    """An activity that has not ended. Raises NoSuchActivity."""
    activity = session.get(Activity, activity_id)
    if activity is None or activity.state not in RUNNING:
        raise NoSuchActivity
    return as_shown(session, activity)


def _note(session: Session, by: Person, activity: Activity, act: str, now: datetime) -> None:
    about = {"points": int(activity.prize)} if activity.kind == "packet" else {"activity": activity.id}
    audit.note(session, by.member_id, f"{activity.kind} {act}", now=now, **about)
