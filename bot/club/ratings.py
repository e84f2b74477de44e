"""What members say of a purchase when a journey asks them, and what becomes of it.

A 1 or 2 comes first: from then on no offers go to that member, and the staff are called with all that was said. What
somebody writes is shown to the staff too, who tag what the member cares about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update
from sqlalchemy import select as choose
from sqlmodel import Session, select

from bot.club import audit, conversations, earnings, notes, questions, staff, trips
from bot.club.errors import StaleButton, TooLong
from bot.club.members import Named, Person, Role, Who
from bot.club.questions import Asked
from bot.club.rules import Shop
from db.engine import insert_once
from db.journeys import TRIPS
from db.members import MEMBERS
from db.purchases import PRODUCTS
from db.ratings import RATINGS, Rating

USAGE = ("good", "so-so", "not yet")
COMMENT = "comment"  # what the conversation waits for
LONGEST = 500  # characters of a comment
BAD = 2  # stars, and fewer
NOT_YET = 4  # days for which who has not begun is left alone
CARES = notes.SEEDS[1:]  # what a comment may tell that somebody cares about

_told = (
    choose(RATINGS, MEMBERS.c.name, MEMBERS.c.held_at, PRODUCTS.c.name.label("product"))
    .join(MEMBERS, MEMBERS.c.id == RATINGS.c.member_id)
    .outerjoin(PRODUCTS, PRODUCTS.c.id == RATINGS.c.product_id)
)


@dataclass(frozen=True, slots=True)
class Rated:
    """What a member said of a purchase; `offers` still go to them, `cares` are the tags that they wear of CARES."""

    id: int
    who: Named
    product: str | None
    usage: str | None
    stars: int | None
    comment: str | None
    offers: bool
    cares: tuple[str, ...]


def tell_usage(
    session: Session, person: Person, trip_id: int, usage: str, shop: Shop, *, now: datetime
) -> Asked | None:
    """Keep how it goes. Who is content may be asked one thing about themselves; who has not begun is left alone.

    Raises StaleButton.
    """
    rating = _of_trip(session, person, trip_id, now)
    before, rating.usage = rating.usage, usage
    session.add(rating)
    if usage == "good" and person.role == Role.MEMBER:
        return questions.ask(session, person.member_id, person.account_id, "usage", shop, now=now)
    if usage == "not yet" and before != usage:
        trips.put_off(session, trip_id, NOT_YET)
    if usage == "so-so":
        conversations.ask(session, person.account_id, COMMENT, now=now, rating=rating.id)
    return None


def rate(session: Session, person: Person, trip_id: int, stars: int, *, now: datetime) -> int:
    """Keep a rating, once, and wait for a word about it. Returns the stars that count. Raises StaleButton.

    After a bad one no offers go to the member until staff lift that, and the staff are called.
    """
    rating = _of_trip(session, person, trip_id, now)
    first = RATINGS.update().where(RATINGS.c.id == rating.id, RATINGS.c.stars.is_(None))
    if not session.connection().execute(first.values(stars=stars, rated_at=now)).rowcount:
        session.refresh(rating)
        return rating.stars or 0
    if stars <= BAD:
        session.connection().execute(_member(person.member_id).values(held_at=now))
        staff.call(session, "unhappy", person.member_id, key=f"{rating.id}", now=now, rating_id=rating.id)
    conversations.ask(session, person.account_id, COMMENT, now=now, rating=rating.id)
    return stars


def comment(session: Session, person: Person, words: str, shop: Shop, *, now: datetime) -> int:
    """Keep a word about a purchase, after what was said of it before. Returns its points. Raises StaleButton, TooLong.

    The staff read it.
    """
    if len(words) > LONGEST:
        raise TooLong(limit=LONGEST)
    asked = conversations.asked(session, person.account_id)
    rating = session.get(Rating, asked[1]["rating"]) if asked and asked[0] == COMMENT else None
    if rating is None or rating.member_id != person.member_id:
        raise StaleButton
    conversations.close(session, person.account_id)
    turn = 1 if rating.comment is None else 2
    rating.comment = words if rating.comment is None else f"{rating.comment}\n{words}"
    session.add(rating)
    session.flush()
    staff.call(session, "comment", person.member_id, key=f"{rating.id}:{turn}", now=now, rating_id=rating.id)
    worth = shop.rules.points.review if rating.stars else 0
    key = f"review:{rating.purchase_id}"
    return earnings.earn(session, person.member_id, worth, "review", shop, key=key, now=now).points if worth else 0


def leave(session: Session, person: Person) -> None:
    """Wait for no word any more."""
    conversations.close(session, person.account_id, COMMENT)


def one(session: Session, rating_id: int) -> Rated:
    """What a member said, as it stands. Raises StaleButton."""
    row = session.connection().execute(_told.where(RATINGS.c.id == rating_id)).first()
    if row is None:
        raise StaleButton
    return _rated(session, row)


def latest(session: Session, member_id: int, many: int = 3) -> list[Rated]:
    """The last ratings that a member gave, newest first."""
    theirs = _told.where(RATINGS.c.member_id == member_id, RATINGS.c.stars.is_not(None))
    rows = session.connection().execute(theirs.order_by(RATINGS.c.rated_at.desc(), RATINGS.c.id.desc()).limit(many))
    return [_rated(session, row) for row in rows.all()]


def heard(session: Session, by: Person, rating_id: int, tag: str, shop: Shop, *, now: datetime) -> Rated:
    """Put the tag of what a comment tells to its member, or take it off again. Raises StaleButton, TooMany."""
    said = one(session, rating_id)
    who = Who(by.visitor.platform, said.who.number)
    if tag in said.cares:
        notes.untag(session, by, who, [tag], now=now)
    else:
        notes.tag(session, by, who, [tag], shop, now=now)
    return one(session, rating_id)


def lift(session: Session, by: Person, member_id: int, *, now: datetime) -> None:
    """Let offers go to a member again whom a bad rating had stopped them for. Raises StaleButton."""
    held = _member(member_id).where(MEMBERS.c.held_at.is_not(None)).values(held_at=None)
    if not session.connection().execute(held).rowcount:
        raise StaleButton
    audit.note(session, by.member_id, "offers again", member_id, now=now)


def carried(session: Session, rating_id: int) -> dict[str, Any]:
    """What a letter to the staff tells of a rating."""
    return {"rated": one(session, rating_id)}


def gone(session: Session, rating_id: int) -> str | None:
    """Why a letter about a rating makes no sense any more."""
    return None if session.get(Rating, rating_id) else "erased"


def _of_trip(session: Session, person: Person, trip_id: int, now: datetime) -> Rating:
    """The rating of the purchase that somebody's own trip is about. Raises StaleButton."""
    mine = choose(TRIPS.c.facts).where(TRIPS.c.id == trip_id, TRIPS.c.member_id == person.member_id)
    about = session.connection().execute(mine).scalar() or {}
    if "purchase_id" not in about:
        raise StaleButton
    trips.tapped(session, trip_id, now=now)
    about = {name: about.get(name) for name in ("purchase_id", "product_id")}
    insert_once(session, RATINGS, **about, member_id=person.member_id, asked_at=now)
    return session.exec(select(Rating).where(Rating.purchase_id == about["purchase_id"])).one()


def _rated(session: Session, row: Row[Any]) -> Rated:
    who = Named(row.member_id, row.name)
    worn = notes.about(session, who, 0).tags
    cares = tuple(tag for tag in CARES if tag in worn)
    return Rated(row.id, who, row.product, row.usage, row.stars, row.comment, row.held_at is None, cares)


def _member(member_id: int) -> Update:
    return MEMBERS.update().where(MEMBERS.c.id == member_id)
