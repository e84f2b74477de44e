"""Is this really the shop: anybody may ask, look-alikes are pointed out, and a weekly note tells the groups."""

import pytest
from sqlmodel import select

from bot.club.impostors import skeleton
from db.outbox import Letter
from tests.people import Play

MONDAY = "2027-02-15 09:32"


async def facts(play: Play, kind: str) -> list[dict[str, object]]:
    """What the letters of a kind hold."""
    look = select(Letter.facts).where(Letter.kind == kind)
    return [*await play.database.read(lambda s: s.exec(look).all())]


@pytest.mark.words
async def test_a_stranger_reads_the_bots_own_name_and_what_it_never_asks_for(play: Play) -> None:
    lily = play.stranger("Lily")
    [told] = await lily.says("/verify")
    assert "My name is @regulars_bot." in told
    assert "a code that came by SMS" in told
    assert told == (await lily.says("防骗"))[0]
    assert told == (await lily.says("/start verify"))[0]
    assert "If you agree" in (await lily.taps("Ask the shop"))[0]  # a question is kept, so it takes a consent


@pytest.mark.words
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mrs Wang", "mrs  WANG"),
        ("Mrs Wang", "Мrs Wаng"),  # Cyrillic М and а
        ("Mrs Wang", "✨Mrs·Wang✨"),
        ("Lily", "Iiiy"),
        ("regulars_bot", "regulars_b0t"),
        ("王姐", "王 姐"),
        ("José", "Jose"),
    ],
)
def test_names_that_look_alike_are_one(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.words
def test_names_that_differ_stay_apart() -> None:
    names = ("Mrs Wang", "Mr Wang", "Wang", "王姐", "王哥", "Mei")
    assert len({skeleton(name) for name in names}) == len(names)


async def test_who_bears_the_owners_name_is_pointed_out_to_the_owner_once(play: Play) -> None:
    await play.linked_group()
    fake = play.stranger("Мrs Wаng")
    await fake.joins()
    await fake.says("hello, I am the owner", group=True)
    [told] = [text for text in play.owner.heard() if "bears an owner's name" in text]
    assert "Do you know them?" in told
    assert await facts(play, "lookalike") == [{}]  # a stranger's name is not kept
    await fake.says("/points")
    assert len([text for text in play.owner.heard() if "bears an owner's name" in text]) == 1
    [put] = await play.owner.taps("Put them out")
    assert "is on the blacklist" in put
    assert not play.playground.group.has(fake.id)


async def test_who_bears_the_bots_name_is_pointed_out_and_may_be_known(play: Play) -> None:
    await play.owner.says("/start")
    fake = await play.member("Regulars b0t")
    [told] = [text for text in play.owner.heard() if "bears my name" in text]
    assert "Their @username, letter by letter: regularsb0t" in told
    [answer] = await play.owner.taps("I know them")
    assert answer == "All right, I leave them alone."
    assert "no longer works" in (await play.owner.presses("impostor:out:x"))[0]
    assert "not available" in (await fake.presses("impostor:out:1"))[0]
    assert "That would be yourself" in (await play.owner.presses("impostor:out:1"))[0]


async def test_staff_and_others_are_not_pointed_out_nor_anybody_where_the_owner_wants_no_word(play: Play) -> None:
    await play.owner.says("/start")
    await play.member("Mei")
    assert await facts(play, "lookalike") == []
    await play.owner.says("/settings group.lookalikes no")
    await play.member("Mrs Wang")
    assert await facts(play, "lookalike") == []


async def test_a_note_tells_the_group_each_monday_who_is_the_shop_and_is_pinned(play: Play) -> None:
    await play.linked_group()
    await play.until(MONDAY)
    assert await facts(play, "safety_note") == []  # unless the owner asked for it
    await play.owner.says("/settings group.note yes")
    await play.until("2027-02-15 09:34")
    await play.club.tick()
    note = play.playground.messages(play.group, 1)[-1]
    assert "This is how you know Tea House" in note.text
    assert play.playground.group.pinned == note.id
    await play.until("2027-02-22 09:29")
    assert await facts(play, "safety_note") == [{"pinned": True}]  # the owners' names are not kept
    await play.down_until("2027-03-01 09:32")
    await play.club.tick()
    await play.club.tick()
    [newest] = [m for m in play.playground.messages(play.group, 1) if "This is how you know" in m.text]
    assert newest.id != note.id  # the one before is gone
    assert play.playground.group.pinned == newest.id


async def test_a_note_that_may_not_be_pinned_stands_all_the_same_and_the_owner_hears_once(play: Play) -> None:
    await play.linked_group()
    await play.playground.limit_bot(1, play.group, "can_pin_messages")
    await play.owner.says("/settings group.note yes")
    for monday in ("2027-02-15 09:32", "2027-02-22 09:32"):
        await play.down_until(monday)
        await play.club.tick()
    assert "This is how you know Tea House" in play.playground.messages(play.group, 1)[-1].text
    assert play.playground.group.pinned == 0
    [told] = [text for text in play.owner.heard() if "may not pin" in text]
    assert "Please give me the right to pin messages" in told
