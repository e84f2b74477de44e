"""The timetable: a job that ran twice changes nothing, and one that was missed is caught up by the next."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.club import inbox
from db.engine import Database
from db.inbox import INBOX
from db.outbox import Letter
from db.points import ShopDay
from tests.people import Play
from tests.tables import everything

CANARY = "a secret of the canary"
NOW = datetime(2027, 2, 10, tzinfo=UTC)


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
    assert all(
        job.seconds <= 30 for job in play.club.jobs if job.name in ("occasions", "coupons", "deals", "deal-posts")
    )


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


async def test_what_could_not_be_decoded_is_emptied_after_a_week(play: Play) -> None:
    await play.club.inbox.keep("playground", [{"update_id": 7, "message": {"text": CANARY}}])
    look = select(INBOX.c.state, INBOX.c.payload).where(INBOX.c.update_id == 7)
    for days, kept in ((6, True), (2, False)):
        await play.quiet()
        play.clock.advance(timedelta(days=days))
        await play.club.tick()
        [(state, payload)] = await play.database.read(lambda s: s.connection().execute(look).all())
        assert (state, payload is not None) == ("odd", kept)


async def test_no_word_of_a_stranger_stays_in_the_files(play: Play, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL's own files are its administrator's")
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    files = [file, file.with_name(file.name + "-wal")]
    await play.stranger("Lily").says(CANARY)
    assert any(CANARY.encode() in each.read_bytes() for each in files)
    await play.club.tick()
    assert not any(CANARY.encode() in each.read_bytes() for each in files)


async def test_no_word_of_a_stranger_stays_after_a_clean_stop(database: Database, url: str) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL's own files are its administrator's")
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    [kept] = await database.write(inbox.receive, "playground", [{"update_id": 7, "text": CANARY}], (), now=NOW)
    await database.read(inbox.waiting)
    await database.write(inbox.mark, [kept.row])
    await database.close()
    assert not any(CANARY.encode() in each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


async def test_a_deal_that_opened_and_closed_while_the_bot_was_down_writes_to_nobody(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says('/deal new "Night tea" 20% from:14:00 until:1h')
    heard = len(ann.heard())
    await play.down_until("2027-02-10 18:00")
    assert len(ann.heard()) == heard
    assert "is over" in (await ann.presses("claim:1"))[0]
    states = await play.database.read(lambda s: s.exec(select(Letter.state).where(Letter.kind == "deal")).all())
    assert set(states) <= {"dropped"}
