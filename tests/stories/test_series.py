"""Series of gifts: "collect all six". Who was handed every piece gets the prize, once for ever."""

import pytest
from sqlmodel import select

from db.coupons import Coupon
from tests.people import Play, Someone
from tests.stories.test_gifts import CODE, ordered, rich

SERIES = "Zodiac cups"
RAT, OX, TIGER = "Rat cup", "Ox cup", "Tiger cup"


async def put_in(play: Play, *names: str, more: str = "") -> None:
    """The owner puts gifts into the series."""
    for name in names:
        [made] = await play.owner.says(f'/gift new "{name}" 10 20 series:"{SERIES}" {more}')
        assert f"of the series “{SERIES}”" in made


async def prize(play: Play, offer: str = "points:200") -> str:
    """The owner sets the prize; the answer."""
    [told] = await play.owner.says(f'/gift series "{SERIES}" {offer}')
    return told


async def fetches(play: Play, someone: Someone, name: str) -> None:
    """Somebody redeems a gift and is handed it."""
    code = await ordered(someone, name)
    assert "Done" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_the_gift_area_shows_what_is_collected_and_what_is_missing(play: Play) -> None:
    await put_in(play, RAT, OX, TIGER)
    assert await prize(play) == "Changed: Zodiac cups · 3 gifts · all together bring 200 points."
    ann = await rich(play, "Ann")
    await fetches(play, ann, OX)
    await ordered(ann, RAT)  # not fetched yet
    [shown] = await ann.says("/gifts")
    assert "Zodiac cups: 1 of 3 · Rat cup · ✓ Ox cup · Tiger cup\nWhoever has them all gets: 200 points" in shown
    [listed] = await play.owner.says("/gift list")
    assert "Rat cup: 10 points, 19 left, of the series “Zodiac cups”" in listed
    assert "Zodiac cups · 3 gifts · all together bring 200 points" in listed


async def test_the_last_hand_over_brings_the_points_at_once_and_a_letter(play: Play) -> None:
    await put_in(play, RAT, OX)
    await prize(play)
    ann = await rich(play, "Ann")
    await fetches(play, ann, RAT)
    before = await ann.points()
    await fetches(play, ann, OX)
    [letter] = [text for text in ann.heard() if "Congratulations" in text]
    assert (
        letter
        == "Congratulations, Ann: you have collected all of “Zodiac cups”! Tea House gives you 200 points for it."
    )
    assert await ann.points() == before - 10 + 200
    assert f"+200 · {SERIES}" in (await ann.says("/points"))[0]
    assert "You have had its prize" in (await ann.says("/gifts"))[0]
    assert "1 member has had it" in (await play.owner.says("/gift series"))[0]
    await fetches(play, ann, OX)  # once more: nothing to win
    assert await ann.points() == before + 180


async def test_a_prize_that_is_no_points_comes_as_a_coupon(play: Play) -> None:
    await put_in(play, RAT, OX)
    await prize(play, "20%")
    ann = await rich(play, "Ann")
    for name in (OX, RAT):
        await fetches(play, ann, name)
    letter = next(text for text in ann.heard() if "Congratulations" in text)
    assert "Zodiac cups: 20% off" in letter
    assert "Valid until 12 March 2027" in letter
    code = CODE.search(letter)[0]  # type: ignore[index]
    assert code in (await ann.says("/coupons"))[0]
    assert "Done: 20% off for M0003" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_who_completed_a_series_before_it_grew_is_not_paid_again(play: Play) -> None:
    await put_in(play, RAT, OX)
    await prize(play)
    ann = await rich(play, "Ann")
    for name in (RAT, OX):
        await fetches(play, ann, name)
    await put_in(play, TIGER)
    await prize(play, "20%")  # another prize is no other series
    before = await ann.points()
    assert (
        "Zodiac cups: 2 of 3 · ✓ Rat cup · ✓ Ox cup · Tiger cup\nYou have had its prize"
        in (await ann.says("/gifts"))[0]
    )
    await fetches(play, ann, TIGER)
    assert await ann.points() == before - 10
    assert sum("Congratulations" in text for text in ann.heard()) == 1
    assert await play.database.read(lambda session: session.exec(select(Coupon)).all()) == []


