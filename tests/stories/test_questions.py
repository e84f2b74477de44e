"""What the club asks on its own: one question at a time, at the right moment, and never twice what was not wished."""

import asyncio
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.club import questions
from db.engine import insert_once
from db.members import ACCOUNTS, MEMBERS, Account, Member
from db.outbox import LETTERS, Letter
from db.profile import Answer, AnswerChange, Question
from tests.acts import AT
from tests.people import Play, Someone
from tests.stories.test_birthdays import CODE

pytestmark = pytest.mark.words

NAME, PHONE = "What may I call you?", "What is your phone number?"
TO_THE_SHOP = (
    "请问你们几点关门",
    "你们周日开门吗",
    "are you open on Sunday?",
    "What time do you close",
    "還有位子嗎？",
    "do you have oolong",
)


def asked_last(someone: Someone) -> str:
    """The last words of the bot that somebody sees."""
    return someone.heard()[-1]


async def kept(play: Play, *columns: Any) -> list[tuple[object, ...]]:
    """Columns of all their rows, in order of coming."""
    look = select(*columns).order_by(columns[0].class_.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.connection().execute(look).all())]


async def grade(play: Play, name: str) -> None:
    """Give every member a grade."""
    await play.database.write(lambda s: s.connection().execute(MEMBERS.update().values(grade=name)).close())


def imported(session: Session, *fields: str) -> None:
    """An act: the only member has told some fields already."""
    [member_id] = session.exec(select(Member.id).where(Member.name == "Ann"))
    for field in fields:
        session.add(Answer(member_id=member_id, field=field, value="x", told_at=AT, source="import"))


async def test_one_question_follows_a_check_in(play: Play) -> None:
    ann = await play.member("Ann")
    [answer] = await ann.says("/checkin")
    assert answer.startswith("Checked in: +5 points.")
    assert f"\n\n{NAME} I greet you by it from then on.\nIt earns 10 points." in answer
    labels = [label for row in ann.sees()[-1].buttons for label, _ in row]
    assert labels == ["Skip", "Don't ask again"]
    assert NAME not in (await ann.says("/checkin"))[0]
    [noted] = await ann.says("Miss Lee")
    assert "Noted. Name: Miss Lee" in noted
    assert await ann.points() == 35
    assert await kept(play, Question.field, Question.moment, Question.outcome) == [("name", "checkin", "answered")]
    assert await kept(play, AnswerChange.field, AnswerChange.value, AnswerChange.source) == [
        ("name", "Miss Lee", "member")
    ]


async def test_one_a_day_and_three_a_week(play: Play) -> None:
    ann = await play.member("Ann")
    asked = []
    for _ in range(9):
        [answer] = await ann.says("/checkin")
        asked.append("It earns" in answer)
        await play.days(1)
    assert asked == [True, True, True, False, False, False, False, True, True]
    fields = [field for (field,) in await kept(play, Question.field)]
    assert fields == ["name", "phone", "email", "region", "name"]  # what was not answered comes round last


