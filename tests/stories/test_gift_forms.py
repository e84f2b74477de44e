"""/gift step by step: a new gift with buttons and texts, and what a manager changes by tapping a gift."""

import re

import pytest

from handlers import forms, giftlines
from tests.people import Play, Someone
from tests.stories.test_gifts import CUP, cup, ordered, picture, rich, stock

pytestmark = pytest.mark.words

PHOTO = "Please send the picture as a photo of at most 20 MB."


async def photo(someone: Someone, caption: str = "", *, as_file: bool = False) -> str:
    """Somebody sends a photo, or the same as a file; what they then read."""
    send = someone.play.playground.send_file if as_file else someone.play.playground.send_photo
    await send(someone.id, someone.id, "cup.png", picture("red"), caption)
    await someone.play.quiet()
    return someone.heard()[-1]


async def up_to_the_picture(boss: Someone) -> str:
    """All the questions before the picture, by text and by button; the last one asked."""
    assert "What is the gift called?" in (await boss.says("/gift"))[0]
    assert "How many points" in (await boss.says(CUP))[0]
    assert "How many are there?" in (await boss.says("120"))[0]
    assert "From which grade" in (await boss.taps("10"))[0]
    assert "How many may each member have?" in (await boss.taps("vip"))[0]
    assert "Until when" in (await boss.taps("1"))[0]
    [asked] = await boss.says("30d")
    return asked


async def test_a_bare_gift_asks_step_by_step_and_does_it_once(play: Play) -> None:
    boss = play.owner
    assert "Send me a photo" in await up_to_the_picture(boss)
    summary = await photo(boss)
    for said in (
        "Porcelain cup: 120 points, 10 left, from grade vip, 1 for each member",
        "Members see a picture of it.",
    ):
        assert said in summary
    assert "until 12 March, 10:00" in summary
    assert await boss.says("/gift list") == [
        'No gifts yet. Put the first one in like this: /gift new "Porcelain cup" 120 10'
    ]
    message, confirm = boss.button("Confirm")
    [done] = await boss.taps("Confirm")
    assert done.startswith("In the gift area: Porcelain cup: 120 points, 10 left")
    assert "no longer works" in (await boss.presses(confirm, under=message.id))[0]
    assert (await boss.taps("All gifts"))[0].count(CUP) == 1
    assert "Members see a picture of it." in (await boss.taps(CUP))[0]


async def test_the_buttons_alone_make_a_plain_gift(play: Play) -> None:
    boss = play.owner
    await boss.says("/gift")
    await boss.says("Spoon")
    for label in ("50", "5", "Everybody", "Any number", "No end", "No picture"):
        await boss.taps(label)
    assert "There is no picture of it yet." in boss.heard()[-1]
    await boss.taps("Back")
    await boss.taps("No picture")
    assert await boss.says("yes") == ["In the gift area: Spoon: 50 points, 5 left."]


async def test_a_wrong_answer_leaves_its_question_open(play: Play) -> None:
    boss = play.owner
    await cup(play, name="Spoon")
    await boss.says("/gift")
    for wrong, said in (
        ("x" * 4_000, "That is too long: at most 40 characters."),
        ("SPOON", "There is a gift “SPOON” already."),
    ):
        assert said in (await boss.says(wrong))[0]
    await boss.says(CUP)
    for wrong in ("0", "-5", "1.5", "ten", "99999999999"):
        assert "The price is a whole number of points from 1" in (await boss.says(wrong))[0]
    assert await photo(boss) == "Please answer in words, or /cancel."
    await boss.says("120")
    for wrong in ("-1", "1.5", "many"):
        assert "The stock is a whole number from 0" in (await boss.says(wrong))[0]
    await boss.says("0")
    assert "A grade is one of" in (await boss.says("gold"))[0]
    await boss.says("VIP")
    assert "limit: must be a whole number" in (await boss.says("0"))[0]
    await boss.says("any number")
    assert "I could not read" in (await boss.says("soon"))[0]
    assert "A gift's time must end" in (await boss.says("2020-01-01"))[0]
    await boss.taps("No end")
    for answer in ("here", "no"):
        assert await boss.says(answer) == [PHOTO]
    assert await photo(boss, as_file=True) == PHOTO
    assert await photo(boss, "this one", as_file=True) == PHOTO
    await boss.taps("No picture")
    assert "0 left, from grade vip" in (await boss.taps("Confirm"))[0]


