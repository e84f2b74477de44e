"""Groups from a grade on: who reaches it is invited, who falls below leaves after a week's notice, the staff stay."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.club import circles
from bot.platforms.playground import Impossible
from db.groups import Place
from db.outbox import Letter
from jobs.invites import invite
from tests.people import Play, Someone

LEAVES = "You are in it until"


async def vip_group(play: Play) -> None:
    """The linked group is for vips from now on."""
    await play.owner.says("/groups")
    await play.owner.taps("Friends of Regulars")
    await play.owner.taps("From vip on")
    await play.owner.taps("Yes, from vip on")
    await passes(play)


async def passes(play: Play) -> None:
    """A moment passes, with the jobs in it and what they bring about."""
    for _ in range(2):
        await play.club.tick()
        await play.quiet()


async def graded(play: Play, who: Someone, grade: str) -> None:
    """Staff give somebody a grade, or take it back."""
    await play.owner.says(f"/grade @{who.name.lower()} {grade} as a thank you")
    await passes(play)


def inside(play: Play, who: Someone) -> bool:
    """Whether somebody is in the group."""
    return play.playground.group.has(who.id)


def heard(who: Someone, words: str) -> int:
    """How many of somebody's messages hold some words."""
    return sum(words in text for text in who.heard())


async def letters(play: Play, kind: str) -> list[str]:
    """The states of the letters of a kind."""
    look = select(Letter.state).where(Letter.kind == kind).order_by(Letter.id)  # type: ignore[arg-type]
    return list(await play.database.read(lambda session: session.exec(look).all()))


@pytest.fixture
async def ann(play: Play) -> Someone:
    """A member who is in the linked group, and no vip."""
    await play.linked_group()
    someone = await play.member("Ann")
    await someone.joins()
    return someone


async def test_the_owner_reads_what_a_rule_would_bring_and_says_yes(play: Play, ann: Someone) -> None:
    vip = await play.member("Vip")
    await graded(play, vip, "vip")
    [page] = await play.owner.says("/groups")
    assert "Friends of Regulars: everybody\n1 in it, as far as I know" in page
    await play.owner.taps("Friends of Regulars")
    [asked] = await play.owner.taps("From vip on")
    assert "1 are below it" in asked
    assert "leave on Wednesday 17 February otherwise" in asked
    assert "1 of that grade who are not in it" in asked
    assert heard(ann, LEAVES) == 0
    assert "from vip on now" in (await play.owner.taps("Yes, from vip on"))[0]
    await passes(play)
    assert heard(ann, LEAVES) == heard(vip, "works once") == 1
    assert "1 of them leave soon" in (await play.owner.says("/groups"))[0]
    assert "set who is in “Friends of Regulars”" in (await play.owner.says("/audit"))[0]


async def test_who_reaches_the_grade_gets_an_invitation_that_works_once(play: Play, ann: Someone) -> None:
    await vip_group(play)
    bob = await play.member("Bob")
    assert heard(bob, "works once") == 0
    await graded(play, bob, "svip")
    _message, url = bob.button("Come in")
    await play.playground.open_link(bob.id, url)
    await play.quiet()
    assert inside(play, bob)
    assert (
        "Welcome, Bob! 🎉\nThis is the group of Tea House for members from vip on" in play.owner.heard(group=True)[-1]
    )
    with pytest.raises(Impossible):
        await play.playground.open_link((await play.member("Cat")).id, url)
    await bob.leaves()
    await play.days(2)
    assert heard(bob, "works once") == 1  # who left of their own accord is not asked again
    await graded(play, bob, "new")
    await graded(play, bob, "vip")
    assert heard(bob, "works once") == 2


async def test_who_falls_below_is_told_and_leaves_after_a_week_and_may_come_back(play: Play, ann: Someone) -> None:
    await vip_group(play)
    assert "“Friends of Regulars” is for members from vip on" in ann.heard()[-1]
    assert "until Wednesday 17 February" in ann.heard()[-1]
    await play.until("2027-02-17 09:29")
    assert inside(play, ann)
    await play.until("2027-02-17 09:31")
    await passes(play)
    assert not inside(play, ann)
    assert heard(ann, LEAVES) == 1
    await graded(play, ann, "vip")
    await play.playground.open_link(ann.id, ann.button("Come in")[1])
    await passes(play)
    assert inside(play, ann)
    await play.days(9)
    assert inside(play, ann)


