"""Quizzes: the group answers by a tap, and those who were right first win."""

import pytest

from tests.people import Play
from tests.stories.test_deals import in_the_group

LINE = '/quiz "Which tea is black?" Keemun | Longjing | Tieguanyin prize:points:20 winners:2 until:1h'


def posts(play: Play) -> list[str]:
    """What the group sees of quizzes."""
    return [text for text in play.owner.heard(group=True) if "Quiz:" in text]


async def test_those_who_were_right_first_win_once(play: Play) -> None:
    ann, bob, cat, dan = people = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    before = [await each.points() for each in people]
    await play.owner.says(LINE, group=True)
    labels = sorted(label for row in play.owner.sees(group=True)[-1].buttons for label, _ in row)
    assert labels == ["Keemun", "Longjing", "Tieguanyin"]
    await ann.taps("Longjing", group=True)
    assert "Noted: Longjing" in ann.notice()
    await ann.taps("Keemun", group=True)
    assert "answered already: Longjing" in ann.notice()
    for each in (bob, cat, dan):
        await each.taps("Keemun", group=True)
    await play.club.tick()
    assert "4 answered" in posts(play)[0]
    assert "Of 4" not in posts(play)[0]
    await play.down_until("2027-02-10 11:01")
    await play.club.tick()
    assert len(posts(play)) == 2
    for post in posts(play):
        assert "The answer: Keemun" in post
        assert "Of 4 who answered 3 were right" in post
        assert "Bob, Cat" in post
    assert [await each.points() - had for each, had in zip(people, before, strict=True)] == [0, 20, 20, 0]
    assert "you won 20 points" in bob.heard()[-2]
    assert "+20 · a quiz" in bob.heard()[-1] or "+20 · a quiz" in (await bob.says("/points"))[0]


async def test_a_prize_that_is_no_points_comes_as_a_coupon(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    await play.owner.says('/quiz "Tea?" Yes | No prize:gift:tea until:1h')
    await ann.taps("Yes", group=True)
    await play.down_until("2027-02-10 11:01")
    assert "Tea?" in (await ann.says("/coupons"))[0]
    assert "Ann" in posts(play)[-1]


async def test_step_by_step_and_called_off(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    assert "What is the question" in (await play.owner.says("/quiz"))[0]
    await play.owner.says("Which tea is black?")
    await play.owner.says("Keemun")
    assert "Beside the right answer" in (await play.owner.says("keemun"))[0]
    await play.owner.says("Longjing\nTieguanyin")
    await play.owner.taps("20 points")
    await play.owner.taps("3")
    [summary] = await play.owner.taps("In an hour")
    assert "Right: Keemun" in summary
    assert "Wrong: Longjing, Tieguanyin" in summary
    assert "The quiz goes to the group" in (await play.owner.taps("Confirm"))[0]
    await ann.taps("Keemun", group=True)
    await play.owner.taps("Call it off")
    await play.owner.taps("Confirm")
    await play.down_until("2027-02-10 11:01")
    assert len(posts(play)) == 1
    assert "called off" in posts(play)[0]
    assert "won" not in ann.heard()[-1]


@pytest.mark.words
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"Tea?" Yes prize:points:20 until:1h', "one to three others"),
        ('"Tea?" Yes | yes until:1h', "all different"),
        ('"Tea?" a | b | c | d | e until:1h', "one to three others"),
        ('"Tea?" Yes | ' + "N" * 41 + " until:1h", "40 characters"),
        ('"Tea?" Yes | No winners:0 until:1h', "whole number from 1 to 100"),
        ('"Tea?" Yes | No until:2020-01-01', "in the future"),
        ('"Tea?" Yes | No prize:101% until:1h', "An offer is written like"),
        ('"' + "T" * 121 + '" Yes | No until:1h', "120 characters"),
        ('"Tea?" Yes | No', "like this"),
        ("Yes | No until:1h", "like this"),
    ],
)
async def test_a_quiz_that_cannot_be_is_refused_in_one_sentence(play: Play, line: str, says: str) -> None:
    await play.linked_group()
    [refusal] = await play.owner.says(f"/quiz {line}")
    assert says in refusal
    assert posts(play) == []
