"""Relatives: told as people write it, kept for one purpose, and spoken of a week ahead of their day."""

import pytest
from sqlmodel import select

from bot.club.family import MOST
from db.consents import Consent
from db.coupons import Coupon
from db.occasions import Occasion
from db.outbox import Letter
from tests.people import Play, Someone

pytestmark = pytest.mark.words


async def relatives(play: Play) -> list[tuple[str, str, int, int]]:
    """The relatives that are kept."""
    look = select(Occasion.relation, Occasion.name, Occasion.month, Occasion.day).order_by(Occasion.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.exec(look).all())]


async def letters(play: Play) -> list[tuple[str, str, str | None]]:
    """The family letters, and what became of them."""
    look = select(Letter.kind, Letter.state, Letter.reason).where(Letter.kind.startswith("family")).order_by(Letter.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.exec(look).all())]


async def heard_from(someone: Someone, play: Play, when: str) -> list[str]:
    """What came in private until then, the club being down meanwhile."""
    before = len(someone.heard())
    await play.down_until(when)
    return someone.heard()[before:]


async def test_a_mother_is_added_by_buttons_and_spoken_of_a_week_ahead(play: Play) -> None:
    ann = await play.member("Ann")
    [empty] = await ann.says("/family")
    assert "lunar ones too" in empty
    await ann.taps("Add")
    [asked] = await ann.taps("Mother")
    assert "your mother's first name" in asked
    [asked] = await ann.says("Lan")
    assert "your mother Lan's birthday" in asked
    [said_back] = await ann.says("农历八月十五")
    assert "lunar 8-15" in said_back
    assert "15 September 2027" in said_back
    [noted] = await ann.taps("Yes")
    assert noted.startswith("Noted: your mother Lan, lunar 8-15, next on 15 September 2027")
    [shown] = await ann.taps("My family")
    assert "mother Lan: lunar 8-15, next on 15 September 2027" in shown
    assert await heard_from(ann, play, "2027-09-08 09:29") == []
    [letter] = await heard_from(ann, play, "2027-09-08 09:30")
    assert letter.startswith("Ann, a word in good time: your mother Lan's birthday is on Wednesday 15 September, lunar")
    assert "Happy birthday" not in letter
    assert await heard_from(ann, play, "2027-09-15 12:00") == []


async def test_the_letter_comes_once_a_year(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 15 Aug")
    assert len(await heard_from(ann, play, "2027-08-08 09:30")) == 1
    for _ in range(3):
        await play.club.tick()
    assert await heard_from(ann, play, "2027-08-20 09:30") == []
    assert len(await heard_from(ann, play, "2028-08-08 10:00")) == 1


@pytest.mark.parametrize(
    ("language", "line", "noted"),
    [
        ("en", "/family add mum Lan 15 Aug", "your mother Lan, 15 August, next on 15 August 2027"),
        ("en", "/family add mother May 15 Aug", "your mother May, 15 August"),
        ("en", "/family add father 8-15", "your father, 15 August"),
        ("en", '/family add aunt "Mary Ann" lunar 8-15', "your aunt Mary Ann, lunar 8-15"),
        ("zh-hans", "/family add 妈妈 兰 农历八月十五", "您妈妈兰，农历八月十五"),
        ("zh-hans", "/family 添加 外婆 八月十五中秋", "您外婆，农历八月十五"),
        ("zh-hant", "/family 新增 媽媽 蘭 農曆臘月廿三", "您媽媽蘭，農曆臘月廿三"),
    ],
)
async def test_a_line_adds_at_once(play: Play, language: str, line: str, noted: str) -> None:
    ann = await play.member("Ann", language)
    [said] = await ann.says(line)
    assert noted in said


async def test_two_readings_are_asked_back(play: Play) -> None:
    ann = await play.member("Ann")
    [which] = await ann.says("/family add mother Lan 3/4")
    assert "Which one" in which
    [noted] = await ann.taps("4 March")
    assert "your mother Lan, 4 March" in noted
    assert await relatives(play) == [("mother", "Lan", 3, 4)]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/family add mother Lan 31 February", "no such day"),
        ("/family add mother Lan yesterday", "read that as a date"),
        ("/family add 🎂 Lan 15 Aug", "a word or two"),
        (f"/family add {'x' * 21} Lan 15 Aug", "a word or two"),
        (f"/family add mother {'x' * 33} 15 Aug", "first name"),
        ("/family add me Ann 15 Aug", "/profile"),
        ("/family remove Lan", "nobody like that"),
        ("/family mother Lan", "/family add mother Lan 8-15"),
        ("/family add daughter Mei 2999年5月", "cannot be right"),
    ],
)
async def test_a_line_that_cannot_be_kept_says_why(play: Play, line: str, says: str) -> None:
    ann = await play.member("Ann")
    [said] = await ann.says(line)
    assert says in said
    assert await relatives(play) == []