async def test_who_has_the_grade_back_in_time_stays_and_a_later_fall_is_another(play: Play, ann: Someone) -> None:
    await vip_group(play)
    await graded(play, ann, "vip")
    await play.days(8)
    assert inside(play, ann)
    await graded(play, ann, "auto")
    await passes(play)
    assert heard(ann, LEAVES) == 2
    await play.days(8)
    await passes(play)
    assert not inside(play, ann)


async def test_the_grade_is_asked_once_more_when_the_word_reaches_the_group(play: Play, ann: Someone) -> None:
    await vip_group(play)
    now = play.clock.now() + timedelta(days=8)
    await play.database.write(circles.turn, play.club.shop.now, now=now)
    look = select(Place.put_out_at)
    assert await play.database.read(lambda session: session.exec(look).one())
    await play.owner.says("/grade @ann vip as a thank you")
    play.clock.advance(timedelta(days=8))
    await play.quiet()
    assert inside(play, ann)


async def test_who_was_in_it_before_the_bot_is_known_once_they_speak(play: Play) -> None:
    old = play.stranger("Old")
    await play.playground.join(old.id, play.group)
    await play.linked_group()
    await vip_group(play)
    look = select(Place.member_id)
    assert await play.database.read(lambda session: session.exec(look).all()) == []
    await old.says("good morning", group=True)
    await old.says("/checkin", group=True)
    await old.leaves()
    await play.playground.join(old.id, play.group)
    await play.days(8)
    await passes(play)
    assert not inside(play, old)
    assert len(await play.database.read(lambda session: session.exec(look).all())) == 1


async def test_an_open_group_and_the_staff_are_left_alone(play: Play, ann: Someone) -> None:
    await play.clerk.says("/start")
    await play.playground.leave(play.clerk.id, play.group)
    await play.playground.join(play.clerk.id, play.group)
    await vip_group(play)
    await play.owner.says("/groups")
    await play.owner.taps("Friends of Regulars")
    assert "everybody's again" in (await play.owner.taps("For everybody"))[0]
    await play.days(8)
    assert inside(play, ann)
    assert inside(play, play.clerk)
    await vip_group(play)
    await play.days(8)
    await passes(play)
    assert not inside(play, ann)
    assert inside(play, play.clerk)


async def test_without_the_right_the_owner_hears_once_and_it_is_made_good(play: Play, ann: Someone) -> None:
    bob = await play.member("Bob")
    await bob.joins()
    await play.playground.limit_bot(play.owner.id, play.group, "can_restrict_members")
    await vip_group(play)
    await play.days(12)
    await passes(play)
    assert inside(play, ann)
    assert heard(play.owner, "the right to ban users there") == 1
    assert await letters(play, "seen_out") == ["failed", "failed"]
    await play.playground.limit_bot(play.owner.id, play.group)
    await passes(play)
    assert not inside(play, ann)
    assert not inside(play, bob)


async def test_who_asks_at_the_door_is_let_in_by_the_grade(play: Play, ann: Someone) -> None:
    await vip_group(play)
    vip, eve = await play.member("Vip"), play.stranger("Eve")
    await play.owner.says("/grade @vip vip as a thank you")
    for who in (vip, eve):
        await play.playground.ask_to_join(who.id, play.group)
        await play.quiet()
    assert inside(play, vip)
    assert not inside(play, eve)
    assert eve.id not in play.playground.group.asking
    assert "is for members of Tea House from vip on" in eve.heard()[-1]


