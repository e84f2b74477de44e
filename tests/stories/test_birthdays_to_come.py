"""The birthdays to come, as a manager sees them."""

import io

import pytest
from PIL import Image

from tests.people import Play, Someone

pytestmark = pytest.mark.words


async def born(someone: Someone, day: str) -> None:
    """Tell a birthday and confirm it."""
    await someone.says("/profile")
    await someone.taps("Birthday")
    await someone.says(day)
    await someone.taps("Yes")


async def test_thirty_days_are_shown_with_a_calendar(play: Play) -> None:
    assert (await play.owner.says("/birthdays"))[0].endswith("none yet.")
    for name, day in (("Ann", "12 Feb"), ("Bob", "lunar 1-25"), ("Cleo", "11 March"), ("Dan", "12 March")):
        await born(await play.member(name), day)
    [text] = await play.owner.says("/birthdays")
    assert text.splitlines()[1:] == [
        "12 February: M0003 Ann",
        "2 March: M0004 Bob, lunar 1-25",
        "11 March: M0005 Cleo",
    ]
    file = play.owner.sees()[-1].file
    assert file
    with Image.open(io.BytesIO(file.data)) as picture:
        assert (picture.format, picture.width) == ("PNG", 1080)


async def test_a_prepared_birthday_still_stands_there(play: Play) -> None:
    ann = await play.member("Ann")
    await born(ann, "12 Feb")
    await play.days(1)
    assert "12 February: M0003 Ann" in (await play.owner.says("/birthdays"))[0]
    await play.days(2)
    assert "Ann" not in (await play.owner.says("/birthdays"))[0]
