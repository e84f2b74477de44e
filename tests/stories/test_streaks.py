"""Streaks: a prize for so many days in a row, nothing for the past, and no harm by our own outage or clock."""

from datetime import timedelta

import pytest
from sqlmodel import select

from db.points import CheckIn, Entry
from tests.people import Play, Someone


async def next_day(play: Play) -> None:
    """The clock goes on a day, and the jobs run."""
    play.clock.advance(timedelta(days=1))
    await play.club.tick()


async def comes(play: Play, someone: Someone, days: int) -> list[str]:
    """Check in on so many days in a row, from today on, until the morning after; the answers."""
    said = []
    for _ in range(days):
        said += await someone.says("/checkin")
        await next_day(play)
    return said


async def prizes(play: Play) -> list[int]:
    """What was paid for streaks."""
    return list(await play.database.read(lambda s: s.exec(select(Entry.amount).where(Entry.source == "streak")).all()))


@pytest.mark.parametrize("days", ["1", "0", "366", "-7", "7.5", "week"])
async def test_a_cycle_has_two_to_365_days(play: Play, days: str) -> None:
    assert "does not work" in (await play.owner.says(f"/settings points.streak_days {days}"))[0]
    for works in ("2", "365"):
        assert f"prize: {works}" in (await play.owner.says(f"/settings points.streak_days {works}"))[0]


async def test_every_cycle_brings_the_prize_again(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.streak_days 3")
    said = await comes(play, ann, 7)
    assert ["🎉" in each for each in said] == [False, False, True, False, False, True, False]
    assert await prizes(play) == [20, 20]


async def test_a_year_of_days_in_a_row_is_a_cycle_too(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.streak_days 365")
    await ann.says("/checkin")
    await play.database.write(
        lambda s: setattr(s.exec(select(CheckIn)).one(), "streak", 363)
    )  # so it is not a long test
    await next_day(play)
    assert "One more day and 20 extra points" in (await ann.says("/checkin"))[0]
    await next_day(play)
    assert "Day 365 of your streak.\n🎉 20" in (await ann.says("/checkin"))[0]
    await next_day(play)
    assert "Day 366 of your streak.\n364 more days" in (await ann.says("/checkin"))[0]


async def test_a_shorter_cycle_in_the_middle_of_a_streak_pays_nothing_for_the_past(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.streak_days 30")
    await comes(play, ann, 5)
    before = await ann.points()
    await play.owner.says("/settings points.streak_days 4")  # a prize would have been due on day 4
    assert await prizes(play) == []
    [sixth] = await ann.says("/checkin")
    assert "+5 points. Day 6 of your streak.\n2 more days" in sixth
    assert await ann.points() == before + 5
    await next_day(play)
    said = await comes(play, ann, 2)
    assert ["🎉" in each for each in said] == [False, True]  # day 8
    assert await prizes(play) == [20]


async def test_a_longer_cycle_takes_nothing_back_and_goes_on_counting(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.streak_days 2")
    await comes(play, ann, 3)
    await play.owner.says("/settings points.streak_days 5")
    said = await comes(play, ann, 2)
    assert "Day 4 of your streak.\nOne more day" in said[0]
    assert "Day 5 of your streak.\n🎉" in said[1]
    assert await prizes(play) == [20, 20]


async def test_a_prize_that_was_none_is_not_paid_later(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.streak_prize 0")
    said = await comes(play, ann, 8)
    assert not any("🎉" in each or "extra" in each for each in said)
    await play.owner.says("/settings points.streak_prize 50")
    [ninth] = await ann.says("/checkin")
    assert "+5 points. Day 9 of your streak.\n5 more days and 50 extra points" in ninth
    assert await prizes(play) == []


async def test_a_week_of_our_own_outage_breaks_no_streak_and_counts_no_day(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await comes(play, ann, 5)
    await ann.says("/checkin")
    await play.down_until("2027-02-24 12:00")
    assert "Day 7 of your streak.\n🎉" in (await ann.says("/checkin"))[0]
    assert "Day 1 of your streak" in (await bob.says("/checkin"))[0]


async def test_the_day_on_which_we_went_down_counts_as_a_day_that_could_be_used(play: Play) -> None:
    ann = await play.member("Ann")
    await comes(play, ann, 2)  # and the jobs ran on the third day
    await play.down_until("2027-02-20 12:00")
    assert "Day 1 of your streak" in (await ann.says("/checkin"))[0]


async def test_a_clock_that_goes_back_a_day_and_forward_neither_pays_twice_nor_breaks(play: Play) -> None:
    ann = await play.member("Ann")
    await comes(play, ann, 3)
    assert "Day 4" in (await ann.says("/checkin"))[0]
    before = await ann.points()
    play.clock.advance(timedelta(days=-1))
    await play.club.tick()
    assert "already: day 4" in (await ann.says("/checkin"))[0]
    play.clock.advance(timedelta(days=1))
    await play.club.tick()
    assert "already: day 4" in (await ann.says("/checkin"))[0]
    assert await ann.points() == before
    await next_day(play)
    assert "Day 5" in (await ann.says("/checkin"))[0]


async def test_a_clock_that_jumps_ahead_and_back_costs_nobody_the_days_between(play: Play) -> None:
    ann = await play.member("Ann")
    await comes(play, ann, 2)
    play.clock.advance(timedelta(days=3))
    await play.club.tick()
    play.clock.advance(timedelta(days=-3))
    said = await comes(play, ann, 5)
    assert [f"Day {n} of" in each for n, each in enumerate(said, 3)] == [True] * 5
