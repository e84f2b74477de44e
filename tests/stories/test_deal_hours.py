"""Deals that can be claimed at some hours of the day only, and their last hours."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.club import deal_looks, deals, members
from bot.club.errors import DealGone
from bot.club.members import Visitor
from bot.club.rules import Shop
from bot.club.windows import BadWindow, Window
from db.outbox import Letter
from tests.people import Play, Someone
from tests.stories.test_deals import deal, in_the_group, posts, wallet

BERLIN = Shop(name="Tea House", zone=ZoneInfo("Europe/Berlin"))


async def test_it_is_claimed_at_its_hours_each_day_and_at_no_other(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await deal(play, '"Afternoon cup" gift:tea until:3d stock:20 daily:14:00-14:30')
    assert "Each day 14:00 to 14:30" in posts(play)[0]
    await ann.taps("Claim", group=True)
    assert ann.notice() == "“Afternoon cup” can be claimed from 14:00 to 14:30 each day."
    await play.until("2027-02-10 14:00")
    await ann.taps("Claim", group=True)
    await play.until("2027-02-10 14:30")
    assert "from 14:00 to 14:30" in (await bob.presses("claim:1"))[0]
    await play.until("2027-02-11 14:29")
    assert "It is yours" in (await bob.presses("claim:1"))[0]
    assert ["Afternoon cup" in await wallet(each) for each in (ann, bob)] == [True, True]
    assert "2 claimed, 19 left today" in (await play.owner.says("/deal list"))[0]


async def test_hours_over_midnight(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play, '"Night cup" gift:tea until:3d limit:3 daily:22:00–02:00')
    await play.down_until("2027-02-10 23:59")
    assert "It is yours" in (await ann.presses("claim:1"))[0]
    await play.down_until("2027-02-11 01:59")
    assert "It is yours" in (await ann.presses("claim:1"))[0]
    await play.down_until("2027-02-11 02:00")
    assert "each day" in (await ann.presses("claim:1"))[0]


async def test_each_day_the_stock_begins_anew_and_the_post_counts_it(play: Play) -> None:
    ann, bob, cat = await in_the_group(play, "Ann", "Bob", "Cat")
    made = await deal(play, '"Last cup" gift:cup until:2027-02-12T12:00 stock:1 daily:14:00-14:30')
    assert "is open" in made
    assert "1 each day" in posts(play)[0]
    await play.until("2027-02-10 14:00")
    assert "1 left today" in posts(play)[0]
    await ann.taps("Claim", group=True)
    await play.club.tick()
    assert "All taken for today" in posts(play)[0]
    assert not next(m for m in play.owner.sees(group=True) if "Last cup" in m.text).buttons
    assert "taken for today. There are more from 14:00" in (await bob.presses("claim:1"))[0]
    await play.until("2027-02-10 14:30")
    assert "1 each day" in posts(play)[0]
    await play.until("2027-02-11 14:10")
    await ann.taps("Claim", group=True)
    assert "already" in ann.notice()
    await bob.taps("Claim", group=True)
    assert "It is yours" in bob.notice()
    assert "All of “Last cup” are taken. We are sorry" in (await cat.presses("claim:1"))[0]
    assert "2 claimed" in (await play.owner.says("/deal list"))[0]


async def test_fifty_at_the_first_stroke_of_the_second_day_take_that_days_stock(play: Play) -> None:
    await deal(play, '"Last cup" gift:cup until:3d stock:3 daily:14:00-14:30')
    shop, meet, won = play.club.shop.now, members.meet, []
    for day in (10, 11):
        await play.down_until(f"2027-02-{day} 14:00")
        now = play.clock.now()
        people = [
            await play.database.write(meet, Visitor("playground", day * 1000 + n, f"P{n}"), private=True, now=now)
            for n in range(50)
        ]
        claims = [play.database.write(deals.claim, each, 1, shop, by_letter=False, now=now) for each in people]
        done = await asyncio.gather(*claims, return_exceptions=True)
        won.append(sum(not isinstance(each, DealGone) for each in done))
    assert won == [3, 3]


async def test_a_hundred_at_the_stroke_of_the_hour_take_the_stock_and_no_more(play: Play) -> None:
    await deal(play, '"Last cup" gift:cup until:2d stock:3 daily:14:00-14:30')
    await play.down_until("2027-02-10 14:00")
    now, shop, meet = play.clock.now(), play.club.shop.now, members.meet
    people = [
        await play.database.write(meet, Visitor("playground", 5000 + n, f"P{n}"), private=True, now=now)
        for n in range(100)
    ]
    claims = [play.database.write(deals.claim, each, 1, shop, by_letter=False, now=now) for each in people]
    done = await asyncio.gather(*claims, return_exceptions=True)
    assert sum(isinstance(each, DealGone) for each in done) == 97


async def test_claims_beside_a_stop_are_coupons_or_refusals(play: Play) -> None:
    await deal(play, '"Last cup" gift:cup until:2d stock:50')
    now, shop, meet = play.clock.now(), play.club.shop.now, members.meet
    people = [
        await play.database.write(meet, Visitor("playground", 5000 + n, f"P{n}"), private=True, now=now)
        for n in range(20)
    ]
    acts = [play.database.write(deals.claim, each, 1, shop, by_letter=False, now=now) for each in people]
    acts.insert(10, play.database.write(deals.stop, people[0], 1, shop, now=now))  # type: ignore[arg-type]
    done = await asyncio.gather(*acts, return_exceptions=True)
    won = sum(isinstance(each, deals.coupons.Issued) for each in done)
    [shown] = await play.database.read(deal_looks.listed, shop, now=now)
    assert (shown.state, shown.claimed) == ("stopped", won)


async def test_bad_hours_are_refused_in_one_sentence(play: Play) -> None:
    for hours in ("14:30-14:00", "14:00-14:00", "25:00-26:00", "14:00", "14-15", "x" * 3000):
        assert "Hours of the day are written like" in await deal(play, f'"Tea" 20% until:2d daily:"{hours}"'), hours
    assert "over before 14:00-14:30" in await deal(play, '"Tea" 20% until:2h daily:14:00-14:30')
    assert "No deals yet" in (await play.owner.says("/deal list"))[0]


@pytest.mark.parametrize(
    ("hours", "day", "begins", "lasts"),
    [
        ("02:15-02:45", date(2027, 3, 28), datetime(2027, 3, 28, 1, 15, tzinfo=UTC), 30),  # leapt over: after the leap
        ("02:30-03:00", date(2027, 3, 28), datetime(2027, 3, 28, 1, 30, tzinfo=UTC), 30),
        ("23:30-03:30", date(2027, 3, 27), datetime(2027, 3, 27, 22, 30, tzinfo=UTC), 180),
        ("02:00-02:30", date(2027, 10, 31), datetime(2027, 10, 31, tzinfo=UTC), 30),  # twice: the first of the two
        ("01:30-03:30", date(2027, 10, 31), datetime(2027, 10, 30, 23, 30, tzinfo=UTC), 180),
    ],
)
def test_every_day_has_its_hours_where_the_clocks_change_too(
    hours: str, day: date, begins: datetime, lasts: int
) -> None:
    window = Window.read(hours)
    opens, closes = window.on(day, BERLIN)
    assert (opens, closes - opens) == (begins, timedelta(minutes=lasts))
    assert window.is_open(BERLIN, opens)
    assert window.is_open(BERLIN, closes - timedelta(seconds=1))
    assert not window.is_open(BERLIN, closes)
    assert not window.is_open(BERLIN, opens - timedelta(seconds=1))


def test_hours_are_read_as_they_are_written_here_and_there() -> None:
    for text in ("14:00-14:30", "14：00～14：30", "14:00至14:30", " 14:00 – 14:30 ".replace(" –", "–")):
        assert Window.read(text) == Window(time(14), time(14, 30)), text
    with pytest.raises(BadWindow):
        Window.read("14:00-02:01")


def reminded(*people: Someone) -> list[int]:
    """How often each was told that a deal ends soon."""
    return [sum("It ends soon" in text for text in each.heard()) for each in people]


async def test_a_day_before_the_end_those_are_reminded_who_have_not_claimed(play: Play) -> None:
    ann, bob, kim = await play.member("Ann"), await play.member("Bob"), await play.member("Kim")
    await deal(play, '"Spring tea" 20% until:3d')
    await ann.presses("claim:1")
    await kim.says("/stop")
    await play.until("2027-02-12 09:59")
    assert reminded(ann, bob, kim) == [0, 0, 0]
    late = await play.member("Lily")
    await play.until("2027-02-12 10:01")
    assert reminded(ann, bob, kim, late) == [0, 1, 0, 1]
    await bob.taps("Claim")
    assert "Spring tea" in await wallet(bob)
    await play.until("2027-02-13 12:00")
    assert reminded(ann, bob, kim, late) == [0, 1, 0, 1]


async def test_a_reminder_is_an_offer_like_others_and_dropped_for_who_claims(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await deal(play, '"Spring tea" 20% until:8h')
    await play.until("2027-02-10 17:00")
    assert reminded(ann, bob) == [0, 0]
    await deal(play, '"Autumn tea" 20% until:2027-02-12T20:00')
    await play.until("2027-02-11 19:59")
    await play.down_until("2027-02-12 08:00")
    await ann.presses("claim:2")
    await play.until("2027-02-12 10:00")
    assert reminded(ann, bob) == [0, 1]


async def test_of_what_is_taken_stopped_or_short_nobody_is_reminded(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await deal(play, '"Spring tea" 20% until:3d stock:1')
    await ann.presses("claim:1")
    await deal(play, '"Autumn tea" 20% until:3d')
    await play.owner.says("/deal stop 2")
    await deal(play, '"Winter tea" 20% until:3h')
    await play.until("2027-02-13 12:00")
    assert reminded(ann, bob) == [0, 0]


async def test_whose_letter_waits_still_gets_that_alone(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play, '"Spring tea" 20% until:8h')
    await deal(play, '"Autumn tea" 20% until:2027-02-12T20:00')
    await play.down_until("2027-02-12 08:00")
    await play.until("2027-02-12 19:00")
    assert reminded(ann) == [0]
    assert sum("Autumn tea" in text for text in ann.heard()) == 1


async def test_a_short_deal_is_reminded_of_two_hours_before_its_end_and_a_shorter_one_not_at_all(play: Play) -> None:
    await play.owner.says("/settings sending.promo_per_day 9")
    await play.owner.says("/settings sending.promo_per_week 9")
    ann = await play.member("Ann")
    await deal(play, '"Spring tea" 20% until:5h')
    await deal(play, '"Autumn tea" 20% until:8h')
    for hour in ("13:30", "14:30", "15:59"):
        await play.until(f"2027-02-10 {hour}")
        assert reminded(ann) == [0]
    await play.until("2027-02-10 16:01")
    assert reminded(ann) == [1]
    assert "Autumn tea" in ann.heard()[-1]


async def test_no_reminder_is_written_that_could_only_come_too_late(play: Play) -> None:
    await play.owner.says("/settings sending.promo_per_day 9")
    ann = await play.member("Ann")
    await deal(play, '"Night tea" 20% until:23:30')  # its last hours fall into the quiet ones
    await deal(play, '"Morning cup" gift:cup until:18:00 daily:10:00-10:30')  # and no more of these come
    await play.until("2027-02-10 16:30")
    assert reminded(ann) == [0]
    await play.until("2027-02-10 21:45")
    written = select(Letter.key).where(col(Letter.key).startswith("deal_reminder:"))
    assert await play.database.read(lambda session: session.exec(written).all()) == []
