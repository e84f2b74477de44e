"""Friends brought in a birthday week: both get more, if the owner says so, and give it back with the purchase."""

import asyncio
from datetime import timedelta

import pytest

from bot.club import referrals
from tests.people import Play, Someone
from tests.stories.test_birthdays import born
from tests.stories.test_referrals import bought, comes, letters, link_of, member_id

MORE = "Bring a friend until 27 March: in your birthday week that brings both of you"


async def in_the_week(play: Play, rule: str) -> tuple[Someone, Someone]:
    """Ann, whose birthday is in a few days, and a friend who came by her link."""
    await play.owner.says(f"/settings referral.birthday {rule}")
    ann = await born(play, "20 March 1990")
    await play.until("2027-03-15 10:00")
    return ann, await comes(play, "Cat", await link_of(ann))


@pytest.mark.parametrize(("rule", "hers", "theirs"), [("x2", 100, 40), ("30", 80, 50), ("none", 50, 20)])
async def test_both_get_more_and_give_it_back_with_the_purchase(play: Play, rule: str, hers: int, theirs: int) -> None:
    ann, cat = await in_the_week(play, rule)
    before = await ann.points()
    await bought(play, cat)
    await play.days(8)
    assert await ann.points() == before + hers
    assert await cat.points() == 20 + 40 + theirs
    assert letters(ann, "it was a birthday week") == letters(cat, "it was a birthday week") == (rule != "none")
    await play.owner.says("/refund #A-1")
    assert await ann.points() == before
    assert await cat.points() == 20


async def test_the_birthday_letters_and_the_invitation_mention_it(play: Play) -> None:
    ann, _cat = await in_the_week(play, "x2")
    assert sum(f"{MORE} 2 times as much." in text for text in ann.heard()) == 1
    assert "until 27 March, in your birthday week, bring both of you 2 times as much" in (await ann.says("/invite"))[0]
    await play.until("2027-03-20 10:00")
    assert sum(MORE in text for text in ann.heard()) == 2
    assert "Bring a friend to Tea House" in (await ann.taps("Invite a friend"))[0]
    await play.until("2027-03-28 10:00")
    assert "birthday week" not in (await ann.says("/invite"))[0]


async def test_nobody_hears_of_it_unless_the_owner_switches_it_on(play: Play) -> None:
    ann, _cat = await in_the_week(play, "none")
    await play.until("2027-03-20 10:00")
    assert letters(ann, "birthday week") == 0
    assert "birthday week" not in (await ann.says("/invite"))[0]


async def test_before_and_after_the_week_it_is_as_ever_and_so_it_is_for_a_birthday_told_late(play: Play) -> None:
    await play.owner.says("/settings referral.birthday x2")
    ann, late = await born(play, "20 March 1990"), await born(play, "1 March 1990", "Late")
    link, hers = await link_of(ann), await link_of(late)
    await play.until("2027-03-01 10:00")
    friends = [await comes(play, "Early", link), await comes(play, "Other", hers)]
    await play.until("2027-03-27 23:00")
    friends.append(await comes(play, "Last", link))
    await play.until("2027-03-28 00:30")
    friends.append(await comes(play, "Over", link))
    for number, friend in enumerate(friends):
        await bought(play, friend, f"A-{number}")
    await play.days(9)
    gained = [await friend.points() - 60 for friend in friends]
    assert gained == [20, 20, 40, 20]


async def test_the_owner_who_is_asked_reads_what_it_would_bring(play: Play) -> None:
    await play.owner.says("/start")
    ann, cat = await in_the_week(play, "x3")
    await play.owner.says("/staff add @ann clerk")
    await ann.says("/sale @cat 40 tea")
    await play.days(8)
    assert letters(play.owner, "150 points go to the one and 60 to the other") == 1
    await play.owner.presses(f"referral:yes:{await member_id(play, cat)}")
    assert await cat.points() == 20 + 40 + 60


async def test_two_jobs_at_once_pay_once(play: Play) -> None:
    ann, cat = await in_the_week(play, "x2")
    before = await ann.points()
    await bought(play, cat)
    later, shop = play.clock.now() + timedelta(days=8), play.club.shop.now
    for _again in range(2):
        await asyncio.gather(*(play.database.write(referrals.settle, shop, now=later, limit=10) for _ in range(6)))
    assert await ann.points() == before + 100


@pytest.mark.words
@pytest.mark.parametrize("rule", ["x1", "x11", "0", "twice", "10000"])
async def test_a_rule_that_makes_no_sense_is_refused(play: Play, rule: str) -> None:
    assert "does not work" in (await play.owner.says(f"/settings referral.birthday {rule}"))[0]
