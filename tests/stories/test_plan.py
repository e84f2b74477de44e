"""Tomorrow's plan: who gets what, at what cost; what is skipped is not sent, over restarts too."""

from sqlmodel import select

from bot.club import plan
from db.outbox import Letter
from tests.people import Play, Someone

TOMORROW = "Plan for Saturday 13 February"


def got(someone: Someone, words: str) -> int:
    """How often somebody got some words."""
    return sum(words in text for text in someone.heard())


async def born(play: Play, name: str, day: str = "13 February 1990") -> Someone:
    """A member who told the birthday."""
    someone = await play.member(name)
    await someone.says("/profile")
    await someone.taps("Birthday")
    await someone.says(day)
    await someone.taps("Yes")
    return someone


async def fates(play: Play, someone: Someone, kind: str) -> list[tuple[str, str | None]]:
    """What became of a member's letters of a kind, in order of coming."""
    look = select(Letter.state, Letter.reason).where(Letter.kind == kind).order_by(Letter.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.exec(look).all())]


async def test_the_plan_comes_each_evening_once_with_names_and_cost(play: Play) -> None:
    await play.owner.says("/start")
    await play.owner.says("/settings birthday.settled_days 0")
    await born(play, "Ann")
    await born(play, "Bob", "20 February 1990")
    await play.until("2027-02-12 19:59")
    assert not got(play.owner, TOMORROW)
    await play.until("2027-02-12 20:02")
    assert got(play.owner, TOMORROW) == 1
    card = next(text for text in play.owner.heard() if TOMORROW in text)
    assert "✅ Birthday wishes: 1 · Ann" in card
    assert "✅ Birthday coupons, a week ahead: 1 · Bob · CN¥10" in card
    assert "Together it costs CN¥10 at most." in card
    await play.until("2027-02-12 20:40")
    assert got(play.owner, TOMORROW) == 1
    assert not got(play.clerk, "Plan for")


async def test_nothing_tomorrow_is_said_too(play: Play) -> None:
    await play.owner.says("/start")
    [card] = await play.owner.says("/plan")
    assert "Nothing goes out on its own." in card
    assert not play.owner.sees()[-1].buttons


async def test_a_skipped_line_is_not_sent_and_the_rest_is(play: Play) -> None:
    ann, bob = await born(play, "Ann"), await born(play, "Bob", "20 February 1990")
    await play.until("2027-02-12 18:00")
    await play.owner.says("/plan")
    [card] = await play.owner.taps("Skip: Birthday wishes")
    assert "✖️ Birthday wishes: 1 · Ann · skipped" in card
    await play.until("2027-02-12 20:05")
    assert "✖️ Birthday wishes: 1 · Ann · skipped" in play.owner.heard()[-1]
    await play.until("2027-02-14 12:00")
    assert not got(ann, "Happy birthday")
    assert ("dropped", "skipped in the plan") in await fates(play, ann, "birthday")
    assert bob.heard()
    assert "skipped “Birthday wishes” in the plan" in (await play.owner.says("/audit"))[0]
    [why] = await play.owner.says("/why @ann")
    assert "the birthday wishes: not sent on" in why
    assert "because it was skipped in the plan" in why


async def test_what_was_skipped_can_be_let_go_again(play: Play) -> None:
    ann = await born(play, "Ann")
    await play.until("2027-02-12 18:00")
    await play.owner.says("/plan")
    await play.owner.taps("Skip: Birthday wishes")
    [card] = await play.owner.taps("Send: Birthday wishes")
    assert "✅ Birthday wishes: 1 · Ann" in card
    await play.until("2027-02-13 12:00")
    assert got(ann, "Happy birthday") == 1


async def test_a_step_that_is_only_written_then_is_skipped_and_the_journey_goes_on(play: Play) -> None:
    await play.owner.says("/journeys on how-is-it")
    ann = await play.member("Ann")
    await play.owner.says("/sale @ann 30 tea #1")
    await play.until("2027-02-12 18:00")
    [card] = await play.owner.says("/plan")
    assert "✅ How is it?, Day 3: 1 · Ann" in card
    await play.owner.taps("Skip: How is it?")
    await play.until("2027-02-14 12:00")
    assert not got(ann, "How is it going?")


async def test_an_old_card_changes_nothing(play: Play) -> None:
    await born(play, "Ann")
    await play.until("2027-02-12 18:00")
    await play.owner.says("/plan")
    data = play.owner.button("Skip: Birthday wishes")[1]
    await play.until("2027-02-14 10:00")
    [refusal] = await play.owner.presses(data)
    assert "That day is over" in refusal
    [refusal] = await play.owner.presses("plan:skip:2027-02-15:nonsense")
    assert "no longer works" in refusal


async def test_the_card_keeps_no_names_once_it_is_sent(play: Play) -> None:
    await play.owner.says("/start")
    await born(play, "Ann")
    await play.until("2027-02-12 20:05")
    look = select(Letter.facts).where(Letter.kind == plan.CARD, Letter.state == "sent")
    kept = await play.database.read(lambda s: list(s.exec(look).all()))
    assert kept
    assert all(facts == {} for facts in kept)
