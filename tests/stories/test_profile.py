"""What a member tells: a question at a time, said back, kept once confirmed, and open over a restart."""

import asyncio
import re

import pytest
from sqlmodel import select

from bot.club.rules import OpenShop
from bot.platforms.playground import Playground
from bot.running import Club
from db.conversations import Conversation
from db.occasions import Occasion
from db.profile import Answer
from tests.people import Play, Someone
from tests.tables import everything

pytestmark = pytest.mark.words

WRITTEN = {
    "15 Aug 1990": "15 August",
    "5 March 1990": "5 March",
    "March 5": "5 March",
    "8月15日": "15 August",
    "08-15": "15 August",
    "１９９０年８月１５日": "15 August",
    "90年8月15": "15 August",
    "2月29日": "29 February",
    "农历八月十五": "lunar 8-15",
    "闰六月初一": "lunar leap 6-1",
    "腊月廿三": "lunar 12-23",
    "<b>15</b> Aug": None,
    "31 February": None,
    "2月30日": None,
    "13-13": None,
    "yesterday": None,
    "15 Aug 2999": None,
    "15 Aug 1800": None,
    "8月15日" * 20: None,
    "\u202e8-15 8-15": None,
}
FIELDS = {
    "Phone": ("138 0013 8000", "+8613800138000", "12345"),
    "E-mail": ("Ann@Example.com", "Ann@example.com", "ann at home"),
    "QQ number": ("１００００１", "100001", "012345"),
    "WeChat id": ("ann_lee-1990", "ann_lee-1990", "1ann"),
    "Region": ("上海 徐汇", "上海 徐汇", "!!!"),
    "Age band": ("25–34", "25–34", "x" * 101),
    "Interests": ("tea <3", "tea <3", "…"),
}


# What is no answer, field by field; the last of each is what the question still waits for.
NO_ANSWERS = {
    "Birthday": (
        "31 February", "2月30日", "13-13", "13月5日", "农历八月三十一", "农历十三月初一", "闰十三月初一",
        "5 March 2999", "2999年3月5日", "5 March 1876", "1870年3月5日", "5" * 4000, "🎂🎂🎂", "soon", "8月", "15 Aug",
    ),
    "Phone": ("1380013800A", "CALL-ME-NOW", "12345", "1" * 4000, "📞", "１３８ ００１３ ８ＡＢＣ", "138 0013 8000"),
    "E-mail": ("ann at home", "ann@", "@example.com", "a" * 4000, "📧", "ann@example.com"),
    "Name": ("!!!", "😀😀", "\u200b\u200b", "Ann" * 1000, "Ann"),
    "Region": ("…", "🏠", "K" * 101, "Kunming"),
    "QQ number": ("012345", "1234", "12345a", "9" * 4000, "🐧", "100001"),
    "WeChat id": ("1ann", "ann", "安妮安妮安妮", "a" * 4000, "💬", "ann_lee"),
}  # fmt: skip


async def asked(someone: Someone, field: str) -> str:
    """Open the question for a field."""
    await someone.says("/profile")
    [question] = await someone.taps(field)
    return question


async def birthdays(play: Play) -> list[tuple[str, int, int]]:
    """The birthdays that are kept."""
    look = select(Occasion.calendar, Occasion.month, Occasion.day)
    return await play.database.read(lambda s: [tuple(row) for row in s.exec(look)])


async def tells(someone: Someone, day: str) -> list[str]:
    """Tell a birthday and confirm it."""
    await asked(someone, "Birthday")
    await someone.says(day)
    return await someone.taps("Yes")


async def test_the_profile_shows_what_telling_earns(play: Play) -> None:
    ann = await play.member("Ann")
    [profile] = await ann.says("/profile")
    assert "Birthday: not told yet (+30 points)" in profile
    assert "Phone: not told yet (+10 points)" in profile


async def test_a_birthday_is_said_back_and_kept_once_confirmed(play: Play) -> None:
    ann = await play.member("Ann")
    assert "It earns 30 points" in await asked(ann, "Birthday")
    [back] = await ann.says("5 March 1990")
    assert "5 March" in back
    assert "5 March 2027" in back
    assert "1990" not in back
    assert await birthdays(play) == []
    [kept] = await ann.taps("Yes")
    assert "+30" in kept
    assert await birthdays(play) == [("solar", 3, 5)]
    assert await ann.points() == 50
    assert "Birthday: 5 March" in (await ann.says("/profile"))[0]


