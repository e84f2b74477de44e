"""Check-in and the purse."""

import asyncio
from datetime import date, datetime, timedelta

from sqlmodel import func, select

from bot.club import checkins, points
from db.points import CheckIn, Entry, Lot, ShopDay
from tests.people import Play, Someone


async def ledger(play: Play) -> tuple[int, int, int]:
    """The sums of the lots' remaining and of the entries, and how many entries there are."""
    sums = select(func.sum(Lot.remaining)), select(func.sum(Entry.amount)), select(func.count()).select_from(Entry)
    return await play.database.read(lambda s: tuple(s.exec(each).one() for each in sums))


async def member_id(play: Play, someone: Someone) -> int:
    """The id behind somebody's member number."""
    return int((await someone.says("/profile"))[0].split("(M")[1][:4])


async def test_a_check_in_earns_five_points_once_a_day(play: Play) -> None:
    ann = await play.member("Ann")
    [done] = await ann.says("/checkin")
    assert "+5 points" in done
    assert "You have 25 points" in done
    [again] = await ann.says("/checkin")
    assert "already" in again
    assert await ann.points() == 25


async def test_the_seventh_day_in_a_row_brings_the_prize(play: Play) -> None:
    ann = await play.member("Ann")
    for _ in range(6):
        await ann.says("/checkin")
        play.clock.advance(timedelta(days=1))
    [seventh] = await ann.says("/checkin")
    assert "+25 points" in seventh
    assert await ann.points() == 20 + 7 * 5 + 20


async def test_the_shop_day_ends_at_midnight_in_the_shops_zone(play: Play) -> None:
    ann = await play.member("Ann")
    await play.down_until("2027-02-10 23:59")
    assert "+5" in (await ann.says("/checkin"))[0]
    await play.down_until("2027-02-11 00:00")
    assert "Day 2 of your streak" in (await ann.says("/checkin"))[0]
    await play.down_until("2027-02-11 08:00")  # midnight in UTC is nothing to this shop
    assert "already" in (await ann.says("/checkin"))[0]


async def test_the_day_is_the_clocks_and_never_the_messages(play: Play) -> None:
    ann = await play.member("Ann")
    play.playground._world.seconds = lambda: 0  # a client from 1970
    assert "+5" in (await ann.says("/checkin"))[0]
    assert "already" in (await ann.says("/checkin"))[0]
    assert await play.database.read(lambda s: s.exec(select(CheckIn.day)).all()) == [date(2027, 2, 10)]


async def test_a_day_on_which_the_bot_was_down_breaks_no_streak(play: Play) -> None:
    ann = await play.member("Ann")
    await play.club.tick()
    await ann.says("/checkin")
    await play.down_until("2027-02-14 12:00")
    assert "Day 2 of your streak" in (await ann.says("/checkin"))[0]