async def test_the_rules_say_how_often(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings profile.questions_per_day 0")
    assert NAME not in (await ann.says("/checkin"))[0]
    await play.days(1)
    await play.owner.says("/settings profile.questions_per_day 1")
    await play.owner.says("/settings profile.questions_per_week 0")
    assert NAME not in (await ann.says("/checkin"))[0]


async def test_skip_holds_for_ever(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    [edited] = await ann.taps("Skip")
    assert edited.startswith("Checked in: +5 points.")
    assert "I won't ask about “Name” again" in edited
    assert not ann.sees()[-1].buttons
    assert "/help" in (await ann.says("Ann Lee"))[0]  # nothing waits for an answer
    await play.days(1)
    assert PHONE in (await ann.says("/checkin"))[0]
    assert "I won't ask about “Phone” again" in (await ann.says("skip"))[0]
    await play.days(8)
    assert "e-mail" in (await ann.says("/checkin"))[0]


async def test_who_wants_no_questions_gets_none_until_they_say_so(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    assert "won't ask you anything more" in (await ann.taps("Don't ask again"))[0]
    await play.days(10)
    assert "It earns" not in (await ann.says("/checkin"))[0]
    await ann.says("/profile")
    assert "With pleasure" in (await ann.taps("ask me questions again"))[0]
    await play.days(1)
    assert PHONE in (await ann.says("/checkin"))[0]
    await ann.says("/profile")
    assert "again" not in str(ann.sees()[-1].buttons)


async def test_a_question_to_the_shop_is_not_taken_as_the_answer(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    for words in TO_THE_SHOP:
        [answer] = await ann.says(words)
        assert "did not note it as your answer" in answer, words
    assert "35 points" not in (await ann.says("积分"))[0]
    assert await play.database.read(lambda s: s.exec(select(Answer)).all()) == []
    assert "Noted. Name: Ann Lee" in (await ann.says("Ann Lee"))[0]


async def test_a_coupons_code_is_not_taken_as_the_answer(play: Play) -> None:
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    ann = await play.member("Ann")
    await ann.presses("claim:1")
    code = next(found[0] for text in reversed(ann.heard()) if (found := CODE.search(text)))
    await ann.says("/checkin")
    assert "Spring tea" in (await ann.says(code))[0]
    assert await play.database.read(lambda s: s.exec(select(Answer)).all()) == []
    assert "Noted. Name: Ann Lee" in (await ann.says("Ann Lee"))[0]


async def test_what_a_button_asked_takes_any_text(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Interests")
    assert "Noted. Interests: what is new?" in (await ann.says("what is new?"))[0]


async def test_a_wrong_answer_leaves_the_question_open(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/checkin")
    assert "few words" in (await ann.says("😀😀"))[0]
    assert "Noted. Name: Ann" in (await ann.says("Ann"))[0]


async def test_a_question_waits_until_the_end_of_the_next_day(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await ann.says("/checkin")
    await bob.says("/checkin")
    await play.until("2027-02-11 23:59")
    assert "Noted. Name: Ann" in (await ann.says("Ann"))[0]
    await play.until("2027-02-12 00:01")
    assert "/help" in (await bob.says("Bob"))[0]
    assert ("lapsed",) in await kept(play, Question.outcome)
    assert "I won't ask about “Name” again" in (await bob.taps("Skip"))[0]


async def test_nothing_is_asked_in_the_middle_of_something(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Region")
    assert NAME not in (await ann.says("/checkin"))[0]
    assert "Noted. Region: Kunming" in (await ann.says("Kunming"))[0]


async def test_nothing_is_asked_in_the_group_nor_of_staff_nor_before_consent(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    assert NAME not in (await ann.says("/checkin", group=True))[0]
    assert NAME not in (await play.owner.says("/checkin"))[0]
    lily = play.stranger("Lily")
    assert NAME not in (await lily.says("/checkin"))[0]
    assert await kept(play, Question.id) == []


async def test_depth_follows_the_grade(play: Play) -> None:
    assert questions.depths("new") == ("basic",)
    assert questions.depths("regular") == ("basic", "middle", "value")
    assert questions.depths("vip") == questions.depths("svip") == ("basic", "middle", "value", "high")
    ann = await play.member("Ann")
    for field, answer in {"Name": "Ann", "Phone": "13800138000", "E-mail": "a@example.com", "Region": "K"}.items():
        await ann.says("/profile")
        await ann.taps(field)
        await ann.says(answer)
    assert "It earns" not in (await ann.says("/checkin"))[0]
    await play.days(1)
    await grade(play, "regular")
    assert "age band" in (await ann.says("/checkin"))[0]


async def test_the_birthday_is_asked_and_confirmed(play: Play) -> None:
    ann = await play.member("Ann")
    await grade(play, "regular")
    await play.database.write(imported, "name", "phone", "email", "region", "age_band", "qq", "wechat")
    assert "When is your birthday?" in (await ann.says("/checkin"))[0]
    assert "Your birthday is 15 August." in (await ann.says("8-15"))[0]
    assert "+30 points" in (await ann.taps("Yes"))[0]
    assert (await kept(play, Question.field, Question.outcome)) == [("birthday", "answered")]
    assert await kept(play, AnswerChange.field, AnswerChange.value) == [("birthday", "solar 08-15")]


async def test_the_family_is_asked_about_and_told_in_the_answer(play: Play) -> None:
    ann = await play.member("Ann")
    await grade(play, "vip")
    told = ("name", "phone", "email", "region", "age_band", "qq", "wechat", "birthday", "interests")
    await play.database.write(imported, *told)
    assert "Family: not told yet (+10 points)" in (await ann.says("/profile"))[0]
    assert "Whose birthdays shall I keep for you?" in (await ann.says("/checkin"))[0]
    assert "did not note" in (await ann.says("why do you ask?"))[0]
    [noted] = await ann.says("mother Lan 8-15")
    assert "your mother Lan" in noted
    assert "+10 points" in noted
    assert "Family: one person" in (await ann.says("/profile"))[0]
    await ann.taps("✓ Family")
    assert "mother Lan" in ann.heard()[-1]
    assert "+10" not in (await ann.says("/family add father Wei 9-15"))[0]
    assert "Family: 2 people" in (await ann.says("/profile"))[0]
    assert await kept(play, Question.field, Question.outcome) == [("family", "answered")]
    assert "no longer works" in (await ann.presses("tell:family"))[0]


async def test_every_change_is_kept_with_its_time_and_source(play: Play) -> None:
    ann = await play.member("Ann")
    for region in ("Kunming", "Kunming", "Dali"):
        await ann.says("/profile")
        await ann.taps("Region")
        await ann.says(region)
    rows = await kept(play, AnswerChange.value, AnswerChange.source, AnswerChange.changed_at)
    assert [row[:2] for row in rows] == [("Kunming", "member"), ("Dali", "member")]
    assert {row[2].date() for row in rows} == {play.today()}


async def test_what_is_cleared_is_forgotten_with_its_history(play: Play) -> None:
    ann = await play.member("Ann")
    for region in ("Kunming", "Dali"):
        await ann.says("/profile")
        await ann.taps("Region")
        await ann.says(region)
    await ann.says("/profile")
    await ann.taps("Region")
    await ann.taps("Clear")
    assert await kept(play, AnswerChange.field, AnswerChange.value) == [("region", None)] * 3
    assert await ann.points() == 30


async def test_other_peoples_questions_do_not_exist(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await ann.says("/checkin")
    await bob.says("/menu")
    for data in (
        "skip:1",
        "never:1",
        "skip:x",
        "skip:",
        "never:999999999",
        "pick:own1:0",
        "pick:name:0",
        "pick:own1:x",
    ):
        assert "no longer works" in (await bob.presses(data))[0], data
    assert "Noted. Name: Ann" in (await ann.says("Ann"))[0]
    assert "no longer works" in (await ann.presses("skip:1"))[0]  # it is answered


async def followed(play: Play, key: str) -> None:
    """What a rise will call for Ann, on the next morning."""
    [ann] = [member for member, name in await kept(play, Member.id, Member.name) if name == "Ann"]
    await play.database.write(questions.follow, ann, play.club.shop.now, key=key, now=play.clock.now())
    await play.quiet()


async def test_a_question_follows_a_rise_the_day_after(play: Play) -> None:
    ann = await play.member("Ann")
    await followed(play, "1")
    assert NAME not in asked_last(ann)  # congratulations came first
    await play.until("2027-02-11 10:00")
    assert "lovely to see you here" in asked_last(ann)
    assert NAME in asked_last(ann)
    assert "It earns" not in (await ann.says("/checkin"))[0]  # one a day
    assert "did not note" in (await ann.says("is there a sale?"))[0]
    assert "Noted. Name: Ann Lee" in (await ann.says("Ann Lee"))[0]


async def sold(play: Play, order: str) -> str:
    """Ann buys something. Returns the clerk's answer."""
    [answer] = await play.clerk.says(f"/sale Ann 50 #{order}")
    await play.quiet()
    return answer


async def test_a_question_stands_below_a_receipt_once_a_day(play: Play) -> None:
    ann = await play.member("Ann")
    assert "Skip" not in str(await sold(play, "P-1"))
    assert NAME not in play.clerk.heard()[-1]
    assert asked_last(ann).startswith("Thank you for your purchase!")
    assert f"\nOrder P-1\n\n{NAME}" in asked_last(ann)
    assert await kept(play, Question.field, Question.moment) == [("name", "purchase")]
    await sold(play, "P-2")
    assert any(text.endswith("Order P-2") for text in ann.heard())
    assert "Noted. Name: Ann Lee" in (await ann.says("Ann Lee"))[0]


async def test_a_receipts_question_is_skipped_under_the_receipt(play: Play) -> None:
    ann = await play.member("Ann")
    await sold(play, "P-1")
    [edited] = await ann.taps("Skip")
    assert edited.startswith("Thank you for your purchase!")
    assert "Order P-1\n\nAll right, I won't ask about “Name” again" in edited


async def test_the_first_purchase_opens_the_middle_depth(play: Play) -> None:
    ann = await play.member("Ann")
    await play.database.write(imported, "name", "phone", "email", "region")
    assert "It earns" not in (await ann.says("/checkin"))[0]  # all that a newcomer is asked is told
    await sold(play, "P-1")
    assert [field for (field,) in await kept(play, Question.field)] == ["age_band"]
    assert "It earns" in asked_last(ann)


async def test_a_receipt_goes_without_a_question_where_no_letter_with_one_would(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/notify")
    await ann.presses("notify:none")
    await sold(play, "P-1")
    assert asked_last(ann).endswith("Order P-1")
    await ann.presses("notify:all")
    await play.until("2027-02-10 22:00")
    await sold(play, "P-2")
    assert asked_last(ann).endswith("Order P-2")
    assert await kept(play, Question.id) == []


async def test_a_letter_is_dropped_where_nothing_may_be_asked(play: Play) -> None:
    ann = await play.member("Ann")
    await followed(play, "1")
    await play.until("2027-02-11 08:00")
    await ann.says("/checkin")
    await play.until("2027-02-11 10:00")
    assert ("question", "dropped", "nothing to ask") in await kept(play, Letter.kind, Letter.state, Letter.reason)
    assert "Noted. Name: Ann" in (await ann.says("Ann"))[0]
    await followed(play, "2")
    await play.until("2027-02-12 08:30")
    await ann.says("/profile")
    await ann.taps("Region")
    await play.until("2027-02-12 10:00")
    fates = await kept(play, Letter.kind, Letter.state, Letter.reason)
    assert fates.count(("question", "dropped", "nothing to ask")) == 2
    assert "Noted. Region: Kunming" in (await ann.says("Kunming"))[0]
    assert len(await kept(play, Question.id)) == 1


async def test_a_pause_holds_the_question_and_a_day_later_drops_it(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/pause")
    await followed(play, "1")
    await play.days(3)
    await play.owner.says("/resume")
    await play.quiet()
    assert NAME not in asked_last(ann)
    assert await kept(play, Question.id) == []


async def test_a_letter_that_goes_twice_carries_the_same_question(play: Play) -> None:
    ann = await play.member("Ann")
    await followed(play, "1")
    await play.until("2027-02-11 10:00")
    look = select(LETTERS).where(LETTERS.c.kind == "question")
    letter = await play.database.read(lambda s: s.connection().execute(look).one())
    shop = play.club.shop.now
    assert await play.database.write(questions.put_out, letter, shop, now=play.clock.now())
    assert (await play.database.read(questions.carried, letter.id, shop)).field == "name"
    await ann.says("Ann Lee")
    assert not await play.database.write(questions.put_out, letter, shop, now=play.clock.now())
    assert len(await kept(play, Question.id)) == 1


async def test_two_moments_at_once_ask_one_question(play: Play) -> None:
    await play.member("Ann")
    [ann] = [member for member, name in await kept(play, Member.id, Member.name) if name == "Ann"]
    [home] = [account for account, member in await kept(play, Account.id, Account.member_id) if member == ann]
    second = {"member_id": ann, "platform": "qq", "external_id": 1, "reachable": True, "seen_at": AT}
    away = await play.database.write(lambda s: insert_once(s, ACCOUNTS, **second))
    shop, now = play.club.shop.now, play.clock.now()
    asks = [play.database.write(questions.ask, ann, account, "grade", shop, now=now) for account in (home, away) * 4]
    asked = await asyncio.gather(*asks)
    assert len([each for each in asked if each]) == 1
    assert len(await kept(play, Question.id)) == 1
