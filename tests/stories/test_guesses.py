"""Guess the price: each says once, in private, what a thing costs; the nearest win, of equals the earlier."""

import asyncio

import pytest
from sqlmodel import func, select

from bot.club import guesses, members
from bot.club.errors import ClubError
from bot.club.members import Visitor
from db.activities import Activity, Entrant
from tests.people import Play, Someone
from tests.stories.test_contests import follows
from tests.stories.test_deals import in_the_group
from tests.stories.test_gifts import picture

LINE = '/guess "Aged pu-erh" 188 prize:points:50 winners:2 until:1h'


def posts(play: Play) -> list[str]:
    """What the group sees of guesses."""
    return [text for text in play.owner.heard(group=True) if "Guess the price" in text]


async def guessed(someone: Someone, amount: str) -> str:
    """Come by the group's button, and say an amount; what is answered."""
    await follows(someone, "Guess")
    return (await someone.says(amount))[0]


async def test_the_nearest_win_and_of_equals_the_earlier(play: Play) -> None:
    ann, bob, cat, dan = people = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    before = [await each.points() for each in people]
    assert "The price is told 10 February, 11:00" in (await play.owner.says(LINE))[0]
    assert "188" not in posts(play)[0]
    assert "Noted: CN¥100." in await guessed(ann, "100")
    for each, amount in ((bob, "￥198"), (cat, "178.00元"), (dan, "190")):
        assert "Noted" in await guessed(each, amount)
    await ann.taps("Guess", group=True)
    assert "guessed already: CN¥100" in ann.notice()
    await play.club.tick()
    assert "4 guessed" in posts(play)[0]
    await play.down_until("2027-02-10 11:01")
    await play.club.tick()
    assert len(posts(play)) == 2
    for post in posts(play):
        assert "It costs CN¥188." in post
        assert "· Dan: CN¥190, CN¥2 from it\n· Bob: CN¥198, CN¥10 from it" in post
        assert "Cat" not in post
    assert [await each.points() - had for each, had in zip(people, before, strict=True)] == [0, 50, 0, 50]
    assert "+50 · a guess at a price" in (await dan.says("/points"))[0]
    assert "over already" in (await ann.follows("guess_1"))[0]


async def test_a_picture_goes_along_and_the_result_stands_below_it(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    await play.playground.send_photo(
        1, 1, "tea.png", picture("red"), '/guess "Aged pu-erh" 188 prize:gift:tea until:1h'
    )
    await play.quiet()
    [post] = [m for m in play.owner.sees(group=True) if m.file]
    assert "The nearest guess wins tea." in post.text
    await guessed(ann, "188")
    await play.down_until("2027-02-10 11:01")
    await play.club.tick()
    shown = [m for m in play.owner.sees(group=True) if m.file]
    assert len(shown) == 2
    assert all("Ann: CN¥188, exactly right" in m.text for m in shown)
    assert "Aged pu-erh" in (await ann.says("/coupons"))[0]


async def test_a_bad_amount_leaves_the_question_open(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    await play.owner.says(LINE)
    assert "What do you think “Aged pu-erh” costs?" in (await follows(ann, "Guess"))[0]
    for wrong in ("much", "-5", "0", "1e9", "99999999999", "12.345"):
        assert "An amount is written like 128.50" in (await ann.says(wrong))[0]
    assert "Noted: CN¥1,280" in (await ann.says("1,280"))[0]
    assert "Good to see you" in (await ann.follows("gues_1"))[0]
    assert "over already" in (await ann.follows("guess_2"))[0]


async def test_a_price_in_the_group_would_give_it_away(play: Play) -> None:
    await in_the_group(play)
    await play.owner.says(LINE, group=True)
    assert posts(play) == []
    assert "everybody would read the price" in play.owner.heard()[-1]


async def test_nobody_guessed_and_who_may_not(play: Play) -> None:
    ann, bob = await in_the_group(play, "Ann", "Bob")
    await play.owner.says("/block @bob deals sells them")
    await play.owner.says(LINE)
    await bob.taps("Guess", group=True)
    assert "closed to you" in bob.notice()
    await play.clerk.taps("Guess", group=True)
    assert "for the members" in play.clerk.notice()
    await follows(ann, "Guess")
    await play.down_until("2027-02-10 11:01")
    assert "over already" in (await ann.says("188"))[0]
    assert "It costs CN¥188.\nNobody guessed this time." in posts(play)[-1]


async def test_who_never_pressed_start_is_led_to_it(play: Play) -> None:
    await in_the_group(play)
    lily = play.stranger("Lily")
    await lily.joins()
    await play.owner.says(LINE)
    assert "If you agree" in (await follows(lily, "Guess"))[0]
    assert "Guess the price: Aged pu-erh" in (await lily.taps("I agree"))[0]
    assert "What do you think" in (await lily.taps("Guess"))[0]
    assert "Noted" in (await lily.says("150"))[0]


async def test_two_guesses_at_once_are_one(play: Play) -> None:
    await in_the_group(play)
    await play.owner.says(LINE)
    person = await play.database.write(members.meet, Visitor("playground", 900, ""), private=True, now=play.clock.now())

    async def say(amount: int) -> bool:
        try:
            await play.database.write(guesses.guess, person, 1, amount, now=play.clock.now())
        except ClubError:
            return False
        return True

    assert sum(await asyncio.gather(*(say(n) for n in range(100, 110)))) == 1
    assert await play.database.read(lambda session: session.exec(select(func.count()).select_from(Entrant)).one()) == 1
    assert await play.database.read(lambda session: session.exec(select(Activity.entered)).one()) == 1


async def test_step_by_step_and_called_off(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    assert "What is it?" in (await play.owner.says("/guess"))[0]
    await play.owner.says("Aged pu-erh")
    assert "An amount is written like" in (await play.owner.says("cheap"))[0]
    assert "Send me a photo" in (await play.owner.says("188元"))[0]
    await play.playground.send_photo(1, 1, "tea.png", picture("red"))
    await play.quiet()
    await play.owner.taps("50 points")
    await play.owner.taps("1")
    [summary] = await play.owner.taps("In an hour")
    assert "Aged pu-erh · CN¥188" in summary
    assert "Members see a picture of it." in summary
    assert "goes to the group to be guessed" in (await play.owner.taps("Confirm"))[0]
    await guessed(ann, "188")
    await play.owner.taps("Call it off")
    await play.owner.taps("Confirm")
    await play.down_until("2027-02-10 11:01")
    [post] = [m.text for m in play.owner.sees(group=True) if m.file]
    assert "called off" in post
    assert "188" not in post
    assert "won" not in ann.heard()[-1]


@pytest.mark.words
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"Tea" 188 winners:0 until:1h', "whole number from 1 to 100"),
        ('"Tea" 188 until:2020-01-01', "in the future"),
        ('"Tea" 188 prize:101% until:1h', "An offer is written like"),
        ('"Tea" cheap until:1h', "An amount is written like"),
        ('"Tea" 0 until:1h', "An amount is written like"),
        ('"Tea" 188', "like this"),
        ('"Tea" until:1h', "like this"),
        ("Tea 188 until:1h", "like this"),
        ('"' + "T" * 61 + '" 188 until:1h', "60 characters"),
    ],
)
async def test_a_guess_that_cannot_be_is_refused_in_one_sentence(play: Play, line: str, says: str) -> None:
    await play.linked_group()
    [refusal] = await play.owner.says(f"/guess {line}")
    assert says in refusal
    assert posts(play) == []
