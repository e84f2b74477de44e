"""The day's caps: two awards at once never pass them, and where there are none a check-in costs nothing more."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.club import checkins, earnings, points
from bot.club.rules import PointRules, Rules, Shop
from db.engine import Database
from db.points import LOTS
from tests.acts import AT, meet
from tests.club.test_ledger import sums


def shop(**rules: Any) -> Shop:
    """A shop with rules about points."""
    return Shop(rules=Rules(points=PointRules(**rules)))


async def test_awards_at_once_never_pass_the_cap(database: Database) -> None:
    who = await database.write(meet)
    capped = shop(caps="purchase 50")
    awards = [
        database.write(earnings.earn, who, 7, "purchase", capped, key=f"order:{n}:earn", now=AT) for n in range(40)
    ]
    done = await asyncio.gather(*awards)
    assert sum(each.points for each in done) == 50
    assert sorted(each.points for each in done if each.points) == [1] + [7] * 7
    assert [each.capped for each in done].count(True) == 33
    assert await sums(database) == (50, 50, 50)


async def test_the_same_key_again_brings_nothing(database: Database) -> None:
    who = await database.write(meet)
    once = {"key": "order:1:earn", "now": AT}
    first = await database.write(earnings.earn, who, 7, "purchase", shop(), **once)
    again = await database.write(earnings.earn, who, 7, "purchase", shop(), **once)
    assert (first.points, first.balance, first.capped) == (7, 7, False)
    assert (again.points, again.balance) == (0, None)


async def test_others_and_other_sources_have_a_day_of_their_own(database: Database) -> None:
    ann, bob = await database.write(meet), await database.write(meet)
    capped = shop(caps="purchase 10, review 10")
    for number, (who, source) in enumerate([(ann, "purchase"), (ann, "review"), (bob, "purchase"), (ann, "grant")]):
        done = await database.write(earnings.earn, who, 10, source, capped, key=f"{number}", now=AT)
        assert done.points == 10
    assert (await database.write(earnings.earn, ann, 10, "review", capped, key="more", now=AT)).points == 0


async def test_what_was_taken_back_can_be_earned_again_that_day(database: Database) -> None:
    who = await database.write(meet)
    capped = shop(caps="purchase 50")
    await database.write(earnings.earn, who, 50, "purchase", capped, key="slip", now=AT)
    await database.write(points.take_back, who, 30, "undone", earned_key="slip", key="undo", now=AT)
    done = await database.write(earnings.earn, who, 50, "purchase", capped, key="right", now=AT)
    assert (done.points, done.balance, done.capped) == (30, 50, True)


async def statements(database: Database, act: Any, *args: Any, **kwargs: Any) -> int:
    """How many statements an act costs, apart from beginning and ending it."""
    said: list[str] = []
    if database.dialect == "sqlite":
        raw = database._acts._connection.connection.dbapi_connection
        raw.set_trace_callback(said.append)
        await database.write(act, *args, **kwargs)
        raw.set_trace_callback(None)
    else:
        engine = database._acts._engine.sync_engine

        def note(*about: Any) -> None:
            said.append(about[2])

        event.listen(engine, "before_cursor_execute", note)
        await database.write(act, *args, **kwargs)
        event.remove(engine, "before_cursor_execute", note)
    return sum(each.split()[0] in ("SELECT", "INSERT", "UPDATE", "WITH", "DELETE") for each in said)


@pytest.mark.parametrize(("rules", "more"), [({}, 0), ({"caps": "profile 5"}, 0), ({"checkin_after_hours": 1}, 1)])
async def test_a_check_in_costs_no_statement_for_rules_that_are_not_set(
    database: Database, rules: dict[str, Any], more: int
) -> None:
    who = await database.write(meet)
    cost = await statements(database, checkins.check_in, who, shop(**rules), now=AT + timedelta(hours=1))
    assert cost == {"sqlite": 4, "postgresql": 2}[database.dialect] + more
    assert (await sums(database))[0] == 5


async def test_a_capped_check_in_looks_under_a_lock(database: Database) -> None:
    who = await database.write(meet)
    cost = await statements(database, checkins.check_in, who, shop(caps="checkin 3"), now=AT)
    assert cost == {"sqlite": 5, "postgresql": 4}[database.dialect]
    amounts = select(func.sum(LOTS.c.amount))
    assert await database.read(lambda s: s.connection().execute(amounts).scalar_one()) == 3
