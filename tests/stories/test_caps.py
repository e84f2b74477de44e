"""What a day brings at most, and how long somebody must be here before the first check-in."""

import pytest
from sqlmodel import select

from bot.club import caps, points
from db.points import CheckIn, Entry
from tests.people import Play, Someone
from tests.stories.test_points import ledger
from tests.stories.test_till import given


async def cap(play: Play, value: str) -> None:
    """The owner caps what a day brings."""
    [said] = await play.owner.says(f"/settings points.caps {value}")
    assert "From now on" in said


async def tells(someone: Someone, field: str, answer: str) -> str:
    """Tell something under /profile; the answer to it."""
    await someone.says("/profile")
    await someone.taps(field)
    [said] = await someone.says(answer)
    return said


async def test_the_owner_caps_a_day_in_words(play: Play) -> None:
    [shown] = await play.owner.says("/settings points.caps")
    assert "Most points in a day: none" in shown
    assert "checkin, profile, purchase, referral, review and coupon" in shown
    [said] = await play.owner.says("/settings points.caps checkin 10, profile 1050")
    assert said == "From now on: Most points in a day: check-in 10, profile 1,050"
    assert "to check-in 10, profile 1,050" in (await play.owner.says("/audit"))[0]
    await play.owner.presses("lang:zh_CN")
    assert "每天积分上限：签到 8，资料 50" in (await play.owner.says("/settings 每天积分上限 资料 50，签到8"))[
        0
    ].replace(", ", "，")
    assert "每天积分上限：无" in (await play.owner.says("/settings points.caps 不限"))[0]


@pytest.mark.parametrize(
    "value",
    ["10", "checkin", "checkin -1", "checkin 1.5", "tea 10", "checkin 5, checkin 6", "checkin 1000001", "x" * 999],
)
async def test_a_cap_that_cannot_be_read_changes_nothing(play: Play, value: str) -> None:
    [said] = await play.owner.says(f"/settings points.caps {value}")
    assert "does not work for “Most points in a day”. One that does: none." in said
    assert play.club.shop.now.rules.points.caps == "none"


@pytest.mark.parametrize(
    ("source", "family"),
    [
        ("checkin", "checkin"),
        ("streak", "checkin"),
        ("field:phone", "profile"),
        ("birthday_told", "profile"),
        ("purchase", "purchase"),
        ("grant", ""),
        ("consent", ""),
        ("given_back", ""),
    ],
)
def test_a_source_has_its_family(source: str, family: str) -> None:
    assert caps.family_of(source) == family


async def test_a_check_in_beyond_the_cap_is_cut_down_and_says_so(play: Play) -> None:
    ann = await play.member("Ann")
    await cap(play, "checkin 3")
    [done] = await ann.says("/checkin")
    assert done.startswith("Checked in: +3 points. Day 1 of your streak.\nToday's limit for check-ins is reached.")
    assert "You have 23 points" in done
    assert await ledger(play) == (23, 23, 2)
    assert await play.database.read(lambda s: s.exec(select(CheckIn.points)).all()) == [3]  # so the calendar tells


async def test_a_cap_of_nothing_still_counts_the_day(play: Play) -> None:
    ann = await play.member("Ann")
    await cap(play, "checkin 0")
    assert (await ann.says("/checkin"))[0].startswith("Checked in: +0 points. Day 1 of your streak.\nToday's limit")
    assert await ledger(play) == (20, 20, 1)
    await cap(play, "none")
    assert "already" in (await ann.says("/checkin"))[0]
    await play.days(1)
    assert "+5 points. Day 2" in (await ann.says("/checkin"))[0]


async def test_the_prize_of_a_streak_counts_in_the_same_day(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.streak_days 2")
    await cap(play, "checkin 12")
    assert "limit" not in (await ann.says("/checkin"))[0]
    await play.days(1)
    [second] = await ann.says("/checkin")
    assert "+12 points. Day 2" in second
    assert "🎉 7 of them" in second
    assert "Today's limit" in second
    assert await ann.points() == 20 + 5 + 12


async def test_what_is_told_counts_together_and_the_next_day_anew(play: Play) -> None:
    ann = await play.member("Ann")
    await cap(play, "profile 15")
    assert "+10 points" in await tells(ann, "Phone", "13800138000")
    assert "+5 points" in await tells(ann, "E-mail", "ann@example.com")
    assert "points" not in await tells(ann, "WeChat", "wechat_ann")
    assert await ann.points() == 35
    await tells(ann, "Birthday", "12 May")
    assert "points" not in (await ann.taps("Yes"))[0]
    await play.days(1)
    assert "+10 points" in await tells(ann, "WeChat", "wechat_ann")  # nothing was paid for it yet
    assert await ann.points() == 45
    assert await ledger(play) == (45, 45, 4)


async def test_a_coupon_of_points_pays_what_the_day_leaves(play: Play) -> None:
    ann, code = await given(play, "points:20")
    await cap(play, "coupon 15")
    assert "Done: 15 points for M0003" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert await ann.points() == 35


async def test_what_staff_give_is_never_capped(play: Play) -> None:
    ann = await play.member("Ann")
    await cap(play, "checkin 0, profile 0, purchase 0, referral 0, review 0, coupon 0")
    await play.owner.says("/grant @ann 500 for her")
    await play.owner.says("/deduct @ann 500 oh no")
    spent = await play.database.read(lambda s: s.exec(select(Entry.key).where(Entry.amount < 0)).one())
    shop, now = play.club.shop.now, play.clock.now()
    assert await play.database.write(points.give_back, spent, shop, key="back", now=now) == 520
    assert await ann.points() == 520


async def test_a_newcomers_first_check_in_waits_for_its_hour(play: Play) -> None:
    await play.linked_group()
    await play.owner.says("/settings points.checkin_after_hours 24")
    ann = await play.member("Ann")
    await ann.joins()
    soon = "Your first check-in works from 11 February, 10:00 on."
    assert soon in (await ann.says("/checkin"))[0]
    assert soon in (await ann.says("/checkin", group=True))[0]
    assert await ann.points() == 20
    await play.down_until("2027-02-11 09:59")
    assert soon in (await ann.says("/checkin"))[0]
    await play.down_until("2027-02-11 10:00")
    assert "+5 points. Day 1" in (await ann.says("/checkin"))[0]


@pytest.mark.parametrize("hours", ["-1", "721", "1.5", "soon"])
async def test_the_hours_have_bounds(play: Play, hours: str) -> None:
    assert "does not work" in (await play.owner.says(f"/settings points.checkin_after_hours {hours}"))[0]
