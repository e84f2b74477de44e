"""The blacklist: what each level stops, who may put whom on it, and that it goes with the person."""

import re
from typing import Any

import pytest

from bot.platforms.playground import Impossible
from tests.people import Play, Someone
from tests.tables import everything

CLOSED = "closed to you at the moment"


async def test_who_earns_no_points_earns_none_by_anything(play: Play) -> None:
    ann = await play.member("Ann")
    before = await ann.points()
    [put] = await play.owner.says("/block @ann points sells accounts")
    assert "earns no points" in put
    assert "claims" not in put
    assert "more" in (await ann.says("/checkin"))[0]
    await play.owner.says("/sale @ann 40 tea")
    await ann.says("/profile")
    await ann.taps("Phone")
    await ann.says("13800138000")
    assert await ann.points() == before
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    await ann.says("/deals")
    assert "It is yours" in (await ann.taps("Spring tea"))[0]  # this level stops nothing else
    await play.owner.says("/unblock @ann")
    await play.owner.says("/sale @ann 40 tea")
    assert await ann.points() == before + 40


async def test_in_the_group_nobody_else_learns_of_it(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await play.owner.says("/block @ann points sells accounts")
    [said] = await ann.says("/checkin", group=True)
    assert said == "Checked in. Day 1 of your streak."


async def test_who_claims_no_deals_gets_none_and_none_from_a_friend(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await play.owner.says("/block @ann deals resells them")
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    assert not any("Spring tea" in text for text in ann.heard())
    assert any("Spring tea" in text for text in bob.heard())
    assert "blacklist" in (await play.owner.says("/why @ann"))[0]
    await ann.says("/deals")
    assert CLOSED in (await ann.taps("Spring tea"))[0]
    await play.owner.says('/coupon new "Free cup" gift:cup 30 transferable:yes')
    await play.owner.says('/coupon give "Free cup" @bob')
    await bob.says("/coupons")
    [said] = await bob.taps("Pass on")
    await ann.follows(re.search(r"https://\S+", said)[0])  # type: ignore[index]
    assert CLOSED in (await ann.taps("Accept"))[0]
    assert "Free cup" in (await bob.says("/coupons"))[0]


async def test_who_gets_no_letters_gets_none_and_is_answered(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/block @ann messages insults the staff")
    heard = len(ann.heard())
    await play.owner.says("/sale @ann 40 tea")
    assert len(ann.heard()) == heard
    assert await ann.says("/help")
    page = (await play.owner.says("/member @ann"))[0]
    assert "insults the staff" in page
    assert "gets no letters" in page
    assert "insults the staff" in (await play.owner.says("/audit"))[0]


async def test_who_is_put_out_of_the_group_stays_out_until_it_is_lifted(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await play.owner.says("/block @ann group spam")
    await play.quiet()
    assert not play.playground.group.has(ann.id)
    with pytest.raises(Impossible):
        await ann.joins()
    came = [m.id for m in play.owner.sees(group=True) if m.event == "joined"]
    await play.playground.ask_to_join(ann.id, play.group)
    await play.quiet()
    assert [m.id for m in play.owner.sees(group=True) if m.event == "joined"] == came
    assert not play.playground.group.has(ann.id)
    assert ann.id not in play.playground.group.asking
    play.playground._world.group(play.group).standing[ann.id] = "left"  # an administrator let them in by hand
    await ann.joins()
    assert not play.playground.group.has(ann.id)
    await play.owner.says("/unblock @ann")
    await play.quiet()
    await ann.joins()
    assert play.playground.group.has(ann.id)


@pytest.mark.parametrize("lifted", [False, True])
async def test_it_goes_on_for_who_was_erased_and_came_back_until_it_is_lifted(play: Play, lifted: bool) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/block @ann deals resells them")
    await _erased(ann)
    await _back(ann)
    assert await ann.points() == 0
    await ann.says("/checkin")
    assert await ann.points() == 0
    [page] = await play.owner.says("/member @ann")
    assert "claims no deals" in page
    assert "resells" not in page
    if lifted:
        await play.owner.says("/unblock @ann")
        await _erased(ann)
        await _back(ann)
        await ann.says("/checkin")
        assert await ann.points() > 0


async def test_a_merge_keeps_the_heavier_word(play: Play) -> None:
    await play.owner.sends("list.csv", b"name,phone,agreed\nLi Lei,13800138000,yes\n")
    await play.owner.taps("Confirm")
    await play.owner.says("/block M0003 messages was rude before")
    ann = await play.member("Ann")
    await play.owner.says("/block @ann points sells coupons")
    await ann.says("/phone")
    await ann.shares("8613800138000")
    [page] = await play.owner.says("/member @ann")
    assert "gets no letters" in page
    assert "was rude before" in page


async def test_nobody_acts_on_staff_but_the_owner_and_nobody_on_the_owner(play: Play) -> None:
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary manager")
    await play.clerk.says("/start")
    await play.owner.says("/start")
    before = await play.database.read(everything, "inbox")
    for staff, who, why in (
        (mary, "M0001", "is an owner"),
        (mary, "M0002", "works here"),
        (mary, "@mary", "yourself"),
        (play.owner, "M0001", "yourself"),
    ):
        assert why in (await staff.says(f"/block {who} points a reason"))[0]
        assert why in (await staff.says(f"/unblock {who}"))[0]
    assert await play.database.read(everything, "inbox") == before
    assert "on the blacklist" in (await play.owner.says("/block @mary deals takes them all"))[0]
    assert "works here" not in (await play.owner.says("/unblock @mary"))[0]


async def test_a_line_that_makes_no_sense_changes_nothing(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says("/start")
    before = await play.database.read(everything, "inbox")
    for line, why in (
        ("/block @ann sometimes spam", "One of: points, deals"),
        ("/block @ann points", "reason at the end"),
        ("/block @nobody points spam", "no member"),
        (f"/block @ann points {'x' * 201}", "at most 200"),
        ("/unblock @ann", "not on the blacklist"),
        ("/unblock", "Nobody is on"),
    ):
        assert why in (await play.owner.says(line))[0], line
    assert await play.database.read(everything, "inbox") == before


async def test_alone_it_asks_step_by_step_and_the_list_lets_off(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/block")
    await play.owner.says("@ann")
    await play.owner.taps("and no deals")
    [summary] = await play.owner.says("resells them")
    assert "M0003" in summary
    assert "resells them" in summary
    assert "on the blacklist" in (await play.owner.taps("Confirm"))[0]
    [page] = await play.owner.says("/unblock")
    assert "resells them" in page
    await play.owner.taps("M0003")
    await ann.says("/checkin")
    assert await ann.points() > 0


async def test_a_reply_in_the_group_names_who_is_meant(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await ann.says("buy followers", group=True)
    message = next(m.id for m in reversed(ann.sees(group=True)) if m.text == "buy followers")
    assert await play.owner.says("/block points spam", group=True, reply_to=message) == []
    assert "on the blacklist" in play.owner.heard()[-1]


@pytest.mark.parametrize("by", [{"id": 777000, "is_bot": False, "first_name": "Telegram"}, {"id": 1001}])
async def test_what_a_channel_or_the_group_itself_says_is_nobodys(play: Play, by: dict[str, Any]) -> None:
    await play.linked_group()
    await play.member("Ann")
    before = await play.database.read(everything, "inbox")
    world = play.playground._world
    chat = world.groups[play.group].api()
    post = {"message_id": 7, "date": world.seconds(), "chat": chat, "text": "news", "sender_chat": chat}
    post["from"] = {"is_bot": False, "first_name": "Ann"} | by
    line = {
        "message_id": 8,
        "date": world.seconds(),
        "chat": chat,
        "from": world.user(1),
        "text": "/block points deals spam",
    }
    update = {"update_id": 10**15, "message": line | {"reply_to_message": post}}
    await play.club.inbox.keep("playground", [update])
    await play.quiet()
    assert "I know no member “points”" in play.owner.heard()[-1]
    assert await play.database.read(everything, "inbox") == before


async def test_a_group_that_is_linked_later_puts_out_who_is_kept_out(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    for each in (ann, bob):
        await play.playground.join(each.id, play.group)
    await play.owner.says("/block @ann group spam")
    assert play.playground.group.has(ann.id)
    await play.linked_group()
    await play.quiet()
    assert not play.playground.group.has(ann.id)
    assert play.playground.group.has(bob.id)


async def test_without_the_right_the_owner_hears_once_whoever_asked_each_time_and_it_is_made_good(play: Play) -> None:
    await play.linked_group()
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary manager")
    spammers = [await play.member(name) for name in ("Ann", "Bob")]
    for each in spammers:
        await each.joins()
    await play.playground.limit_bot(play.owner.id, play.group, "can_restrict_members")
    for name in ("ann", "bob"):
        await mary.says(f"/block @{name} group spam")
        await play.quiet()
    assert all(play.playground.group.has(each.id) for each in spammers)
    assert sum("the right to ban users there" in text for text in play.owner.heard()) == 1
    assert sum("did not let me do what you asked for" in text for text in mary.heard()) == 2
    await play.playground.limit_bot(play.owner.id, play.group)
    await play.quiet()
    await play.quiet()
    assert not any(play.playground.group.has(each.id) for each in spammers)


async def test_who_was_erased_and_proves_the_same_phone_elsewhere_stays_blocked_until_it_is_lifted(play: Play) -> None:
    ann, other = await play.member("Ann"), await play.member("Other")
    await _proves(ann)
    await play.owner.says("/block @ann deals resells them")
    await _erased(ann)
    before = await other.points()
    await _proves(other)
    await other.says("/checkin")
    assert await other.points() == before  # what they have they keep
    assert "claims no deals" in (await play.owner.says("/member @other"))[0]
    await play.owner.says("/unblock @other")
    await _proves(other)
    await play.owner.says("/sale @other 40 tea")
    assert await other.points() == before + 40


async def _proves(someone: Someone) -> None:
    await someone.says("/phone")
    await someone.shares("8613800138000")


async def _erased(someone: Someone) -> None:
    await someone.says("/forget")
    await someone.taps("rase")


async def _back(someone: Someone) -> None:
    await someone.says("/start")
    await someone.taps("I agree")
