"""A journey in the owner's own words, with another offer, on another day; and the jobs that are switched like one."""

from dataclasses import replace

import pytest
from aiogram.methods import SendDocument, SendMessage, SendVideo, SendVoice
from sqlmodel import select

from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.speech.letters import render
from db.coupons import Coupon
from db.journeys import JourneyEdit
from db.outbox import Letter
from tests.people import Play, Someone

pytestmark = pytest.mark.words


async def opens(play: Play, journey: str, step: str) -> str:
    """The owner opens a step of a journey."""
    await play.owner.says(f"/journeys {journey}")
    [text] = await play.owner.taps(step)
    return text


async def edit(play: Play, part: str, answer: str) -> str:
    """The owner edits a part of the open step; what they read then."""
    await play.owner.taps(part)
    [text] = await play.owner.says(answer)
    return text


def last(someone: Someone, words: str) -> str:
    """The last text with some words."""
    return [text for text in someone.heard() if words in text][-1]


async def test_an_offer_its_days_its_hour_and_its_words(play: Play) -> None:
    await play.owner.says("/start")
    await play.owner.says("/journeys on welcome")
    assert "10% off, good for 14 days" in await opens(play, "welcome", "Day 7")
    assert "20% off, good for 14 days" in await edit(play, "Offer", "20%")
    assert "good for 5 days" in await edit(play, "Validity", "5")
    assert "Day 6" in await edit(play, "Day", "6")
    await edit(play, "Hour", "18:30")
    text = await edit(play, "Words", "Dear {name}, <come> to {shop}!\n\n{coupon}")
    assert "Dear {name}, <come> to {shop}!" in text
    ann = await play.member("Ann")
    await play.down_until("2027-02-15 12:00")
    await play.down_until("2027-02-16 18:20")
    assert not [text for text in ann.heard() if "Dear Ann" in text]
    await play.down_until("2027-02-16 18:40")
    assert last(ann, "Dear Ann").startswith("Dear Ann, <come> to Tea House!\n\nCoupon for your first visit: 20% off")
    [coupon] = await play.database.read(lambda s: s.exec(select(Coupon)).all())
    assert f"{coupon.good_until.astimezone(play.zone):%m-%d %H:%M}" == "02-22 00:00"
    assert "edited the journey “welcome”" in (await play.owner.says("/audit"))[0]


async def test_the_words_are_for_one_language_and_go_as_they_came(play: Play) -> None:
    await play.owner.says("/start")
    await play.owner.says("/journeys on thank-you")
    await opens(play, "thank-you", "Day 1")
    await edit(play, "Words", "Ours: {coupon}")
    ann, mei = await play.member("Ann"), await play.member("梅", "zh-hans")
    await play.owner.says("/sale @ann 30 tea #1")
    await play.owner.says("/sale 梅 30 tea #2")
    await play.down_until("2027-02-11 10:00")
    assert last(ann, "Ours: ")
    assert last(mei, "谢谢您昨天来")
    await opens(play, "thank-you", "Day 1")
    [text] = await play.owner.taps("As it came")
    assert "Ours" not in text
    assert await play.database.read(lambda s: s.exec(select(JourneyEdit)).all()) == []


@pytest.mark.parametrize(
    ("part", "answer", "says"),
    [
        ("Words", "Hello {nmae}, {coupon}", "no other words in curly brackets"),
        ("Words", "Hello {name", "no other words in curly brackets"),
        ("Words", "Hello {name.x}{coupon}", "no other words in curly brackets"),
        ("Words", "Hello {name}", "leave {coupon} in it"),
        ("Words", "x" * 901 + "{coupon}", "at most 900"),
        ("Offer", "much", "An offer"),
        ("Validity", "0.5", "whole number"),
        ("Validity", "-1", "whole number"),
        ("Validity", "9999", "whole number"),
        ("Hour", "25:00", "like 18:00"),
    ],
)
async def test_a_slip_is_named_and_the_question_stays(play: Play, part: str, answer: str, says: str) -> None:
    await play.owner.says("/start")
    await opens(play, "thank-you", "Day 1")
    assert says.lower() in (await edit(play, part, answer)).lower()
    assert await play.database.read(lambda s: s.exec(select(JourneyEdit)).all()) == []


