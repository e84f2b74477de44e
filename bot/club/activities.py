"""What staff begin in the groups for everybody there: how it is begun, entered and ended.

What chance decides follows from a seed. Its SHA-256 stands in the post from the beginning and the seed in the result,
so that everybody can see that nobody chose afterwards.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlmodel import Session, col, update
from sqlmodel import select as choose

from bot.club import audit, blacklist, coupons, erased, outbox, points
from bot.club.errors import ClubError
from bot.club.members import Named, Person, Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ACTIVITIES, ACTIVITY_POSTS, ENTRANTS, Activity, ActivityPost
from db.engine import insert_once
from db.groups import Group
from db.hot import first
from db.members import MEMBERS
from db.outbox import Letter

POST, RESULT, PRIZE = "activity_post", "activity_result", "activity_prize"
GOOD = timedelta(days=30)  # for which a prize is kept

_wanted = (
    select(ACTIVITIES, ENTRANTS.c.id.label("mine"), ENTRANTS.c.nth, ENTRANTS.c.won, ENTRANTS.c.said)
    .outerjoin(ENTRANTS, and_(ENTRANTS.c.activity_id == ACTIVITIES.c.id, ENTRANTS.c.member_id == bindparam("member")))
    .where(ACTIVITIES.c.id == bindparam("activity"), ACTIVITIES.c.kind == bindparam("kind"))
)
_one_more = (
    ACTIVITIES.update()
    .where(ACTIVITIES.c.id == bindparam("activity"), ACTIVITIES.c.state == "open")
    .where(ACTIVITIES.c.closes_at > bindparam("at"))
    .where((ACTIVITIES.c.kind != "packet") | (ACTIVITIES.c.entered < ACTIVITIES.c.places))
    .values(entered=ACTIVITIES.c.entered + 1)
    .returning(ACTIVITIES.c.entered)
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


@dataclass(frozen=True, slots=True)
class Winner:
    """Who won: as which of those who took part, and how many points of a packet."""

    who: Named
    nth: int
    won: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An activity as a group sees it. The seed is empty until it ended; `promise` is the seed's SHA-256."""

    id: int
    kind: str
    title: str
    prize: str
    places: int
    entered: int
    closes_at: datetime
    state: str
    promise: str
    seed: str = ""
    winners: tuple[Winner, ...] = ()
    choices: tuple[str, ...] = ()
    answer: int | None = None
    right: int = 0  # how many chose what is right


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


def enter(session: Session, person: Person, activity_id: int, *, now: datetime, said: int | None = None) -> int | None:
    """Take part, once, with what they `said`. Returns as which one, None where nothing is left. Raises TookPart."""
    if erased.returned(session, person.member_id, f"activity:{activity_id}"):
        raise TookPart
    row = first(session.connection(), _one_more, {"activity": activity_id, "at": now})
    if row is None:
        return None
    nth: int = row[0]
    about = {"activity_id": activity_id, "member_id": person.member_id, "nth": nth, "won": 0, "said": said, "at": now}
    if insert_once(session, ENTRANTS, **about) is None:  # what was counted goes back with this act
        raise TookPart
    return nth


def end(session: Session, activity_id: int, state: str, *, now: datetime, told: bool) -> bool:
    """End an activity, once. `told`: the groups read a result. Returns whether it had not ended before."""
    ended = update(Activity).where(col(Activity.id) == activity_id, col(Activity.state) == "open").values(state=state)
    if not session.exec(ended.execution_options(synchronize_session=False)).rowcount:
        return False
    posted = choose(Letter.group_id).join(ActivityPost, col(ActivityPost.letter_id) == col(Letter.id))
    for group_id in session.exec(posted.where(ActivityPost.activity_id == activity_id)).all() if told else ():
        key = f"{RESULT}:{activity_id}:{group_id}"
        outbox.post(session, RESULT, key=key, now=now, group_id=group_id, ended=activity_id)
    return True


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


def due(session: Session, kind: str, *, now: datetime) -> list[Activity]:
    """Those whose time is over."""
    over = (Activity.kind == kind, Activity.state == "open", Activity.closes_at <= now)
    return list(session.exec(choose(Activity).where(*over)))


def one(session: Session, activity_id: int) -> Shown:
    """An open activity. Raises NoSuchActivity."""
    activity = session.get(Activity, activity_id)
    if activity is None or activity.state != "open":
        raise NoSuchActivity
    return as_shown(session, activity)


def shown(session: Session, activity_id: int) -> Shown:
    """An activity as it stands now."""
    return as_shown(session, session.get_one(Activity, activity_id, populate_existing=True))


def as_shown(session: Session, activity: Activity) -> Shown:
    """An activity as a group sees it."""
    row = Shown(
        activity.id or 0,
        activity.kind,
        activity.title,
        activity.prize,
        activity.places,
        activity.entered,
        activity.closes_at,
        activity.state,
        promise(activity.seed),
        choices=tuple(activity.choices or ()),
    )
    if activity.state == "open" and not _is_empty(activity):
        return row
    over = replace(row, seed=activity.seed, winners=_winners(session, row.id), answer=activity.answer)
    if activity.answer is None:
        return over
    right = ENTRANTS.c.activity_id == row.id, ENTRANTS.c.said == activity.answer
    return replace(over, right=session.connection().execute(select(func.count()).where(*right)).scalar_one())


def face(activity: Activity | Shown) -> str:
    """What a post shows that may change."""
    return f"{activity.state}:{activity.entered}"


def promise(seed: str) -> str:
    """What is told of a seed beforehand: its SHA-256, which gives nothing away and fits no other."""
    return hashlib.sha256(seed.encode()).hexdigest()


def _note(session: Session, by: Person, activity: Activity, act: str, now: datetime) -> None:
    about = {"points": int(activity.prize)} if activity.kind == "packet" else {"activity": activity.id}
    audit.note(session, by.member_id, f"{activity.kind} {act}", now=now, **about)


def _is_empty(activity: Activity) -> bool:
    return activity.kind == "packet" and activity.entered >= activity.places


def _winners(session: Session, activity_id: int) -> tuple[Winner, ...]:
    won = (ENTRANTS.c.activity_id == activity_id, ENTRANTS.c.won > 0)
    rows = select(ENTRANTS.c.member_id, MEMBERS.c.name, ENTRANTS.c.nth, ENTRANTS.c.won).join(MEMBERS).where(*won)
    found = session.connection().execute(rows.order_by(ENTRANTS.c.nth)).all()
    return tuple(Winner(Named(row.member_id, row.name), row.nth, row.won) for row in found)
