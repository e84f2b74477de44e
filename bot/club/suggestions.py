"""The counter sentence: one thing for the clerk to say, by the owner's rules first, else by what is bought together.

What was said is kept, and whether it was followed: the product offered was in a purchase of the next days.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import Session

from db.engine import insert_once
from db.purchases import PRODUCTS, PURCHASE_LINES, PURCHASES
from db.suggestions import PAIRINGS, SELLING_RULES, SUGGESTIONS

FOLLOWED = timedelta(days=30)  # in which a purchase counts as following
LATEST = 3  # purchases that tell what somebody buys
SAID = timedelta(hours=12)  # in which the same sentence is counted once


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a clerk may say: the product bought and the one that goes with it, or the owner's own sentence."""

    after: str | None
    offers: str | None
    says: str | None
    rule_id: int | None
    after_id: int | None
    offers_id: int | None


def for_purchase(session: Session, purchase_id: int) -> Suggested | None:
    """What goes with the products of a purchase."""
    return _found(session, _products(session, PURCHASE_LINES.c.purchase_id == purchase_id))


def for_member(session: Session, member_id: int) -> Suggested | None:
    """What goes with the products that a member bought last."""
    latest = (
        select(PURCHASES.c.id)
        .where(PURCHASES.c.member_id == member_id, PURCHASES.c.undone_at.is_(None))
        .order_by(PURCHASES.c.at.desc(), PURCHASES.c.id.desc())
        .limit(LATEST)
    )
    return _found(session, _products(session, PURCHASE_LINES.c.purchase_id.in_(latest)))


def say(session: Session, member_id: int, staff_id: int | None, what: Suggested, *, now: datetime) -> None:
    """Keep that a clerk was given a sentence about a member; again within half a day counts once."""
    if what.offers_id is None:
        return
    lately = select(SUGGESTIONS.c.id).where(
        SUGGESTIONS.c.member_id == member_id,
        SUGGESTIONS.c.offers_id == what.offers_id,
        SUGGESTIONS.c.said_at > now - SAID,
    )
    if session.connection().execute(lately).first() is None:
        about = {"rule_id": what.rule_id, "after_id": what.after_id, "offers_id": what.offers_id}
        insert_once(session, SUGGESTIONS, member_id=member_id, said_at=now, said_by=staff_id, **about)


def follow(session: Session, member_id: int, purchase_id: int, *, now: datetime) -> None:
    """Note which sentences of the last days a purchase follows."""
    bought = select(PURCHASE_LINES.c.product_id).where(PURCHASE_LINES.c.purchase_id == purchase_id)
    open_ones = (
        SUGGESTIONS.c.member_id == member_id,
        SUGGESTIONS.c.said_at > now - FOLLOWED,
        SUGGESTIONS.c.purchase_id.is_(None),
        SUGGESTIONS.c.offers_id.in_(bought),
    )
    session.connection().execute(update(SUGGESTIONS).where(*open_ones).values(purchase_id=purchase_id))


def _products(session: Session, where: object) -> list[int]:
    rows = select(PURCHASE_LINES.c.product_id).where(where)  # type: ignore[arg-type]
    return list(session.connection().execute(rows.distinct()).scalars())


def _found(session: Session, having: Collection[int]) -> Suggested | None:
    """The first rule that fits, else the pair with the largest share; never what is there already."""
    if not having:
        return None
    return _by_rule(session, having) or _by_pair(session, having)


_after, _offers = PRODUCTS.alias("after"), PRODUCTS.alias("offers")


def _by_rule(session: Session, having: Collection[int]) -> Suggested | None:
    rule = SELLING_RULES.c
    fits = (
        rule.state == "open",
        or_(rule.offers_id.is_not(None), rule.says.is_not(None)),
        or_(rule.after_id.is_(None), rule.after_id.in_(having)),
        or_(rule.offers_id.is_(None), rule.offers_id.not_in(having)),
    )
    rows = (
        select(_after.c.name, _offers.c.name, rule.says, rule.id, rule.after_id, rule.offers_id)
        .select_from(SELLING_RULES)
        .outerjoin(_after, _after.c.id == rule.after_id)
        .outerjoin(_offers, _offers.c.id == rule.offers_id)
        .where(*fits)
        .order_by(rule.after_id.is_(None), rule.id)  # what is meant for this product before what is meant for all
        .limit(1)
    )
    row = session.connection().execute(rows).first()
    return Suggested(*row) if row else None


def _by_pair(session: Session, having: Collection[int]) -> Suggested | None:
    pair = PAIRINGS.c
    rows = (
        select(_after.c.name, _offers.c.name, pair.after_id, pair.offers_id)
        .select_from(PAIRINGS)
        .join(_after, _after.c.id == pair.after_id)
        .join(_offers, _offers.c.id == pair.offers_id)
        .where(pair.after_id.in_(having), pair.offers_id.not_in(having))
        .order_by(pair.share.desc(), pair.lift.desc(), pair.offers_id)
        .limit(1)
    )
    row = session.connection().execute(rows).first()
    return Suggested(row[0], row[1], None, None, row.after_id, row.offers_id) if row else None


def counted(session: Session, rule_id: int | None = None) -> dict[tuple[int | None, int | None, int], tuple[int, int]]:
    """How often each sentence was given and followed, by rule and the two products."""
    told = SUGGESTIONS.c
    rows = select(told.rule_id, told.after_id, told.offers_id, func.count(), func.count(told.purchase_id))
    if rule_id is not None:
        rows = rows.where(and_(told.rule_id == rule_id))
    grouped = rows.group_by(told.rule_id, told.after_id, told.offers_id)
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in session.connection().execute(grouped)}
