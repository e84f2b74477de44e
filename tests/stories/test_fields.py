"""The shop's own fields: made by a manager step by step, told by members, changed and hidden."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from bot.club.fields import MOST
from bot.club.rules import OpenShop
from bot.platforms.playground import Playground
from bot.running import Club
from db.audit import AuditLine
from db.profile import Answer, OwnField
from tests.people import Play, Someone

pytestmark = pytest.mark.words

TEA = (
    "Favourite tea",
    "One of some choices",
    "green, black、<b>white</b>",
    "At once",
    "Then we keep some for you.",
    "5",
)


async def made(
    manager: Someone, label: str, kind: str, choices: str, depth: str, reason: str, points: str, *, confirm: bool = True
) -> str:
    """Make a field with buttons where there are some; the last words."""
    await manager.says("/fields")
    await manager.taps("New field")
    await manager.says(label)
    await manager.taps(kind)
    if choices:
        await manager.says(choices)
    await manager.taps(depth)
    await (manager.says(reason) if reason else manager.taps("Skip"))
    [summary] = await manager.taps(points)
    return (await manager.taps("Confirm"))[0] if confirm else summary


async def kept(play: Play, *columns: Any) -> list[tuple[Any, ...]]:
    """Columns of all their rows."""
    return [tuple(row) for row in await play.database.read(lambda s: s.connection().execute(select(*columns)).all())]


def labels(someone: Someone) -> list[str]:
    """The buttons under the last message."""
    return [label for row in someone.sees()[-1].buttons for label, _ in row]


async def test_a_field_is_made_step_by_step(play: Play) -> None:
    owner = play.owner
    assert "of your own" in (await owner.says("/fields"))[0]
    summary = await made(owner, *TEA, confirm=False)
    assert "Favourite tea\nAnswer: green, black, <b>white</b>\nAsked: At once" in summary
    assert "Why: Then we keep some for you.\nEarns: 5 points" in summary
    assert await kept(play, OwnField.label) == []
    assert "“Favourite tea” stands in every member's /profile now" in (await owner.taps("Confirm"))[0]
    assert await kept(play, OwnField.label, OwnField.choices) == [("Favourite tea", ["green", "black", "<b>white</b>"])]
    assert ("field new", {"field": 1}) in await kept(play, AuditLine.act, AuditLine.facts)
    assert "made the profile field “Favourite tea”" in (await owner.says("/audit"))[0]
    assert "no longer works" in (await owner.presses("newfield:!"))[0]  # a second tap makes nothing
    assert labels(owner) == []


async def test_members_tell_it_and_earn_once(play: Play) -> None:
    await made(play.owner, *TEA)
    ann = await play.member("Ann")
    [profile] = await ann.says("/profile")
    basics, middle = profile.index("Basics"), profile.index("So that we know you")
    assert basics < profile.index("Favourite tea: not told yet (+5 points)") < middle
    [question] = await ann.taps("Favourite tea")
    assert question == (
        "May I ask about “Favourite tea”? Tap what fits.\nThen we keep some for you.\nIt earns 5 points."
    )
    assert labels(ann) == ["green", "black", "<b>white</b>", "Cancel"]
    assert "one of these: green, black, <b>white</b>" in (await ann.says("coffee"))[0]
    assert "Noted. Favourite tea: black\nThank you! +5 points." in (await ann.says(" ＢＬＡＣＫ "))[0]
    await ann.says("/profile")
    await ann.taps("✓ Favourite tea: black")
    assert "Noted. Favourite tea: <b>white</b>" in (await ann.taps("white"))[0]
    assert await ann.points() == 25
    assert "+5 · Favourite tea" in (await ann.says("/points"))[0]
    assert "Favourite tea: <b>white</b>" in (await play.owner.says("/member @ann"))[0]
    await ann.says("/profile")
    await ann.taps("Favourite tea")
    assert "Favourite tea: forgotten" in (await ann.taps("Clear"))[0]
    assert await kept(play, Answer.value) == []


async def test_dates_and_numbers_as_people_write_them(play: Play) -> None:
    await made(play.owner, "Wedding day", "A date", "", "Regulars", "", "0")
    await made(play.owner, "Shoe size", "A number", "", "Regulars", "", "10")
    ann = await play.member("Ann")

    async def tells(field: str, words: str) -> str:
        await ann.says("/profile")
        await ann.taps(field)
        return (await ann.says(words))[0]

    dates = {
        "15 Aug 2020": "15 August 2020",
        "2020年8月15日": "15 August 2020",
        "8-15": "15 August",
        "２０２０．８．１５": "15 August 2020",
    }
    for words, said in dates.items():
        assert f"Noted. Wedding day: {said}\n" in await tells("Wedding day", words) + "\n", words
    for words in ("农历八月十五", "31 February", "15 Aug 2999", "soon", "8" * 4_000):
        assert "date of the past" in await tells("Wedding day", words), words
    assert await tells("Wedding day", "03/04/2020") == "Which one do you mean?"
    assert "Noted. Wedding day: 3 April 2020" in (await ann.taps("3 April"))[0]
    for words, said in {"３８．５": "38.5", "1,234.50": "1234.5", "-3": "-3", " 1000000000 ": "1000000000"}.items():
        assert f"Noted. Shoe size: {said}" in await tells("Shoe size", words), words
    for words in ("a lot", "1,2,3", "1000000001", "3..5", "1" * 200, "∞", "😀"):
        assert "Noted" not in await tells("Shoe size", words), words
    assert sorted(await kept(play, Answer.field, Answer.value)) == [("own1", "2020-04-03"), ("own2", "1000000000")]
    assert await ann.points() == 30


async def test_a_wrong_answer_leaves_the_step_open(play: Play) -> None:
    owner = play.owner
    await made(owner, *TEA)
    await owner.says("/fields")
    await owner.taps("New field")
    assert "a field “favourite TEA” already" in (await owner.says("favourite TEA"))[0]
    assert "at most 30 characters" in (await owner.says("x" * 31))[0]
    assert "few words" in (await owner.says("!!!"))[0]
    assert "What is the answer?" in (await owner.says("Milk"))[0]
    assert "tap one of these" in (await owner.says("whatever"))[0]
    assert "Which choices" in (await owner.says("one of some choices"))[0]
    for wrong in ("yes", "yes, Yes", ", ".join(map(str, range(11)))):
        assert "2 to 10 different choices" in (await owner.says(wrong))[0], wrong
    assert "How well should" in (await owner.says("yes\nno, thanks"))[0]
    await owner.taps("VIPs")
    assert "at most 100" in (await owner.says("x" * 101))[0]
    await owner.taps("Skip")
    for wrong in ("-1", "1001", "many", "1.5"):
        assert "0 to 1,000" in (await owner.says(wrong))[0], wrong
    assert "Answer: yes, no, thanks" in (await owner.says("１５"))[0]
    assert "no longer works" in (await owner.presses("newfield:kind:date"))[0]
    assert "dropped" in (await owner.taps("Cancel"))[0]
    assert len(await kept(play, OwnField.id)) == 1


async def test_a_step_is_taken_back(play: Play) -> None:
    owner = play.owner
    await owner.says("/fields")
    await owner.taps("New field")
    assert labels(owner) == ["Cancel"]  # there is nothing to go back to
    await owner.says("Milk")
    await owner.taps("A number")
    assert "What is the answer?" in (await owner.taps("Back"))[0]
    assert "What shall the field be called?" in (await owner.taps("Back"))[0]
    assert "no longer works" in (await owner.presses("newfield:<"))[0]
    await owner.says("Sugar")
    await owner.taps("A number")
    await owner.taps("At once")
    await owner.taps("Skip")
    assert "Sugar\nAnswer: A number" in (await owner.taps("20"))[0]
    assert "How many points" in (await owner.taps("Back"))[0]
    await owner.says("７")
    assert "Is that right?" in (await owner.says("hm"))[0]
    assert "“Sugar” stands" in (await owner.says("yes"))[0]
    assert await kept(play, OwnField.label, OwnField.points) == [("Sugar", 7)]


async def test_the_steps_survive_a_restart(play: Play) -> None:
    await play.owner.says("/fields")
    await play.owner.taps("New field")
    await play.owner.says("Milk")
    playground, stop = Playground(play.clock.now, "en"), asyncio.Event()
    reborn = Club(play.database, {"playground": playground}, OpenShop(play.club.shop.now), play.clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reborn.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        owner = Play(reborn, playground).owner
        await owner.says("a few words")
        await owner.taps("At once")
        await owner.says("Skip")
        assert "Milk\nAnswer: A few words" in (await owner.says("7"))[0]
        await owner.taps("Confirm")
        stop.set()
    assert await kept(play, OwnField.label, OwnField.points, OwnField.reason) == [("Milk", 7, "")]


async def test_a_field_is_changed_and_hidden(play: Play) -> None:
    owner = play.owner
    await made(owner, *TEA)
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Favourite tea")
    await owner.says("/fields")
    assert "Members see it" in (await owner.taps("Favourite tea"))[0]
    assert "It is hidden" in (await owner.taps("Hide"))[0]
    assert "no longer asks about that" in (await ann.says("black"))[0]
    assert "/help" in (await ann.says("black"))[0]
    assert "Favourite tea" not in (await ann.says("/profile"))[0]
    assert "no longer works" in (await ann.presses("tell:own1"))[0]
    assert "Members see it" in (await owner.taps("Show"))[0]
    await owner.taps("Rename")
    assert "Tea\n" in (await owner.says("Tea"))[0]
    await owner.taps("Change the points")
    assert "Earns: 20 points" in (await owner.taps("20"))[0]
    await owner.taps("Change the reason")
    assert "Why" not in (await owner.taps("Skip"))[0]
    assert "Tea: not told yet (+20 points)" in (await ann.says("/profile"))[0]
    acts = [facts["what"] for act, facts in await kept(play, AuditLine.act, AuditLine.facts) if act == "field change"]
    assert acts == ["hidden", "hidden", "label", "points", "reason"]


async def test_own_fields_are_asked_after_the_built_in_ones_of_their_depth(play: Play) -> None:
    await made(play.owner, *TEA)
    ann = await play.member("Ann")
    for field, words in {"Name": "Ann", "Phone": "13800138000", "E-mail": "a@example.com", "Region": "K"}.items():
        await ann.says("/profile")
        await ann.taps(field)
        await ann.says(words)
    [answer] = await ann.says("/checkin")
    assert "May I ask about “Favourite tea”? Tap what fits.\nThen we keep some for you.\nIt earns 5 points." in answer
    assert labels(ann) == ["green", "black", "<b>white</b>", "Skip", "Don't ask again"]
    [edited] = await ann.taps("green")
    assert edited.startswith("Checked in")
    assert edited.endswith("Noted. Favourite tea: green\nThank you! +5 points.")


async def test_the_shop_may_have_twenty(play: Play) -> None:
    for number in range(MOST):
        await play.database.write(_bare, number + 1, play.clock.now())
    await play.owner.says("/fields")
    assert "New field" not in labels(play.owner)
    assert "20 fields of your own" in (await play.owner.presses("freshfield"))[0]
    ann = await play.member("Ann")
    assert "Field 20" in (await ann.says("/profile"))[0]


async def test_forged_buttons_are_stale(play: Play) -> None:
    await play.owner.says("/fields")
    forged = "ownfield:9 ownfield:x hidefield:1:0 hidefield:1:2 changefield:1:points changefield:1:id"
    for data in (
        *forged.split(),
        "newfield:kind:poem",
        "newfield:label:x",
        "newfield:points:7",
        "newfield:!",
        "newfield:<",
        "newvalue:label:x",
    ):
        assert "no longer works" in (await play.owner.presses(data))[0], data


def _bare(session: Any, number: int, now: Any) -> None:
    session.add(
        OwnField(
            id=number,
            label=f"Field {number}",
            folded=f"field {number}",
            kind="text",
            depth="high",
            reason="",
            points=0,
            made_at=now,
        )
    )
