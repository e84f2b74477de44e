"""The door of the groups: open to everybody, to who agrees, or to members alone; what the owner chose."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from bot.club import askers, members
from db.members import Member
from db.outbox import Letter
from tests.people import Play, Someone


async def asks(play: Play, who: Someone) -> bool:
    """Somebody asks to be let in; whether they are in."""
    await play.playground.ask_to_join(who.id, play.group)
    await play.quiet()
    return play.playground.group.has(who.id)


async def agrees(play: Play, who: Someone) -> None:
    """Somebody agrees, says nothing more, and a moment goes by."""
    await who.taps("I agree")
    if "One question" in who.heard()[-1]:
        await who.taps("Skip")
    await goes_by(play, askers.MOMENT)


async def goes_by(play: Play, time: timedelta) -> None:
    """Some time goes by at the door."""
    play.clock.advance(time)
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


async def test_what_brings_them_here_is_asked_once_and_the_staff_can_read_it(door: Play) -> None:
    eve = door.stranger("Eve")
    await asks(door, eve)
    assert "answer one question" in eve.heard()[-1]
    [asked] = await eve.taps("I agree")
    assert "You are member M0003" in asked
    assert "What brings you here?" in asked
    await goes_by(door, askers.MOMENT)
    assert not door.playground.group.has(eve.id)
    assert "500" in (await eve.says("x" * 501))[0]  # the question stays open
    assert await eve.says("My neighbour <b>Ann</b> loves your tea") == ["Thank you! The door is open: come in."]
    await goes_by(door, askers.MOMENT)
    assert door.playground.group.has(eve.id)
    [page] = await door.owner.says("/member M0003")
    assert "“My neighbour <b>Ann</b> loves your tea” (in their own words" in page
    assert await asks_again(door, eve)
    assert "One question" not in eve.heard()[-1]


@pytest.mark.parametrize("late", [False, True])
async def test_who_says_nothing_is_let_in_all_the_same_while_telegram_lets_us_speak(door: Play, late: bool) -> None:
    eve = door.stranger("Eve")
    await asks(door, eve)
    if late:
        await goes_by(door, timedelta(hours=1))
    await eve.taps("I agree")
    await goes_by(door, timedelta(seconds=50))
    assert not door.playground.group.has(eve.id)
    await goes_by(door, timedelta(minutes=4))
    assert door.playground.group.has(eve.id)
    assert await eve.says("Your tea") == ["Thank you, I pass it on."]
    assert "“Your tea”" in (await door.owner.says("/member M0003"))[0]


async def test_the_shop_asks_in_its_own_words_or_not_at_all(door: Play) -> None:
    assert "does not work" in (await door.owner.says("/settings group.question tea"))[0]
    await door.owner.says("/settings group.question 喜欢什么茶？")
    eve, bob = door.stranger("Eve"), door.stranger("Bob")
    await asks(door, eve)
    assert "喜欢什么茶？" in (await eve.taps("I agree"))[0]
    await eve.taps("Skip")
    await goes_by(door, askers.MOMENT)
    assert door.playground.group.has(eve.id)
    assert "own words" not in (await door.owner.says("/member M0003"))[0]
    await door.owner.says("/settings group.question none")
    await asks(door, bob)
    assert "question" not in bob.heard()[-1]
    await agrees(door, bob)
    assert door.playground.group.has(bob.id)


async def test_an_answer_and_a_skip_at_once_let_in_once(door: Play) -> None:
    eve = door.stranger("Eve")
    await asks(door, eve)
    await eve.taps("I agree")
    person = await door.database.write(members.meet, visitor(eve), private=True, now=door.clock.now())
    write, now = door.database.write, door.clock.now()
    both = (write(askers.answer, person, words, now=now) for words in ("Tea", "") * 4)
    await asyncio.gather(*both)
    await goes_by(door, askers.MOMENT)
    assert door.playground.group.has(eve.id)
    look = select(Letter.state).where(Letter.kind == askers.LET_IN)
    assert await door.database.read(lambda session: session.exec(look).all()) == ["sent"]


def visitor(who: Someone) -> members.Visitor:
    """Somebody as the playground tells of them."""
    return members.Visitor("playground", who.id, who.name)


async def asks_again(play: Play, who: Someone) -> bool:
    """Somebody leaves, and asks once more."""
    await who.leaves()
    return await asks(play, who)


@pytest.mark.words
async def test_a_door_that_there_is_none_of_is_refused(play: Play) -> None:
    [refusal] = await play.owner.says("/settings group.join maybe")
    assert "does not work" in refusal
    assert "everybody" in (await play.owner.says("/settings group.join"))[0]
