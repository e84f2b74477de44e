"""From joining to the first purchase and after it: letters on their days, a coupon, and an early end."""

from datetime import timedelta

from sqlmodel import select

from db.coupons import Coupon
from db.journeys import Trip
from db.outbox import Letter
from tests.people import Play, Someone

CARD, STORY, BENEFITS, VISIT, THANKS = (
    "this is your card",
    "a word about ourselves",
    "this is what members",
    "member for a week",
    "your first order means",
)


def got(someone: Someone) -> list[str]:
    """Which of the letters somebody got, in order."""
    known = (CARD, STORY, BENEFITS, VISIT, THANKS)
    return [words for text in someone.heard() for words in known if words in text]


async def settled(play: Play, kind: str) -> list[tuple[str, str | None]]:
    """What became of the letters of a kind, and why."""
    look = select(Letter.state, Letter.reason).where(Letter.kind == kind).order_by(Letter.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.exec(look).all())]


async def coupons(play: Play) -> list[str]:
    """The names of all coupons."""
    return list(await play.database.read(lambda s: s.exec(select(Coupon.name)).all()))


async def newcomer(play: Play) -> Someone:
    """Ann, who joins while welcome and thank-you are on."""
    await play.owner.says("/journeys on welcome")
    await play.owner.says("/journeys on thank-you")
    return await play.member("Ann")


async def test_a_newcomer_is_led_to_the_first_visit(play: Play) -> None:
    ann = await newcomer(play)
    assert got(ann) == []
    await play.down_until("2027-02-10 10:11")
    assert got(ann) == [CARD]
    assert ann.file().width == 1080
    assert ann.button("My coupons")
    for day, letters in ((12, [STORY]), (15, [BENEFITS]), (17, [VISIT])):
        await play.down_until(f"2027-02-{day} 09:20")
        before = len(got(ann))
        await play.down_until(f"2027-02-{day} 09:40")
        assert got(ann)[before:] == letters
    [text] = [text for text in ann.heard() if VISIT in text]
    assert "Coupon for your first visit: 10% off" in text
    assert "Valid until 3 March 2027" in text  # 14 days from the day on which it went
    assert await coupons(play) == ["welcome"]
    assert "Coupon for your first visit" in (await ann.says("/coupons"))[0]
    await play.down_until("2027-03-02 12:00")
    assert any("still waiting" in text for text in ann.heard())  # like any coupon


async def test_the_first_purchase_ends_it_and_brings_thanks(play: Play) -> None:
    ann = await newcomer(play)
    await play.down_until("2027-02-12 10:00")
    await play.owner.says("/sale @ann 30 tea #1")
    await play.down_until("2027-02-13 10:00")
    assert got(ann) == [STORY, THANKS]
    await play.down_until("2027-02-17 10:00")
    assert got(ann) == [STORY, THANKS]
    assert await coupons(play) == ["thank-you"]
    states = await play.database.read(lambda s: s.exec(select(Trip.state).order_by(Trip.id)).all())
    assert states == ["reached", "done"]


async def test_a_goal_reached_between_queueing_and_sending_stops_letter_and_coupon(play: Play) -> None:
    ann = await newcomer(play)
    await play.owner.says("/pause")
    await play.down_until("2027-02-17 10:00")
    assert await settled(play, "journey_offer") == [("waiting", None)]
    await play.owner.says("/sale @ann 30 tea #1")
    await play.owner.says("/resume")
    assert got(ann) == []
    assert await settled(play, "journey_offer") == [("dropped", "goal reached")]
    assert await coupons(play) == []


async def test_who_wants_no_offers_gets_neither_letter_nor_coupon(play: Play) -> None:
    ann = await newcomer(play)
    await ann.presses("notify:own")
    await play.down_until("2027-02-17 10:00")
    assert got(ann) == []
    assert await coupons(play) == []


async def test_the_monthly_budget_holds_for_journeys_too(play: Play) -> None:
    ann = await newcomer(play)
    await play.owner.says("/settings budget.monthly 1")
    await play.down_until("2027-02-17 10:00")
    assert got(ann) == []
    assert await settled(play, "journey_offer") == [("dropped", "the budget is used up")]
    assert any("budget" in text for text in play.owner.heard())


async def test_who_was_erased_and_comes_again_gets_no_second_coupon(play: Play) -> None:
    ann = await newcomer(play)
    await play.down_until("2027-02-17 10:00")
    await ann.says("/forget")
    await ann.taps("Erase")
    await ann.says("/start")
    await ann.taps("I agree")
    await play.down_until("2027-02-24 10:10")
    assert await settled(play, "journey_offer") == [("dropped", "had it before")]


async def test_a_coupon_is_the_same_however_often_its_letter_is_looked_at(play: Play) -> None:
    ann = await newcomer(play)
    await play.down_until("2027-02-17 10:00")
    again = Letter.__table__.update().where(Letter.kind == "journey_offer")  # type: ignore[attr-defined]
    values = {"state": "waiting", "settled_at": None, "after": play.clock.now() + timedelta(days=1)}
    await play.database.write(lambda s: s.connection().execute(again.values(**values)).close())
    await play.down_until("2027-02-18 11:00")
    assert got(ann) == [VISIT, VISIT]
    assert len(await coupons(play)) == 1


async def test_a_coupon_goes_before_a_deal_and_a_deal_before_a_tip(play: Play) -> None:
    ann = await newcomer(play)
    await play.down_until("2027-02-10 10:11")
    await play.owner.says('/deal new "Spring tea" 20% from:2027-02-12T10:00 until:9d')
    await play.owner.says("/pause")
    await play.down_until("2027-02-12 12:00")  # both are due, the tip for longer
    await play.owner.says("/resume")
    assert [text for text in ann.heard() if "Spring tea" in text]
    assert got(ann) == [CARD]
    await play.down_until("2027-02-13 10:00")
    assert got(ann) == [CARD, STORY]


async def test_in_chinese_as_a_shop_would_write(play: Play) -> None:
    await play.owner.says("/journeys on welcome")
    mei = await play.member("梅", "zh-hans")
    await play.down_until("2027-02-17 10:00")
    [text] = [text for text in mei.heard() if "入会一周了" in text]
    assert "首次到店券：9折" in text
