"""Deals step by step, and deals for some members only."""

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
    assert "Until when?" in (await play.owner.taps("Right now"))[0]
    assert "in the future" in (await play.owner.says("2020-01-01"))[0]
    await play.owner.taps("3 days")
    assert "Hours of the day are written like" in (await play.owner.says("14"))[0]
    await play.owner.taps("The whole day")
    assert "whole number" in (await play.owner.says("0"))[0]
    await play.owner.taps("10")
    assert "whole number" in (await play.owner.says("0"))[0]
    await play.owner.taps("2")
    [summary] = await play.owner.taps("Everybody")
    assert "Up to 2 for each member\nFor: Everybody" in summary
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
