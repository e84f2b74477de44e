"""Invitations: a member's signed link, who came by it, and when it counts.

A friend counts who was never here before, stays some days and buys for the first time. What looks made up waits for the
owner. Nobody's word decides: the club saw when they were met, when they left, and what was bought.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session

from bot.club import (
    audit,
    birthday_friends,
    earnings,
    letters,
    newcomers,
    outbox,
    points,
    signed,
    spending,
    staff,
    suspicions,
)
from bot.club.birthday_friends import Gifts
from bot.club.errors import ClubError
from bot.club.members import Named, Person
from bot.club.rules import Shop
from bot.i18n import N_
from db.engine import insert_once
from db.members import MEMBERS
from db.purchases import PURCHASES
from db.referrals import REFERRALS

KIND_OF_LINK = "ref"
LINK = f"{KIND_OF_LINK}_"  # what the payload of a link begins with
KIND, BACK, HELD = "referral", "referral_back", "referral_held"  # of letters
WHOLE = 1_000_000  # points: no rule gives more


class Decided(ClubError):
    """A tap on a question about a friend that waits for no answer any more."""

    says = N_("That is settled already; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A member's own link, and what came of it: how many friends came, and how many of them counted.

    `more_until`: the last day of their birthday week, in which friends bring more.
    """

    payload: str
    came: int
    counted: int
    more_until: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A friend who waits for the owner: who, by whom, why (burst, contact, name, staff), and what they would bring."""

    friend: Named
    referrer: Named
    suspicion: str
    gifts: Gifts


def invite(session: Session, person: Person, shop: Shop, *, now: datetime) -> Invitation:
    """A member's link. It is the same for ever, and holds nothing but their number and our signature."""
    signed.begin(session)
    counts = func.count(), func.count(case((REFERRALS.c.state == "counted", 1)))
    rows = select(*counts).where(REFERRALS.c.referrer_id == person.member_id)
    came, counted = session.connection().execute(rows).one()
    more_until = birthday_friends.week(session, person.member_id, shop, now=now)
    return Invitation(signed.payload(session, KIND_OF_LINK, person.member_id), came, counted, more_until)


def open_link(session: Session, person: Person, payload: str, *, update: str, now: datetime) -> Named | None:
    """Keep by whose link somebody comes who was never here before. Returns who invited them.

    `update` is the key of the update that brings them: whoever was met before it came in is not new. A link that is
    none of ours, one's own and a second one change nothing.
    """
    referrer = _referrer(session, payload)
    if referrer is None or referrer.member_id == person.member_id:
        return None
    if not newcomers.is_new(session, person.member_id, update):
        return None
    about = {"friend_id": person.member_id, "referrer_id": referrer.member_id}
    made = insert_once(session, REFERRALS, **about, state="open", opened_at=now)
    return referrer if made else None


def settle(session: Session, shop: Shop, *, now: datetime, limit: int) -> int:
    """Decide about friends of whom something is due, some at a time. Returns about how many."""
    connection, rules = session.connection(), shop.rules.referral
    first_days = REFERRALS.c.state == "open", REFERRALS.c.opened_at <= now - timedelta(days=rules.stay_days)
    todo = connection.execute(select(REFERRALS).where(*first_days).order_by(REFERRALS.c.opened_at).limit(limit)).all()
    for row in todo:
        until = row.opened_at + timedelta(days=rules.stay_days)
        _move(session, row.friend_id, "open", "stayed" if _stayed(session, row.friend_id, until) else "left")
    bought = select(PURCHASES.c.id).where(PURCHASES.c.member_id == REFERRALS.c.friend_id, *spending.STANDS).exists()
    over = REFERRALS.c.opened_at < now - timedelta(days=rules.within_days)
    waits = select(REFERRALS).where(REFERRALS.c.state == "stayed", bought | over)
    ripe = connection.execute(waits.order_by(REFERRALS.c.opened_at).limit(limit)).all()
    for row in ripe:
        _decide(session, row.friend_id, row.referrer_id, row.opened_at, shop, now)
    return len(todo) + len(ripe)


def judge(session: Session, by: Person, friend_id: int, shop: Shop, *, yes: bool, now: datetime) -> Named:
    """Let a friend count who waits for the owner, or not. Returns the friend. Raises Decided."""
    row = _move(session, friend_id, "held", "counted" if yes else "declined", decided_by=by.member_id)
    if row is None:
        raise Decided
    audit.note(session, by.member_id, "referral yes" if yes else "referral no", friend_id, now=now)
    if yes:
        _reward(session, friend_id, row, shop, now)
    return _named(session, friend_id)


def over(session: Session, friend_id: int) -> str | None:
    """Why a question about a friend is over."""
    return None if _state(session, friend_id) == "held" else "decided"


def held(session: Session, friend_id: int, shop: Shop) -> Held:
    """A friend who waits for the owner, as they are called now."""
    row = session.connection().execute(select(REFERRALS).where(REFERRALS.c.friend_id == friend_id)).one()
    gifts = birthday_friends.gifts(session, row.referrer_id, row.opened_at, shop)
    return Held(_named(session, friend_id), _named(session, row.referrer_id), row.suspicion, gifts)


