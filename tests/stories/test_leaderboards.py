"""The leaderboard: who earned most, by first name, and nobody by name who does not wish it."""

from tests.people import Play

WEEK, MONTH = "This week", "This month"


async def test_the_most_active_stand_on_it_by_their_first_names(play: Play) -> None:
    await play.linked_group()
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await bob.says("/checkin")
    await play.owner.says("/sale @ann 100 tea #1")
    await play.owner.says("/sale @bob 500 tea #2")
    await play.owner.says("/refund #2")
    await play.owner.says("/grant @bob 900 thanks")
    lily = play.stranger("Lily")
    for each in (ann, lily):
        await each.joins()
    await lily.says("/checkin", group=True)
    await play.owner.says("/checkin")
    [text] = await ann.says("排行榜", group=True)
    assert text.splitlines()[1:5] == [WEEK, "1. Ann: 120", "2. Bob: 25", "3. a member: 5"]
    assert ann.sees(group=True)[-1].file
    await play.down_until("2027-02-15 10:00")  # a Monday
    await bob.says("/checkin")
    lines = (await bob.says("/top"))[0].splitlines()
    assert lines[lines.index(WEEK) + 1 : lines.index(MONTH)] == ["1. Bob: 5"]
    assert lines[lines.index(MONTH) + 1 : lines.index(MONTH) + 3] == ["1. Ann: 120", "2. Bob: 30"]
    await play.down_until("2027-03-01 10:00")
    assert (await bob.says("/top"))[0].count("Nobody yet") == 2


async def test_who_wishes_is_not_named_until_they_wish_it_again(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/notify")
    assert "you have no name" in (await ann.taps("No name among leaders"))[0]
    [text] = await ann.says("/top")
    assert "Ann" not in text
    assert "1. a member: 20" in text
    await ann.says("/notify")
    await ann.taps("My name among leaders")
    assert "1. Ann: 20" in (await ann.says("/top"))[0]
    await ann.says("/forget")
    await ann.taps("Erase")
    bob = await play.member("Bob")
    [text] = await bob.says("/top")
    assert "1. Bob: 20" in text
    assert "2." not in text.split(MONTH)[0]


async def test_who_shares_a_place_and_who_has_none(play: Play) -> None:
    ann, _bob, carol = [await play.member(name) for name in ("Ann", "Bob", "Carol")]
    await ann.says("/checkin")
    await play.owner.says("/block @carol points sells coupons")
    dora = await play.member("Dora")
    lines = (await dora.says("/top"))[0].splitlines()
    assert lines[2:5] == ["1. Ann: 25", "2. Bob: 20", "2. Dora: 20"]
    assert not any("Carol" in line for line in lines)
    assert "I agree" in {label for row in (await _asked(play)).buttons for label, _ in row}
    assert carol.heard()


async def _asked(play: Play):  # type: ignore[no-untyped-def]
    """What a stranger is shown in place of the members' names."""
    lily = play.stranger("Lily")
    assert "Ann" not in (await lily.says("/top"))[0]
    return lily.sees()[-1]
