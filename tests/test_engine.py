"""Acts under load: what is kept is whole, what fails is undone alone, and nobody sees what is not committed."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from bot.i18n import speaking, spoken
from db.engine import Database, in_hand, insert_once, tell
from db.inbox import INBOX
from db.members import MEMBERS, Member
from db.points import SHOP_DAYS
from tests.acts import (
    AT,
    Refused,
    balances,
    by_early_end,
    by_flush,
    by_refusal,
    by_statement,
    many,
    meet,
    move,
    outside,
    together,
)

WRITERS, MOVES, EACH = 50, 40, 100
DAY = date(2027, 2, 10)


async def test_fifty_writers_and_their_readers(database: Database):
    members = [await database.write(meet, EACH) for _ in range(WRITERS)]
    seen: set[tuple[int, int]] = set()

    async def write_and_read(writer: int) -> None:
        chance = random.Random(writer)
        for turn in range(MOVES):
            await database.write(move, *chance.sample(members, 2))
            if turn % 8 == writer % 8:  # the others write on while this one looks
                seen.add(await database.read(balances))

    async with asyncio.TaskGroup() as people:  # one "database is locked" would end it
        for writer in range(WRITERS):
            people.create_task(write_and_read(writer))
    assert seen == {(WRITERS * EACH, WRITERS * EACH)}


async def test_acts_and_looks_speak_the_language_of_whoever_asked(database: Database):
    async def ask(locale: str) -> tuple[str, str]:
        with speaking(locale):
            return await database.write(lambda _: spoken()), await database.read(lambda _: spoken())

    asked = ("zh_CN", "en", "zh_TW") * 5
    assert await asyncio.gather(*map(ask, asked)) == [(locale, locale) for locale in asked]


@pytest.mark.parametrize(
    ("fail", "error"),
    [(by_refusal, Refused), (by_statement, IntegrityError), (by_flush, IntegrityError), (by_early_end, RuntimeError)],
)
async def test_a_failing_act_is_undone_alone(database: Database, fail: Callable[[Session], None], error: type):
    told: list[str] = []
    database.listen("met", told.append)

    def act(session: Session, name: str, fails: bool) -> None:
        meet(session)
        session.add(Member(met_at=AT))
        tell(session, "met", name)
        if fails:
            fail(session)

    answers = await together(database, *(database.write(act, f"act {n}", n % 3 == 0) for n in range(12)))
    assert [type(answer) for answer in answers] == [error, type(None), type(None)] * 4
    assert await database.read(many) == 2 * 8
    assert sorted(told) == sorted(f"act {n}" for n in range(12) if n % 3)


async def test_acts_do_not_see_each_others_objects(database: Database):
    member = await database.write(meet)
    held: list[Member] = []

    def hold(session: Session) -> None:
        held.append(session.get_one(Member, member))
        held[-1].name = "changed in the act"

    def hold_and_fail(session: Session) -> None:
        session.add(Member(id=member + 1, met_at=AT))
        hold(session)
        raise Refused

    def look_around(session: Session) -> tuple[int, bool]:
        mine = session.get_one(Member, member)
        return len(list(session)) - 1, any(mine is each for each in held)

    for act in (hold, hold_and_fail):
        *_, seen = await together(database, database.write(act), database.write(look_around))
        assert seen == (0, False)
        held[-1].name = "changed after the act"
    names = await database.read(lambda session: session.connection().execute(select(MEMBERS.c.name)).scalars().all())
    assert names == ["changed in the act"]


async def test_a_key_is_taken_once(database: Database):
    values = {"platform": "playground", "state": "waiting", "received_at": AT, "payload": None}

    def take(session: Session, update_id: int) -> int | None:
        return insert_once(session, INBOX, **values, update_id=update_id)

    rows = await asyncio.gather(*(database.write(take, 7) for _ in range(20)))
    assert sorted(row is None for row in rows) == [False] + [True] * 19
    assert await database.write(take, 8) not in (None, *rows)


async def test_listeners_are_told_after_the_commit(database: Database, url: str):
    heard: list[tuple[str, str]] = []
    database.listen("met", lambda name: heard.append((name, outside(url, "SELECT count(*) FROM members"))))

    def act(session: Session, name: str) -> None:
        meet(session)
        tell(session, "met", name)
        tell(session, "nobody listens to this")

    await database.write(act, "Mei")
    await database.write(act, "Lan")
    assert heard == [("Mei", "1"), ("Lan", "2")]


@dataclass
class Hand:
    """An update in hand, whose row has the number 1."""

    done: bool = False
    broken: bool = False

    def settle(self, connection: Connection) -> None:
        if self.broken:
            raise Refused
        connection.execute(INBOX.update().values(state="done"))


async def test_the_update_in_hand_is_marked_with_its_act(database: Database, url: str):
    values = {"platform": "playground", "update_id": 1, "state": "waiting", "received_at": AT}
    await database.write(insert_once, INBOX, **values, payload=None)
    row = "SELECT state FROM inbox"

    def act(session: Session, fails: bool) -> None:
        meet(session)
        if fails:
            raise Refused

    for hand, fails in ((Hand(), True), (Hand(broken=True), False)):
        in_hand.set(hand)
        with pytest.raises(Refused):
            await database.write(act, fails)
        assert (hand.done, outside(url, row), await database.read(many)) == (False, "waiting", 0)
    in_hand.set(hand := Hand())
    await database.write(act, False)
    assert (hand.done, outside(url, row), await database.read(many)) == (True, "done", 1)


@pytest.mark.parametrize("write", [meet, by_flush, lambda session: insert_once(session, SHOP_DAYS, day=DAY)])
async def test_a_look_cannot_write(database: Database, write):
    def look(session: Session) -> None:
        write(session)
        session.flush()

    with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
        await database.read(look)
    assert await database.read(many) == 0


async def test_nobody_is_overtaken_for_ever(database: Database):
    served: set[int] = set()

    async def come_again(lane: int) -> None:
        while len(served) < 100:
            await database.write(meet)
            served.add(lane)

    async with asyncio.timeout(60), asyncio.TaskGroup() as lanes:
        for lane in range(100):
            lanes.create_task(come_again(lane))
    assert len(served) == 100
