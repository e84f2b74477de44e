"""What a member saves for: the next gift and how far it is, in words and as a picture."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlmodel import Session, col, update

from bot.club import points
from db.members import Member
from tests.people import Play, Someone


async def shelf(play: Play, *lines: str) -> None:
    """The owner fills the gift area."""
    for line in lines:
        assert "In the gift area" in (await play.owner.says(f"/gift new {line}"))[0]


async def aim(someone: Someone) -> str:
    """The line of /points about the next gift, empty where there is none."""
    [purse] = await someone.says("/points")
    return next((line for line in purse.splitlines() if "to go" in line or "Enough" in line), "")


def picture(someone: Someone) -> tuple[str | None, int]:
    """The format and width of the last picture that somebody sees."""
    file = someone.sees()[-1].file
    assert file
    with Image.open(io.BytesIO(file.data)) as opened:
        opened.load()
        return opened.format, opened.width


async def test_the_next_gift_is_the_cheapest_that_is_too_dear_yet(play: Play) -> None:
    ann = await play.member("Ann")
    assert await aim(ann) == ""
    await shelf(play, '"Porcelain cup" 120 10', "Spoon 50 10", '"Tea pot" 2000 1')
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 20 points.")
    assert purse.index("until") < purse.index("Spoon: 30 points to go.") < purse.index("Latest")
    await play.owner.says("/grant @ann 29 thanks")
    assert await aim(ann) == "Spoon: 1 point to go."
    await play.owner.says("/grant @ann 1 thanks")
    assert await aim(ann) == "Porcelain cup: 70 points to go."
    await play.owner.says('/gift off "Tea pot"')
    await play.owner.says("/grant @ann 70 thanks")
    assert await aim(ann) == "Enough for Porcelain cup: have a look at /gifts."


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("Cup 100 0", ""),
        ("Cup 100 5 from:1d", ""),
        ("Cup 100 5 grade:vip", ""),
        ("Cup 100 5", "/gift off Cup"),
        ("Cup 100 5", "/gift stock Cup 0"),
    ],
)
async def test_what_a_member_cannot_have_is_no_goal(play: Play, line: str, then: str) -> None:
    ann = await play.member("Ann")
    await shelf(play, "Urn 900 1", line)
    if then:
        assert await aim(ann) == "Cup: 80 points to go."
        await play.owner.says(then)
    assert await aim(ann) == "Urn: 880 points to go."


async def test_a_gift_that_closed_or_that_one_has_had_often_enough_is_no_goal(play: Play) -> None:
    ann = await play.member("Ann")
    await shelf(play, "Urn 900 9", "Cup 15 9 limit:2", "Fan 30 9 until:2d")
    assert await aim(ann) == "Fan: 10 points to go."
    await play.owner.says("/gift off Urn")
    await play.down_until("2027-02-13 10:00")
    for left in (1, 0):
        await play.owner.says("/grant @ann 15 thanks")
        assert "Enough for Cup" in await aim(ann)
        await ann.says("/gifts")
        await ann.taps("Cup")
        await ann.taps("Redeem")
        assert ("Cup" in await aim(ann)) == bool(left)
    await ann.says("/gifts")
    await ann.taps("Cancel: Cup")
    await ann.taps("Confirm")
    assert "Enough for Cup" in await aim(ann)


async def test_a_grade_brings_its_gifts(play: Play) -> None:
    ann = await play.member("Ann")
    await shelf(play, "Cup 100 5 grade:vip")
    assert await aim(ann) == ""
    svip = update(Member).where(col(Member.name) == "Ann").values(grade="svip")
    await play.database.write(lambda session: session.exec(svip))
    assert await aim(ann) == "Cup: 80 points to go."


async def test_points_as_a_picture_with_the_same_in_words(play: Play) -> None:
    ann = await play.member("Ann")
    await shelf(play, '"<b>&amp;cup 7" 120 10')
    await ann.says("/points")
    [caption] = await ann.taps("As a picture")
    assert caption.splitlines() == [
        "You have 20 points.",
        "They are good until 10 February 2028; every point you earn or use renews that.",
        "<b>&amp;cup 7: 100 points to go.",
    ]
    assert picture(ann) == ("PNG", 1080)
    await play.owner.says("/settings points.expiry days 30")
    await play.days(1)
    await ann.says("/checkin")
    await ann.says("/points")
    assert "20 of them expire after 12 March 2027." in (await ann.taps("As a picture"))[0]


async def test_pending_points_stand_apart_and_are_not_saved_yet(play: Play) -> None:
    ann = await play.member("Ann")
    await shelf(play, "Cup 100 10")

    def award(session: Session) -> None:
        who, now = int(ann_number[1:]), play.clock.now()
        points.award(session, who, 70, "grant", key="later", now=now, available_at=now + timedelta(days=3))

    ann_number = re.search(r"M\d{4}", (await ann.says("/profile"))[0])[0]  # type: ignore[index]
    await play.database.write(award)
    assert await aim(ann) == "Cup: 80 points to go."
    assert "20 points" in (await ann.says("/card"))[0]
    await ann.says("/points")
    [caption] = await ann.taps("As a picture")
    assert caption.startswith("You have 20 points.\n70 more are on their way.")
    assert picture(ann) == ("PNG", 1080)


async def test_a_stranger_without_points_gets_a_picture_too(play: Play) -> None:
    sue = play.stranger("Sue")
    await sue.says("/points")
    assert await sue.taps("As a picture") == ["You have 0 points."]
    assert picture(sue) == ("PNG", 1080)


async def test_the_picture_in_chinese(play: Play) -> None:
    mei = await play.member("小美", "zh-CN")
    await play.owner.says("/gift new 🎁 120 10")
    await mei.says("积分")
    [caption] = await mei.taps("看图片")
    assert caption.startswith("您有 20 积分")
    assert "再攒 100 积分，就能换“🎁”。" in caption


async def test_the_button_of_a_group_is_answered_in_private_only(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    assert not any("points" in text for text in await ann.says("积分", group=True))
    assert any(label == "As a picture" for row in ann.sees()[-1].buttons for label, _ in row)
