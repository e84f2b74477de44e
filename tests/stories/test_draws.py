"""Lucky draws: who taps takes part, chance decides at the deadline, once, and everybody can check it."""

import hashlib
import re
from datetime import timedelta

import pytest

from bot.club import draws
from jobs import activities
from tests.people import Play, Someone
from tests.stories.test_deals import in_the_group

LINE = '/draw "Teapot" winners:1 until:1h'


def posts(play: Play) -> list[str]:
    """What the group sees of draws."""
    return [text for text in play.owner.heard(group=True) if "Draw:" in text]


async def entered(play: Play, *people: Someone) -> None:
    """Some people take part."""
    for each in people:
        await each.taps("Take part", group=True)


def won(play: Play, people: list[Someone]) -> list[Someone]:
    """Whom the last post names."""
    return [each for each in people if re.search(rf"\b{each.name}\b", posts(play)[-1])]


async def test_one_of_those_who_take_part_wins_once_and_gets_the_prize(play: Play) -> None:
    people = await in_the_group(play, "Ann", "Bob", "Cat", "Dan")
    await play.owner.says(LINE, group=True)
    await entered(play, *people[:3])
    assert "lot number 3" in people[2].notice()
    await entered(play, people[0])
    assert "your lot is number 1" in people[0].notice()
    await play.club.tick()
    assert "3 take part" in posts(play)[0]
    await play.down_until("2027-02-10 11:01")
    await play.club.tick()
    assert len(posts(play)) == 2
    [winner] = won(play, people)
    assert winner.name != "Dan"
    assert "you won" in winner.heard()[-1]
    assert "Teapot" in (await winner.says("/coupons"))[0]
    others = [each for each in people if each is not winner]
    assert not any(["Teapot" in (await each.says("/coupons"))[0] for each in others])
    assert posts(play)[0] == posts(play)[1]
    await people[3].presses("draw:1", group=True)
    assert "This draw is over" in people[3].notice()


async def test_a_post_that_is_over_waits_for_the_result(play: Play) -> None:
    people = await in_the_group(play, "Ann", "Bob")
    await play.owner.says(LINE, group=True)
    await entered(play, *people)
    play.clock.advance(timedelta(hours=1, seconds=1))
    about = (play.database, {"playground": play.playground}, play.club.shop.now, play.clock.now())
    await activities.edit(*about)  # before the job that draws
    assert "0 take part" in posts(play)[0]
    await play.club.tick()
    assert won(play, people)


async def test_everybody_can_check_how_it_came_out(play: Play) -> None:
    people = await in_the_group(play, "Ann", "Bob", "Cat")
    await play.owner.says('/draw "Teapot" winners:2 until:1h', group=True)
    seal = re.search(r"[0-9a-f]{64}", posts(play)[0])[0]
    await entered(play, *people)
    await play.down_until("2027-02-10 11:01")
    seed = re.search(r"\b[0-9a-f]{32}\b", posts(play)[-1])[0]
    assert hashlib.sha256(seed.encode()).hexdigest() == seal
    by_chance = sorted((1, 2, 3), key=lambda lot: hashlib.sha256(f"{seed}:{lot}".encode()).hexdigest())
    assert sorted(re.findall(r"lot (\d)", posts(play)[-1])) == sorted(str(lot) for lot in by_chance[:2])


def test_chance_favours_no_lot() -> None:
    first = [draws.order(f"{seed}", list(range(1, 6)))[0] for seed in range(5000)]
    assert all(850 < first.count(lot) < 1150 for lot in range(1, 6))


async def test_with_fewer_than_there_are_prizes_all_win_and_with_none_nobody(play: Play) -> None:
    people = await in_the_group(play, "Ann", "Bob")
    await play.owner.says("/draw points:50 winners:5 until:1h", group=True)
    await entered(play, *people)
    await play.owner.says('/draw "Lid" winners:5 until:2h', group=True)
    await play.down_until("2027-02-10 11:01")
    assert len(won(play, people)) == 2
    assert "50 points" in posts(play)[-1]
    await play.down_until("2027-02-10 12:01")
    assert "nobody took part" in posts(play)[-1]


async def test_who_forgot_themselves_or_was_blocked_since_does_not_win(play: Play) -> None:
    people = await in_the_group(play, "Ann", "Bob", "Cat")
    await play.owner.says('/draw "Teapot" winners:3 until:1h', group=True)
    await entered(play, *people)
    await people[0].says("/forget")
    await people[0].taps("erase")
    await play.owner.says("/block @bob deals sells them")
    await play.down_until("2027-02-10 11:01")
    assert [each.name for each in won(play, people)] == ["Cat"]


@pytest.mark.words
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"Teapot" winners:0 until:1h', "winners: must be a whole number from 1 to 100"),
        ('"Teapot" winners:101 until:1h', "winners: must be a whole number from 1 to 100"),
        ('"Teapot" winners:1 until:2020-01-01', "must end in the future"),
        ('"Teapot" winners:1 until:400d', "must end in the future"),
        ('"Teapot" winners:1 until:soon', "could not read “soon”"),
        ('"Teapot" winners:1', "like this"),
        ("winners:1 until:1h", "like this"),
        ('"' + "T" * 3000 + '" winners:1 until:1h', "60 characters"),
    ],
)
async def test_a_draw_that_cannot_be_is_refused_in_one_sentence(play: Play, line: str, says: str) -> None:
    await play.linked_group()
    [refusal] = await play.owner.says(f"/draw {line}")
    assert says in refusal
    assert posts(play) == []


async def test_step_by_step_and_called_off(play: Play) -> None:
    [ann] = await in_the_group(play, "Ann")
    assert "What is there to win" in (await play.owner.says("/draw"))[0]
    await play.owner.says("A teapot")
    await play.owner.taps("2")
    assert "2 winners" in (await play.owner.taps("In an hour"))[0]
    [begun] = await play.owner.taps("Confirm")
    assert "The draw for A teapot goes to the group" in begun
    await entered(play, ann)
    await play.owner.taps("Call it off")
    assert "Then nobody wins" in play.owner.heard()[-1]
    await play.owner.taps("Confirm")
    await play.down_until("2027-02-10 11:01")
    assert "called off" in posts(play)[-1]
    assert len(posts(play)) == 1
    assert "teapot" not in (await ann.says("/coupons"))[0]