async def test_dates_as_people_write_them(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Birthday")
    for written, understood in WRITTEN.items():
        [answer] = await ann.says(written)
        if understood:
            assert f"Your birthday is {understood}." in answer, written
        else:
            assert "Your birthday is" not in answer, written
            assert "went wrong" not in answer
    [still] = await ann.says("8-15")  # what was wrong left the question open
    assert "15 August" in still


@pytest.mark.parametrize("field", NO_ANSWERS)
async def test_what_is_no_answer_gets_one_sentence_and_stores_nothing(play: Play, field: str) -> None:
    ann = await play.member("Ann")
    await asked(ann, field)
    before = await play.database.read(everything, "inbox")
    *wrong, right = NO_ANSWERS[field]
    for words in wrong:
        [answer] = await ann.says(words)
        assert re.fullmatch(r"[^\n]+", answer), words
        assert "went wrong" not in answer, words
        assert "/help" not in answer, words  # the question is still open
        assert await play.database.read(everything, "inbox") == before, words
    [taken] = await ann.says(right)
    assert re.search("Noted|Is that right", taken)


async def test_a_day_in_chinese_figures_alone_is_asked_back(play: Play) -> None:
    mei = await play.member("Mei", "zh")
    await mei.says("资料")
    await mei.taps("生日")
    assert await mei.says("八月十五") == ["您说的是哪一天？"]
    await mei.taps("农历八月十五")
    assert await birthdays(play) == [("lunar", 8, 15)]


@pytest.mark.parametrize(("language", "day"), [("en", (4, 3)), ("zh", (3, 4))])
async def test_the_language_says_which_comes_first(play: Play, language: str, day: tuple[int, int]) -> None:
    ann = await play.member("Ann", language)
    await ann.says("/profile")
    await ann.taps({"en": "Birthday", "zh": "生日"}[language])
    await ann.says("03/04")
    labels = [label for row in ann.sees()[-1].buttons for label, _ in row]
    assert re.findall("[0-9]+|April|March", labels[0]) == {"en": ["3", "April"], "zh": ["3", "4"]}[language]
    await ann.presses("date:0")
    assert await birthdays(play) == [("solar", *day)]


async def test_a_date_that_can_mean_two_days_is_asked_about(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Birthday")
    assert await ann.says("03/04") == ["Which one do you mean?"]
    await ann.taps("4 March")
    assert await birthdays(play) == [("solar", 3, 4)]


async def test_the_conversation_survives_a_restart(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Birthday")
    await ann.says("8-15")
    label, data = ann.button("Yes")
    playground, stop = Playground(play.clock.now, "en"), asyncio.Event()
    reborn = Club(play.database, {"playground": playground}, OpenShop(play.club.shop.now), play.clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reborn.run(stop, ticking=False))
        while not playground.alive:
            await asyncio.sleep(0)
        again = Someone(Play(reborn, playground), playground.add("Ann", "en").id, "Ann")
        assert again.id == ann.id
        [back] = await again.says("9-15")
        assert "15 September" in back
        await again.taps("Yes")
        stop.set()
    assert label.id
    assert data
    assert await birthdays(play) == [("solar", 9, 15)]


async def test_a_second_tap_on_yes_earns_nothing_more(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Birthday")
    await ann.says("8-15")
    message, data = ann.button("Yes")
    for _ in range(3):
        await ann.presses(data, under=message.id)
    assert await ann.points() == 50
    assert len(await birthdays(play)) == 1


async def test_a_birthday_can_be_changed_once(play: Play) -> None:
    ann = await play.member("Ann")
    await tells(ann, "8-15")
    [changed] = await tells(ann, "8-16")
    assert "16 August" in changed
    assert "+30" not in changed
    assert "changed once already" in await asked(ann, "Birthday")
    assert "/help" in (await ann.says("8-17"))[0]  # nothing is asked that cannot be answered
    assert await birthdays(play) == [("solar", 8, 16)]
    assert await ann.points() == 50


async def test_cancel_drops_the_question(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Birthday")
    assert "dropped" in (await ann.says("/cancel"))[0]
    assert "/help" in (await ann.says("8-15"))[0]
    await asked(ann, "Birthday")
    assert "dropped" in (await ann.taps("Cancel"))[0]
    assert "/help" in (await ann.says("8-15"))[0]
    await asked(ann, "Birthday")
    await ann.says("8-15")
    await ann.taps("let me try again")
    assert "16 August" in (await ann.says("8-16"))[0]


async def test_a_command_or_a_word_in_between_is_understood_as_itself(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Birthday")
    assert "+5 points" in (await ann.says("签到"))[0]
    assert "25 points" in (await ann.says("/points"))[0]
    assert "15 August" in (await ann.says("8-15"))[0]


async def test_a_new_question_takes_the_place_of_the_old(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Birthday")
    await asked(ann, "Region")
    assert "Region: 8-15" in (await ann.says("8-15"))[0]


async def test_each_field_is_read_kept_and_earns_once(play: Play) -> None:
    ann = await play.member("Ann")
    for number, (field, (written, value, wrong)) in enumerate(FIELDS.items(), 1):
        await asked(ann, field)
        [refused] = await ann.says(wrong)
        assert "Noted" not in refused, wrong
        [noted] = await ann.says(written)
        assert f"{field}: {value}" in noted
        assert await ann.points() == 20 + 10 * number
        await asked(ann, field)
        assert "+10" not in (await ann.says(written))[0]
    [profile] = await ann.says("/profile")
    assert all(f"{field}: {value}" in profile for field, (_, value, _) in FIELDS.items())


async def test_a_field_can_be_cleared_and_earns_nothing_again(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Phone")
    await ann.says("13800138000")
    await asked(ann, "Phone")
    assert "forgotten" in (await ann.taps("Clear"))[0]
    assert await play.database.read(lambda s: s.exec(select(Answer)).all()) == []
    await asked(ann, "Phone")
    await ann.says("13900139000")
    assert await ann.points() == 30


async def test_a_cleared_field_does_not_promise_points_that_were_paid(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Phone")
    await ann.says("13800138000")
    await asked(ann, "Phone")
    await ann.taps("Clear")
    assert "Phone: not told yet (+10 points)" not in (await ann.says("/profile"))[0]


async def test_a_name_that_was_told_is_used(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Name")
    await ann.says("  Ann   Lee  ")
    assert "Ann Lee" in (await play.owner.says("/members"))[0]
    assert "+1 points for Ann Lee" in (await play.owner.says('/grant "Ann Lee" 1 thanks'))[0]


async def test_the_buttons_show_what_is_told_already(play: Play) -> None:
    ann = await play.member("Ann")
    await tells(ann, "8-15")
    await asked(ann, "Region")
    await ann.says("Kunming, by the lake, behind the old tea market and the bridge")
    await ann.says("/profile")
    labels = [label for row in ann.sees()[-1].buttons for label, _ in row]
    assert "✓ Birthday: 15 August" in labels
    assert "✓ Region: Kunming, by t…" in labels
    assert "Phone" in labels


async def test_who_told_a_name_is_greeted_by_it(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Name")
    await ann.says("Miss Lee")
    assert "Good to see you, Miss Lee!" in (await ann.says("/start"))[0]


async def test_a_picture_as_an_answer_is_asked_for_in_words(play: Play) -> None:
    ann = await play.member("Ann")
    await asked(ann, "Region")
    await play.playground.send_file(ann.id, ann.id, "map.bin", b"map")
    await play.quiet()
    assert "in words" in ann.heard()[-1]
    assert "Region: Kunming" in (await ann.says("Kunming"))[0]


async def test_forged_answers_are_stale_buttons(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    for data in (
        "date:0",
        "date:-1",
        "date:x",
        "date:",
        "tell:",
        "tell:salary",
        "clear:nothing",
        "tell:birthday:x",
    ):
        [answer] = await ann.presses(data)
        assert "no longer works" in answer, data
    await asked(ann, "Birthday")
    await ann.says("8-15")
    for data in ("date:1", "date:99999999999999999999", "date:-1"):
        assert "no longer works" in (await ann.presses(data))[0]
    assert await birthdays(play) == []


async def test_a_look_at_the_family_takes_no_text_for_a_field(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Name")
    await ann.taps("Family")
    assert "didn't understand" in (await ann.says("my husband and two children"))[0]


async def test_a_question_that_nobody_answers_for_a_week_is_dropped(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Phone")
    await play.down_until("2027-02-16 10:00")
    assert await play.database.read(lambda s: len(s.exec(select(Conversation)).all())) == 1
    await play.down_until("2027-02-17 10:01")
    assert await play.database.read(lambda s: s.exec(select(Conversation)).all()) == []
    assert "didn't understand" in (await ann.says("13800138000"))[0]
