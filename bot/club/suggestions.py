"""The counter sentence: one thing for the clerk to say, by the owner's rules first, else by what is bought together.

What was said is kept, and whether it was followed: the product offered was in a purchase of the next days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, bindparam, func, or_, select, update
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
    return _found(session, _IN_PURCHASE, purchase_id)


def for_member(session: Session, member_id: int) -> Suggested | None:
    """What goes with the products that a member bought last."""
    return _found(session, _BOUGHT_LAST, member_id)


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
    followed = {"who": member_id, "which": purchase_id, "since": now - FOLLOWED}
    session.connection().execute(_followed, followed)


def _found(session: Session, asked: "_Asked", which: int) -> Suggested | None:
    """The first rule that fits, else the pair with the largest share; never what is there already."""
    connection = session.connection()
    rule = connection.execute(asked.rule, {"which": which}).first()
    if rule:
        return Suggested(*rule)
    pair = connection.execute(asked.pair, {"which": which}).first()
    return Suggested(pair[0], pair[1], None, None, pair.after_id, pair.offers_id) if pair else None


_after, _offers = PRODUCTS.alias("after"), PRODUCTS.alias("offers")


class _Asked:
    """The statements that find a sentence for whoever has some products, made once; `having` selects these by `which`.

    Whoever has none is told nothing.
    """

    def __init__(self, having: Select[int]) -> None:
        rule, pair = SELLING_RULES.c, PAIRINGS.c
        self.rule = (
            select(_after.c.name, _offers.c.name, rule.says, rule.id, rule.after_id, rule.offers_id)
            .select_from(SELLING_RULES)
            .outerjoin(_after, _after.c.id == rule.after_id)
            .outerjoin(_offers, _offers.c.id == rule.offers_id)
            .where(rule.state == "open", or_(rule.offers_id.is_not(None), rule.says.is_not(None)))
            .where(or_(rule.after_id.is_(None), rule.after_id.in_(having)), having.exists())
            .where(or_(rule.offers_id.is_(None), rule.offers_id.not_in(having)))
            .order_by(rule.after_id.is_(None), rule.id)  # what is meant for this product before what is meant for all
            .limit(1)
        )
        self.pair = (
            select(_after.c.name, _offers.c.name, pair.after_id, pair.offers_id)
            .select_from(PAIRINGS)
            .join(_after, _after.c.id == pair.after_id)
            .join(_offers, _offers.c.id == pair.offers_id)
            .where(pair.after_id.in_(having), pair.offers_id.not_in(having))
            .order_by(pair.share.desc(), pair.lift.desc(), pair.offers_id)
            .limit(1)
        )


_lines = select(PURCHASE_LINES.c.product_id)
_latest = (
    select(PURCHASES.c.id)
    .where(PURCHASES.c.member_id == bindparam("which"), PURCHASES.c.undone_at.is_(None))
    .order_by(PURCHASES.c.at.desc(), PURCHASES.c.id.desc())
    .limit(LATEST)
)
_in_purchase = _lines.where(PURCHASE_LINES.c.purchase_id == bindparam("which"))
_IN_PURCHASE, _BOUGHT_LAST = _Asked(_in_purchase), _Asked(_lines.where(PURCHASE_LINES.c.purchase_id.in_(_latest)))
_followed = (
    update(SUGGESTIONS)
    .where(SUGGESTIONS.c.member_id == bindparam("who"), SUGGESTIONS.c.said_at > bindparam("since"))
    .where(SUGGESTIONS.c.purchase_id.is_(None), SUGGESTIONS.c.offers_id.in_(_in_purchase))
    .values(purchase_id=bindparam("which"))
)


def counted(session: Session, rule_id: int | None = None) -> dict[tuple[int | None, int | None, int], tuple[int, int]]:
    """How often each sentence was given and followed, by rule and the two products."""
    told = SUGGESTIONS.c
    rows = select(told.rule_id, told.after_id, told.offers_id, func.count(), func.count(told.purchase_id))
    if rule_id is not None:
        rows = rows.where(and_(told.rule_id == rule_id))
    grouped = rows.group_by(told.rule_id, told.after_id, told.offers_id)
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in session.connection().execute(grouped)}
