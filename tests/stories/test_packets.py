"""Red packets: points for whoever is quick in the group, split by chance, never more than were given."""

import asyncio
import re

import pytest
from sqlmodel import func, select

from bot.club import members, packets
from bot.club.errors import ClubError
from bot.club.members import Visitor
from db.activities import Entrant
from db.points import Entry
from tests.people import Play, Someone
from tests.stories.test_deals import in_the_group


def posts(play: Play) -> list[str]:
    """What the group sees of packets."""
    return [text for text in play.owner.heard(group=True) if "red packet" in text]


async def opened(*people: Someone) -> None:
    """Some people tap the packet, one after the other."""
    for each in people:
        await each.taps("Open it", group=True)


async def test_the_first_three_get_it_all_and_each_tap_counts_once(play: Play) -> None:
    people = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    before = [await each.points() for each in people]
    await play.owner.says("/redpacket 90 3", group=True)
    assert "90 points in 3 parts" in posts(play)[0]
    assert "3 parts left" in posts(play)[0]
    await opened(*people[:2])
    await opened(people[0])
    assert "You have your part already" in people[0].notice()
    await play.club.tick()
    assert "1 part left" in posts(play)[0]
    await opened(people[2], people[3])
    assert "All parts are taken" in people[3].notice()
    gained = [await each.points() - had for each, had in zip(people, before, strict=True)]
    assert sum(gained) == 90
    assert [each > 0 for each in gained] == [True, True, True, False]
    assert f"+{gained[0]} · a red packet" in (await people[0].says("/points"))[0]
    await play.club.tick()
    [post] = posts(play)
    assert f"· Ann: {gained[0]}" in post
    assert re.search("Luckiest of all: (Ann|Bob|Cat)", post)
    assert not next(m for m in play.owner.sees(group=True) if "red packet" in m.text).buttons


@pytest.mark.parametrize(("total", "parts"), [(1, 1), (100, 100), (90, 3), (1000, 7), (100_000, 100)])
def test_parts_add_up_and_none_is_empty(total: int, parts: int) -> None:
    for seed in "abcdefgh":
        split = packets.split(total, parts, seed)
        assert (len(split), sum(split)) == (parts, total)
        assert min(split) >= 1
    assert packets.split(total, parts, "a") == packets.split(total, parts, "a")


async def test_many_at_once_get_no_more_than_there_is(play: Play) -> None:
    await play.linked_group()
    await play.owner.says("/redpacket 50 5", group=True)
    persons = [
        await play.database.write(members.meet, Visitor("playground", n, ""), private=True, now=play.clock.now())
        for n in range(900, 920)
    ]

    async def tap(person: members.Person) -> bool:
        try:
            await play.database.write(packets.take, person, 1, now=play.clock.now())
        except ClubError:
            return False
        return True

    assert sum(await asyncio.gather(*(tap(each) for each in persons * 2))) == 5
    won = select(func.count(), func.sum(Entrant.won))
    assert await play.database.read(lambda session: session.exec(won).one()) == (5, 50)
    paid = select(func.sum(Entry.amount)).where(Entry.source == "packet")
    assert await play.database.read(lambda session: session.exec(paid).one()) == 50


async def test_after_a_day_it_is_over_and_what_is_left_is_given_to_nobody(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says("/redpacket 90 3", group=True)
    await opened(ann)
    under = next(m.id for m in play.owner.sees(group=True) if "red packet" in m.text)
    await play.down_until("2027-02-11 10:01")
    assert "It is over: 1 of 3 parts were taken." in posts(play)[0]
    await bob.presses("packet:1", under=under, group=True)
    assert "All parts are taken" in bob.notice()


@pytest.mark.words
@pytest.mark.parametrize("line", ["0 3", "2 3", "90 0", "90 101", "-90 3", "9e9 3", "100001 3", "9000000000000 3"])
async def test_a_packet_that_cannot_be_is_refused_in_one_sentence(play: Play, line: str) -> None:
    await play.linked_group()
    [refusal] = await play.owner.says(f"/redpacket {line}")
    assert refusal.startswith("A packet holds up to 100,000 points in 1 to 100 parts")
    assert posts(play) == []


async def test_it_needs_a_group_and_stays_within_the_budget_and_the_managers_reach(play: Play) -> None:
    assert "needs a group that is linked" in (await play.owner.says("/redpacket 90 3"))[0]
    await play.linked_group()
    await play.owner.says("/settings budget.monthly 1")
    [refusal] = await play.owner.says("/redpacket 300 3")
    assert "The month's budget does not hold 300 points any more" in refusal
    assert posts(play) == []
    may = await play.member("May")
    await play.owner.says("/staff add @may manager")
    assert "are the owner's to give" in (await may.says("/redpacket 1001 3"))[0]


async def test_staff_leave_it_to_the_members(play: Play) -> None:
    await in_the_group(play, "Ann")
    await play.owner.says("/redpacket 90 3", group=True)
    await play.clerk.taps("Open it", group=True)
    assert "for the members" in play.clerk.notice()


async def test_step_by_step_and_called_off(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    assert "How many points" in (await play.owner.says("/redpacket"))[0]
    await play.owner.taps("100")
    await play.owner.says("4")
    [made] = await play.owner.taps("Confirm")
    assert "100 points in 4 parts" in made
    await opened(ann)
    await play.owner.taps("Call it off")
    assert "It is called off." in (await play.owner.taps("Confirm"))[0]
    await play.club.tick()
    assert "It is over: 1 of 4 parts were taken." in posts(play)[0]
    assert "called off a red packet of 100 points" in (await play.owner.says("/audit"))[0]


async def test_who_is_on_the_blacklist_or_was_here_before_gets_none(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says("/block @ann points sells them")
    await play.owner.says("/redpacket 90 3", group=True)
    await opened(ann)
    assert "closed to you" in ann.notice()
    await opened(bob)
    await bob.says("/forget")
    await bob.taps("erase")
    await bob.says("/start")
    await bob.taps("I agree")
    await opened(bob)
    assert "taken part in this one already" in bob.notice()