def take_back(session: Session, purchase_id: int, *, now: datetime) -> None:
    """Take back what an invitation brought whose first purchase no longer stands; both are told."""
    made = REFERRALS.c.purchase_id == purchase_id, REFERRALS.c.state.in_(("counted", "held"))
    undone = REFERRALS.update().where(*made).values(state="taken_back")
    row = session.connection().execute(undone.returning(REFERRALS.c.friend_id, REFERRALS.c.referrer_id)).first()
    if row is None:
        return
    for key, whose in _rewarded(row.friend_id, row.referrer_id).items():
        back = f"{key}:back"
        went = points.take_back(session, whose, WHOLE, BACK, earned_key=key, key=back, now=now)
        if went.taken or went.owed:
            balance = points.usable(session, whose, now=now)
            facts = {"points": went.taken + went.owed, "balance": balance, "mine": whose == row.referrer_id}
            outbox.to_member(session, BACK, whose, key=back, now=now, **facts)


def _decide(session: Session, friend_id: int, referrer_id: int, opened_at: datetime, shop: Shop, now: datetime) -> None:
    """Decide about a friend who stayed, by their first purchase, which nobody refunds meanwhile."""
    connection = session.connection()
    theirs = PURCHASES.c.member_id == friend_id
    # Held first and looked at then: what is refunded meanwhile is seen only by a statement that begins afterwards.
    connection.execute(select(PURCHASES.c.id).where(theirs).order_by(PURCHASES.c.id).with_for_update()).all()
    first = select(PURCHASES.c.id, PURCHASES.c.at, PURCHASES.c.staff_id).where(theirs, *spending.STANDS)
    purchase = connection.execute(first.order_by(PURCHASES.c.at, PURCHASES.c.id).limit(1)).first()
    gone = select(MEMBERS.c.id).where(MEMBERS.c.id.in_((friend_id, referrer_id)), MEMBERS.c.erased_at.is_not(None))
    over = opened_at + timedelta(days=shop.rules.referral.within_days)
    if purchase is None and now <= over:  # refunded at this very moment
        return
    if purchase is None or purchase.at > over:
        _move(session, friend_id, "stayed", "lapsed")
    elif purchase.at < opened_at:
        _move(session, friend_id, "stayed", "old")
    elif connection.execute(gone).first():
        _move(session, friend_id, "stayed", "left")
    elif suspicion := suspicions.about(session, friend_id, referrer_id, opened_at, purchase.staff_id, shop):
        if _move(session, friend_id, "stayed", "held", suspicion=suspicion, purchase_id=purchase.id):
            _ask(session, friend_id, shop, now)
    elif _move(session, friend_id, "stayed", "counted", purchase_id=purchase.id):
        _reward(session, friend_id, referrer_id, shop, now)


def _move(session: Session, friend_id: int, before: str, after: str, **values: object) -> int | None:
    """Take a referral from one state to another, once. Returns the referrer, None where it was in another."""
    moved = REFERRALS.update().where(REFERRALS.c.friend_id == friend_id, REFERRALS.c.state == before)
    done = session.connection().execute(moved.values(state=after, **values).returning(REFERRALS.c.referrer_id)).first()
    return int(done[0]) if done else None


def _state(session: Session, friend_id: int) -> str | None:
    state = select(REFERRALS.c.state).where(REFERRALS.c.friend_id == friend_id)
    found: str | None = session.connection().execute(state).scalar()
    return found


def _named(session: Session, member_id: int) -> Named:
    name = select(MEMBERS.c.name).where(MEMBERS.c.id == member_id)
    return Named(member_id, session.connection().execute(name).scalar())


def _rewarded(friend_id: int, referrer_id: int) -> dict[str, int]:
    """Who is rewarded for a friend, by the key of the award."""
    return {f"referral:{friend_id}": referrer_id, f"referral:{friend_id}:friend": friend_id}


def _reward(session: Session, friend_id: int, referrer_id: int, shop: Shop, now: datetime) -> None:
    """Give both what the rules say, each within their cap, and tell them."""
    opened = select(REFERRALS.c.opened_at).where(REFERRALS.c.friend_id == friend_id)
    came = session.connection().execute(opened).scalar_one()
    gifts = birthday_friends.gifts(session, referrer_id, came, shop)
    for key, whose in _rewarded(friend_id, referrer_id).items():
        gift = gifts.points if whose == referrer_id else gifts.friend_points
        earned = earnings.earn(session, whose, gift, KIND, shop, key=key, now=now)
        if earned.points:
            facts = {"points": earned.points, "balance": earned.balance, "mine": whose == referrer_id}
            facts |= {"birthday": True} if gifts.birthday else {}
            outbox.to_member(session, KIND, whose, key=key, now=now, **facts)


def _ask(session: Session, friend_id: int, shop: Shop, now: datetime) -> None:
    """Ask every owner about a friend, in the daytime."""
    for account_id, member_id in staff.reached(session):
        address: dict[str, Any] = {"account_id": account_id, "member_id": member_id}
        key = f"{HELD}:{friend_id}:{member_id}"
        outbox.post(session, HELD, key=key, now=now, after=letters.awake(shop, now), **address, referral=friend_id)


def _stayed(session: Session, friend_id: int, until: datetime) -> bool:
    """Whether a friend is still with us who came some days ago: here, in reach, and in a group unless in none ever."""
    here = newcomers.in_groups(session, friend_id, until)
    return newcomers.in_reach(session, friend_id) and here is not False


def _referrer(session: Session, payload: str) -> Named | None:
    """Whose link it is, None where it is none of ours or its member is gone."""
    number = signed.read(session, KIND_OF_LINK, payload)
    here = select(MEMBERS.c.id, MEMBERS.c.name).where(MEMBERS.c.id == number, MEMBERS.c.erased_at.is_(None))
    row = session.connection().execute(here).first()
    return Named(row.id, row.name) if row else None
