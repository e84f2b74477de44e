"""Letters by a baby's months: only for who wishes for them, no heap of old ones, and over at one tap."""

import pytest
from sqlmodel import select

from db.journeys import Trip
from tests.people import Play, Someone


async def wishes(someone: Someone, month: str) -> str:
    """Somebody wishes for the letters under /family, and confirms."""
    await someone.says("/family")
    await someone.taps("baby's months")
    await someone.says(month)
    [said] = await someone.taps("Confirm")
    return said


async def mother(play: Play, month: str) -> Someone:
    """Ann, who wishes for the letters."""
    await play.owner.says("/journeys on life-stages")
    ann = await play.member("Ann")
    assert "With pleasure" in await wishes(ann, month)
    return ann


def got(someone: Someone, words: str) -> int:
    """How often somebody got some words."""
    return sum(words in text for text in someone.heard())


async def test_from_pregnancy_to_a_hundred_days(play: Play) -> None:
    ann = await mother(play, "2027-06-01")
    await play.down_until("2027-02-21 10:00")  # a hundred days before
    assert got(ann, "take it slowly") == 1
    await play.down_until("2027-05-02 10:00")
    assert got(ann, "you meet before long") == 1
    await play.down_until("2027-09-09 10:00")
    assert got(ann, "a hundred days today") == 1


async def test_whoever_comes_late_gets_no_heap(play: Play) -> None:
    ann = await mother(play, "2026-09")
    assert not [text for text in ann.heard() if "month is over" in text or "hundred days" in text]
    await play.down_until("2027-03-17 10:00")
    assert got(ann, "half a year") == 1


async def test_one_tap_ends_it_for_ever_and_only_a_new_wish_begins_it(play: Play) -> None:
    ann = await mother(play, "2027-06-01")
    await play.down_until("2027-02-21 10:00")
    assert "I will not write about it again" in (await ann.taps("no more of these"))[0]
    await play.down_until("2027-05-02 10:00")
    await play.down_until("2027-09-09 10:00")
    assert got(ann, "you meet") == got(ann, "hundred days") == 0
    assert await play.database.read(lambda s: s.exec(select(Trip.state)).all()) == ["stopped"]
    await wishes(ann, "2027-06-01")
    await play.down_until("2027-12-01 10:00")
    assert got(ann, "half a year") == 1


async def test_it_is_offered_only_where_the_shop_writes_them(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family")
    assert "baby" not in str(ann.sees()[-1].buttons)
    await ann.presses("babymonths")
    await ann.says("2027-06")
    assert "no longer works" in (await ann.taps("Confirm"))[0]


@pytest.mark.parametrize("words", ["soon", "2027-13", "2027-02-30", "2023-01", "2028-01", "5", "2027-06-01 or so"])
async def test_a_month_that_cannot_be_is_asked_again(play: Play, words: str) -> None:
    await play.owner.says("/journeys on life-stages")
    ann = await play.member("Ann")
    await ann.says("/family")
    await ann.taps("baby's months")
    assert "2027-02-15: from the third birthday" in (await ann.says(words))[0]
    assert "Is that right?" in (await ann.says("2027年6月"))[0]
