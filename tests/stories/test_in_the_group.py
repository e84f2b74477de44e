"""Commands and taps in the group: answered there, or in private where they are personal."""

import pytest

from tests.people import Play

pytestmark = pytest.mark.words


async def test_a_check_in_in_the_group_does_not_tell_the_balance(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    [done] = await ann.says("/checkin", group=True)
    assert "+5 points" in done
    assert "You have" not in done
    assert await ann.points() == 25
    [again] = await ann.says("签到", group=True)
    assert "already" in again


async def test_a_personal_command_in_the_group_is_answered_in_private(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    for text, like in (
        ("/points", "20 points"),
        ("积分", "20 points"),
        ("/profile", "About you"),
        ("/coupons", "No coupons"),
        ("/help", "/checkin"),
    ):
        assert await ann.says(text, group=True) == []
        assert like in ann.heard()[-1]


async def test_who_never_pressed_start_is_shown_the_way_and_nothing_personal(play: Play) -> None:
    await play.linked_group()
    lily = play.stranger("Lily")
    await lily.joins()
    await lily.says("/checkin", group=True)
    for text in ("/points", "/profile", "/deals"):
        [answer] = await lily.says(text, group=True)
        assert "press Start" in answer
        assert "5" not in answer
    assert lily.heard() == []
    [hello] = await lily.follows(lily.button("Start", group=True)[1])
    assert "Tea House" in hello


async def test_who_pressed_start_without_agreeing_is_asked_in_private(play: Play) -> None:
    await play.linked_group()
    lily = play.stranger("Lily")
    await lily.says("/start")
    await lily.joins()
    for asked, text in enumerate(("/deals", "/coupons"), 2):
        assert await lily.says(text, group=True) == []
        assert "If you agree" in lily.heard()[-1]
        assert len(lily.heard()) == asked


async def test_chatter_and_unknown_commands_are_met_with_silence_in_the_group(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    before = len(ann.heard())
    for text in (
        "hello",
        "/nothing",
        "/checkin@other_bot",
        "资料",
        "help",
        "/grant @ann 5 x",
        "/deal list",
        "1990-01-01",
    ):
        assert await ann.says(text, group=True) == []
    assert len(ann.heard()) == before


async def test_a_refused_staff_line_in_the_group_is_explained_in_private(play: Play) -> None:
    await play.linked_group()
    before = len(play.owner.heard())
    assert await play.owner.says("/grant @nobody 5 thanks", group=True) == []
    assert "I know no member" in play.owner.heard()[-1]
    assert len(play.owner.heard()) == before + 1


async def test_staff_grant_by_a_reply_in_the_group(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await ann.says("what a tea", group=True)
    said = ann.sees(group=True)[-1].id
    assert await play.owner.says("/grant 50 kind words", group=True, reply_to=said) == []
    assert await ann.points() == 70


async def test_what_i_have_claimed_is_not_told_in_the_group(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await play.owner.says('/deal new "Spring tea" 20% until:2d stock:5')
    await ann.taps("Claim", group=True)
    assert "You have it" in (await ann.says("/deals"))[0]
    [deals] = await ann.says("/deals", group=True)
    assert "Spring tea" in deals
    assert "You have it" not in deals
    ann.button("Claim: Spring tea", group=True)


async def test_a_made_up_tap_in_the_group_says_nothing_personal_there(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    for data in ("go:points", "go:profile", "tell:birthday", "notify:none", "lang:en", "go:help", "stop", "agree"):
        assert await ann.presses(data, group=True) == []
        assert "no longer works" in ann.notice()


async def test_a_typo_of_the_staff_in_the_group_is_explained_in_private(play: Play) -> None:
    await play.linked_group()
    mary = await play.member("Mary")
    await mary.joins()
    await play.owner.says("/staff add @mary clerk")
    for line, why in (
        ("/reedem K7QM", "didn't understand"),
        ("/deal list", "not available"),
        ("/audit", "not available"),
    ):
        assert await mary.says(line, group=True) == []
        assert f"“{line}” in the group" in mary.heard()[-1]
        assert why in mary.heard()[-1]
    heard = len(mary.heard())
    for text in ("hello", "/reedem@other_bot K7QM", "reedem"):
        assert await mary.says(text, group=True) == []
    assert len(mary.heard()) == heard


async def test_a_typo_of_staff_who_cannot_be_reached_is_met_with_silence(play: Play) -> None:
    await play.linked_group()
    mary = await play.member("Mary")
    await mary.joins()
    await play.owner.says("/staff add @mary clerk")
    await play.playground.block(mary.id)
    await play.quiet()
    heard = len(mary.heard())
    assert await mary.says("/reedem K7QM", group=True) == []
    assert len(mary.heard()) == heard
