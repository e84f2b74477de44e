"""The timetable: a job that ran twice changes nothing, and one that was missed is caught up by the next."""

from datetime import timedelta

from sqlmodel import select

from db.inbox import INBOX
from db.outbox import Letter
from db.points import ShopDay
from tests.people import Play
from tests.tables import everything


async def test_a_second_run_of_every_job_changes_nothing(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await play.owner.says('/deal new "Spring tea" 20% until:2d stock:5')
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("10 Feb")
    await ann.taps("Yes")
    await ann.presses("claim:1")
    await play.club.tick()
    before = await play.database.read(everything)
    for job in play.club.jobs:
        for _ in range(2):
            await job.run()
            await play.quiet()
            assert await play.database.read(everything) == before, job.name


async def test_every_job_has_a_name_of_its_own_and_a_pace(play: Play) -> None:
    names = [job.name for job in play.club.jobs]
    assert len(set(names)) == len(names)
    assert all(0 < job.seconds <= 3600 for job in play.club.jobs)


async def test_what_is_due_after_an_outage_is_caught_up_in_the_first_thirty_seconds(play: Play) -> None:
    assert all(job.seconds <= 30 for job in play.club.jobs if job.name in ("occasions", "deals", "deal-posts"))


async def test_a_shop_day_is_noted_once(play: Play) -> None:
    for _ in range(3):
        await play.club.tick()
    await play.down_until("2027-02-12 00:01")
    days = await play.database.read(lambda s: s.exec(select(ShopDay.day).order_by(ShopDay.day)).all())
    assert [str(day) for day in days] == ["2027-02-10", "2027-02-12"]


async def test_handled_updates_lose_their_payload_and_a_month_later_their_number(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/points")
    rows = await play.database.read(lambda s: s.connection().execute(select(INBOX.c.state, INBOX.c.payload)).all())
    assert {tuple(row) for row in rows} == {("done", None)}
    play.clock.advance(timedelta(days=31))
    await play.club.tick()
    assert await play.database.read(lambda s: s.connection().execute(select(INBOX.c.id)).all()) == []


async def test_a_deal_that_opened_and_closed_while_the_bot_was_down_writes_to_nobody(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says('/deal new "Night tea" 20% from:14:00 until:1h')
    heard = len(ann.heard())
    await play.down_until("2027-02-10 18:00")
    assert len(ann.heard()) == heard
    assert "is over" in (await ann.presses("claim:1"))[0]
    states = await play.database.read(lambda s: s.exec(select(Letter.state).where(Letter.kind == "deal")).all())
    assert set(states) <= {"dropped"}
