"""The member card, and the month's check-ins as a calendar."""

import io
from datetime import date

import pytest
from PIL import Image

from bot.club import checkins
from tests.people import Play, Someone

pytestmark = pytest.mark.words


def picture(someone: Someone) -> tuple[str | None, tuple[int, int]]:
    """The format and size of the last picture that somebody sees."""
    file = someone.sees()[-1].file
    assert file
    with Image.open(io.BytesIO(file.data)) as opened:
        opened.load()
        return opened.format, opened.size


async def test_the_card_says_the_same_as_a_picture_and_as_text(play: Play) -> None:
    ann = await play.member("Ann")
    [text] = await ann.says("/card")
    assert text == "M0003 Ann · new\n2 more purchases until regular\n20 points\nShow this at the till."
    assert picture(ann) == ("PNG", (1080, 680))
    assert (await ann.says("会员卡"))[0] == text


async def test_a_card_of_a_name_that_cannot_be_drawn(play: Play) -> None:
    for name in ("🎂🎉", "</b>", "محمد", "龍" * 200):
        someone = await play.member(name)
        [text] = await someone.says("/card")
        assert "20 points" in text
        assert picture(someone) == ("PNG", (1080, 680))


async def test_a_stranger_is_asked_for_consent_first(play: Play) -> None:
    [text] = await play.stranger("Bob").says("/card")
    assert "If you agree" in text


async def test_the_months_check_ins_are_a_tap_away(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    await play.days(1)
    await ann.says("/checkin")
    await ann.says("/checkin")  # a question stands under the first
    [text] = await ann.taps("My check-ins")
    assert text == "Check-ins in February 2027\n2 check-ins, 10 points."
    assert picture(ann)[0] == "PNG"
    await play.down_until("2027-03-01 10:00")
    [text] = await ann.taps("My check-ins")
    assert text == "Check-ins in March 2027\nNone yet this month: a check-in brings 5 points."
    assert picture(ann)[0] == "PNG"


async def test_the_calendar_tells_the_days_of_a_prize(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.streak_days 2")
    for _ in range(3):
        await ann.says("/checkin")
        await play.days(1)
    await play.owner.says("/settings points.checkin 50")  # more than a prize was then
    await ann.says("/checkin")
    number = int((await ann.says("/profile"))[0].split("(M")[1][:4])
    came = await play.database.read(checkins.between, number, date(2027, 2, 1), date(2027, 2, 28))
    assert [(day.day, each.points, each.prize) for day, each in came.items()] == [
        (10, 5, False),
        (11, 25, True),
        (12, 5, False),
        (13, 70, True),
    ]
    assert await play.database.read(checkins.between, number, date(2027, 2, 14), date(2027, 2, 28)) == {}