async def test_a_day_that_was_let_pass_breaks_the_streak(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    await play.down_until("2027-02-11 12:00")
    await play.down_until("2027-02-12 12:00")
    assert len(await play.database.read(lambda s: s.exec(select(ShopDay.day)).all())) == 2
    assert "Day 1 of your streak" in (await ann.says("/checkin"))[0]


async def test_a_clock_that_went_back_gives_nothing_twice(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    play.clock.advance(timedelta(days=-1))
    assert "already" in (await ann.says("/checkin"))[0]
    assert await ann.points() == 25


async def test_the_same_update_again_is_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    kept, keep = [], play.club.inbox.keep

    async def note(platform: str, updates: list) -> None:
        kept.extend(updates)
        await keep(platform, updates)

    play.playground._world.keep = note
    await ann.says("/checkin")
    await play.owner.says("/grant @ann 7 once")
    before = len(ann.heard())
    for _ in range(3):
        await keep("playground", kept)
    await play.quiet()
    assert len(ann.heard()) == before
    assert await ann.points() == 32


async def test_two_hundred_check_ins_at_once_are_one(play: Play) -> None:
    ann = await play.member("Ann")
    who = await member_id(play, ann)
    act = [play.database.write(checkins.check_in, who, play.club.shop.now, now=play.clock.now()) for _ in range(200)]
    done = await asyncio.gather(*act)
    assert sorted(each.earned for each in done) == [0] * 199 + [5]
    assert await ledger(play) == (25, 25, 2)
    assert await ann.points() == 25


async def test_awards_at_once_add_up_each_key_once(play: Play) -> None:
    ann = await play.member("Ann")
    who, now = await member_id(play, ann), play.clock.now()
    awards = [play.database.write(points.award, who, 3, "grant", key=f"test:{n % 20}", now=now) for n in range(60)]
    balances = [balance for balance in await asyncio.gather(*awards) if balance is not None]
    assert sorted(balances) == [20 + 3 * n for n in range(1, 21)]
    assert await ledger(play) == (80, 80, 21)
    assert await ann.points() == 80


async def test_fifty_taps_in_a_row_are_one_check_in(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/menu")
    menu, data = ann.button("Check in")
    await asyncio.gather(*(play.playground.press(ann.id, ann.id, menu.id, data) for _ in range(50)))
    await play.quiet()
    assert sum("+5 points" in text for text in ann.heard()) == 1
    assert await ann.points() == 25


async def test_points_names_the_balance_first_then_the_day_they_stay_until(play: Play) -> None:
    ann = await play.member("1234")
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 20 points.")
    assert "until 10 February 2028" in purse
    assert "+20 · welcome · 10 February" in purse
    await play.down_until("2027-03-01 12:00")
    await ann.says("/checkin")
    assert "until 1 March 2028" in (await ann.says("/points"))[0]


async def test_a_line_of_another_year_is_dated_with_it(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    assert "check-in · 10 February" in (await ann.says("/points"))[0]
    assert "2027" not in (await ann.says("/points"))[0].split("Latest")[1]
    await play.down_until("2028-01-02 10:00")
    assert "check-in · 10 February 2027" in (await ann.says("/points"))[0]


async def test_nobody_without_points_is_told_of_an_expiry(play: Play) -> None:
    [purse] = await play.stranger("Ann").says("/points")
    assert purse == "You have 0 points."


async def test_points_that_never_expire_have_no_day(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.expiry never")
    assert "until" not in (await ann.says("/points"))[0]


async def test_a_february_of_29_days_is_no_trouble_for_the_expiry(play: Play) -> None:
    ann = await play.member("Ann")
    play.clock.advance(datetime(2028, 2, 29, 12, tzinfo=play.zone) - play.clock.now())
    await ann.says("/checkin")
    assert "until 28 February 2029" in (await ann.says("/points"))[0]


async def test_points_says_what_a_refund_left_owed_and_what_pays_it(play: Play) -> None:
    ann = await play.member("Ann")
    who, now = await member_id(play, ann), play.clock.now()
    await play.database.write(points.award, who, 40, "grant", key="tea", now=now)
    await play.owner.says("/deduct @ann 52 a gift")
    back = {"earned_key": "tea", "key": "back", "now": now}
    await play.database.write(points.take_back, who, 40, "refund", **back)
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 0 points.\n32 points are still owed for a refund; what you earn next pays that")
    assert "-8 · a refund" in purse
    assert "You have 0 points" in (await ann.says("/checkin"))[0]
    [purse] = await ann.says("/points")
    assert "27 points are still owed" in purse
    assert "-5 · owed for a refund" in purse
    await play.owner.says("/grant @ann 30 sorry")
    assert "owed" not in (await ann.says("/points"))[0].split("Latest")[0]
    assert await ann.points() == 3


async def test_points_says_what_is_set_aside_for_an_order(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says('/gift new "Porcelain cup" 15 10')
    await ann.says("/gifts")
    await ann.taps("Porcelain cup")
    await ann.taps("Redeem")
    assert (await ann.says("/points"))[0].startswith(
        "You have 5 points.\n15 points are set aside for what you ordered."
    )
    await ann.taps("Cancel the order")
    await ann.taps("Confirm")
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 20 points.")
    assert "set aside" not in purse
