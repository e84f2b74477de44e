"""What is doubtful, rare or left behind holds up nobody, and none of it is forgotten."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.clock import Clock
from bot.club import outbox, sending, staff
from bot.club.members import number
from bot.club.rules import OpenShop, Shop
from bot.platforms.playground import Playground
from bot.running import Club
from db.engine import Database
from db.members import ACCOUNTS
from db.outbox import LETTERS
from tests.faults.letters import CODE, START, confirm, fill
from tests.faults.running import OWNER
from tests.standin import message, person


def listed(session: Session) -> str:
    facts = session.connection().execute(select(LETTERS.c.facts).where(LETTERS.c.kind == "doubtful")).scalars()
    return "\n".join(" ".join(item) for each in facts for item in each["items"])


async def test_the_owner_learns_of_every_doubt_however_many(database: Database) -> None:
    await database.write(staff.appoint, "telegram", {OWNER: "owner"}, now=START)

    def doubt(session: Session) -> None:
        for member in range(1, 131):
            outbox.report(session, "doubtful", member, "deal", now=START)

    await database.write(doubt)
    told = await database.read(listed)
    assert all(number(member) in told for member in range(1, 131))


async def test_letters_that_go_one_at_a_time_hold_up_no_other(database: Database, shop: Shop) -> None:
    await database.write(fill, 2, 25)

    def post(session: Session) -> None:
        account, other = session.connection().execute(select(ACCOUNTS.c.id).order_by(ACCOUNTS.c.id)).scalars()
        for n in range(40):
            outbox.post(session, "coupon_issued", key=f"coupon:{n}", now=START, account_id=account, member_id=1, **CODE)
        facts: dict[str, Any] = {"amount": 5, "reason": "thanks", "balance": 5}
        outbox.post(session, "points_changed", key="points", now=START, account_id=other, member_id=2, **facts)

    await database.write(post)
    taken: list[str] = []
    for _ in range(2):
        letters, _again = await database.write(sending.turn, (), 5 - len(taken), frozenset(), shop, now=START)
        taken += [letter.kind for letter in letters]
    assert taken.count("coupon_issued") == 1
    assert "points_changed" in taken


async def test_a_turn_whose_answer_is_lost_strands_no_letter(
    database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(fill, 8, 25)
    await database.write(confirm, shop)
    playground = Playground(lambda: START, shop.locale)
    club = Club(database, {"playground": playground}, OpenShop(shop), Clock(START))
    keep, lost = database.write, [1, 3]  # of the turns

    async def write(act: Any, *args: Any, **kwargs: Any) -> Any:
        result = await keep(act, *args, **kwargs)
        if act is sending.turn and lost:
            lost[0] -= 1
            if not lost[0]:
                lost.pop(0)
                raise ConnectionError("the server went away after the commit")
        return result

    monkeypatch.setattr(database, "write", write)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(club.delivery.run())
        await asyncio.wait_for(club.delivery.quiet(), 60)
        running.cancel()
    assert not lost
    assert (await database.read(outbox.counted, now=START))["sending"] == 0


async def test_what_arrives_during_the_start_is_handled_once(database: Database, shop: Shop, clock: Clock) -> None:
    club = Club(database, {"playground": Playground(clock.now, shop.locale)}, OpenShop(shop), clock)
    handled: list[int] = []

    async def note(bot: Any, update: Any, **_: Any) -> None:
        handled.append(update.update_id)

    club.desk.feed_update = note  # type: ignore[method-assign]
    news: list[Mapping[str, Any]] = [{"update_id": n, **message(person(7), "/checkin")} for n in range(20)]
    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(club.inbox.keep("playground", news))
        await asyncio.sleep(0.05)
        running = tasks.create_task(club.inbox.run())
        await keeping
        await club.inbox.settled()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    assert handled == list(range(20))
