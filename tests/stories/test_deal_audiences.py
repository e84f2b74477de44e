"""Deals step by step, and deals for some members only."""

import pytest

from tests.people import Play
from tests.stories.test_deals import deal, in_the_group, posts, wallet


async def tea_lover(play: Play) -> None:
    """Ann and Bob are in the group; Ann is tagged."""
    await play.owner.says("/tag @ann tea")


async def test_step_by_step_it_becomes_a_deal(play: Play) -> None:
    (ann,) = await in_the_group(play, "Ann")
    [question] = await play.owner.says("/deal")
    assert "What is the deal called?" in question
    assert "up to 60" in (await play.owner.says("x" * 61))[0] or "60" in play.owner.heard()[-1]
    assert "What does it bring?" in (await play.owner.says("Spring tea"))[0]
    assert "An offer is written like" in (await play.owner.says("free"))[0]
    await play.owner.taps("20% off")
    await play.owner.taps("The same for everybody")
    assert "Until when?" in (await play.owner.taps("Right now"))[0]
    assert "in the future" in (await play.owner.says("2020-01-01"))[0]
    await play.owner.taps("3 days")
    assert "Hours of the day are written like" in (await play.owner.says("14"))[0]
    await play.owner.taps("The whole day")
    assert "whole number" in (await play.owner.says("0"))[0]
    await play.owner.taps("10")
    assert "whole number" in (await play.owner.says("0"))[0]
    await play.owner.taps("2")
    await play.owner.taps("Everybody")
    assert "from 1 to 50" in (await play.owner.says("51"))[0]
    [summary] = await play.owner.taps("10")
    assert "Up to 2 for each member\nFor: Everybody\n10 in a hundred get no letter, to compare with." in summary
    assert posts(play) == []
    [made] = await play.owner.taps("Confirm")
    assert made.startswith("Deal 1 is open: “Spring tea”, 20% off, until 13 February, 10:00.")
    assert "10 left\nUp to 2 for each member" in posts(play)[0]
    await ann.taps("Claim", group=True)
    assert "Spring tea" in await wallet(ann)


async def test_a_step_can_be_taken_back_and_a_form_dropped(play: Play) -> None:
    await play.owner.says("/deal")
    await play.owner.says("Spring tea")
    assert "What is the deal called?" in (await play.owner.taps("Back"))[0]
    await play.owner.says("Autumn tea")
    assert "dropped" in (await play.owner.taps("Cancel"))[0]
    assert "No deals yet" in (await play.owner.says("/deal list"))[0]


async def test_a_deal_for_some_is_written_to_them_and_claimed_by_them_alone(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await tea_lover(play)
    heard = len(bob.heard())
    made = await deal(play, '"Tea pot" 30% until:2d stock:5 audience:"tag:tea"')
    assert "1 member gets a letter" in made
    assert "For some members of" in play.owner.heard(group=True)[-1]
    assert "Tea pot" in ann.heard()[-1]
    assert len(bob.heard()) == heard
    await bob.taps("Claim", group=True)
    assert "for other members" in bob.notice()
    assert "No deal is open" in (await bob.says("/deals"))[0]
    assert "Tea pot" in (await ann.says("/deals"))[0]
    await ann.taps("Claim", group=True)
    assert ["Tea pot" in await wallet(each) for each in (ann, bob)] == [True, False]
    assert "1 claimed, 4 left" in (await play.owner.says("/deal list"))[0]


async def test_who_falls_under_it_later_can_claim_it_too(play: Play) -> None:
    await play.member("Ann")
    await tea_lover(play)
    await deal(play, '"Tea pot" 30% until:2d audience:"tag:tea"')
    bob = await play.member("Bob")
    assert "for other members" in (await bob.presses("claim:1"))[0]
    await play.owner.says("/tag @bob tea")
    assert "It is yours" in (await bob.presses("claim:1"))[0]


async def test_an_audience_that_cannot_be_is_refused_in_one_sentence(play: Play) -> None:
    await play.member("Ann")
    for query, why in (
        ("tag:coffee", "Nobody falls under"),
        ("grde:vip", "Did you mean"),
        ("(grade:vip", "could not read the audience"),
        ("x" * 3000, "too long"),
    ):
        answer = await deal(play, f'"Tea pot" 30% until:2d audience:"{query}"')
        assert why in answer, query[:20]
    assert "No deals yet" in (await play.owner.says("/deal list"))[0]


async def test_a_named_audience_that_is_gone_is_nobody(play: Play) -> None:
    ann = await play.member("Ann")
    await tea_lover(play)
    await play.owner.says("/audience lovers tag:tea")
    assert "is planned" in await deal(play, '"Tea pot" 30% from:2h until:2d audience:"lovers"')
    await play.owner.says("/audience remove lovers")
    await play.until("2027-02-10 12:30")
    assert "for other members" in (await ann.presses("claim:1"))[0]


async def test_old_members_get_more_and_newcomers_see_it(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says("/grade @ann vip an old friend")
    made = await deal(play, '"Spring tea" 10% until:2d stock:5 extra:vip:20%')
    assert "is open" in made
    assert "10% off\nFrom vip up: 20% off" in bob.heard()[-1]
    post = next(m for m in play.owner.sees(group=True) if "Spring tea" in m.text)
    assert post.file
    assert "10% off\nFrom vip up: 20% off" in post.text
    for each in (ann, bob):
        await each.taps("Claim", group=True)
    await play.club.tick()
    assert "3 left" in posts(play)[0]
    assert ["20% off" in await wallet(each) for each in (ann, bob)] == [True, False]
    assert "10% off" in await wallet(bob)


async def test_the_form_asks_for_more_for_old_members(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/grade @ann regular an old friend")
    await play.owner.says("/deal")
    for answer in ("Spring tea", "10%"):
        await play.owner.says(answer)
    assert "should get more" in (await play.owner.says("vip:10%"))[0]
    assert "More for old members is written like" in (await play.owner.says("new:20%"))[0]
    await play.owner.taps("From regular up: 20% off")
    for answer in ("Right now", "3 days", "The whole day", "Any number", "1", "Everybody"):
        await play.owner.taps(answer)
    [summary] = await play.owner.taps("Nobody")
    assert "10% off\nFrom regular up: 20% off" in summary
    await play.owner.taps("Confirm")
    assert "20% off" in (await ann.presses("claim:1"))[0]


@pytest.mark.parametrize("extra", ["10%", "vip:5%", "vip:", "boss:20%", "new:20%", "free"])
async def test_no_more_for_old_members_makes_no_deal(play: Play, extra: str) -> None:
    assert "ld members" in await deal(play, f'"Spring tea" 10% until:2d extra:{extra}')
    assert "No deals yet" in (await play.owner.says("/deal list"))[0]


async def test_more_is_written_as_shopkeepers_say_it(play: Play) -> None:
    await deal(play, '"Spring tea" 9折 until:2d extra:熟客:8折')
    await deal(play, '"Cup" gift:tea until:2d extra:"vip:gift:a pot of tea"')
    assert "From regular up: 20% off" in (await play.owner.says("/deals"))[0]
    assert "From vip up: a gift: a pot of tea" in play.owner.heard()[-1]
