"""Points that lapse: by each rule, never before their time, and with a word well ahead."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlmodel import col, func, select

from bot.club import lapsing, points
from bot.club.expiry import Expiry, months_after
from bot.club.rules import Shop
from db.points import Entry, Lot
from tests.people import Play, Someone
from tests.stories.test_points import ledger, member_id

SHOP = Shop()


async def rule(play: Play, value: str) -> None:
    """The owner sets how long points last."""
    await play.owner.says(f"/settings points.expiry {value}")


async def mornings(play: Play, last: str, hour: int = 10) -> None:
    """Let the days pass, each with one round of the jobs."""
    while play.today() < date.fromisoformat(last):
        await play.down_until(f"{play.today() + timedelta(days=1)} {hour}:00")
    await play.quiet()


def warnings(someone: Someone) -> list[str]:
    """The letters about points that expire."""
    return [text for text in someone.heard() if "about to expire" in text]


@pytest.mark.parametrize(
    ("mode", "number", "begins", "since", "last_day"),
    [
        ("never", 0, "2027-02-10", None, None),
        ("days", 1, "2027-02-10", None, "2027-02-11"),
        ("days", 30, "2027-02-10", "2027-02-20", "2027-03-22"),
        ("days", 30, "2027-02-21", "2027-02-20", "2027-03-23"),
        ("inactivity", 12, "2027-02-10", None, "2028-02-10"),
        ("inactivity", 1, "2027-01-31", None, "2027-02-28"),
        ("inactivity", 12, "2020-01-01", "2027-02-10", "2028-02-10"),
        ("month_end", 0, "2028-02-10", None, "2028-02-29"),
        ("month_end", 0, "2027-02-10", "2027-03-15", "2027-04-30"),
        ("year_end", 0, "2027-02-10", None, "2027-12-31"),
        ("year_end", 0, "2027-02-10", "2027-03-15", "2028-12-31"),
    ],
)
def test_the_last_day(mode: str, number: int, begins: str, since: str | None, last_day: str | None) -> None:
    expiry = Expiry(SHOP, mode, number, since and date.fromisoformat(since))
    found = expiry.last_day(date.fromisoformat(begins))
    assert found == (last_day and date.fromisoformat(last_day))


def test_a_month_later_is_never_another_month() -> None:
    assert months_after(date(2027, 12, 31), 2) == date(2028, 2, 29)


async def test_points_are_good_through_their_last_day(play: Play) -> None:
    ann = await play.member("Ann")
    await play.days(1)
    await rule(play, "days 3")
    await play.down_until("2027-02-14 23:59")
    assert "20 of them expire after 14 February 2027" in (await ann.says("/points"))[0]
    await play.down_until("2027-02-15 00:00")
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 0 points")
    assert "-20 · expired" in purse
    assert await ledger(play) == (0, 0, 2)


async def test_each_days_points_go_on_their_own_day(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 5")
    await play.down_until("2027-02-12 10:00")
    await ann.says("/checkin")
    assert "20 of them expire after 15 February 2027\n5 of them expire after 17" in (await ann.says("/points"))[
        0
    ].replace(".", "")
    await play.down_until("2027-02-16 10:00")
    assert await ann.points() == 5
    await play.down_until("2027-02-18 10:00")
    assert await ledger(play) == (0, 0, 4)


async def test_a_movement_renews_all_points(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "inactivity 2")
    await play.down_until("2027-04-10 10:00")
    await ann.says("/checkin")
    await play.down_until("2027-06-10 23:59")
    assert await ann.points() == 25
    await play.down_until("2027-06-11 00:00")
    assert await ann.points() == 0
    assert await ledger(play) == (0, 0, 4)


async def test_an_expiry_is_no_movement(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 30")
    await play.down_until("2027-02-20 10:00")
    await ann.says("/checkin")
    await play.down_until("2027-03-20 10:00")
    assert await ann.points() == 5
    await rule(play, "inactivity 1")
    await play.down_until("2027-04-21 10:00")
    assert await ann.points() == 0


async def test_a_shorter_rule_takes_nothing_sooner_than_a_full_period(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "never")
    await play.down_until("2027-09-01 10:00")
    await rule(play, "days 10")
    await play.down_until("2027-09-11 23:00")
    assert await ann.points() == 20
    await play.down_until("2027-09-12 00:00")
    assert await ann.points() == 0


async def test_a_longer_rule_and_the_same_again_begin_no_new_period(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 5")
    await play.down_until("2027-02-12 10:00")
    await rule(play, "days 5")
    await rule(play, "days 6")
    await play.down_until("2027-02-16 23:30")
    assert await ann.points() == 20
    await play.down_until("2027-02-17 00:10")
    assert await ann.points() == 0


@pytest.mark.parametrize("mode", ["never", "inactivity 12", "month_end", "year_end", "days 400"])
async def test_a_rule_that_lets_points_stay_undoes_their_dates(play: Play, mode: str) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 5")
    await play.down_until("2027-02-14 10:00")
    await rule(play, mode)
    await play.down_until("2027-02-17 10:00")
    assert await ann.points() == 20
    [left] = await play.database.read(lambda s: s.exec(select(Lot.expires_at)).all())
    ends = {"month_end": "2027-03-31", "year_end": "2028-12-31", "days 400": "2028-03-16"}.get(mode)
    assert left == (SHOP.end_of(date.fromisoformat(ends)) if ends else None)


async def test_what_lapsed_and_was_not_collected_yet_cannot_be_spent(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 1")
    await play.club.tick()
    play.clock.advance(timedelta(days=3))
    assert "only 0" in (await play.owner.says("/deduct @ann 5 too late"))[0] or await ann.points() == 0
    await play.club.tick()
    assert await ledger(play) == (0, 0, 2)


async def test_the_night_again_and_at_once_takes_nothing_twice(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 1")
    who, now = await member_id(play, ann), play.clock.now() + timedelta(days=5)
    lots = list(await play.database.read(lambda s: s.exec(select(Lot.id)).all()))
    shop = play.club.shop.now
    collects = [play.database.write(lapsing.collect, lots, shop, now=now) for _ in range(20)]
    spends = [play.database.write(points.spend, who, 20, "gift", key=f"tea:{n}", now=now) for n in range(5)]
    await asyncio.gather(*collects, *spends, return_exceptions=True)
    assert await ledger(play) == (0, 0, 2)


async def test_a_warning_comes_thirty_and_seven_days_ahead(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "inactivity 3")  # until 10 May
    await play.down_until("2027-04-10 09:00")
    await play.quiet()
    assert warnings(ann) == []
    await play.down_until("2027-04-10 10:00")
    await play.quiet()
    [first] = warnings(ann)
    assert "20 points expire after 10 May 2027" in first
    await mornings(play, "2027-05-02")
    assert len(warnings(ann)) == 1
    await mornings(play, "2027-05-03")
    assert len(warnings(ann)) == 2
    await mornings(play, "2027-05-12")
    assert len(warnings(ann)) == 2
    assert await ann.points() == 0


async def test_of_two_warnings_missed_only_the_nearer_comes(play: Play) -> None:
    ann = await play.member("Ann")
    await play.down_until("2028-02-05 12:00")
    await play.quiet()
    assert len(warnings(ann)) == 1
    await mornings(play, "2028-02-09")
    assert len(warnings(ann)) == 1


async def test_daily_points_bring_a_letter_a_week_that_lists_all_dates(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 40")
    for _ in range(14):
        await ann.says("/checkin")
        await mornings(play, f"{play.today() + timedelta(days=1)}")
    await mornings(play, "2027-03-12")  # the first were warned of 30 days ahead of 22 March
    [first] = warnings(ann)[:1]
    assert first.count("expire after") >= 8
    await mornings(play, "2027-04-05")
    assert 2 <= len(warnings(ann)) <= 5


async def test_who_used_them_in_time_hears_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    await rule(play, "days 60")
    await play.owner.says("/deduct @ann 20 a gift")
    await mornings(play, "2027-04-15")
    assert warnings(ann) == []
    assert (
        await play.database.read(lambda s: s.exec(select(func.count()).where(col(Entry.source) == "expiry")).one()) == 0
    )