async def test_a_preview_shows_a_step_as_a_member_reads_it(play: Play) -> None:
    await play.owner.says("/start")
    await opens(play, "thank-you", "Day 1")
    [text] = await play.owner.taps("Preview")
    assert "Thank-you coupon: 5% off\nCode: ABCD-2345-EFGH" in text
    assert "{" not in text
    await opens(play, "how-is-it", "Day 3")
    assert "you took green tea home" in (await play.owner.taps("Preview"))[0]


async def test_a_job_is_switched_off_with_its_coupon_and_what_is_queued(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("1 April")
    await ann.taps("Yes")
    bob = await play.member("Bob")
    await bob.says("/profile")
    await bob.taps("Birthday")
    await bob.says("20 April")
    await bob.taps("Yes")
    await play.down_until("2027-03-25 10:00")
    assert last(ann, "Your birthday is coming")
    assert (await play.owner.says("/journeys off birthday"))[0] == "“Birthday” is off."
    await play.down_until("2027-04-01 10:00")
    await play.down_until("2027-04-20 10:00")
    assert not [text for text in (*ann.heard(), *bob.heard()) if "Happy birthday" in text]
    assert len(await play.database.read(lambda s: s.exec(select(Coupon)).all())) == 1
    look = select(Letter.reason).where(Letter.kind == "birthday")
    assert await play.database.read(lambda s: s.exec(look).all()) == ["switched off"]


async def test_a_jobs_letter_in_the_owners_words_around_its_own(play: Play) -> None:
    await play.owner.says("/start")
    await opens(play, "birthday", "wishes on the day")
    text = await edit(play, "Words", "Our {name}! {text} Yours, {shop}")
    assert "Our {name}!" in text
    assert "no other words" in await edit(play, "Words", "{coupon}")
    await play.owner.says("/cancel")
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("20 February")
    await ann.taps("Yes")
    await play.down_until("2027-02-20 10:00")
    assert last(ann, "Our Ann!") == (
        "Our Ann! Happy birthday, Ann! All of us at Tea House wish you a wonderful day. Yours, Tea House"
    )


async def test_the_owners_own_voice_goes_with_the_words(play: Play) -> None:
    await play.owner.says("/start")
    await play.owner.says("/journeys on thank-you")
    await opens(play, "thank-you", "Day 1")
    await play.owner.taps("Voice or video")
    assert "Please send a voice message" in (await play.owner.says("hello"))[0]
    assert "Please send a voice message" in (await play.owner.sends("list.csv", b"a,b", caption=""))[0]
    assert "With your own voice or video." in (await play.owner.sends("hello.ogg", b"OggS", caption=""))[0]
    ann = await play.member("Ann")
    await play.owner.says("/sale @ann 30 tea #1")
    await play.down_until("2027-02-11 10:00")
    assert ann.file().name == "hello.ogg"
    assert "your first order means a lot" in ann.heard()[-1]
    await opens(play, "thank-you", "Day 1")
    assert "own voice" not in (await play.owner.taps("As it came"))[0]


@pytest.mark.parametrize(("kind", "method"), [("voice", SendVoice), ("video", SendVideo), ("document", SendDocument)])
def test_a_voice_goes_by_its_platform_and_only_where_it_is_kept(kind: str, method: type, shop: Shop) -> None:
    facts = {"texts": {"en": "Hello {name}"}, "media": f"telegram:{kind}:AB:C"}
    letter = Outgoing(1, "journey", facts, "telegram", 7, "en", None, "Ann")
    sent = render(letter, shop, lambda _payload: None)
    assert isinstance(sent, method)
    assert sent.caption == "Hello Ann"
    assert getattr(sent, kind) == "AB:C"
    assert isinstance(render(replace(letter, platform="playground"), shop, lambda _payload: None), SendMessage)
    long = replace(letter, facts=facts | {"texts": {"en": "x" * 1025}})
    assert isinstance(render(long, shop, lambda _payload: None), SendMessage)


async def test_made_up_steps_and_parts_do_not_exist(play: Play) -> None:
    await play.owner.says("/start")
    for data in (
        "journey:step:welcome:none",
        "journey:try:none:card",
        "journey:came:welcome:none",
        "journey:on:none",
        "journey:fly:welcome",
        "rejourney:welcome:card:offer",
        "rejourney:welcome:none:text",
        "rejourney:none:card:text",
        "rejourney:birthday:birthday:day",
    ):
        assert "no longer works" in (await play.owner.presses(data))[0], data
