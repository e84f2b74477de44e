"""Purchases side by side: what is there once is had once, whoever is faster, on both databases."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from bot.club import books, coupons, members, multipliers, products, purchases, refunds, undoing
from bot.club.errors import ClubError, CouponSpent, StaleButton
from bot.club.members import Person, Role, Visitor, Who
from bot.club.offers import Offer
from bot.club.purchases import OrderExists, Sale
from bot.club.receipts import Bought, Receipt
from bot.club.refunds import Refunded
from bot.club.rules import PointRules, Rules, Shop
from bot.club.undoing import Undone
from bot.speech.refusals import words
from db.engine import Database, insert_once
from db.members import Member
from db.purchases import PURCHASE_LINES, Product, Purchase, PurchaseLine, Refund
from tests.acts import AT, linger, together

MANY = 20
TEA = (Bought("tea", 2),)


@pytest.fixture
async def ann(database: Database) -> Person:
    """A member."""
    return await database.write(joined, 7001, "Ann")


@pytest.fixture
async def clerk(database: Database, ann: Person) -> Person:
    """A clerk, who came after Ann."""
    return replace(await database.write(joined, 7002, "Carl"), role=Role.CLERK)


def joined(session: Session, number: int, name: str) -> Person:
    """An act: somebody who agreed."""
    person = members.meet(session, Visitor("playground", number, name), private=True, now=AT)
    members.agree(session, person, now=AT)
    return members.meet(session, person.visitor, private=True, now=AT)


def issued(session: Session, member_id: int, offer: str = "10") -> str:
    """An act: a coupon. Returns its code."""
    until = AT.replace(year=2028)
    made = coupons.issue(session, member_id, "TEA", Offer.read(offer), Shop(), good_until=until, key="given:1", now=AT)
    assert made
    return made.code


def sale(who: Person, total: int = 10_000, **more: Any) -> Sale:
    """A purchase as it is told."""
    return Sale(Who("playground", who.number), total, **{"lines": TEA} | more)


async def sold(database: Database, clerk: Person | None, told: Iterable[Sale], shop: Shop, *keys: str) -> list[Any]:
    """Enter purchases all at once. What came of each."""
    acts = (
        database.write(purchases.enter, clerk, each, shop, key=keys[0] if keys else f"sale:{n}", now=AT)
        for n, each in enumerate(told)
    )
    return await together(database, *acts)


def kinds(results: list[Any]) -> dict[str, int]:
    """How many came of what."""
    names = [type(each).__name__ for each in results]
    return {name: names.count(name) for name in names}


async def balance(database: Database, who: Person) -> int:
    """A member's points, in books that balance."""
    assert await database.read(books.faults) == []
    return await database.read(lambda session: session.get_one(Member, who.member_id).points)


async def count(database: Database, table: Any) -> int:
    """How many rows a table has."""
    return await database.read(lambda session: session.exec(select(func.count()).select_from(table)).one())


