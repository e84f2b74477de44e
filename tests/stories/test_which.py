"""Where several members fit a name, buttons ask which."""

import pytest

from tests.people import Play

pytestmark = pytest.mark.words


async def test_two_anns_are_asked_about_and_the_grant_counts_once(play: Play) -> None:
    first, second = await play.member("Ann Lee"), await play.member("Ann Lee")
    before = await second.points()
    [asked] = await play.owner.says('/grant "Ann Lee" 40 thank you')
    assert "Which one" in asked
    numbers = [label for row in play.owner.sees()[-1].buttons for label, _ in row]
    assert numbers == ["M0003 Ann Lee", "M0004 Ann Lee", "Cancel"]
    await play.owner.taps("M0004")
    await play.owner.taps("M0004")
    assert await second.points() == before + 40
    assert await first.points() == before


async def test_a_choice_that_nobody_asked_for_is_stale(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/help")
    [refusal] = await play.owner.presses("which:3")
    assert "no longer works" in refusal
    assert await ann.points() == 20
