"""A broadcast step by step, and what can be changed, tried and looked at before anything is sent."""

import io

import pytest
from PIL import Image

from tests.people import Play, Someone
from tests.stories.test_broadcasts import got, guests, labels, moments, rows


def jpeg() -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(file, "JPEG")
    return file.getvalue()


async def photo(play: Play, caption: str = "") -> str:
    """The owner sends a picture; what is said to it."""
    before = len(play.owner.heard())
    await play.playground.send_photo(play.owner.id, play.owner.id, "tea.jpg", jpeg(), caption)
    await play.quiet()
    return play.owner.heard()[before:][-1]


async def test_step_by_step_it_becomes_the_same_preview(play: Play) -> None:
    ann, bob, _ = await guests(play)
    await play.owner.says("/tag @p0 tea")
    [question] = await play.owner.says("/broadcast")
    assert "What shall it say? {name}, {points}, {grade} and {coupon} are filled" in question
    assert "All broadcasts" in labels(play.owner)
    assert "Nothing fills {nmae}" in (await play.owner.says("Hello {nmae}"))[0]
    assert "To whom?" in (await play.owner.says("Hello {name}"))[0]
    assert "nobody can be written to" in (await play.owner.says("tag:coffee"))[0]
    assert "When?" in (await play.owner.says("tag:tea"))[0]
    [preview] = await play.owner.taps("Send now")
    assert preview.startswith("Hello Mrs Wang\n——————\nTo 1 member;")
    await play.owner.taps("Confirm")
    await moments(play)
    assert (got(ann, "Hello P0"), got(bob, "Hello")) == (1, 0)


async def test_parts_are_changed_by_buttons_and_the_old_preview_is_dead(play: Play) -> None:
    ann, bob, _ = await guests(play)
    await play.owner.says("/tag @p0 tea")
    await play.owner.says('/broadcast "Helo"')
    message, data = play.owner.button("Confirm")
    await play.owner.taps("Text")
    assert (await play.owner.says("Hello {name}"))[0].startswith("Hello Mrs Wang")
    assert "no longer works" in (await play.owner.presses(data, under=message.id))[0]
    await play.owner.taps("To whom")
    assert "To 1 member;" in (await play.owner.says("tag:tea"))[0]
    await play.owner.taps("When")
    assert "It goes out on 10 February, 18:00." in (await play.owner.says("18:00"))[0]
    await play.owner.taps("Language")
    await play.owner.taps("繁體中文")
    assert "Also in: 繁體中文" in (await play.owner.says("{姓名}您好"))[0]
    await play.owner.taps("Confirm")
    await play.until("2027-02-10 18:10")
    assert (got(ann, "Hello P0"), got(bob, "Hello")) == (1, 0)


async def test_buttons_open_a_command_or_a_link(play: Play) -> None:
    [ann] = await guests(play, 1)
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Buttons")
    assert "What does it open?" in (await play.owner.says("Our gifts"))[0]
    assert "A button opens a link such as" in (await play.owner.says("javascript:alert(1)"))[0]
    assert "A button opens a link such as" in (await play.owner.says("http://"))[0]
    assert "[ Our gifts ] /gifts" in (await play.owner.taps("/gifts"))[0]
    await play.owner.taps("Buttons")
    await play.owner.says("Shop")
    await play.owner.says("https://tea.example/new")
    await play.owner.taps("Confirm")
    await moments(play)
    assert labels(ann) == ["Our gifts", "Shop", "No more offers"]
    assert ann.button("Shop")[1] == "https://tea.example/new"
    assert "gift" in (await ann.taps("Our gifts"))[-1].lower()


async def test_a_picture_goes_with_it(play: Play) -> None:
    [ann] = await guests(play, 1)
    preview = await photo(play, '/broadcast "Tea, {name}"')
    assert "With the picture above it." in preview
    await play.owner.taps("Send it to me first")
    assert play.owner.sees()[-1].file
    await play.owner.taps("Confirm")
    await moments(play)
    assert ann.sees()[-1].file
    assert got(ann, "Tea, P0") == 1


