"""The gift area: points become things, each piece once, and what is not fetched comes back."""

import pytest

from tests.people import Play, Someone

CUP = "Porcelain cup"


async def cup(play: Play, words: str = "120 2", name: str = CUP) -> str:
    """The owner puts a gift into the area; the answer."""
    [made] = await play.owner.says(f'/gift new "{name}" {words}')
    return made


async def rich(play: Play, name: str, points: int = 300) -> Someone:
    """A member with points."""
    someone = await play.member(name)
    await play.owner.says(f"/grant @{name.lower()} {points} thanks")
    return someone


async def test_the_owner_fills_the_gift_area(play: Play) -> None:
    assert "No gifts yet" in (await play.owner.says("/gift list"))[0]
    assert await cup(play) == "In the gift area: Porcelain cup: 120 points, 2 left."
    assert "from grade vip, 1 for each member, until 12 February, 10:00" in (
        await cup(play, "2000 5 grade:vip limit:1 from:now until:2d", "Tea pot")
    )
    assert "from 11 February, 10:00" in await cup(play, "50 0 from:1d", "Spoon")
    [listed] = await play.owner.says("/gift list")
    assert [line.split(":")[0] for line in listed.splitlines()] == ["Spoon", CUP, "Tea pot"]
    assert "7 left" in (await play.owner.says("/gift stock porcelain  CUP 7"))[0]
    assert "out of the gift area" in (await play.owner.says(f"/gift off {CUP}"))[0]
    assert CUP not in (await play.owner.says("/gift list"))[0]
    assert "120 points" in await cup(play)  # its name is free again
    [audit] = await play.owner.says("/audit")
    assert "set the stock of “Porcelain cup” to 7" in audit
    assert "took the gift “Porcelain cup” out" in audit
    assert "made the gift “Tea pot”" in audit


async def test_gift_alone_explains_itself_with_a_line_that_works(play: Play) -> None:
    [told] = await play.owner.says("/gift")
    line = next(line for line in told.splitlines() if line.startswith("/gift new"))
    assert "In the gift area" in (await play.owner.says(line))[0]
    await play.owner.says("/gift")
    assert CUP in (await play.owner.taps("All gifts"))[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('new "Cup" 120 -1', "The stock is a whole number from 0 to 100,000."),
        ('new "Cup" 120 1.5', "The stock is a whole number from 0 to 100,000."),
        ('new "Cup" 0 5', "The price is a whole number of points from 1 to 1,000,000."),
        ('new "Cup" 99999999999 5', "The price is a whole number of points from 1 to 1,000,000."),
        ('new "Cup" ten 5', "The price is a whole number of points from 1 to 1,000,000."),
        (f'new "{"x" * 4000}" 10 5', "That is too long: at most 40 characters."),
        (f"new {'x ' * 1900} 10 5", "That is too long: at most 40 characters."),
        ('new "Cup" 10', 'Please write it like this: /gift new "Porcelain cup" 120 10'),
        ('new "" 10 5', 'Please write it like this: /gift new "Porcelain cup" 120 10'),
        ("buy", 'Please write it like this: /gift new "Porcelain cup" 120 10'),
        ('new "Cup" 10 5 grade:gold', "A grade is one of: new, regular, vip, svip."),
        ('new "Cup" 10 5 limit:0', "limit: must be a whole number from 1 to 1,000."),
        ('new "Cup" 10 5 from:2d until:1h from:now until:now', "A gift's time must end after it begins"),
        ('new "Cup" 10 5 colour:red', "I don't know “colour:”."),
        ('new "porcelain CUP" 10 5', "There is a gift “porcelain CUP” already."),
        ("stock Porcelain cup -1", "The stock is a whole number from 0 to 100,000."),
        ("stock Tea pot 5", "There is no such gift."),
        ("stock", 'Please write it like this: /gift stock "Porcelain cup" 10'),
        ("off Tea pot", "There is no such gift."),
        ("off", 'Please write it like this: /gift off "Porcelain cup"'),
    ],
)
async def test_a_bad_line_is_answered_in_one_sentence_and_changes_nothing(play: Play, line: str, said: str) -> None:
    await cup(play)
    [answer] = await play.owner.says(f"/gift {line}")
    assert answer.startswith(said)
    assert await play.owner.says("/gift list") == ["Porcelain cup: 120 points, 2 left"]
