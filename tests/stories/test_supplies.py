"""What runs out: asked about a little before, by each member's own pace."""

import asyncio

from sqlmodel import select

from db.journeys import Trip
from db.supplies import Reorder, Supply
from tests.people import Play, Someone

ASKS = "may be running out"


async def shop_of(play: Play, *lines: str) -> Someone:
    """Ann, and a shop that asks before things run out; after some lines of the owner's."""
    ann = await play.member("Ann")
    await play.clerk.says("/start")
    await play.owner.says("/journeys on replenishment")
    for line in lines:
        await play.owner.says(line)
    return ann


def asked(someone: Someone) -> list[str]:
    """What somebody was asked."""
    return [text for text in someone.heard() if ASKS in text]


async def due(play: Play) -> list[str]:
    """The shop-days on which trips go on."""
    look = select(Trip.next_at).where(Trip.state == "under way").order_by(Trip.next_at)
    return [f"{at.astimezone(play.zone):%m-%d %H:%M}" for at in await play.database.read(lambda s: s.exec(look).all())]


async def test_three_days_before_it_runs_out_by_what_the_shop_says_of_it(play: Play) -> None:
    ann = await shop_of(play, "/sale @ann 20 cup #0", "/sale @ann 60 rice*2 #1", "/products lasts rice 20")
    assert await due(play) == []  # nothing tells how long a cup lasts, nor did it of rice
    await play.owner.says("/sale @ann 60 rice*2 #2")
    assert await due(play) == ["03-19 09:30"]  # 40 days from 10 February, less 3
    await play.down_until("2027-03-19 09:20")
    assert not asked(ann)
    await play.down_until("2027-03-19 10:00")
    assert asked(ann) == ["Ann, your rice may be running out about now. Shall we put some by for you?"]


async def test_the_family_shares_it(play: Play) -> None:
    ann = await shop_of(play, "/sale @ann 60 rice #1", "/products lasts rice 60")
    await ann.says("/family add mother Lan 8-15")
    await play.owner.says("/sale @ann 60 rice #2")
    assert await due(play) == ["03-09 09:30"]  # 30 days for two


async def test_the_members_own_pace_counts_more(play: Play) -> None:
    await shop_of(play, "/sale @ann 60 rice #1", "/products lasts rice 100")
    await play.down_until("2027-02-20 10:00")
    await play.owner.says("/sale @ann 60 rice*2 #2")
    await play.down_until("2027-03-16 10:00")
    await play.owner.says("/sale @ann 60 rice*3 #3")  # a piece lasted 10 days, then 12
    assert (await due(play))[0] == "04-15 09:30"  # 11 × 3 = 33 days from 16 March, less 3


async def test_a_reorder_goes_to_the_staff_once_and_one_of_them_sees_to_it(play: Play) -> None:
    ann = await shop_of(play, "/sale @ann 60 rice #1", "/products lasts rice 30", "/sale @ann 60 rice*2 #2")
    await play.down_until("2027-04-08 10:00")
    message, data = ann.button("Reorder")
    said = await asyncio.gather(*(ann.presses(data, under=message.id) for _ in range(3)))
    assert all("rice × 2" in text for [text] in said if text)
    assert len(await play.database.read(lambda s: s.exec(select(Reorder)).all())) == 1
    for staff in (play.owner, play.clerk):
        assert [text for text in staff.heard() if "rice × 2 again" in text] == [
            "Ann (M0003) would like to have rice × 2 again."
        ]
    [done] = await play.clerk.taps("see to it")
    assert "✓ You see to it" in done
    assert "A colleague sees to it" in (await play.owner.taps("see to it"))[0]
    assert len([text for text in ann.heard() if "putting rice × 2 by" in text]) == 1
    assert "saw to what Ann (M0003) wished" in (await play.owner.says("/audit"))[0]


async def test_plenty_teaches_the_gap(play: Play) -> None:
    ann = await shop_of(play, "/sale @ann 60 rice #1", "/products lasts rice 30", "/sale @ann 60 rice #2")
    await play.down_until("2027-03-09 10:00")
    message, data = ann.button("plenty")
    [noted] = await ann.presses(data, under=message.id)
    assert "again about 15 March" in noted  # 27 days, a third more, less 3
    assert "no longer works" in (await ann.presses(data))[0]
    await play.down_until("2027-03-15 10:00")
    assert len(asked(ann)) == 1  # the first one became its answer
    assert await play.database.read(lambda s: s.exec(select(Supply.pace)).all()) == [36.0]
    await play.owner.says("/sale @ann 60 rice #3")  # two lasted 33 days, and 36 for one were taught
    assert await due(play) == ["04-07 09:30"]  # 26 days from 15 March, less 3


async def test_bought_again_it_is_not_asked_about_though_it_was_queued(play: Play) -> None:
    ann = await shop_of(play, "/sale @ann 60 rice #1", "/products lasts rice 30", "/sale @ann 60 rice #2")
    await play.owner.says("/pause")
    await play.down_until("2027-03-09 10:00")
    await play.owner.says("/sale @ann 60 rice #3")
    await play.owner.says("/resume")
    assert not asked(ann)


async def test_something_else_bought_changes_nothing_and_another_name_is_the_same(play: Play) -> None:
    ann = await shop_of(play, "/sale @ann 60 rice #1", "/products lasts rice 30", "/sale @ann 60 rice #2")
    await play.down_until("2027-02-20 10:00")
    await play.owner.says("/sale @ann 5 salt #3")
    await play.owner.says('/products merge rice > "Fine rice"')
    await play.owner.says('/sale @ann 60 "Fine rice" #4')
    await play.owner.says('/products merge rice > "Fine rice"')
    await play.down_until("2027-03-09 10:00")
    assert not asked(ann)


async def test_stop_is_for_that_product_alone_and_can_be_taken_back(play: Play) -> None:
    ann = await shop_of(play, "/sale @ann 60 rice oil #1", "/products lasts rice 30", "/products lasts oil 30")
    await play.owner.says("/sale @ann 60 rice #2")
    await play.down_until("2027-03-09 10:00")
    assert "no more reminders of rice" in (await ann.taps("No reminders"))[0]
    await play.owner.says("/sale @ann 60 rice oil #3")
    assert await due(play) == ["04-05 09:30"]
    await ann.taps("Remind me again")
    await play.owner.says("/sale @ann 60 rice #4")
    assert len(await due(play)) == 2


async def test_what_lasts_less_than_a_week_is_left_alone(play: Play) -> None:
    await shop_of(play, "/sale @ann 60 bread #1", "/products lasts bread 3")
    await play.owner.says("/sale @ann 60 bread*2 #2")
    assert await due(play) == []
    await play.owner.says("/sale @ann 60 bread*3 #3")
    assert len(await due(play)) == 1


async def test_other_peoples_trips_do_not_exist(play: Play) -> None:
    await shop_of(play, "/sale @ann 60 rice #1", "/products lasts rice 30", "/sale @ann 60 rice #2")
    bob = await play.member("Bob")
    await play.down_until("2027-03-09 10:00")
    for data in ("reorder:1", "plenty:1", "refill:off:1", "refill:on:1", "refill:x:1", "reorder:99"):
        assert "no longer works" in (await bob.presses(data))[0], data
    assert await play.database.read(lambda s: s.exec(select(Supply)).all()) == []
