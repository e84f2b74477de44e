"""Journeys: switched by a manager, begun by an event, a step when it is due, never a heap of them and never twice."""

import pytest
from sqlmodel import select

from bot.club import journeys, trips
from db.journeys import Trip
from db.outbox import Letter
from tests.people import Play, Someone

USAGE, RATING = "How is it going?", "how would you rate"


def got(someone: Someone, words: str) -> int:
    """How often somebody got some words."""
    return sum(words in text for text in someone.heard())


async def trips_of(play: Play, *columns: str) -> list[tuple[object, ...]]:
    """Some columns of all trips, in order of coming."""
    look = select(*(getattr(Trip, column) for column in columns)).order_by(Trip.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.connection().execute(look).all())]


async def ann_bought(play: Play) -> Someone:
    """Ann, who bought tea while how-is-it is on."""
    ann = await play.member("Ann")
    await play.owner.says("/journeys on how-is-it")
    await play.owner.says("/sale @ann 30 tea #1")
    return ann


async def test_a_manager_sees_them_all_and_switches_one(play: Play) -> None:
    await play.owner.says("/start")
    [page] = await play.owner.says("/journeys")
    assert "⬜ How is it? – how-is-it" in page
    [one] = await play.owner.taps("How is it?")
    assert "It is off." in one
    assert "Day 3\n{name}, a few days ago you took {product} home." in one
    [one] = await play.owner.taps("Switch on")
    assert "It is on." in one
    [said] = await play.owner.says("/journeys off How-Is-It")
    assert said == "“How is it?” is off, and over for all who were on it."
    acts = (await play.owner.says("/audit"))[0]
    assert "switched the journey “how-is-it” on" in acts
    assert "switched the journey “how-is-it” off" in acts
    [said] = await play.owner.says("/journeys on nonsense")
    assert said.startswith("There is no journey “nonsense”. There are: ")
    assert "/journeys on how-is-it" in (await play.owner.says("/journeys on"))[0]


async def test_every_journey_reads_well_in_every_language(play: Play) -> None:
    await play.owner.says("/start")
    for locale in ("zh_CN", "zh_TW", "en"):
        await play.owner.presses(f"lang:{locale}")
        for name in journeys.shipped():
            [one] = await play.owner.says(f"/journeys {name}")
            assert journeys.shipped()[name].about[locale] in one


async def test_while_it_is_off_nothing_begins_and_what_was_before_is_not_made_up_for(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await play.owner.says("/sale @ann 30 tea #1")
    await play.owner.says("/journeys on how-is-it")
    await play.owner.says("/sale @bob 30 tea #2")
    await play.down_until("2027-02-13 10:00")
    assert got(ann, USAGE) == 0
    assert got(bob, USAGE) == 1


async def test_switched_off_it_ends_for_all_who_are_on_it_even_what_is_queued(play: Play) -> None:
    ann = await ann_bought(play)
    await play.owner.says("/pause")
    await play.down_until("2027-02-13 10:00")
    await play.owner.says("/journeys off how-is-it")
    await play.owner.says("/resume")
    await play.down_until("2027-02-15 10:00")
    assert got(ann, USAGE) == got(ann, RATING) == 0
    assert await trips_of(play, "state", "reason") == [("stopped", "switched off")]


async def test_of_two_steps_that_fell_due_together_only_the_last_is_sent(play: Play) -> None:
    ann = await ann_bought(play)
    await play.down_until("2027-02-15 12:00")
    assert got(ann, USAGE) == 0
    assert got(ann, RATING) == 1


async def test_a_step_that_is_too_late_is_left_out_and_the_trip_ends(play: Play) -> None:
    ann = await ann_bought(play)
    await play.down_until("2027-02-18 09:30")  # three days after the last step, to the minute
    assert got(ann, USAGE) == got(ann, RATING) == 0
    assert await trips_of(play, "state", "reason") == [("done", None)]
    asked = select(Letter.kind).where(Letter.kind.in_(("usage", "rating")))  # type: ignore[attr-defined]
    assert await play.database.read(lambda s: s.exec(asked).all()) == []  # and nobody is told of one that was missed


async def test_just_not_too_late_is_sent(play: Play) -> None:
    ann = await ann_bought(play)
    await play.down_until("2027-02-18 09:20")
    assert got(ann, RATING) == 1


async def test_a_second_run_changes_nothing(play: Play) -> None:
    ann = await ann_bought(play)
    await play.down_until("2027-02-13 10:00")
    for _ in range(3):
        await play.club.tick()
    assert got(ann, USAGE) == 1
    assert len(await trips_of(play, "id")) == 1


async def test_a_crash_between_step_and_letter_keeps_both_or_neither(play: Play) -> None:
    ann = await ann_bought(play)
    play.clock.advance((await due(play)) - play.clock.now())

    def cut_short(session: object, *args: object, **more: object) -> None:
        trips.go_on(session, *args, **more)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await play.database.write(cut_short, play.club.shop.now, now=play.clock.now())
    assert await trips_of(play, "step") == [("usage",)]
    assert await play.database.read(lambda s: s.exec(select(Letter).where(Letter.kind == "usage")).all()) == []
    await play.club.tick()
    assert got(ann, USAGE) == 1
    assert await trips_of(play, "step") == [("rating",)]


async def due(play: Play):  # type: ignore[no-untyped-def]
    """When the only trip goes on."""
    return await play.database.read(lambda s: s.exec(select(Trip.next_at)).one())


async def test_who_buys_often_is_asked_once_a_month(play: Play) -> None:
    await ann_bought(play)
    await play.owner.says("/sale @ann 30 tea #2")
    await play.down_until("2027-03-11 10:00")
    await play.owner.says("/sale @ann 30 tea #3")
    assert await trips_of(play, "key") == [("how-is-it:3:0",)]
    await play.down_until("2027-03-12 10:30")
    await play.owner.says("/sale @ann 30 tea #4")
    assert await trips_of(play, "key") == [("how-is-it:3:0",), ("how-is-it:3:1",)]


async def test_an_undone_sale_leads_nowhere(play: Play) -> None:
    ann = await ann_bought(play)
    await play.owner.taps("Undo")
    await play.down_until("2027-02-15 12:00")
    assert got(ann, RATING) == 0


async def test_who_wants_nothing_gets_none_of_it(play: Play) -> None:
    ann = await ann_bought(play)
    await ann.presses("notify:none")
    await play.down_until("2027-02-13 10:00")
    assert got(ann, USAGE) == 0
    await ann.presses("notify:own")
    await play.down_until("2027-02-15 10:00")
    assert got(ann, RATING) == 1


async def test_somebody_from_a_list_is_on_no_journey(play: Play) -> None:
    await play.owner.says("/journeys on how-is-it")
    await play.owner.sends("m.csv", b"name,phone,agreed\nOld Lee,13800138000,yes\n")
    await play.owner.taps("Confirm")
    await play.owner.says("/sale 13800138000 30 tea #1")
    assert await trips_of(play, "id") == []
