"""Who stays away is asked back twice, with a day and a coupon, and then left alone."""

from sqlmodel import select

from db.coupons import Coupon
from db.journeys import Trip
from tests.people import Play, Someone


def asked_back(someone: Someone) -> list[str]:
    """The letters that ask somebody back."""
    return [text for text in someone.heard() if "long time" in text or "one more greeting" in text]


async def quiet_shop(play: Play) -> tuple[Someone, Someone]:
    """Ann and Bob, who both bought on 10 February, in a shop that asks back who stays away."""
    people = await play.member("Ann"), await play.member("Bob")
    await play.owner.says("/journeys on win-back")
    await play.owner.says("/sale @ann 30 tea #1")
    await play.owner.says("/sale @bob 30 tea #2")
    return people


async def test_ninety_days_of_silence_bring_a_dated_offer_and_two_weeks_later_another(play: Play) -> None:
    ann, bob = await quiet_shop(play)
    await play.down_until("2027-05-01 12:00")
    await play.owner.says("/sale @bob 30 tea #3")
    assert not asked_back(ann)
    await play.down_until("2027-05-12 10:00")  # a Wednesday, 91 days later
    [text] = asked_back(ann)
    assert "this Sunday, 16 May" in text
    assert "Coupon for coming back: 15% off" in text
    assert not asked_back(bob)
    await play.down_until("2027-05-26 10:00")
    assert "one more greeting" in asked_back(ann)[1]
    codes = await play.database.read(lambda s: s.exec(select(Coupon.code)).all())
    assert len(set(codes)) == 2
    await play.down_until("2027-11-21 10:00")
    assert len(asked_back(ann)) == 2  # half a year of silence; and by then she is lost


async def test_whoever_comes_back_is_asked_no_more(play: Play) -> None:
    ann, _bob = await quiet_shop(play)
    await play.down_until("2027-05-12 10:00")
    await play.owner.says("/sale @ann 30 tea #3")
    await play.down_until("2027-05-26 10:00")
    assert len(asked_back(ann)) == 1
    states = select(Trip.state).where(Trip.member_id == 3)
    assert await play.database.read(lambda s: s.exec(states).all()) == ["reached"]


async def test_switched_on_it_begins_for_who_is_sleeping_and_not_for_who_is_lost(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await play.owner.says("/sale @ann 30 tea #1")
    await play.down_until("2027-09-01 12:00")
    await play.owner.says("/sale @bob 30 tea #2")
    await play.down_until("2027-12-05 10:00")
    await play.owner.says("/journeys on win-back")
    await play.down_until("2027-12-05 10:05")
    assert not asked_back(ann)
    assert len(asked_back(bob)) == 1


async def test_an_evenings_silence_is_told_in_the_morning(play: Play) -> None:
    ann, _bob = await quiet_shop(play)
    await play.down_until("2027-05-11 23:00")
    assert not asked_back(ann)
    await play.down_until("2027-05-12 09:15")
    assert len(asked_back(ann)) == 1