async def test_a_picture_can_be_added_and_taken_away_and_its_words_must_fit(play: Play) -> None:
    await guests(play, 1)
    await play.owner.says(f'/broadcast "{"x" * 1100}"')
    await play.owner.taps("Picture")
    assert "That is too long: 1,100 characters once it is filled in, and one message holds 1,024" in await photo(play)
    assert "send the picture as a photo" in (await play.owner.says("a picture"))[0]
    await play.owner.taps("No picture")
    await play.owner.taps("Text")
    await play.owner.says("Short")
    await play.owner.taps("Picture")
    assert "With the picture above it." in await photo(play)
    await play.owner.taps("Text")
    assert "one message holds 1,024" in (await play.owner.says("y" * 1100))[0]


async def test_its_author_tries_it_and_nobody_else_gets_it(play: Play) -> None:
    [ann] = await guests(play, 1)
    await play.owner.says('/broadcast "茶，{name}" en:"Tea {name}"')
    assert await play.owner.taps("Send it to me first") == ["Tea Mrs Wang"]
    assert labels(play.owner) == ["No more offers"]
    assert got(ann, "Tea") == 0
    assert not await play.database.read(rows)


async def test_it_is_seen_as_any_member_reads_it(play: Play) -> None:
    await guests(play, 1)
    await play.member("美", language="zh-hans")
    await play.owner.says('/broadcast "Tea for {name}" zh_CN:"{姓名}，茶到了，{积分}分"')
    await play.owner.taps("As a member reads it")
    assert "I know no member" in (await play.owner.says("@nobody"))[0]
    assert await play.owner.says("M0004") == ["美，茶到了，20分"]
    assert labels(play.owner) == ["不再接收优惠"]


@pytest.mark.parametrize("data", ["castpart:text:1", "draft:me:1"])
async def test_a_colleague_changes_no_draft_of_somebody_else(play: Play, data: str) -> None:
    await guests(play, 1)
    may: Someone = await play.member("May")
    await play.owner.says("/staff add @may manager")
    await play.owner.says('/broadcast "Tea"')
    said = await may.presses(data)
    if data.startswith("castpart"):
        said = await may.says("Coffee")
    assert "no longer works" in said[0]


async def test_a_sent_broadcast_is_changed_no_more(play: Play) -> None:
    [ann] = await guests(play, 1)
    await play.owner.says('/broadcast "Tea"')
    _, data = play.owner.button("Text")
    await play.owner.taps("Confirm")
    await play.owner.presses(data)
    assert "no longer works" in (await play.owner.says("Coffee"))[0]
    await moments(play)
    assert got(ann, "Tea") == 1


async def test_classes_are_chosen_and_combined_by_buttons_with_their_numbers(play: Play) -> None:
    await guests(play)
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.says("/coupon give TEA @p0")
    await play.owner.says("/broadcast")
    await play.owner.says("Hello")
    assert labels(play.owner) == [
        "Everybody (3)",
        "Not regulars yet (3)",
        "Joined lately (3)",
        "Have a coupon (1)",
        "Back",
        "Cancel",
    ]
    await play.owner.taps("Not regulars yet")
    assert labels(play.owner) == ["All of them", "Joined lately (3)", "Have a coupon (1)", "Back", "Cancel"]
    await play.owner.taps("Have a coupon")
    [preview] = await play.owner.taps("Send now")
    assert "To 1 member;" in preview
    assert "Audience: grade:new coupon:yes" in preview
    await play.owner.taps("To whom")
    assert "To 3 members;" in (await play.owner.taps("Everybody"))[0]
    await play.owner.taps("To whom")
    await play.owner.taps("Joined lately")
    assert "Audience: joined:<30d\n" in (await play.owner.taps("All of them"))[0]


async def test_each_gets_it_at_the_hour_at_which_they_last_bought_or_came(play: Play) -> None:
    ann, bob = await guests(play, 2)  # who came at ten
    await play.until("2027-02-11 14:30")
    await play.owner.says("/sale @p1 20 tea #1")
    await play.until("2027-02-12 12:00")
    await play.owner.says("/broadcast")
    await play.owner.says("Hello")
    await play.owner.taps("Everybody")
    assert "at the hour at which they last bought something" in (await play.owner.taps("Each at their own hour"))[0]
    await play.owner.taps("Confirm")
    await play.until("2027-02-12 14:20")
    assert (got(ann, "Hello"), got(bob, "Hello")) == (0, 0)
    await play.until("2027-02-12 14:40")
    assert (got(ann, "Hello"), got(bob, "Hello")) == (0, 1)
    await play.until("2027-02-13 09:50")
    assert got(ann, "Hello") == 0
    await play.until("2027-02-13 10:10")
    assert got(ann, "Hello") == 1
