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


async def test_what_waits_for_the_morning_and_for_tomorrow(play: Play) -> None:
    await play.member("Ann")
    for text in ("Tea", "Cups"):
        await play.owner.says(f'/broadcast "{text}"')
        await play.owner.taps("Confirm")
        await play.until(f"{play.today()} {play.clock.now().astimezone(play.zone).hour + 1}:00")
    [why] = await play.owner.says("/why @ann")
    assert "a broadcast (2): waits until 11 February, 09:30, because they had their offers of the day" in why
    await play.owner.says("/settings sending.promo_per_day 9")
    await play.until("2027-02-10 22:00")
    await play.owner.says('/broadcast "Late tea"')
    await play.owner.taps("Confirm")
    [why] = await play.owner.says("/why @ann")
    assert "a broadcast (3): goes on 11 February, 09:0" in why


async def test_who_is_kept_back_from_a_journey_and_what_is_paused(play: Play) -> None:
    await play.owner.says("/journeys on welcome")
    await play.owner.says("/journeys holdout welcome 50")
    people = [await play.member(f"P{n}") for n in range(8)]
    await play.owner.says("/pause")
    told = [(await play.owner.says(f"/why @{someone.name}"))[0] for someone in people]
    assert any("↷ Welcome: kept back, to compare with" in why for why in told)
    assert not all("kept back" in why for why in told)
    assert all("⛔ Everything that goes by itself is paused" in why for why in told)
