"""What a refund takes back: of its own lot first, then of the others; the rest is owed, and the next points pay it."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select

from bot.club import books, lapsing, merges, points, privacy, purses
from bot.club.errors import NotEnoughPoints
from bot.club.points import TakenBack
from bot.club.rules import PointRules, Rules, Shop
from db.engine import Database
from db.members import MEMBERS
from db.points import ENTRIES, LOT_USES, LOTS
from tests.acts import AT, meet
from tests.club.test_ledger import DAY, lots, somebody, sums

DAYS = Shop(rules=Rules(points=PointRules(expiry="days 3")))


async def taken(database: Database, who: int, amount: int, *, earned: str = "tea", key: str = "refund") -> TakenBack:
    """What a refund takes back."""
    about = {"earned_key": earned, "key": key, "now": AT + DAY}
    return await database.write(points.take_back, who, amount, "refund", **about)


async def owes(database: Database) -> list[int]:
    """What everybody owes."""
    return list(
        await database.read(
            lambda s: s.connection().execute(select(MEMBERS.c.owed).order_by(MEMBERS.c.id)).scalars().all()
        )
    )


async def entries(database: Database) -> list[tuple[int, str]]:
    """The ledger's lines."""
    lines = select(ENTRIES.c.amount, ENTRIES.c.source).order_by(ENTRIES.c.id)
    return [tuple(row) for row in await database.read(lambda s: s.connection().execute(lines).all())]


async def test_a_refund_takes_of_its_own_lot_first_then_what_expires_soonest_then_what_is_pending(
    database: Database,
) -> None:
    who = await somebody(database, ("late", 10, AT + 9 * DAY), ("soon", 10, AT + 5 * DAY), ("tea", 10, None))
    await database.write(points.award, who, 10, "purchase", key="pending", now=AT, available_at=AT + 8 * DAY)
    assert await taken(database, who, 6, key="a part") == TakenBack(6, 0)
    assert await lots(database) == {"late": 10, "soon": 10, "tea": 4, "pending": 10}
    await database.write(points.spend, who, 7, "gift", key="cup", now=AT + DAY)
    await database.write(points.award, who, 90, "purchase", key="large", now=AT + DAY)
    await database.write(points.spend, who, 90, "gift", key="pot", now=AT + DAY)
    assert await lots(database) == {"late": 0, "soon": 0, "tea": 0, "pending": 10, "large": 17}
    assert await taken(database, who, 20, earned="large", key="some") == TakenBack(20, 0)
    assert await lots(database) == {"late": 0, "soon": 0, "tea": 0, "pending": 7, "large": 0}
    assert await taken(database, who, 90, earned="large", key="all") == TakenBack(7, 63)
    assert await sums(database) == (0, 0, 0)
    assert await owes(database) == [63]


async def test_the_uses_of_a_refund_are_recorded(database: Database) -> None:
    who = await somebody(database, ("soon", 10, AT + 5 * DAY), ("late", 10, AT + 9 * DAY), ("tea", 10, None))
    await database.write(points.spend, who, 5, "gift", key="cup", now=AT + DAY)
    assert await taken(database, who, 10, earned="soon") == TakenBack(10, 0)
    used = select(LOTS.c.key, LOT_USES.c.amount).join_from(LOT_USES, LOTS).where(LOT_USES.c.entry_id == 5)
    rows = await database.read(lambda s: s.connection().execute(used.order_by(LOTS.c.key)).all())
    assert [tuple(row) for row in rows] == [("late", 5), ("soon", 5)]
    assert await sums(database) == (15, 15, 15)


async def test_the_next_points_pay_a_debt_first_as_an_entry(database: Database) -> None:
    who = await somebody(database, ("tea", 20, None))
    await database.write(points.spend, who, 20, "gift", key="cup", now=AT)
    assert await taken(database, who, 20) == TakenBack(0, 20)
    assert await entries(database) == [(20, "grant"), (-20, "gift")]  # nothing was taken, so no entry
    assert await database.write(points.award, who, 15, "grant", key="a", now=AT + DAY) == 0
    assert await owes(database) == [5]
    assert await database.write(points.award, who, 15, "grant", key="b", now=AT + DAY) == 10
    assert await database.write(points.award, who, 15, "grant", key="c", now=AT + DAY) == 25
    assert await entries(database) == [
        (20, "grant"),
        (-20, "gift"),
        (15, "grant"),
        (-15, "debt"),
        (15, "grant"),
        (-5, "debt"),
        (15, "grant"),
    ]
    assert await lots(database) == {"tea": 0, "a": 0, "b": 10, "c": 15}
    assert await owes(database) == [0]
    assert await sums(database) == (25, 25, 25)


async def test_points_that_come_back_pay_a_debt_too(database: Database) -> None:
    who = await somebody(database, ("tea", 20, None))
    await database.write(points.spend, who, 20, "gift", key="cup", now=AT)
    await taken(database, who, 12)
    assert await database.write(points.give_back, "cup", Shop(), key="no cup", now=AT + DAY) == 8
    assert await owes(database) == [0]
    assert await sums(database) == (8, 8, 8)


