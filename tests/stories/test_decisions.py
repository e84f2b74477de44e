"""Why a member got a letter or not, in plain words for managers."""

from tests.people import Play


async def test_what_was_sent_and_what_waits(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/sale @ann 30 tea #1")
    [why] = await play.owner.says("/why @ann")
    assert "Ann: the latest letters" in why
    assert "· the receipt of a purchase: sent on" in why
    await ann.says("/stop")
    [why] = await play.owner.says("/why @ann")
    assert "They want no offers" in why


async def test_an_offer_that_they_did_not_want(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await ann.says("/stop")
    await play.owner.says('/broadcast "Tea"')
    await play.owner.taps("Confirm")
    await play.until(f"{play.today()} 12:30")
    [why] = await play.owner.says("/why @ann")
    assert "a broadcast (1): not sent on" in why
    assert "because they want no such letters" in why
    [why] = await play.owner.says("/why @bob")
    assert "a broadcast (1): sent on" in why
    assert bob.heard()


async def test_nobody_but_managers_may_ask_and_a_stranger_is_unknown(play: Play) -> None:
    ann = await play.member("Ann")
    assert "latest letters" not in (await ann.says("/why @ann"))[0]
    assert "latest letters" not in (await play.clerk.says("/why @ann"))[0]
    assert "latest letters" not in (await play.owner.says("/why @nobody"))[0]