@pytest.mark.parametrize("bytes_more", [0, 1])
async def test_a_photo_is_taken_up_to_20_mb(play: Play, monkeypatch: pytest.MonkeyPatch, bytes_more: int) -> None:
    largest = len(picture("red")) - bytes_more
    for module in (forms, giftlines):
        monkeypatch.setattr(module, "LARGEST", largest)
    await up_to_the_picture(play.owner)
    heard = await photo(play.owner)
    assert (heard == PHOTO) == bool(bytes_more)
    await cup(play, name="Spoon")
    heard = await photo(play.owner, "/gift photo Spoon")
    assert heard.startswith("Please send the picture" if bytes_more else "Members now see")


async def test_a_series_is_asked_for_once_there_is_one(play: Play) -> None:
    boss = play.owner
    await boss.says('/gift new "Rat cup" 60 20 series:"Zodiac cups"')
    for name, answer in (
        ("Ox cup", "Zodiac cups"),
        ("Tiger cup", "No series"),
        ("Red fan", "Fans of the four seasons"),
    ):
        await boss.says("/gift")
        await boss.says(name)
        for label in ("100", "20", "Everybody", "Any number"):
            await boss.taps(label)
        assert "Does it belong to a series" in (await boss.taps("No end"))[0]
        await (boss.says(answer) if name == "Red fan" else boss.taps(answer))
        await boss.taps("No picture")
        await boss.taps("Confirm")
    [listed] = await boss.says("/gift list")
    assert re.search("Ox cup: .* of the series “Zodiac cups”", listed)
    assert re.search("Tiger cup: 100 points, 20 left$", listed, re.MULTILINE)
    assert re.search("Red fan: .* of the series “Fans of the four seasons”", listed)


async def test_a_look_at_the_list_leaves_the_form(play: Play) -> None:
    await cup(play)
    await play.owner.says("/gift")
    await play.owner.taps("All gifts")
    assert "didn't understand" in (await play.owner.says("Spoon"))[0]


async def test_a_gift_of_the_list_is_changed_by_taps(play: Play) -> None:
    boss, ann = play.owner, await rich(play, "Ann")
    await cup(play)
    await ordered(ann)
    await boss.says("/gift list")
    assert "There is no picture of it yet." in (await boss.taps(CUP))[0]
    assert "How many are there?" in (await boss.taps("Change the stock"))[0]
    assert "The stock is a whole number" in (await boss.says("-1"))[0]
    assert await boss.says("7") == ["Changed: Porcelain cup: 120 points, 7 left."]
    await boss.taps(CUP)
    await boss.taps("Send a picture")
    assert [label for row in boss.sees()[-1].buttons for label, _data in row] == ["Cancel"]
    assert await photo(boss) == "Changed: Porcelain cup: 120 points, 7 left."
    assert "Members see a picture of it." in (await boss.taps(CUP))[0]
    assert "What was ordered of it is still handed over." in (await boss.taps("Take it off"))[0]
    assert CUP in (await boss.taps("Keep it"))[0]
    assert await stock(play) == 7
    await boss.says("/gift list")
    await boss.taps(CUP)
    await boss.taps("Take it off")
    assert "is out of the gift area" in (await boss.taps("Confirm"))[0]
    assert "No gifts yet" in (await boss.taps("All gifts"))[0]
    for data in ("shelf:one:1", "shelve:off:1", "shelve:gone:1", "shelve:stock:1", "shelve:photo:9"):
        assert "no such gift" in (await boss.presses(data))[0], data


async def test_a_gift_taken_off_meanwhile_is_not_changed(play: Play) -> None:
    boss = play.owner
    await cup(play)
    await boss.says("/gift list")
    await boss.taps(CUP)
    await boss.taps("Change the stock")
    await boss.says(f"/gift off {CUP}")
    await cup(play, "50 3")  # another gift of the name
    assert "no such gift" in (await boss.says("9"))[0]
    assert await stock(play) == 3


async def test_the_questions_and_their_buttons_speak_the_managers_language(play: Play) -> None:
    boss = play.owner
    await boss.says("/lang")
    await boss.taps("简体中文")
    await boss.says("/gift")
    for answer in ("鼠年杯", "60", "20"):
        await boss.says(answer)
    for label in ("所有会员", "不限", "长期有效", "不用图片"):
        await boss.taps(label)
    assert boss.heard()[-1] == "上架礼品\n\n鼠年杯：60 积分，还剩 20 件\n还没有图片。\n\n这样对吗？"
    assert (await boss.says("对"))[0].startswith("已上架：鼠年杯")
