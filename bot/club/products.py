"""What the shop sells: a product is known from its first sale on; two that are one are merged with their history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlmodel import Session, col, func, or_, select, update

from bot.club import audit
from bot.club.errors import ClubError
from bot.club.members import Person
from bot.club.names import folded
from bot.i18n import N_
from db.engine import insert_once
from db.purchases import PRODUCTS, Product, Purchase, PurchaseLine
from db.ratings import RATINGS
from db.suggestions import PAIRINGS, SELLING_RULES, SUGGESTIONS
from db.supplies import REORDERS, SUPPLIES

NAME = 60  # characters
DAYS = 1000  # that a piece may last
PAGE = 15


class BadProduct(ClubError):
    """A product's name that is empty or too long."""

    says = N_("A product's name has 1 to {limit} characters.")


class NoSuchProduct(ClubError):
    """A product that was never sold."""

    says = N_("There is no product “{name}” yet. /products shows which there are.")


class SameProduct(ClubError):
    """A product that should be merged into itself."""

    says = N_("“{name}” is that product already.")


class BadLasting(ClubError):
    """A number of days that a product cannot last."""

    says = N_("How long it lasts is a whole number of days from 1 to {limit}, or none.")


@dataclass(frozen=True, slots=True)
class Known:
    """A product as managers see it: in how many purchases it was, and how many pieces were sold."""

    id: int
    name: str
    category: str | None
    lasts_days: int | None
    purchases: int
    pieces: int


def sold(session: Session, names: Iterable[str], *, now: datetime) -> dict[str, int]:
    """The products of some names, by name; what is new is made, and what was merged is the other one.

    On PostgreSQL nobody merges them until the act ends. Raises BadProduct.
    """
    wanted = {name: called(name) for name in names}
    spelt = {folded(tidy): tidy for tidy in wanted.values()}
    found = _standing(session, spelt)
    if new := sorted(spelt.keys() - found.keys()):
        for key in new:
            insert_once(session, PRODUCTS, name=spelt[key], folded=key, made_at=now)
        found |= _standing(session, new)  # others may have made them first
    return {name: found[folded(tidy)] for name, tidy in wanted.items()}