async def test_a_piece_that_is_off_counts_for_those_who_have_it_and_blocks_nobody(play: Play) -> None:
    await put_in(play, RAT, OX, TIGER)
    await prize(play)
    ann, bob = await rich(play, "Ann"), await rich(play, "Bob")
    await fetches(play, ann, RAT)
    await play.owner.says(f"/gift off {RAT}")
    assert "Zodiac cups: 1 of 3 · ✓ Rat cup · Ox cup · Tiger cup" in (await ann.says("/gifts"))[0]
    assert "Zodiac cups: 0 of 2 · Ox cup · Tiger cup" in (await bob.says("/gifts"))[0]
    for someone in (ann, bob):
        for name in (OX, TIGER):
            await fetches(play, someone, name)
        assert "Congratulations" in someone.heard()[-1]


async def test_a_gift_put_in_anew_is_the_same_piece(play: Play) -> None:
    await put_in(play, RAT, OX)
    await prize(play)
    ann = await rich(play, "Ann")
    await fetches(play, ann, RAT)
    await play.owner.says(f"/gift off {RAT}")
    await put_in(play, "rat  CUP")
    assert "Zodiac cups: 1 of 2 · ✓" in (await ann.says("/gifts"))[0]
    await fetches(play, ann, OX)
    assert "Congratulations" in ann.heard()[-1]


async def test_a_piece_is_missed_from_the_day_it_is_announced_until_its_time_is_over(play: Play) -> None:
    await put_in(play, RAT, OX)
    await put_in(play, TIGER, more="from:3d until:2d")
    await prize(play)
    ann = await rich(play, "Ann")
    await fetches(play, ann, RAT)
    await fetches(play, ann, OX)
    assert "Zodiac cups: 2 of 3 · ✓ Rat cup · ✓ Ox cup · Tiger cup" in (await ann.says("/gifts"))[0]
    assert "Congratulations" not in ann.heard()[-1]
    await play.days(6)
    assert "Zodiac cups: 2 of 2" in (await ann.says("/gifts"))[0]
    await fetches(play, ann, OX)
    assert "Congratulations" in ann.heard()[-1]


async def test_a_series_of_one_and_a_series_without_a_prize_bring_nothing(play: Play) -> None:
    await put_in(play, RAT)
    await prize(play)
    ann, bob = await rich(play, "Ann"), await rich(play, "Bob")
    await fetches(play, ann, RAT)
    [made] = await play.owner.says('/gift new "Red fan" 10 20 系列:扇子')
    assert "of the series “扇子”" in made
    assert 'what whoever has them all gets: /gift series "扇子" points:200' in made
    await play.owner.says('/gift new "Blue fan" 10 20 series:扇子')
    for name in ("Red fan", "Blue fan"):
        await fetches(play, bob, name)
    assert not any("Congratulations" in text for someone in (ann, bob) for text in someone.heard())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('series "Kettles" points:5', "There is no series “Kettles” yet."),
        ('series "Zodiac cups" points:0', "An offer is written like"),
        ('series "Zodiac cups" lots', "An offer is written like"),
        ('series "Zodiac cups"', 'Please write it like this: /gift series "Zodiac cups" points:200'),
        (f'series "{"x" * 4000}" points:5', "That is too long: at most 40 characters."),
        (f'new "Ox cup" 10 5 series:"{"x" * 41}"', "That is too long: at most 40 characters."),
        ('new "Ox cup" 10 5 series:""', 'Please write it like this: /gift new "Rat cup" 60 20 series:"Zodiac cups"'),
    ],
)
async def test_a_bad_line_about_a_series_changes_nothing(play: Play, line: str, said: str) -> None:
    await put_in(play, RAT)
    await prize(play)
    before = await play.owner.says("/gift list")
    [answer] = await play.owner.says(f"/gift {line}")
    assert answer.startswith(said)
    assert await play.owner.says("/gift list") == before


async def test_what_the_owner_reads_of_a_series(play: Play) -> None:
    [none] = await play.owner.says("/gift series")
    assert none.startswith("A gift begins a series or joins one: /gift new")
    await put_in(play, RAT, OX)
    assert "Zodiac cups · 2 gifts · no prize yet" in (await play.owner.says("/gift series"))[0]
    await prize(play, "20%")
    assert "set the prize of the series “Zodiac cups”: 20% off" in (await play.owner.says("/audit"))[0]
    ann = await play.member("Ann")
    assert "not available" in (await ann.says('/gift series "Zodiac cups" points:9'))[0]


async def test_who_is_erased_leaves_no_prize_behind(play: Play) -> None:
    await put_in(play, RAT, OX)
    await prize(play, "20%")
    ann = await rich(play, "Ann")
    for name in (RAT, OX):
        await fetches(play, ann, name)
    await ann.says("/forget")
    await ann.taps("Erase")
    [listed] = await play.owner.says("/gift series")
    assert "has had it" not in listed
