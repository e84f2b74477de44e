"""What is bought together in the shop's own purchases: counted each night, and only said where it is no chance.

Support and lift as in association rules (Agrawal et al. 1993; Brin et al. 1997), with thresholds for small shops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from db.purchases import PURCHASE_LINES, PURCHASES
from db.suggestions import PAIRINGS

SINCE = timedelta(days=365)
BASKETS = 30  # purchases of two products and more, below which nothing is said
TOGETHER = 5  # purchases that hold both
SHARE = 15  # per cent of the purchases with the first that hold the second too
LIFT = 120  # times as often as by chance, in hundredths


@dataclass(frozen=True, slots=True)
class Pair:
    """Two products: in how many purchases they are together, for what share of the first's, and the lift (÷ 100)."""

    after_id: int
    offers_id: int
    together: int
    share: int
    lift: int


def count(session: Session, *, now: datetime) -> list[Pair]:
    """The pairs of the last year that are no chance. A look: on SQLite it holds up nobody."""
    connection = session.connection()
    basket = (
        select(PURCHASE_LINES.c.purchase_id, PURCHASE_LINES.c.product_id)
        .join(PURCHASES, PURCHASES.c.id == PURCHASE_LINES.c.purchase_id)
        .where(PURCHASES.c.at > now - SINCE, PURCHASES.c.undone_at.is_(None))
        .distinct()
        .cte("basket")
    )
    sizes = select(func.count().label("size")).select_from(basket).group_by(basket.c.purchase_id).subquery()
    all_of_them, several = connection.execute(
        select(func.count(), func.count().filter(sizes.c.size > 1)).select_from(sizes)
    ).one()
    if several < BASKETS:
        return []
    first, second = basket.alias("first"), basket.alias("second")
    alone = select(basket.c.product_id, func.count().label("many")).group_by(basket.c.product_id).cte("alone")
    one, other = alone.alias("one"), alone.alias("other")
    both = (
        select(first.c.product_id.label("after"), second.c.product_id.label("offers"), func.count().label("together"))
        .join(second, (second.c.purchase_id == first.c.purchase_id) & (second.c.product_id != first.c.product_id))
        .group_by(first.c.product_id, second.c.product_id)
        .having(func.count() >= TOGETHER)
        .subquery()
    )
    share = 100 * both.c.together // one.c.many
    lift = 100 * both.c.together * all_of_them // (one.c.many * other.c.many)
    pairs = (
        select(both.c.after, both.c.offers, both.c.together, share, lift)
        .join(one, one.c.product_id == both.c.after)
        .join(other, other.c.product_id == both.c.offers)
        .where(share >= SHARE, lift >= LIFT)
        .order_by(both.c.after, share.desc(), lift.desc(), both.c.offers)
    )
    return [Pair(*row) for row in connection.execute(pairs)]


def keep(session: Session, pairs: Sequence[Pair]) -> None:
    """Put the pairs that were counted in the place of yesterday's."""
    connection = session.connection()
    connection.execute(PAIRINGS.delete())
    if pairs:
        columns = ("after_id", "offers_id", "together", "share", "lift")
        connection.execute(PAIRINGS.insert(), [{name: getattr(pair, name) for name in columns} for pair in pairs])