async def test_a_wrong_answer_leaves_the_question_open(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family")
    await ann.taps("Add")
    assert "a word or two" in (await ann.says("🎂🎂"))[0]
    await ann.says("auntie")
    await ann.taps("Skip")
    assert "no such day" in (await ann.says("31 Feb"))[0]
    await ann.says("1 Feb")
    [asked] = await ann.taps("No, let me try again")
    assert "your auntie's birthday" in asked
    await ann.says("2 Feb")
    await ann.says("yes")
    assert await relatives(play) == [("auntie", "", 2, 2)]


async def test_cancel_keeps_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother")
    await ann.taps("Cancel")
    assert "didn't understand" in (await ann.says("Lan"))[0]
    assert await relatives(play) == []


async def test_a_child_is_kept_only_after_the_parent_agreed(play: Play) -> None:
    ann = await play.member("Ann")
    [asked] = await ann.says("/family add daughter Mei 2024年5月")
    assert "nobody else sees it" in asked
    assert await relatives(play) == []
    [noted] = await ann.taps("I agree")
    assert "your daughter Mei, in May" in noted
    purposes = await play.database.read(lambda s: s.exec(select(Consent.purpose)).all())
    assert purposes.count("children") == 1
    [noted] = await ann.says("/family add son Bo May 2020")  # asked once
    assert "your son Bo" in noted
    assert await heard_from(ann, play, "2027-04-24 09:29") == []
    first, second = await heard_from(ann, play, "2027-04-24 09:30")
    assert "your daughter Mei's birthday is in May" in first
    assert "your son Bo's birthday is in May" in second
    assert "2024" not in first
    assert "2020" not in second


async def test_who_does_not_agree_leaves_nothing_of_the_child(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add friend Bo 1 May 2020")  # a child by the year of birth
    await ann.taps("Cancel")
    assert await relatives(play) == []
    assert "Mei" not in str(await play.database.read(lambda s: s.exec(select(Occasion)).all()))


async def test_a_withdrawn_consent_stops_the_letter_that_waits(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 20 March")
    await play.down_until("2027-03-13 00:10")
    await play.database.write(
        lambda s: setattr(
            s.exec(select(Consent).where(Consent.purpose == "family")).one(), "withdrawn_at", play.clock.now()
        )
    )
    assert await heard_from(ann, play, "2027-03-13 09:30") == []
    assert await letters(play) == [("family", "dropped", "no consent")]
    [asked] = await ann.says("/family add father Bo 1 May")
    assert "Do you agree?" in asked
    assert "your father Bo" in (await ann.says("yes"))[0]


async def test_a_changed_date_withdraws_what_the_old_one_had_prepared(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 20 March")
    await play.down_until("2027-03-13 08:00")
    await ann.says("/family")
    await ann.taps("mother Lan")
    await ann.taps("Change the date")
    await ann.says("30 March")
    await ann.taps("Yes")
    assert await heard_from(ann, play, "2027-03-13 10:00") == []
    assert [state for _kind, state, _reason in await letters(play)] == ["dropped"]
    [letter] = await heard_from(ann, play, "2027-03-23 10:00")
    assert "30 March" in letter


async def test_a_changed_name_is_in_the_letter_that_waits(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 20 March")
    await play.down_until("2027-03-13 08:00")
    await ann.says("/family")
    await ann.taps("mother Lan")
    await ann.taps("Change the name")
    await ann.says("Lanlan")
    [letter] = await heard_from(ann, play, "2027-03-13 10:00")
    assert "your mother Lanlan's" in letter


@pytest.mark.parametrize("way", ["line", "buttons"])
async def test_a_removed_relative_is_not_spoken_of(play: Play, way: str) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 20 March")
    await play.down_until("2027-03-13 08:00")
    if way == "line":
        [gone] = await ann.says("/family remove mum")
    else:
        await ann.says("/family")
        await ann.taps("mother Lan")
        [asked] = await ann.taps("Remove")
        assert "Shall I forget your mother Lan" in asked
        [gone] = await ann.taps("Yes, remove")
    assert "mother Lan: removed" in gone
    assert await heard_from(ann, play, "2027-03-13 10:00") == []
    assert await relatives(play) == []
    assert await letters(play) == [("family", "dropped", "relative removed")]


async def test_the_next_one_after_a_removed_relative_gets_a_letter_too(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 20 March")
    assert len(await heard_from(ann, play, "2027-03-13 10:00")) == 1
    await ann.says("/family remove Lan")
    await ann.says("/family add father Bo 20 June")
    assert len(await heard_from(ann, play, "2027-06-13 10:00")) == 1


async def test_who_was_told_of_within_the_week_comes_next_year(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 15 Feb")
    await ann.says("/family add father Bo 17 Feb")  # the letter's hour has passed by thirty minutes
    assert await heard_from(ann, play, "2027-02-17 12:00") == []
    assert [("Lan" in text, "Bo" in text) for text in await heard_from(ann, play, "2028-02-08 12:00")] == [
        (False, False),  # her points are about to expire
        (True, False),
    ]


async def test_an_outage_of_three_days_is_caught_up_and_a_longer_one_told_to_the_owner(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/start")
    await ann.says("/family add mother Lan 20 March")
    await ann.says("/family add father Bo 20 June")
    assert len(await heard_from(ann, play, "2027-03-16 09:20")) == 1
    assert await heard_from(ann, play, "2027-06-16 09:31") == []
    await play.until("2027-06-16 09:40")
    assert "too late" in play.owner.heard()[-1]
    assert "relative's day" in play.owner.heard()[-1]
    assert "Bo" not in play.owner.heard()[-1]


async def test_an_offer_of_the_owners_comes_with_the_letter(play: Play) -> None:
    await play.owner.says("/settings family.offer 10%")
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 20 March")
    await ann.says("/family add father Bo 5 March")  # told too shortly before to bring one
    [short_notice] = await heard_from(ann, play, "2027-02-26 10:00")
    assert "10% off" not in short_notice
    [letter] = await heard_from(ann, play, "2027-03-13 10:00")
    assert "10% off" in letter
    assert "27 March 2027" in letter
    assert len(await play.database.read(lambda s: s.exec(select(Coupon)).all())) == 1
    await play.owner.says("/settings family.offer none")
    await ann.says("/family add daughter Mei 2024年5月")
    await ann.taps("I agree")
    await play.owner.says("/settings family.offer 10%")
    assert "7 June 2027" in (await heard_from(ann, play, "2027-04-24 10:00"))[0]  # a month's is good for all of it
    await play.owner.says("/settings family.offer none")
    [next_year] = await heard_from(ann, play, "2028-02-27 10:00")
    assert "10% off" not in next_year


async def test_a_list_has_its_bounds(play: Play) -> None:
    ann = await play.member("Ann")
    for number in range(MOST):
        await ann.says(f"/family add friend F{number} 15 Aug")
    assert "at most 20" in (await ann.says("/family add friend G 15 Aug"))[0]
    assert len((await ann.says("/family"))[0].splitlines()) == MOST + 3
    assert "on your list already" in (await ann.says("/family add friend F1 16 Aug"))[0]
    assert len(await relatives(play)) == MOST


async def test_other_peoples_relatives_do_not_exist(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await ann.says("/family add mother Lan 15 Aug")
    [kin] = await play.database.read(lambda s: s.exec(select(Occasion.id)).all())
    for data in (f"relative:{kin}", f"redate:{kin}", f"rename:{kin}", f"unkin:{kin}", f"unkin:{kin}:yes"):
        [said] = await bob.presses(data)
        assert "nobody like that" in said
    assert "Lan" not in str(bob.heard())
    assert len(await relatives(play)) == 1


async def test_a_button_of_an_older_question_changes_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 3/4")
    await ann.taps("4 March")
    for data in ("kin:which:1", "kin:confirm:0", "kin:relation:mother", "kin:name"):
        assert "no longer works" in (await ann.presses(data))[0]
    await ann.says("/family add mother")
    for data in ("kin:name:x:y", "kin:relation:queen", "kin:which:7", "kin:nonsense"):
        await ann.presses(data)
    assert await relatives(play) == [("mother", "Lan", 3, 4)]


async def test_the_staff_are_told_nothing_of_it(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family add mother Lan 15 Aug")
    for staff in (play.owner, play.clerk):
        said = str(await staff.says("/member @ann")) + str(await staff.says("/audit"))
        assert "Lan" not in said


async def test_a_childs_month_alone_will_do(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/family")
    for label in ("Add", "daughter", "I agree", "Skip"):
        await ann.taps(label)
    assert "in May" in (await ann.says("May"))[0]
    assert "daughter June's birthday" in (await ann.says("/family add daughter June"))[0]
