"""Series of gifts: "collect all six". Who was handed every piece gets a prize, once for ever.

A piece is a name within the series, so a gift that was taken off and put in anew is still the same piece. Pieces that
are in the area, now or from a day to come, are to be had; one that no longer is counts for those who have it, and
nobody misses it. A series of one is none, and without a prize there is nothing to win: that the last piece is there,
the owner tells by setting it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlmodel import Session

from bot.club import audit, coupons, earnings, outbox, points
from bot.club.errors import ClubError
from bot.club.gifts import folded
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.engine import insert_once
from db.gifts import GIFT_ORDERS, GIFT_SERIES, GIFTS, SERIES_PRIZES

LEAST = 2  # pieces: what is alone is no series

_to_be_had = (GIFTS.c.state == "open") & or_(GIFTS.c.closes_at.is_(None), GIFTS.c.closes_at > bindparam("at"))
_handed = (
    select(GIFT_ORDERS.c.id)
    .where(GIFT_ORDERS.c.gift_id == GIFTS.c.id, GIFT_ORDERS.c.state == "handed")
    .where(GIFT_ORDERS.c.member_id == bindparam("member"))
    .exists()
)
_pieces = (
    select(
        GIFTS.c.series_id,
        GIFTS.c.folded,
        func.max(GIFTS.c.name).label("name"),
        func.max(case((_to_be_had, 1), else_=0)).label("to_be_had"),
        func.max(case((_handed, 1), else_=0)).label("mine"),
    )
    .where(GIFTS.c.series_id.is_not(None))
    .group_by(GIFTS.c.series_id, GIFTS.c.folded)
    .order_by(GIFTS.c.series_id, func.min(GIFTS.c.id))
)
_pieces_of = _pieces.where(GIFTS.c.series_id == bindparam("series"))


class NoSuchSeries(ClubError):
    """A series that no gift was put into."""

    says = N_("There is no series “{name}” yet. It begins with its first gift: /gift series tells how.")


@dataclass(frozen=True, slots=True)
class Series:
    """A series as the shop sees it: its pieces that are to be had, its prize, how many won it."""

    id: int
    name: str
    offer: Offer | None
    pieces: tuple[str, ...]
    winners: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a series, and whether a member has it."""

    name: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """A series as one member sees it: which pieces they have, what all together bring, whether they had that."""

    name: str
    offer: Offer | None
    pieces: tuple[Piece, ...]
    won: bool

    @property
    def collected(self) -> int:
        """How many pieces the member has."""
        return sum(piece.mine for piece in self.pieces)


def set_prize(session: Session, by: Person, name: str, offer: Offer, *, now: datetime) -> Series:
    """Say what the one who has all of a series gets from now on. Raises NoSuchSeries."""
    series_id = named(session, name, now=now).id
    prize = GIFT_SERIES.update().where(GIFT_SERIES.c.id == series_id).values(offer=str(offer))
    session.connection().execute(prize)
    audit.note(session, by.member_id, "gift series", now=now, series=series_id, offer=str(offer))
    return named(session, name, now=now)


def listed(session: Session, *, now: datetime) -> list[Series]:
    """All series, for the shop, the oldest first."""
    return _listed(session, now)


def named(session: Session, name: str, *, now: datetime) -> Series:
    """A series by its name, for the shop. Raises NoSuchSeries."""
    found = _listed(session, now, GIFT_SERIES.c.folded == folded(name))
    if not found:
        raise NoSuchSeries(name=name)
    return found[0]


def collections(session: Session, member_id: int, *, now: datetime) -> list[Collection]:
    """The series of which something is to be had, as a member sees them, the oldest first."""
    won = select(SERIES_PRIZES.c.series_id).where(SERIES_PRIZES.c.member_id == member_id)
    theirs = set(session.connection().execute(won).scalars())
    pieces = _by_series(session, _pieces, member=member_id, at=now)
    return [
        Collection(row.name, Offer.read(row.offer) if row.offer else None, tuple(pieces[row.id]), row.id in theirs)
        for row in session.connection().execute(select(GIFT_SERIES).order_by(GIFT_SERIES.c.id))
        if pieces[row.id]
    ]


def handed(session: Session, series_id: int, member_id: int, shop: Shop, *, now: datetime) -> None:
    """Give the prize of a series, with a letter, to a member who was just handed its last piece."""
    points.lock(session, [member_id])  # of two hand-overs at once the later sees the earlier one's piece
    pieces = _by_series(session, _pieces_of, series=series_id, member=member_id, at=now)[series_id]
    row = session.connection().execute(select(GIFT_SERIES).where(GIFT_SERIES.c.id == series_id)).one()
    if row.offer is None or len(pieces) < LEAST or not all(piece.mine for piece in pieces):
        return
    about = {"series_id": series_id, "member_id": member_id, "offer": row.offer, "won_at": now}
    if insert_once(session, SERIES_PRIZES, **about) is None:
        return
    key, offer = f"series:{series_id}:{member_id}", Offer.read(row.offer)
    prize: dict[str, Any] = {"series": row.name, "offer": row.offer}
    if offer.kind == "points":
        won = earnings.earn(session, member_id, offer.amount, "series", shop, key=key, now=now, reason=row.name)
        if not won.points:  # they are on the blacklist
            return
    else:
        until = shop.end_of(shop.day(now) + timedelta(days=shop.rules.gifts.keep_days))
        issued = coupons.issue(session, member_id, row.name, offer, shop, good_until=until, key=key, now=now)
        prize["coupon"] = issued and issued.facts
    outbox.to_member(session, "series_complete", member_id, key=key, now=now, **prize)


def _by_series(session: Session, pieces: Any, **asked: Any) -> dict[int, list[Piece]]:
    """The pieces that count for a member, by series."""
    found: dict[int, list[Piece]] = defaultdict(list)
    for row in session.connection().execute(pieces, asked):
        if row.mine or row.to_be_had:
            found[row.series_id].append(Piece(row.name, bool(row.mine)))
    return found


def _listed(session: Session, now: datetime, *where: Any) -> list[Series]:
    winners = select(func.count()).where(SERIES_PRIZES.c.series_id == GIFT_SERIES.c.id).scalar_subquery()
    pieces = _by_series(session, _pieces, member=None, at=now)
    rows: Iterable[Any] = session.connection().execute(
        select(GIFT_SERIES, winners.label("winners")).where(*where).order_by(GIFT_SERIES.c.id)
    )
    return [
        Series(
            row.id,
            row.name,
            Offer.read(row.offer) if row.offer else None,
            tuple(piece.name for piece in pieces[row.id]),
            row.winners,
        )
        for row in rows
    ]