async def test_one_order_entered_by_many_at_once_is_one_purchase(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    done = await sold(database, clerk, [sale(ann, order="A-1")] * MANY, shop)
    assert kinds(done) == {"Receipt": 1, "OrderExists": MANY - 1}
    assert await count(database, Purchase) == await count(database, PurchaseLine) == 1
    assert await balance(database, ann) == 100


async def test_one_key_used_at_once_is_one_purchase_with_one_receipt(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    for order in (None, "A-1"):
        before = await balance(database, ann)
        done = await sold(database, clerk, [sale(ann, order=order)] * MANY, shop, f"key:{order}")
        assert kinds(done) == {"Receipt": MANY}
        assert len({each.id for each in done}) == 1
        assert await balance(database, ann) == before + 100
    with pytest.raises(StaleButton):  # the same key for somebody else
        await database.write(purchases.enter, None, sale(clerk), shop, key="key:A-1", now=AT)


async def test_purchases_without_a_number_get_different_ones_at_once(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    done = await sold(database, clerk, [sale(ann)] * MANY, shop)
    assert len({each.order for each in done}) == MANY
    assert await count(database, Product) == 1
    assert 100 * MANY <= await balance(database, ann) <= 100 * 8 + 120 * 12  # a vip from the eighth on


async def test_one_coupon_in_many_purchases_at_once_is_used_in_one(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    code = await database.write(issued, ann.member_id, "points:50")
    done = await sold(database, clerk, [sale(ann, coupon=code)] * MANY, shop)
    assert kinds(done) == {"Receipt": 1, "CouponSpent": MANY - 1}
    assert await balance(database, ann) == 150


async def test_a_coupon_used_at_the_till_and_in_a_sale_at_once_is_used_once(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    code = await database.write(issued, ann.member_id)
    acts = [
        database.write(purchases.enter, clerk, sale(ann, coupon=code), shop, key="sale:1", now=AT),
        database.write(coupons.redeem, clerk.member_id, code, shop, now=AT),
    ]
    done = await together(database, *acts)
    assert kinds(done)["CouponSpent"] == 1
    assert await count(database, Purchase) == (1 if isinstance(done[0], Receipt) else 0)


async def test_refunds_at_once_never_exceed_what_was_paid(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    await sold(database, clerk, [sale(ann, order="A-1")], shop)
    acts = (database.write(refunds.refund, clerk, "A-1", 1000, shop, key=f"refund:{n}", now=AT) for n in range(MANY))
    done = await together(database, *acts)
    assert kinds(done) == {"Refunded": 10, "RefundedWhole": MANY - 10}
    assert await database.read(lambda s: s.exec(select(func.sum(Refund.amount))).one()) == 10_000
    assert await balance(database, ann) == 0


async def test_one_refund_tapped_often_is_one(database: Database, ann: Person, clerk: Person, shop: Shop) -> None:
    await sold(database, clerk, [sale(ann, order="A-1"), sale(ann, order="A-2")], shop)
    acts = (database.write(refunds.refund, clerk, "A-1", 1000, shop, key="refund:1", now=AT) for _ in range(MANY))
    done = await together(database, *acts)
    assert kinds(done) == {"Refunded": MANY}
    assert {(each.amount, each.points, each.left) for each in done} == {(1000, 10, 9000)}
    assert await balance(database, ann) == 190
    with pytest.raises(StaleButton):  # the same key for another order
        await database.write(refunds.refund, clerk, "A-2", 1000, shop, key="refund:1", now=AT)


async def test_a_refund_and_an_undoing_at_once_are_one_of_them(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    for n in range(5):
        code = await database.write(issued, ann.member_id) if not n else None
        [made] = await sold(database, clerk, [sale(ann, order=f"A-{n}", coupon=code)], shop, f"sale:{n}")
        acts = [
            database.write(undoing.undo, clerk, made.id, shop, now=AT),
            database.write(refunds.refund, clerk, f"A-{n}", None, shop, key=f"refund:{n}", now=AT),
        ]
        done = await together(database, *acts[:: 1 if n % 2 else -1])
        one, other = sorted(done, key=lambda each: isinstance(each, ClubError))
        assert isinstance(one, Undone | Refunded)
        assert type(other).__name__ in ("NoSuchOrder", "UndoRefunded")
        assert await balance(database, ann) == 0


async def test_undone_at_once_is_undone_once(database: Database, ann: Person, clerk: Person, shop: Shop) -> None:
    code = await database.write(issued, ann.member_id, "points:50")
    [made] = await sold(database, clerk, [sale(ann, coupon=code)], shop)
    done = await together(database, *(database.write(undoing.undo, clerk, made.id, shop, now=AT) for _ in range(MANY)))
    assert kinds(done) == {"Undone": MANY}
    assert await balance(database, ann) == 0


def lay_slowly(session: Session) -> None:
    """An act: one line more of "tee" for the first purchase, by somebody who takes their time over it."""
    known = products.sold(session, ["tee"], now=AT)
    linger(session, 0.6)
    insert_once(session, PURCHASE_LINES, purchase_id=1, product_id=known["tee"], quantity=1)


async def test_what_is_merged_while_it_is_sold_leaves_no_line_behind(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    await sold(database, clerk, [sale(ann, lines=(Bought("tee"), Bought("tea")))], shop, "first")

    async def merging() -> Any:
        await asyncio.sleep(0.2)
        return await database.write(products.merge, clerk, "tee", "tea", now=AT)

    await asyncio.gather(database.write(lay_slowly), merging())
    await sold(database, clerk, [sale(ann, lines=(Bought("Tee"),))], shop)
    lines = select(Product.name, func.count()).join(PurchaseLine, col(PurchaseLine.product_id) == Product.id)
    counted = await database.read(lambda s: s.exec(lines.group_by(Product.name)).all())
    assert counted == [("tea", 4)]


async def test_two_that_are_merged_into_each_other_at_once_make_no_circle(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    await sold(database, clerk, [sale(ann, lines=(Bought("tee"), Bought("tea")))], shop)
    acts = [database.write(products.merge, clerk, *pair, now=AT) for pair in (("tee", "tea"), ("tea", "tee"))]
    done = await together(database, *acts)
    assert sorted(kinds(done)) == ["SameProduct", "tuple"]
    [known], more = await database.read(products.listed)
    assert (known.pieces, more) == (2, False)


async def test_a_machine_enters_without_a_person_and_learns_nothing_of_others(
    database: Database, ann: Person, clerk: Person, shop: Shop
) -> None:
    code = await database.write(issued, ann.member_id)
    told = sale(ann, source="api", coupon=code, order="P-1", lines=(Bought("tea", 2, 5000),))
    done = await database.write(purchases.enter, None, told, shop, key="api:1", now=AT)
    assert isinstance(done, Receipt)
    assert (done.paid, done.coupon.offer if done.coupon else None) == (9000, Offer("money", 1000))
    for again, refusal in ((replace(told, order="P-2"), CouponSpent), (replace(told, coupon=None), OrderExists)):
        with pytest.raises(refusal) as refused:
            await database.write(purchases.enter, None, again, shop, key="api:2", now=AT)
        assert "Ann" not in words(refused.value, shop)


async def test_what_a_machine_may_get_wrong_is_refused(database: Database, ann: Person, shop: Shop) -> None:
    wrong = {
        "BadMoney": {"total": 0},
        "BadPrice": {"lines": (Bought("tea", 1, -1),)},
        "BadQuantity": {"lines": (Bought("tea", 0),)},
        "BadProduct": {"lines": (Bought("\u3000"),)},
        "FuturePurchase": {"at": AT.replace(hour=12)},
        "BadOrder": {"order": "x" * 500},
        "UnknownMember": {"who": Who("api", "M9999999")},
        "NoSuchCoupon": {"coupon": "K7QM-3XWF-9TRB"},
    }
    for name, more in wrong.items():
        with pytest.raises(ClubError) as refusal:
            await database.write(purchases.enter, None, replace(sale(ann), **more), shop, key=name, now=AT)
        assert type(refusal.value).__name__ == name
    assert await count(database, Purchase) == 0
    assert await count(database, Product) == 0


@pytest.mark.parametrize(
    ("paid", "factor", "per_unit", "points"),
    [(12850, 100, "1", 128), (12850, 120, "1", 154), (99, 100, "1", 0), (67, 150, "1", 1), (12850, 100, "0.1", 12),
     (99_99, 150, "0.33", 49), (10**9, 1000, "20", 2 * 10**9)],
)  # fmt: skip
def test_points_are_rounded_down_once(paid: int, factor: int, per_unit: str, points: int) -> None:
    shop = Shop(rules=Rules(points=PointRules(per_unit=per_unit)))
    assert multipliers.Multiplier(factor).points(paid, shop) == points
