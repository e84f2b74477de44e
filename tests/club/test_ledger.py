"""The ledger by itself: what is spent comes from the lots, and goes back to them."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.club import points, purses
from bot.club.errors import NotEnoughPoints
from bot.club.rules import PointRules, Rules, Shop
from db.engine import Database
from db.members import MEMBERS
from db.points import ENTRIES, LOT_USES, LOTS
from tests.acts import AT, meet

DAY = timedelta(days=1)
Award = tuple[str, int, datetime | None]


async def somebody(database: Database, *lots: Award) -> int:
    """A member with lots: of each its key, its points and its expiry. Returns the member's id."""
    who = await database.write(meet)
    for number, (key, amount, expires) in enumerate(lots):
        at = AT + number * timedelta(hours=1)
        await database.write(points.award, who, amount, "grant", key=key, now=at)
        await database.write(_date, key, expires)
    return who


def _date(session: Session, key: str, expires: datetime | None) -> None:
    session.connection().execute(LOTS.update().where(LOTS.c.key == key).values(expires_at=expires))


async def lots(database: Database) -> dict[str, int]:
    """What is left of each lot."""
    rows = await database.read(lambda s: s.connection().execute(select(LOTS.c.key, LOTS.c.remaining)).all())
    return {row.key: row.remaining for row in rows}


async def sums(database: Database) -> tuple[int, int, int]:
    """The balances, what is left of the lots, and the entries, each in one sum: always the same number."""
    columns = MEMBERS.c.points, LOTS.c.remaining, ENTRIES.c.amount
    return await database.read(
        lambda s: tuple(s.connection().execute(select(func.coalesce(func.sum(c), 0))).scalar_one() for c in columns)
    )


async def test_what_expires_soonest_is_spent_first_and_goes_back_to_its_lots(database: Database) -> None:
    given = [("for ever", 10, None), ("late", 10, AT + 30 * DAY), ("soon", 10, AT + 3 * DAY)]
    who = await somebody(database, *given)
    assert await database.write(points.spend, who, 15, "gift", key="tea", now=AT + DAY) == 15
    assert await lots(database) == {"for ever": 10, "late": 5, "soon": 0}
    assert await database.write(points.give_back, "tea", None, key="no tea", now=AT + DAY) == 30
    assert await lots(database) == {"for ever": 10, "late": 10, "soon": 10}
    assert await sums(database) == (30, 30, 30)
    used = await database.read(lambda s: s.connection().execute(select(LOT_USES.c.entry_id, LOT_USES.c.amount)).all())
    assert sorted(used) == [(4, 5), (4, 10), (5, 5), (5, 10)]


async def test_what_was_given_back_is_never_given_back_again(database: Database) -> None:
    who = await somebody(database, ("lot", 20, None))
    await database.write(points.spend, who, 15, "gift", key="tea", now=AT)
    tries = [database.write(points.give_back, "tea", None, key=f"back:{n % 4}", now=AT) for n in range(40)]
    assert sorted(each for each in await asyncio.gather(*tries) if each is not None) == [20]
    assert await sums(database) == (20, 20, 20)


async def test_what_is_pending_is_shown_apart_and_spent_when_it_has_come(database: Database, shop: Shop) -> None:
    who = await somebody(database, ("lot", 20, None))
    await database.write(points.award, who, 9, "grant", key="order", now=AT, available_at=AT + DAY)
    mine = await database.read(purses.look, who, shop, now=AT)
    assert (mine.points, mine.pending) == (20, 9)
    assert await sums(database) == (29, 29, 29)
    with pytest.raises(NotEnoughPoints):
        await database.write(points.spend, who, 21, "gift", key="tea", now=AT + DAY / 2)
    assert await database.write(points.spend, who, 21, "gift", key="tea", now=AT + DAY) == 8
    assert await sums(database) == (8, 8, 8)


async def test_what_is_given_back_is_dated_by_the_rule_as_it_stands(database: Database) -> None:
    who = await somebody(database, ("first", 20, None), ("second", 20, AT + DAY))
    await database.write(points.spend, who, 40, "gift", key="tea", now=AT)  # before any night dated them
    days = Shop(rules=Rules(points=PointRules(expiry="days 3")))
    await database.write(points.give_back, "tea", days, key="no tea", now=AT + 2 * DAY)
    dated = await database.read(lambda s: s.connection().execute(select(LOTS.c.expires_at)).scalars().all())
    assert dated == [days.end_of(days.day(AT + 3 * DAY))] * 2
    with pytest.raises(NotEnoughPoints):
        await database.write(points.spend, who, 1, "gift", key="late", now=AT + 5 * DAY)


async def test_nothing_is_given_back_that_was_not_spent(database: Database) -> None:
    await somebody(database, ("lot", 20, None))
    assert await database.write(points.give_back, "nothing", None, key="a", now=AT) is None
    assert await database.write(points.give_back, "lot", None, key="b", now=AT) is None
    assert await sums(database) == (20, 20, 20)


async def test_nobody_is_given_back_what_they_left(database: Database) -> None:
    who = await somebody(database, ("lot", 20, None))
    await database.write(points.spend, who, 20, "gift", key="tea", now=AT)
    gone = MEMBERS.update().values(erased_at=AT)
    await database.write(lambda s: s.connection().execute(gone) and None)
    assert await database.write(points.give_back, "tea", None, key="back", now=AT) is None
    assert await sums(database) == (0, 0, 0)


async def test_the_ledger_cannot_be_told_that_an_entry_undid_another(database: Database) -> None:
    who = await somebody(database, ("lot", 20, None))
    await database.write(points.spend, who, 5, "gift", key="tea", now=AT)
    forged = ENTRIES.update().where(ENTRIES.c.key == "lot").values(undoes=2)
    with pytest.raises(DBAPIError, match="never changed"):
        await database.write(lambda s: s.connection().execute(forged) and None)