def _standing(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """The products that there are of some names as they are compared; held, so that nobody merges them meanwhile."""
    rows = select(PRODUCTS.c.folded, func.coalesce(PRODUCTS.c.merged_into, PRODUCTS.c.id))
    held = rows.where(PRODUCTS.c.folded.in_([*keys])).order_by(PRODUCTS.c.id).with_for_update(read=True)
    return dict(session.connection().execute(held).all())


def merge(session: Session, by: Person, name: str, into: str, *, now: datetime) -> tuple[str, Known]:
    """Make a product another name of a second one, with all that was sold of it. Returns its name, and the other.

    Raises NoSuchProduct, SameProduct.
    """
    gone, stays = _find(session, name), _find(session, into)
    if gone.id == stays.id:
        raise SameProduct(name=stays.name)
    theirs = or_(col(Product.id) == gone.id, col(Product.merged_into) == gone.id)
    session.exec(update(Product).where(theirs).values(merged_into=stays.id))
    session.exec(update(PurchaseLine).where(col(PurchaseLine.product_id) == gone.id).values(product_id=stays.id))
    _rename(session, gone.id, stays.id)
    audit.note(session, by.member_id, "product merge", now=now, product=gone.id, into=stays.id)
    return gone.name, one(session, stays.id or 0)


def _rename(session: Session, gone: int | None, stays: int | None) -> None:
    """Let the rules, sentences and ratings of a product be about another; the pairs are counted anew each night."""
    connection = session.connection()
    for column in (
        SELLING_RULES.c.after_id,
        SELLING_RULES.c.offers_id,
        SUGGESTIONS.c.after_id,
        SUGGESTIONS.c.offers_id,
        RATINGS.c.product_id,
        REORDERS.c.product_id,
    ):
        connection.execute(column.table.update().where(column == gone).values({column: stays}))
    other = SUPPLIES.alias()
    there = select(other.c.member_id).where(other.c.member_id == SUPPLIES.c.member_id, other.c.product_id == stays)
    connection.execute(SUPPLIES.delete().where(SUPPLIES.c.product_id == gone, there.exists()))
    connection.execute(SUPPLIES.update().where(SUPPLIES.c.product_id == gone).values(product_id=stays))
    connection.execute(PAIRINGS.delete().where(or_(PAIRINGS.c.after_id == gone, PAIRINGS.c.offers_id == gone)))


def categorise(session: Session, by: Person, name: str, category: str | None, *, now: datetime) -> Known:
    """Put a product into a category, or into none. Raises NoSuchProduct, BadProduct."""
    product = _find(session, name)
    product.category = called(category) if category else None
    session.add(product)
    session.flush()
    audit.note(session, by.member_id, "product category", now=now, product=product.id)
    return one(session, product.id or 0)


def keep_lasting(session: Session, by: Person, name: str, days: int | None, *, now: datetime) -> Known:
    """Note for how many days a piece lasts, None where nobody knows. Raises NoSuchProduct, BadLasting."""
    if days is not None and not 1 <= days <= DAYS:
        raise BadLasting(limit=DAYS)
    product = _find(session, name)
    product.lasts_days = days
    session.add(product)
    session.flush()
    audit.note(session, by.member_id, "product lasts", now=now, product=product.id)
    return one(session, product.id or 0)


def one(session: Session, product_id: int) -> Known:
    """A product by its number. Raises NoSuchProduct."""
    product = session.get(Product, product_id)
    if product is None:
        raise NoSuchProduct(name=str(product_id))
    [found] = _counted(session, col(Product.id) == (product.merged_into or product_id))
    return found


def named(session: Session, name: str) -> Known:
    """A product by a name of its own or of one that was merged into it. Raises NoSuchProduct."""
    found = session.exec(select(Product.id).where(Product.folded == folded(name))).first()
    if found is None:
        raise NoSuchProduct(name=name[:NAME])
    return one(session, found)


def near(session: Session, product_id: int, limit: int = 4) -> list[Known]:
    """The products whose names are most like one's, which may be the same."""
    name = one(session, product_id).name
    others = select(Product.folded, Product.id).where(Product.id != product_id, col(Product.merged_into).is_(None))
    known = dict(session.exec(others).all())
    return [one(session, known[each] or 0) for each in get_close_matches(folded(name), known, limit, 0.6)]


def listed(session: Session, page: int = 0) -> tuple[list[Known], bool]:
    """A page of the products, the most bought first; and whether more follow."""
    found = _counted(session, col(Product.merged_into).is_(None), offset=page * PAGE, limit=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def called(name: str) -> str:
    """A name as it is kept. Raises BadProduct."""
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= NAME or not folded(tidy):
        raise BadProduct(limit=NAME)
    return tidy


def usual(session: Session, member_id: int, limit: int = 4) -> list[tuple[int, str]]:
    """What a member buys most often, by number and name."""
    theirs = Purchase.member_id == member_id, col(Purchase.undone_at).is_(None)
    rows = session.exec(
        select(Product.id, Product.name)
        .join(PurchaseLine, col(PurchaseLine.product_id) == col(Product.id))
        .join(Purchase, col(Purchase.id) == col(PurchaseLine.purchase_id))
        .where(*theirs)
        .group_by(col(Product.id), col(Product.name))
        .order_by(func.count().desc(), func.max(Purchase.id).desc(), col(Product.id))
        .limit(limit)
    )
    return [(product_id or 0, name) for product_id, name in rows]


def _counted(session: Session, *where: object, offset: int = 0, limit: int = 1) -> list[Known]:
    """Some products with what was sold of them; undone purchases are none."""
    stands = select(Purchase.id).where(col(Purchase.undone_at).is_(None), Purchase.id == PurchaseLine.purchase_id)
    times, pieces = func.count(func.distinct(PurchaseLine.purchase_id)), func.sum(PurchaseLine.quantity)
    rows = session.exec(
        select(Product, times, func.coalesce(pieces, 0))
        .outerjoin(PurchaseLine, (col(PurchaseLine.product_id) == Product.id) & stands.exists())
        .where(*where)  # type: ignore[arg-type]
        .group_by(col(Product.id))
        .order_by(times.desc(), col(Product.folded))
        .offset(offset)
        .limit(limit)
    )
    return [Known(p.id or 0, p.name, p.category, p.lasts_days, n, many) for p, n, many in rows]


def _find(session: Session, name: str) -> Product:
    """The product that a name stands for; on PostgreSQL nobody else changes it until the act ends."""
    here = select(Product).where(Product.folded == folded(name))
    locked = {"populate_existing": True}
    found = session.exec(here.with_for_update().execution_options(**locked)).first()
    if found and found.merged_into:
        other = select(Product).where(Product.id == found.merged_into)
        found = session.exec(other.with_for_update().execution_options(**locked)).first()
    if found is None:
        raise NoSuchProduct(name=name[:NAME])
    return found
