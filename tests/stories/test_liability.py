"""What members may still come for, as the owner sees it, and the ceiling for what the club gives on its own."""

import asyncio

from sqlmodel import select

from bot.club import budget
from bot.club.rules import BudgetRules, Rules, Shop
from db.budget import BudgetMonth
from tests.people import Play, Someone


async def born(someone: Someone, day: str) -> None:
    """A member tells the birthday."""
    await someone.says("/profile")
    await someone.taps("Birthday")
    await someone.says(day)
    await someone.taps("Yes")


async def test_the_owner_sees_what_everything_would_cost(play: Play) -> None:
    assert (await play.owner.says("/liability"))[0].splitlines()[:2] == [
        "If everybody came for theirs: CN¥0",
        "· Points: 0, CN¥0",
    ]
    ann = await play.member("Ann")
    await play.owner.says("/grant @ann 330 thanks")
    await play.owner.says("/settings budget.hundred_points 2.50")
    await play.owner.says("/settings budget.basket 80")
    for value in ("12.50", "20%", "gift:tea", "points:100", "x3"):
        await play.owner.says(f"/coupon new TEA {value} 14")
        await play.owner.says("/coupon give TEA @ann")
    await play.owner.says("/gift new Cup 150 2")
    await ann.says("/gifts")
    await ann.taps("Cup")
    await ann.taps("Redeem")
    [seen] = await play.owner.says("负债")
    assert seen.splitlines() == [
        "If everybody came for theirs: CN¥53.75",
        "· Points: 200, CN¥5",
        "· Coupons, money off: 1, CN¥12.50",
        "· Coupons, per cent off: 1, CN¥16",
        "· Coupons, gifts: 1, CN¥10",
        "· Coupons, points: 1, CN¥2.50",
        "· Coupons, points multiplied: 1, CN¥4",
        "· Ordered gifts: 1, CN¥3.75",
        "Given on my own this month: CN¥0, without a limit.",
        "By your estimates: /settings budget",
    ]
    assert "not available here" in (await play.clerk.says("/liability"))[0]


async def test_points_that_lapse_soon_are_told(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says("/settings points.expiry days 40")
    assert "lapse within" not in (await play.owner.says("/liability"))[0]
    await play.down_until("2027-02-21 10:00")
    await play.member("Bob")
    assert "20 points lapse within 30 days" in (await play.owner.says("/liability"))[0]
    await play.owner.says("/settings points.expiry inactivity 12")
    assert "lapse within" not in (await play.owner.says("/liability"))[0]


async def test_the_budget_stops_what_is_given_on_its_own_and_nothing_else(play: Play) -> None:
    await play.owner.says("/settings budget.monthly 15")
    both = [await play.member(name) for name in ("Ann", "Bob")]
    for each in both:
        await born(each, "10 Apr")  # 20 % of 50 each
    await play.down_until("2027-04-03 10:00")
    assert sorted(sum("birthday is coming" in text for text in each.heard()) for each in both) == [0, 1]
    [told] = [text for text in play.owner.heard() if "used up" in text]
    assert told.startswith("This month's budget of CN¥15 is used up, so I give no more coupons on my own")
    assert "Given on my own this month: CN¥10 of CN¥15." in (await play.owner.says("/liability"))[0]
    await play.down_until("2027-04-10 10:00")
    assert all("Happy birthday" in each.heard()[-1] for each in both)
    await play.owner.says("/coupon new TEA 100 14")
    assert "Given to" in (await play.owner.says("/coupon give TEA @bob"))[0]
    await play.owner.taps("Change it")
    assert "Budget of a month: CN¥20" in (await play.owner.says("20"))[0]


async def test_the_next_month_begins_anew(play: Play) -> None:
    await play.owner.says("/settings budget.monthly 10")
    for name, day in (("Ann", "10 Apr"), ("Bob", "10 May")):
        await born(await play.member(name), day)
    for day in ("2027-04-03", "2027-05-03"):
        await play.down_until(f"{day} 10:00")
    kept = await play.database.read(lambda s: s.exec(select(BudgetMonth.month, BudgetMonth.spent)).all())
    assert [(f"{month}", spent) for month, spent in kept] == [("2027-04-01", 1000), ("2027-05-01", 1000)]


async def test_many_at_once_stay_within_the_budget(play: Play, shop: Shop) -> None:
    shop = Shop(shop.name, shop.zone, rules=Rules(budget=BudgetRules(monthly=10)))
    spends = (play.database.write(budget.spend, 300, shop, now=play.clock.now()) for _ in range(40))
    assert sum(await asyncio.gather(*spends)) == 3


async def test_wrong_amounts_are_refused(play: Play) -> None:
    for wrong in ("-1", "1.234", "lots", "NaN", "1e3", "99999999"):
        assert "does not work for" in (await play.owner.says(f"/settings budget.monthly {wrong}"))[0], wrong
    assert "Budget of a month: none" in (await play.owner.says("/settings budget"))[0]
    assert "a number from 0 to 10,000,000" in (await play.owner.says("/settings budget.monthly"))[0]
