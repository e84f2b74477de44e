"""What may be sent: all, only one's own, nothing, a pause; answered at once, and back again at once."""

from datetime import timedelta

from tests.people import Play, Someone


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
