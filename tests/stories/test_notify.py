"""What may be sent: all, only one's own, nothing, a pause; answered at once, and back again at once."""

from datetime import timedelta

import pytest

from tests.people import Play, Someone

pytestmark = pytest.mark.words


async def chooses(someone: Someone, label: str) -> str:
    """Choose under /notify; what stands then."""
    await someone.says("/notify")
    [stands] = await someone.taps(label)
    return stands


async def deal(play: Play, title: str) -> None:
    """A deal that writes to everybody who wants it."""
    await play.owner.says(f'/deal new "{title}" 20% until:9d')


async def test_everything_is_sent_until_something_else_is_chosen(play: Play) -> None:
    ann = await play.member("Ann")
    [stands] = await ann.says("/notify")
    assert "members' offers, your own coupons" in stands
    assert ann.button("✓")[1] == "notify:all"


async def test_a_choice_is_marked_and_holds_from_the_next_letter_on(play: Play) -> None:
    ann = await play.member("Ann")
    assert "no offers" in await chooses(ann, "Only my own")
    assert ann.button("✓")[1] == "notify:own"
    heard = len(ann.heard())
    await deal(play, "Spring tea")
    assert len(ann.heard()) == heard
    assert "offers, your own" in await chooses(ann, "Everything")
    await deal(play, "Autumn tea")
    assert "Autumn tea" in ann.heard()[-1]


async def test_nothing_stops_what_comes_on_its_own_and_no_answer(play: Play) -> None:
    ann = await play.member("Ann")
    assert "When you ask, I answer" in await chooses(ann, "Nothing")
    assert await ann.points() == 20
    await play.owner.says("/grant @ann 5 thanks")
    assert "+5 (thanks)" in ann.heard()[-1]  # a receipt is an answer too


async def test_the_pause_ends_after_thirty_days_or_with_the_next_choice(play: Play) -> None:
    ann = await play.member("Ann")
    assert "paused until 12 March 2027" in await chooses(ann, "Pause for 30 days")
    heard = len(ann.heard())
    await deal(play, "Spring tea")
    assert len(ann.heard()) == heard
    assert "paused" not in await chooses(ann, "Everything")
    await deal(play, "Autumn tea")
    assert "Autumn tea" in ann.heard()[-1]
    await chooses(ann, "Pause for 30 days")
    play.clock.advance(timedelta(days=31))
    assert "paused" not in (await ann.says("/notify"))[0]


async def test_the_same_choice_twice_is_no_trouble(play: Play) -> None:
    ann = await play.member("Ann")
    await chooses(ann, "Nothing")
    message, data = ann.button("Nothing")
    assert await ann.presses(data, under=message.id) == []
    assert await ann.points() == 20


async def test_stop_in_every_writing(play: Play) -> None:
    for word in ("STOP", "stop", "/stop", "退订", "退訂", "TD", "td", "ＴＤ", "unsubscribe", " Stop "):
        ann = await play.member("Ann")
        assert "no more offers" in (await ann.says(word))[0], word
        assert "no offers" in (await ann.says("/notify"))[0]


async def test_a_forged_choice_is_a_stale_button(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/notify")
    for data in ("notify:", "notify:everything", "notify:all:all", "notify", "notify:own;drop"):
        assert "no longer works" in (await ann.presses(data))[0]


async def test_an_opt_out_survives_a_rejoin(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await ann.says("STOP")
    await ann.leaves()
    await ann.joins()
    await ann.says("/start")
    heard = len(ann.heard())
    await deal(play, "Spring tea")
    assert len(ann.heard()) == heard


async def birthday_of_mother(ann: Someone) -> None:
    """A relative whose letter is due on 17 February."""
    await ann.says("/family add mother Lan 24 Feb")


async def test_withdrawn_offers_stop_with_the_very_next_letter_queued_ones_included(play: Play) -> None:
    ann = await play.member("Ann")
    play.clock.advance(timedelta(hours=13))  # at night a deal's letters wait for the morning
    await deal(play, "Spring tea")
    assert "no offers" in await chooses(ann, "I withdraw my consent: offers")
    assert ann.button("✓")[1] == "notify:own"
    heard = len(ann.heard())
    await play.until("2027-02-11 12:00")
    assert len(ann.heard()) == heard
    assert "members' offers" in await chooses(ann, "I agree again: offers")
    await deal(play, "Autumn tea")
    assert "Autumn tea" in ann.heard()[-1]


async def test_everything_agrees_to_offers_again(play: Play) -> None:
    ann = await play.member("Ann")
    await chooses(ann, "I withdraw my consent: offers")
    assert "withdrew" not in await chooses(ann, "Everything")
    await deal(play, "Spring tea")
    assert "Spring tea" in ann.heard()[-1]


async def test_who_wants_nothing_still_gets_nothing_with_a_consent(play: Play) -> None:
    ann = await play.member("Ann")
    await chooses(ann, "Nothing")
    await chooses(ann, "I withdraw my consent: offers")
    assert "nothing on my own" in await chooses(ann, "I agree again: offers")


async def test_withdrawn_family_stops_the_letter_that_waits_and_keeps_the_dates(play: Play) -> None:
    ann = await play.member("Ann")
    await birthday_of_mother(ann)
    assert "family dates" in await chooses(ann, "I withdraw my consent: family")
    heard = len(ann.heard())
    await play.until("2027-02-17 12:00")
    assert len(ann.heard()) == heard
    assert "Lan" in "".join(await ann.says("/family"))


async def test_relatives_are_erased_with_one_more_tap(play: Play) -> None:
    ann = await play.member("Ann")
    await birthday_of_mother(ann)
    await chooses(ann, "I withdraw my consent: family")
    [said] = await ann.taps("Erase my relatives")
    assert said.startswith("Your relatives and their dates are erased.")
    await chooses(ann, "I agree again: family")
    assert "Lan" not in "".join(await ann.says("/family"))
    heard = len(ann.heard())
    await play.until("2027-02-17 12:00")
    assert len(ann.heard()) == heard


async def test_a_withdrawal_survives_start_and_the_old_agree_button(play: Play) -> None:
    ann = await play.member("Ann")
    await chooses(ann, "I withdraw my consent: offers")
    await ann.says("/start")
    await ann.presses("agree")
    heard = len(ann.heard())
    await deal(play, "Spring tea")
    assert len(ann.heard()) == heard


async def test_forged_consents_are_stale_buttons(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/notify")
    for data in ("consent:no:service", "consent:maybe:offers", "consent:no", "consent", "consent:yes:children"):
        assert "no longer works" in (await ann.presses(data))[0]
