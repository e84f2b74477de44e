"""The menu over the club's rules: from a family to a rule, and the next text is its value."""

import asyncio

import pytest

from bot.clock import Clock
from bot.club import members, rules
from bot.club.members import Visitor
from bot.club.rules import OpenShop, Rules, Shop
from bot.platforms.playground import Playground
from bot.running import Club
from db.engine import Database
from tests.people import Play

pytestmark = pytest.mark.words


async def asked(play: Play, *path: str) -> str:
    """The owner goes from /settings to a rule; the question."""
    await play.owner.says("/settings")
    for label in path:
        [last] = await play.owner.taps(label)
    return last


async def test_from_the_menu_to_a_rule_and_its_value(play: Play) -> None:
    ann = await play.member("Ann")
    [overview] = await play.owner.says("/settings")
    assert "Points for a check-in: 5" in overview
    assert "How long points last: 12 months after any were last earned or used" in overview
    [family] = await play.owner.taps("Points")
    assert "/settings points.checkin 5" in family
    [question] = await play.owner.taps("Points for a check-in")
    assert "once a day" in question
    assert "from 0 to 1,000,000" in question
    assert await play.owner.says("7") == ["From now on: Points for a check-in: 7"]
    assert "+7" in (await ann.says("/checkin"))[0]
    assert "understand" in (await play.owner.says("8"))[0]
    assert "Points for a check-in: 7" in (await play.owner.taps("Points"))[0]
    assert "Birthday coupon: 20% off" in (await play.owner.taps("All rules"))[0]


async def test_a_value_that_does_not_work_leaves_the_question_open(play: Play) -> None:
    await asked(play, "Birthdays", "Birthday coupon")
    assert "gift:tea" in (await play.owner.says("a lot"))[0]
    assert "¥15 off" in (await play.owner.says("15"))[0]


@pytest.mark.parametrize(("word", "stands"), [("yes", "yes"), ("否", "no"), ("关", "no"), ("是", "yes")])
async def test_yes_and_no_are_understood(play: Play, word: str, stands: str) -> None:
    await asked(play, "sent on its own", "All of it is held")
    assert await play.owner.says(word) == [f"From now on: All of it is held: {stands}"]


async def test_a_question_about_a_rule_can_be_dropped(play: Play) -> None:
    await asked(play, "Points", "Prize for")
    await play.owner.taps("Cancel")
    assert "understand" in (await play.owner.says("7"))[0]
    await asked(play, "Points", "Prize for")
    await play.owner.says("/cancel")
    assert "understand" in (await play.owner.says("7"))[0]
    assert "Prize for days in a row: 20" in (await play.owner.says("/settings"))[0]


async def test_a_rule_shown_by_its_name_can_be_changed_by_a_button(play: Play) -> None:
    [shown] = await play.owner.says("/settings sending.quiet_from")
    assert "Quiet from: 21:00" in shown
    await play.owner.taps("Change it")
    assert await play.owner.says("22:30") == ["From now on: Quiet from: 22:30"]
    assert "/settings sending.quiet_from 22:30" in (await play.owner.says("/settings sending"))[0]


async def test_the_question_is_still_open_after_a_restart(play: Play) -> None:
    await asked(play, "Points", "Points for a check-in")
    await play.quiet()
    again = Playground(play.clock.now, "en")
    club = Club(play.database, {"playground": again}, OpenShop(play.club.shop.now), play.clock)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(club.run(stop, ticking=False))
        while not again.alive:
            await asyncio.sleep(0)
        assert await Play(club, again).owner.says("9") == ["From now on: Points for a check-in: 9"]
        stop.set()


async def test_who_is_no_owner_any_more_changes_nothing(play: Play) -> None:
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary owner")
    await mary.says("/settings")
    await mary.taps("Points")
    await mary.taps("Points for a check-in")
    await play.owner.says("/staff remove @mary")
    assert "not available" in (await mary.says("99"))[0]
    assert "Points for a check-in: 5" in (await play.owner.says("/settings"))[0]


async def test_forged_taps_open_nothing(play: Play) -> None:
    await play.owner.says("/settings")
    for data in ("rule:", "rule:points", "rule:points.__class__", "rules:x", "rules:points.checkin"):
        assert "no longer works" in (await play.owner.presses(data))[0], data


async def test_of_two_changes_the_later_stands_whichever_is_told_last(
    database: Database, shop: Shop, clock: Clock
) -> None:
    told: list[tuple[int, Rules]] = []
    database.listen("rules", told.append)
    owner = await database.write(members.meet, Visitor("playground", 1, "Wang"), private=True, now=clock.now())
    for value in ("7", "9"):
        await database.write(rules.change, owner.member_id, "points.checkin", value, now=clock.now())
    club = OpenShop(shop)
    for each in reversed(told):
        club.follow(each)
    assert club.now.rules.points.checkin == 9


async def test_a_rule_answers_to_its_name(play: Play) -> None:
    await play.owner.says("/start")
    await play.owner.presses("lang:zh_CN")
    assert "签到积分：8" in (await play.owner.says("/settings 签到积分 8"))[0]
    assert "生日优惠券" in (await play.owner.says("/settings 生日"))[0]
    assert "“签到积分”不能设成“很多”" in (await play.owner.says("/settings 签到积分 很多"))[0]
