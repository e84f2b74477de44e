"""Who left long ago is forgotten without asking for it; nobody else is."""

from datetime import timedelta

from sqlmodel import select

from bot.club.members import SEEN
from db.members import Member
from tests.people import Play, Someone

MONTH = timedelta(days=31)


async def erased(play: Play) -> list[int]:
    """The numbers that no longer lead to anybody, after the jobs of today."""
    await play.club.tick()
    gone = select(Member.id).where(Member.erased_at.is_not(None)).order_by(Member.id)
    return await play.database.read(lambda session: list(session.exec(gone)))


async def leaver(play: Play, name: str) -> Someone:
    """A member who was in the group, left it and blocked the bot."""
    someone = await play.member(name)
    await someone.joins()
    await someone.leaves()
    await play.playground.block(someone.id)
    await play.quiet()
    return someone


async def test_a_member_who_left_is_erased_after_two_years_and_not_before(play: Play) -> None:
    await play.linked_group()
    await leaver(play, "Ann")
    play.clock.advance(24 * MONTH - timedelta(days=1))
    assert await erased(play) == []
    play.clock.advance(timedelta(days=1) + SEEN)
    assert await erased(play) == [3]
    assert await erased(play) == [3]


async def test_who_can_be_reached_or_is_in_a_group_or_came_by_stays(play: Play) -> None:
    await play.linked_group()
    await play.member("Reachable")
    inside = await play.member("Inside")
    await inside.joins()
    await play.playground.block(inside.id)
    visitor = await leaver(play, "Visitor")
    play.clock.advance(20 * MONTH)
    await visitor.says("/points")
    await play.playground.block(visitor.id)
    await play.quiet()
    play.clock.advance(10 * MONTH)
    assert await erased(play) == []


async def test_a_stranger_who_left_is_erased_after_three_months(play: Play) -> None:
    await play.linked_group()
    lily, rose = play.stranger("Lily"), play.stranger("Rose")
    for stranger in (lily, rose):
        await stranger.joins()
    await lily.leaves()
    play.clock.advance(3 * MONTH - timedelta(days=1))
    assert await erased(play) == []
    play.clock.advance(timedelta(days=1) + SEEN)
    assert await erased(play) == [3]


async def test_the_owner_chooses_how_long(play: Play) -> None:
    await play.linked_group()
    await leaver(play, "Ann")
    await play.owner.says("/settings privacy.keep_months 0")
    play.clock.advance(60 * MONTH)
    assert await erased(play) == []
    await play.owner.says("/settings privacy.keep_months 12")
    assert await erased(play) == [3]


async def test_staff_are_never_erased_so(play: Play) -> None:
    await play.linked_group()
    play.clock.advance(60 * MONTH)
    assert await erased(play) == []