async def test_a_refund_is_taken_once_for_each_key(database: Database) -> None:
    who = await somebody(database, ("tea", 20, None), ("other", 50, None))
    for _twice in range(2):
        assert await taken(database, who, 15, key="first") == TakenBack(15, 0)
    assert await taken(database, who, 15, key="second") == TakenBack(5, 0)
    assert await taken(database, who, 15, key="third") == TakenBack(0, 0)
    assert await taken(database, who, 15, key="second") == TakenBack(5, 0)
    assert await lots(database) == {"tea": 0, "other": 50}


async def test_a_debt_is_left_once_for_each_key(database: Database) -> None:
    who = await somebody(database, ("tea", 20, None))
    await database.write(points.spend, who, 20, "gift", key="cup", now=AT)
    for _twice in range(2):
        assert await taken(database, who, 20) == TakenBack(0, 20)
    assert await owes(database) == [20]


async def test_what_lapsed_of_a_lot_is_not_taken_again(database: Database) -> None:
    who = await somebody(database, ("tea", 20, None))
    await database.write(points.spend, who, 5, "gift", key="cup", now=AT)
    night = AT + 9 * DAY
    found = await database.read(lapsing.look_over, DAYS, now=night, after=0, limit=9, every=True)
    await database.write(lapsing.collect, found.due, DAYS, now=night)
    await database.write(points.award, who, 50, "grant", key="other", now=night)
    about = {"earned_key": "tea", "now": night}
    assert await database.write(points.take_back, who, 20, "refund", key="refund", **about) == TakenBack(5, 0)
    assert await database.write(points.take_back, who, 20, "refund", key="again", **about) == TakenBack(0, 0)
    assert await sums(database) == (45, 45, 45)


async def test_what_is_over_and_was_not_collected_yet_is_not_taken_either(database: Database) -> None:
    who = await somebody(database, ("tea", 20, AT + DAY), ("over", 20, AT + DAY), ("good", 3, AT + 2 * DAY))
    await database.write(points.spend, who, 6, "gift", key="cup", now=AT)
    assert await taken(database, who, 20) == TakenBack(3, 3)
    assert await lots(database) == {"tea": 14, "over": 20, "good": 0}


async def test_nothing_is_taken_back_that_was_not_earned(database: Database) -> None:
    who = await somebody(database, ("tea", 20, None))
    other = await database.write(meet)
    assert await taken(database, who, 20, earned="nothing") == TakenBack(0, 0)
    assert await taken(database, other, 20) == TakenBack(0, 0)
    assert await taken(database, who, 0) == TakenBack(0, 0)
    assert await sums(database) == (20, 20, 20)


async def test_who_is_erased_owes_nothing_and_nothing_is_taken_of_them(database: Database) -> None:
    who = await somebody(database, ("tea", 20, None), ("bread", 10, None))
    await database.write(points.spend, who, 30, "gift", key="cup", now=AT)
    await taken(database, who, 20)
    await database.write(privacy.erase, who, now=AT)
    assert await owes(database) == [0]
    assert await taken(database, who, 10, earned="bread", key="late") == TakenBack(0, 0)
    assert await owes(database) == [0]


async def test_a_refund_after_a_merge_knows_what_was_taken_before(database: Database) -> None:
    gone = await somebody(database, ("tea", 20, None))
    await database.write(points.spend, gone, 15, "gift", key="cup", now=AT)
    assert await taken(database, gone, 12, key="before") == TakenBack(5, 7)
    stays = await database.write(meet)
    await database.write(points.award, stays, 4, "grant", key="a", now=AT)
    await database.write(merges.join, gone, stays, Shop(), now=AT)
    assert await owes(database) == [0, 3]  # what they had paid a part
    assert await taken(database, stays, 20, key="after") == TakenBack(0, 8)
    assert await sums(database) == (0, 0, 0)
    assert await owes(database) == [0, 11]
    assert await database.read(books.faults) == []


async def test_a_purse_tells_what_is_owed(database: Database, shop: Shop) -> None:
    who = await somebody(database, ("tea", 20, None))
    await database.write(points.spend, who, 15, "gift", key="cup", now=AT)
    await taken(database, who, 20)
    mine = await database.read(purses.look, who, shop, now=AT + DAY)
    assert (mine.points, mine.owed) == (0, 15)


@pytest.mark.parametrize("seed", range(3))
async def test_refunds_awards_and_spends_at_once_lose_no_point(database: Database, seed: int) -> None:
    who = await somebody(database, *((f"tea {n}", 10, None) for n in range(10)))
    spent = 0

    async def spend(n: int) -> None:
        nonlocal spent
        with suppress(NotEnoughPoints):
            await database.write(points.spend, who, 7, "gift", key=f"cup {n}", now=AT + DAY)
            spent += 7

    acts: list[Coroutine[Any, Any, object]] = [spend(n) for n in range(10)]
    acts += [taken(database, who, 10, earned=f"tea {n % 10}", key=f"back {n % 10}") for n in range(20)]
    acts += [database.write(points.award, who, 3, "grant", key=f"more {n}", now=AT + DAY) for n in range(10)]
    random.Random(seed).shuffle(acts)
    await asyncio.gather(*acts)
    balance, *_others = three = await sums(database)
    assert len(set(three)) == 1
    assert balance - sum(await owes(database)) == 10 * 3 - spent  # ten times ten came and went
