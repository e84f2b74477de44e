"""Points by the staff's hand: granted, deducted, asked of the owner, and written down."""

from sqlmodel import select

from db.audit import AuditLine
from tests.people import Play, Someone
from tests.tables import everything

BAD_AMOUNTS = (
    "-5",
    "1.5",
    "ten",
    "0",
    "+5",
    "5e3",
    "٣",
    "５",
    "1,000",
    "0x10",
    "1_0",
    "1000001",
    "99999999999999999999",
    "",
)
BAD_LINES = (
    "@ann 100",
    "@nobody 5 x",
    "M9999 5 x",
    "M0 5 x",
    "M999999999999 5 x",
    "@ 5 x",
    "",
    "@ann",
    "5 x",
    '"" 5 x',
    "@ann 5 " + "x" * 201,
)


async def manager(play: Play) -> Someone:
    """A manager."""
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary manager")
    return mary


async def test_grant_and_deduct_with_a_reason(play: Play) -> None:
    ann = await play.member("Ann")
    [done] = await play.owner.says("/grant @ann 100 opening gift")
    assert "+100 points for Ann" in done
    assert "balance is 120" in done
    assert "+100 (opening gift)" in ann.heard()[-1]
    assert "opening gift" in (await ann.says("/points"))[0]
    [less] = await play.owner.says("/deduct @Ann 30 correction")
    assert "-30" in less
    assert await ann.points() == 90


async def test_who_is_meant_can_be_written_in_many_ways(play: Play) -> None:
    ann = await play.member("Ann Lee")
    number = (await ann.says("/profile"))[0].split("(")[1][:5]
    for who in ("@annlee", "@AnnLee", number, number.lower(), '"Ann Lee"', "“Ann Lee”"):
        [done] = await play.owner.says(f"/grant {who} 1 thanks")
        assert "+1 points for Ann Lee" in done, who
    assert await ann.points() == 26


async def test_two_of_a_name_are_asked_about_and_nothing_is_changed(play: Play) -> None:
    one, two = await play.member("Kim"), await play.member("Kim")
    [asked] = await play.owner.says("/grant Kim 5 thanks")
    assert "Several members fit “Kim”" in asked
    assert [label for row in play.owner.sees()[-1].buttons for label, _ in row][:2] == ["M0003 Kim", "M0004 Kim"]
    assert [await one.points(), await two.points()] == [20, 20]


async def test_a_bad_line_changes_nothing_and_says_what_works(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says("/start")
    before = await play.database.read(everything, "inbox")
    for verb in ("grant", "deduct"):
        for line in (*(f"@ann {amount} x" for amount in BAD_AMOUNTS), *BAD_LINES):
            [answer] = await play.owner.says(f"/{verb} {line}")
            assert "went wrong" not in answer
            assert "balance is" not in answer, line
    [poor] = await play.owner.says("/deduct @ann 99999 too much")
    assert "Not enough points: 20" in poor
    assert await play.database.read(everything, "inbox") == before


async def test_a_reason_is_told_as_it_was_written(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/grant @ann 5 <b>bold</b> & {name} </i>")
    assert "<b>bold</b> & {name} </i>" in ann.heard()[-1]
    assert "<b>bold</b> & {name} </i>" in (await ann.says("/points"))[0]


async def test_a_managers_large_change_waits_for_the_owner(play: Play) -> None:
    ann, mary = await play.member("Ann"), await manager(play)
    await play.owner.says("/start")
    [waits] = await mary.says("/grant @ann 1001 a great customer")
    assert "waiting for the owner" in waits
    assert await ann.points() == 20
    assert "+1001 points" in play.owner.heard()[-1]
    [done] = await play.owner.taps("Approve")
    assert "Approved" in done
    assert await ann.points() == 1021
    assert "approved" in mary.heard()[-1]
    assert "a great customer" in " ".join(ann.heard())


async def test_the_owner_decides_once(play: Play) -> None:
    ann, mary = await play.member("Ann"), await manager(play)
    await play.owner.says("/start")
    await mary.says("/grant @ann 5000 much")
    message, yes = play.owner.button("Approve")
    no = play.owner.button("Decline")[1]
    await play.owner.presses(yes, under=message.id)
    for data in (yes, no):
        [over] = await play.owner.presses(data, under=message.id)
        assert "decided already" in over
    assert await ann.points() == 5020


async def test_a_declined_change_changes_nothing(play: Play) -> None:
    ann, mary = await play.member("Ann"), await manager(play)
    await play.owner.says("/start")
    await mary.says("/deduct @ann 2000 a grudge")
    [done] = await play.owner.taps("Decline")
    assert "Declined" in done
    assert "declined" in mary.heard()[-1]
    assert await ann.points() == 20


async def test_an_approval_that_the_balance_does_not_allow_stays_open(play: Play) -> None:
    ann, mary = await play.member("Ann"), await manager(play)
    await play.owner.says("/start")
    await mary.says("/deduct @ann 2000 a mistake")
    message, yes = play.owner.button("Approve")
    [poor] = await play.owner.presses(yes, under=message.id)
    assert "Not enough points: 20" in poor
    await play.owner.says("/grant @ann 2000 first")
    await play.owner.presses(yes, under=message.id)
    assert await ann.points() == 20


async def test_a_thousand_needs_no_owner(play: Play) -> None:
    ann, mary = await play.member("Ann"), await manager(play)
    await mary.says("/grant @ann 1000 thanks")
    assert await ann.points() == 1020
    await play.owner.says("/grant @ann 5000 thanks")
    assert await ann.points() == 6020


async def test_nobody_changes_their_own_points(play: Play) -> None:
    mary = await manager(play)
    for verb in ("grant", "deduct"):
        [refused] = await mary.says(f"/{verb} @mary 5 for me")
        assert "their own" in refused
    assert await mary.points() == 20


async def test_every_change_by_hand_is_written_down_without_a_name(play: Play) -> None:
    await play.member("Ann")
    mary = await manager(play)
    await play.owner.says("/start")
    await mary.says("/grant @ann 5 thanks")
    await mary.says("/grant @ann 5000 thanks")
    await play.owner.taps("Approve")
    kept = await play.database.read(lambda s: [line.model_dump() for line in s.exec(select(AuditLine)).all()])
    assert [line["act"] for line in kept] == ["staff add", "grant", "grant", "approve"]
    assert not any(words in repr(kept) for words in ("Ann", "Mary", "thanks"))
    [shown] = await play.owner.says("/audit")
    assert shown.count("thanks") == 3  # looked up where it stands
    assert "Ann" in shown
