"""Tomorrow's plan: who gets what, at what cost; what is skipped is not sent, over restarts too."""

import asyncio
import contextlib
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.club import outbox, plan
from db.members import Account
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


async def fates(play: Play, kind: str) -> list[tuple[str, str | None]]:
    """What became of the letters of a kind, in order of coming."""
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


async def test_nothing_tomorrow_is_said_to_who_asks(play: Play) -> None:
    await play.owner.says("/start")
    await play.until("2027-02-10 20:05")
    assert not got(play.owner, "Plan for")
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
    assert ("dropped", "skipped in the plan") in await fates(play, "birthday")
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


async def test_a_skip_while_it_is_due_drops_it_or_comes_too_late(play: Play) -> None:
    ann = await born(play, "Ann")
    await play.until("2027-02-12 18:00")
    await play.owner.says("/plan")
    message, data = play.owner.button("Skip: Birthday wishes")
    play.clock.advance(timedelta(hours=15, minutes=31))
    await asyncio.gather(play.owner.presses(data, under=message.id), play.club.tick())
    await play.quiet()
    [fate] = await fates(play, "birthday")
    assert fate in (("sent", None), ("dropped", "skipped in the plan"))
    assert got(ann, "Happy birthday") == (fate[0] == "sent")


@pytest.mark.parametrize("back", ["2027-02-11 22:00", "2027-02-12 11:00"])
async def test_what_was_skipped_stays_so_if_the_club_is_away(play: Play, back: str) -> None:
    ann = await play.member("Ann")
    for kind in ("gift_lapsed", "gift_back"):
        await play.database.write(left_for_tomorrow, kind, ann.id, now=play.clock.now())
    await play.owner.says("/plan")
    await play.owner.taps("Skip: Word that a gift is back")
    await play.down_until(back)
    await play.until("2027-02-12 12:00")
    assert await fates(play, "gift_back") == [("dropped", "skipped in the plan")]
    assert (await fates(play, "gift_lapsed"))[0][0] == "sent"


def left_for_tomorrow(session: Session, kind: str, account: int, *, now: datetime) -> None:
    """An act: a letter about a gift, for the next day at noon."""
    about = session.exec(select(Account.id, Account.member_id).where(Account.external_id == account)).one()
    due, facts = now + timedelta(hours=26), {"name": "Cup", "points": 10}
    outbox.post(session, kind, key=kind, now=now, account_id=about[0], member_id=about[1], after=due, **facts)


async def test_every_source_of_letters_is_asked(play: Play) -> None:
    await play.owner.says("/settings family.offer 10")
    await play.owner.says("/journeys on welcome")
    ann = await play.member("Ann")
    await play.owner.says("/tag @ann tea")
    await play.owner.says(
        '/deal new "Spring tea" 20% from:"2027-02-12 12:00" until:"2027-02-14 12:00" audience:"tag:tea"'
    )
    await play.owner.says('/broadcast "Tea for {name}" at:"2027-02-12 12:00"')
    await play.owner.taps("Confirm")
    await ann.says("/family add mother Lan 19 February")
    for label in ("I agree", "Yes"):
        with contextlib.suppress(AssertionError):
            await ann.taps(label)
    await play.until("2027-02-11 20:30")
    card = next(text for text in reversed(play.owner.heard()) if "Plan for Friday 12 February" in text)
    assert "✅ Family days, a week ahead: 1 · Ann · CN¥10" in card
    assert "✅ Welcome, Day 2: 1 · Ann" in card
    assert "✅ Deal “Spring tea”: 1 · Ann · CN¥10" in card
    assert "✅ Broadcast 1 to all: " in card
    assert "Together it costs CN¥" in card
