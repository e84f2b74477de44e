"""The door of the groups: open to everybody, to who agrees, or to members alone; what the owner chose."""

import pytest
from sqlmodel import col, update

from bot.club import askers
from db.members import Member
from tests.people import Play, Someone


async def asks(play: Play, who: Someone) -> bool:
    """Somebody asks to be let in; whether they are in."""
    await play.playground.ask_to_join(who.id, play.group)
    await play.quiet()
    return play.playground.group.has(who.id)


async def agrees(play: Play, who: Someone) -> None:
    """Somebody agrees, and a moment goes by."""
    await who.taps("I agree")
    play.clock.advance(askers.MOMENT)
    await play.quiet()
    await play.quiet()  # the welcome follows


@pytest.fixture
async def door(play: Play) -> Play:
    """A linked group that lets in who agrees to be a member."""
    await play.linked_group()
    await play.owner.says("/settings group.join request")
    return play


async def test_who_asks_is_written_to_and_let_in_once_they_agree(door: Play) -> None:
    eve = door.stranger("Eve")
    assert not await asks(door, eve)
    assert "You asked to come into" in eve.heard()[-1]
    await agrees(door, eve)
    assert door.playground.group.has(eve.id)
    assert any("Welcome" in text and "Eve" in text for text in door.owner.heard(group=True))


async def test_who_agrees_by_another_way_is_let_in_too_and_members_at_once(door: Play) -> None:
    ann, eve = await door.member("Ann"), door.stranger("Eve")
    assert await asks(door, ann)
    assert not await asks(door, eve)
    await eve.says("/start")
    await agrees(door, eve)
    assert door.playground.group.has(eve.id)


async def test_who_was_put_on_the_blacklist_meanwhile_is_sent_away(door: Play) -> None:
    eve = door.stranger("Eve")
    await asks(door, eve)
    hers = update(Member).where(col(Member.id) == 3).values(blocked="group")  # whose ban got lost on its way
    await door.database.write(lambda session: session.exec(hers))
    came = [m.id for m in door.owner.sees(group=True) if m.event == "joined"]
    await agrees(door, eve)
    assert [m.id for m in door.owner.sees(group=True) if m.event == "joined"] == came
    assert not door.playground.group.has(eve.id)
    assert eve.id not in door.playground.group.asking


async def test_members_alone_come_in_where_the_owner_says_so(door: Play) -> None:
    await door.owner.says("/settings group.join 会员")
    ann, eve = await door.member("Ann"), door.stranger("Eve")
    assert await asks(door, ann)
    assert not await asks(door, eve)
    assert eve.id not in door.playground.group.asking
    assert "is for members of Tea House" in eve.heard()[-1]
    await eve.follows(eve.button("Start")[1])
    await agrees(door, eve)
    assert await asks(door, eve)


async def test_who_blocks_us_is_sent_away_all_the_same(door: Play) -> None:
    await door.owner.says("/settings group.join members only")
    eve = door.stranger("Eve")
    await door.playground.block(eve.id)
    assert not await asks(door, eve)
    assert eve.id not in door.playground.group.asking


@pytest.mark.words
async def test_a_door_that_there_is_none_of_is_refused(play: Play) -> None:
    [refusal] = await play.owner.says("/settings group.join maybe")
    assert "does not work" in refusal
    assert "everybody" in (await play.owner.says("/settings group.join"))[0]
