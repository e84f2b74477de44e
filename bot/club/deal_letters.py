"""Whom a deal is for, and the letters that tell of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Insert, and_, case, cast, exists, func, literal, select
from sqlalchemy.types import Integer, String
from sqlmodel import Session, col
from sqlmodel import select as choose

from bot.club import audiences, outbox
from bot.club.audiences import EVERYBODY
from bot.club.deal_places import is_to_be_had
from bot.club.errors import ClubError
from bot.club.letters import Rank, awake
from bot.club.rules import Shop
from bot.i18n import N_
from db.coupons import COUPONS
from db.deals import DEALS, Deal
from db.engine import tell
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS

WANTING = (MEMBERS.c.consent.is_not(None), MEMBERS.c.notify == "all", ACCOUNTS.c.reachable)  # who get a deal's letter
REMINDER = "deal_reminder"
KEPT_BACK = "kept back"  # why no letter went to some, with whom the others are compared
SPREAD, OFFSET = 2_654_435_761, 40_503_731  # Knuth's: neighbouring numbers fall far from each other
# How long a deal must be, at least, for a reminder so long before its end; of a shorter one nobody is reminded.
LAST_CALLS = ((timedelta(days=2), timedelta(days=1)), (timedelta(hours=6), timedelta(hours=2)))


class DealForNobody(ClubError):
    """A deal for an audience into which nobody falls."""

    says = N_("Nobody falls under “{audience}” now, so nobody could claim the deal. /members counts an audience.")


class DealNotForYou(ClubError):
    """A deal that others were picked for."""

    says = N_("“{title}” is for other members this time. /deals shows what is open to you.")


def meant_for(session: Session, query: str, shop: Shop, *, now: datetime, called: Callable[[str], str]) -> str:
    """The query as a deal keeps it, empty for everybody. Raises DealForNobody and what audiences.read raises."""
    query = query.strip()
    if query.casefold() in ("", *EVERYBODY):
        return ""
    if not audiences.count(session, audiences.read(query, shop, now=now, called=called)).known:
        raise DealForNobody(audience=query)
    return query


def is_for(
    session: Session, query: str, member_id: int, shop: Shop, *, now: datetime, called: Callable[[str], str]
) -> bool:
    """Whether a member falls under a deal's audience at this moment."""
    if not query:
        return True
    here = select(exists().where(MEMBERS.c.id == member_id, audiences.within(query, shop, now, called)))
    return bool(session.connection().execute(here).scalar())


def write(session: Session, deal: Deal, shop: Shop, *, now: datetime, called: Callable[[str], str]) -> None:
    """One letter to each member whom a deal is for, who agreed and can be reached, in one statement."""
    meant = audiences.within(deal.audience, shop, now, called)
    session.connection().execute(_letters(deal, "deal", meant, awake(shop, now), now))
    tell(session, "letters")


def remind(session: Session, shop: Shop, *, now: datetime, called: Callable[[str], str]) -> None:
    """Write once more, before a deal ends, to those whom it is for and who have not claimed it."""
    for deal in session.exec(choose(Deal).where(Deal.state == "open", col(Deal.reminded).is_(False))).all():
        at, after = last_call(deal), awake(shop, now)
        if at is None or at > now or not _first(session, deal):
            continue
        if after < deal.closes_at and is_to_be_had(deal, shop, now):
            meant = (audiences.within(deal.audience, shop, now, called), ~kept_back(deal.id or 0, deal.holdout))
            unclaimed = and_(*meant, *_not_claimed(deal))
            session.connection().execute(_letters(deal, REMINDER, unclaimed, after, now))
            tell(session, "letters")


def last_call(deal: Deal) -> datetime | None:
    """When those are reminded who have not claimed a deal; None for one that is too short for it."""
    length = deal.closes_at - deal.opens_at
    return next((deal.closes_at - ahead for least, ahead in LAST_CALLS if length >= least), None)


def withdraw(session: Session, deal: Any, member_id: int, *, now: datetime) -> None:
    """Remind nobody of what they have claimed meanwhile."""
    if deal.reminded:
        keys = f"{REMINDER}:{deal.id}:"
        outbox.withdraw(session, member_id, (REMINDER,), "claimed", now=now, keys=keys)


def _first(session: Session, deal: Deal) -> bool:
    """Take it on to remind of a deal, unless that was done or the deal was stopped a moment ago."""
    here = (DEALS.c.id == deal.id, DEALS.c.state == "open", DEALS.c.reminded.is_(False))
    return bool(session.connection().execute(DEALS.update().where(*here).values(reminded=True)).rowcount)


def _not_claimed(deal: Deal) -> tuple[ColumnElement[bool], ...]:
    """Those without a coupon of a deal, whose letter about it does not wait still."""
    coupon = select(COUPONS.c.id).where(COUPONS.c.deal_id == deal.id, COUPONS.c.member_id == MEMBERS.c.id)
    letter, key = LETTERS.alias(), literal(f"deal:{deal.id}:") + cast(MEMBERS.c.id, String)
    waiting = select(letter.c.id).where(letter.c.key == key, letter.c.state.in_(("waiting", "sending")))
    return ~coupon.exists(), ~waiting.exists()


def kept_back(deal_id: int, holdout: int) -> ColumnElement[bool]:
    """Who is kept back: the same each time, and as good as drawn."""
    spread = (cast(MEMBERS.c.id, BigInteger) * SPREAD + deal_id * OFFSET) % 2**32
    return spread // (2**32 // 100 + 1) < holdout


def _letters(deal: Deal, kind: str, meant: ColumnElement[bool], after: datetime, now: datetime) -> Insert:
    moment, back = LETTERS.c.after.type, kept_back(deal.id or 0, deal.holdout)
    to = (
        select(
            literal(f"{kind}:{deal.id}:") + cast(MEMBERS.c.id, String),
            literal(kind),
            cast(literal(int(Rank.PROMO)), Integer),
            literal(False),
            func.min(ACCOUNTS.c.id),
            MEMBERS.c.id,
            literal({"deal_id": deal.id}, LETTERS.c.facts.type),
            literal(after, moment),
            literal(deal.closes_at, moment),
            case((back, "dropped"), else_="waiting"),
            case((back, KEPT_BACK)),
            case((back, literal(now, moment))),
            cast(literal(0), Integer),
            literal(now, moment),
        )
        .join(ACCOUNTS, ACCOUNTS.c.member_id == MEMBERS.c.id)
        .where(*WANTING, meant)
        .group_by(MEMBERS.c.id)
    )
    columns = [
        "key",
        "kind",
        "rank",
        "alone",
        "account_id",
        "member_id",
        "facts",
        "after",
        "before",
        "state",
        "reason",
        "settled_at",
        "doubts",
        "posted_at",
    ]
    return LETTERS.insert().from_select(columns, to)
