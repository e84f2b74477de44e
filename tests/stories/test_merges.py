"""Somebody from a list comes themselves: proven by their platform, or known by a manager, they get what is theirs."""

import asyncio

from sqlmodel import select

from bot.club import books
from db.purchases import PURCHASES
from tests.people import Play
from tests.tables import everything

LIST = (
    "name,phone,birthday,points,points expire,tags,note,email\n"
    "Li Lei,13800138000,1990-08-15,100,2027-03-05,tea,a friend,li@example.com\n"
    "Han,13900139000,,50,,,,\n"
)


async def listed(play: Play) -> None:
    """Li Lei and Han from a list; Li Lei bought something before, and something at the till."""
    await play.owner.sends("members.csv", LIST.encode())
    await play.owner.taps("Confirm")
    await play.owner.sends("bought.csv", b"order,phone,total,date\nA-1,13800138000,30,2026-12-01\n")
    await play.owner.taps("Confirm")
    await play.clerk.says("/sale 13800138000 20 tea #A-2")


async def test_a_shared_number_brings_over_what_was_kept_under_it(play: Play) -> None:
    await listed(play)
    ann = await play.member("Ann")
    assert "share your number" in (await ann.says("/phone"))[0]
    [said] = await ann.shares("8613800138000")
    assert said.splitlines() == [
        "Thank you: +8613800138000 is yours for certain now.",
        "+10 points for telling it.",
        "What the shop kept under it is yours now: 120 points, 2 purchases.",
    ]
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 150 points.")
    assert "100 of them expire after 5 March 2027." in purse
    assert "+120 · came over from a list" in purse
    page = (await play.owner.says("/member @ann"))[0]
    for part in ("15 August", "li@example.com", "Tags: tea", "· a friend"):
        assert part in page
    whose = select(PURCHASES.c.member_id)
    assert await play.database.read(lambda s: set(s.connection().execute(whose).scalars())) == {5}
    assert "I know no member" in (await play.owner.says("/member M0003"))[0]
    assert await play.database.read(books.faults) == []
    assert (await play.owner.says("/members"))[0].startswith("4 people")


async def test_a_second_proof_brings_nothing_more(play: Play) -> None:
    await listed(play)
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await asyncio.gather(*(play.playground.share_contact(ann.id, "8613800138000") for _ in range(3)))
    await play.quiet()
    assert await ann.points() == 150
    assert "What the shop kept" not in (await bob.shares("8613800138000"))[0]
    assert await bob.points() == 30
    assert await play.database.read(books.faults) == []


async def test_somebody_elses_contact_is_no_proof(play: Play) -> None:
    await listed(play)
    mallory = await play.member("Mallory")
    before = await play.database.read(everything, "inbox")
    for whose in (1, 2, 999):
        assert "somebody else's number" in (await mallory.shares("8613800138000", whose))[0]
    assert await play.database.read(everything, "inbox") == before
    stranger = play.stranger("Sam")
    assert "If you agree" in (await stranger.shares("8613800138000"))[0]


async def test_typing_a_number_brings_nothing_and_tells_nobody_who_is_on_a_list(play: Play) -> None:
    await listed(play)
    mallory = await play.member("Mallory")
    said = []
    for number in ("13800138000", "13500135000"):
        await mallory.says("/profile")
        await mallory.taps("Phone")
        said += [text.replace(number, "") for text in await mallory.says(number)]
    assert said[0].partition("\nThank you")[0] == said[1]
    assert "/phone brings over what it kept" in said[0]
    assert await mallory.points() == 30


async def test_saying_a_proven_number_again_takes_no_proof_away(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.shares("+8613800138000")
    await ann.says("/profile")
    await ann.taps("Phone")
    await ann.says("138 0013 8000")
    [said] = await play.owner.sends("members.csv", LIST.encode())
    assert "known already: 1" in said
    assert "only typed" not in said
    await play.owner.taps("Confirm")
    assert await ann.points() == 130


async def test_a_manager_merges_after_a_yes(play: Play) -> None:
    await listed(play)
    ann, mary = await play.member("Ann"), await play.member("Mary")
    await play.owner.says("/staff add @mary manager")
    [question] = await mary.says("/merge M0003 @ann")
    assert question.startswith("Is Li Lei (M0003) the same person as Ann (M0005)? Then 120 points, 2 purchases")
    assert await ann.points() == 20
    assert "Done: Li Lei (M0003) went over into Ann (M0005)" in (await mary.taps("Confirm"))[0]
    assert await ann.points() == 140
    assert "no longer works" in (await mary.presses("merge:3:5"))[0]
    assert "merged M0003 into Ann (M0005)" in (await play.owner.says("/audit"))[0]
    assert await play.database.read(books.faults) == []


async def test_what_cannot_be_merged_is_refused(play: Play) -> None:
    await listed(play)
    await play.member("Ann")
    stranger = play.stranger("Sam")
    await stranger.says("/start")
    for line, why in {
        "/merge @ann M0003": "has been here themselves",
        "/merge M0003 M0003": "one and the same",
        "/merge M0003": "Please write it like this: /merge M0007 M0042",
        "/merge M0003 M0006": "I know no member",
        "/merge M0099 @ann": "I know no member",
        "/merge M0003 @ann now": "Please write it like this",
    }.items():
        assert why in (await play.owner.says(line))[0], line
    assert "not available" in (await play.clerk.says("/merge M0003 @ann"))[0]


async def test_a_purchase_that_went_over_can_be_refunded(play: Play) -> None:
    await listed(play)
    ann = await play.member("Ann")
    await ann.shares("8613800138000")
    await play.owner.says("/refund #A-2")
    assert await ann.points() == 130
    assert await play.database.read(books.faults) == []


async def test_who_asked_to_be_forgotten_is_not_brought_back_by_a_list(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.shares("8613800138000")
    await ann.says("/forget")
    await ann.taps("erase me")
    [said] = await play.owner.sends("members.csv", LIST.encode())
    assert "asked to be forgotten here, and left out: 1" in said
    assert "new members: 1" in said
    assert "13800138000" not in str(await play.database.read(everything, "inbox"))
