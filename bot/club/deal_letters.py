"""Whom a deal is for, and the letters that tell of it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Insert, cast, exists, false, func, literal, select, true
from sqlalchemy.types import Integer, String
from sqlmodel import Session

from bot.club import audiences
from bot.club.audiences import EVERYBODY
from bot.club.errors import ClubError
from bot.club.letters import Rank, awake
from bot.club.rules import Shop
from bot.i18n import N_
from db.deals import Deal
from db.engine import tell
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS

WANTING = (MEMBERS.c.consent.is_not(None), MEMBERS.c.notify == "all", ACCOUNTS.c.reachable)  # who get a deal's letter


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
    here = select(exists().where(MEMBERS.c.id == member_id, within(query, shop, now, called)))
    return bool(session.connection().execute(here).scalar())


def within(query: str, shop: Shop, now: datetime, called: Callable[[str], str]) -> ColumnElement[bool]:
    """The WHERE over the members' table that a deal's audience means."""
    if not query:
        return true()
    try:
        return audiences.read(query, shop, now=now, called=called).where
    except ClubError:  # an audience by a name that was taken away since: nobody falls under it
        return false()


def write(session: Session, deal: Deal, shop: Shop, *, now: datetime, called: Callable[[str], str]) -> None:
    """One letter to each member whom a deal is for, who agreed and can be reached, in one statement."""
    session.connection().execute(_letters(deal, within(deal.audience, shop, now, called), awake(shop, now), now))
    tell(session, "letters")


def _letters(deal: Deal, meant: ColumnElement[bool], after: datetime, now: datetime) -> Insert:
    moment = LETTERS.c.after.type
    to = (
        select(
            literal(f"deal:{deal.id}:") + cast(MEMBERS.c.id, String),
            literal("deal"),
            cast(literal(int(Rank.PROMO)), Integer),
            literal(False),
            func.min(ACCOUNTS.c.id),
            MEMBERS.c.id,
            literal({"deal_id": deal.id}, LETTERS.c.facts.type),
            literal(after, moment),
            literal(deal.closes_at, moment),
            literal("waiting"),
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
        "doubts",
        "posted_at",
    ]
    return LETTERS.insert().from_select(columns, to)