async def test_an_invitation_is_over_once_the_group_is_everybodys_again_or_its_member_came_otherwise(
    play: Play, ann: Someone
) -> None:
    await vip_group(play)
    vip, other = await play.member("Vip"), await play.member("Other")
    await graded(play, vip, "vip")
    await graded(play, other, "vip")
    await play.playground.ask_to_join(vip.id, play.group)
    await passes(play)
    assert inside(play, vip)
    with pytest.raises(Impossible):
        await play.playground.open_link(play.stranger("Eve").id, vip.button("Come in")[1])
    await vip.leaves()
    await passes(play)
    assert heard(vip, "works once") == 1
    await play.owner.presses("groups:rule:1:all")
    await passes(play)
    with pytest.raises(Impossible):
        await play.playground.open_link(other.id, other.button("Come in")[1])


async def test_an_invitation_that_waits_for_the_morning_is_dropped_if_the_rule_goes(play: Play, ann: Someone) -> None:
    vip = await play.member("Vip")
    await play.owner.says("/grade @vip vip as a thank you")
    await play.until("2027-02-10 22:00")
    await vip_group(play)
    await play.owner.presses("groups:rule:1:all")
    await play.until("2027-02-11 10:00")
    assert heard(vip, "works once") == 0
    assert await letters(play, "grade_invite") == ["dropped"]


async def test_anothers_invitation_brings_nobody_in_for_long(play: Play, ann: Someone) -> None:
    await vip_group(play)
    vip, eve = await play.member("Vip"), play.stranger("Eve")
    await graded(play, vip, "vip")
    await play.playground.open_link(eve.id, vip.button("Come in")[1])
    await passes(play)
    assert not inside(play, eve)
    assert eve.heard() == []


async def test_two_runs_at_once_warn_and_invite_once(play: Play, ann: Someone) -> None:
    vip = await play.member("Vip")
    await play.owner.says("/grade @vip vip as a thank you")
    write, shop, now = play.database.write, play.club.shop.now, play.clock.now()
    await play.owner.presses("groups:sure:1:vip")
    await asyncio.gather(
        *(write(circles.turn, shop, now=now) for _ in range(6)),
        *(invite(play.database, {"playground": play.playground}, now) for _ in range(6)),
    )
    await asyncio.gather(*(write(circles.turn, shop, now=now + timedelta(days=8)) for _ in range(6)))
    await play.quiet()
    assert await letters(play, "leaving") == ["sent"]
    assert heard(vip, "works once") == 1
    assert len(await letters(play, "seen_out")) <= 1


async def test_a_notice_that_came_late_puts_the_day_off(play: Play, ann: Someone) -> None:
    play.clock.advance(timedelta(hours=12))
    await play.owner.presses("groups:sure:1:vip")
    assert heard(ann, LEAVES) == 0  # not by night
    await play.down_until("2027-02-20 10:00")
    await passes(play)
    assert inside(play, ann)
    assert "until Saturday 27 February" in ann.heard()[-1]
    await play.days(8)
    await passes(play)
    assert not inside(play, ann)


async def test_while_everything_is_paused_nobody_is_told_and_nobody_goes(play: Play, ann: Someone) -> None:
    await play.owner.says("/pause")
    await vip_group(play)
    await play.days(3)
    assert heard(ann, LEAVES) == 0
    await play.owner.says("/resume")
    await passes(play)
    assert heard(ann, LEAVES) == 1
    await play.owner.says("/pause")
    await play.days(9)
    assert inside(play, ann)
    await play.owner.says("/resume")
    await passes(play)
    assert not inside(play, ann)


async def test_each_group_has_a_rule_of_its_own(play: Play, ann: Someone) -> None:
    second = play.playground.found_group(play.owner.id, "Vip room")
    await play.playground.promote_bot(play.owner.id, second)
    await play.quiet()
    await play.owner.taps("Link the group")
    await play.owner.says("/groups")
    await play.owner.taps("Vip room")
    await play.owner.taps("From vip on")
    await play.owner.taps("Yes, from vip on")
    await graded(play, ann, "vip")
    await play.playground.open_link(ann.id, ann.button("Come in")[1])
    await graded(play, ann, "auto")
    await play.days(8)
    await passes(play)
    assert inside(play, ann)
    assert not play.playground._world.groups[second].has(ann.id)
