"""Birthdays put right: by the staff, however often they were changed, and by the nightly pass."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from bot.club import upkeep
from db.coupons import Coupon
from db.occasions import Occasion
from db.points import Boost
from tests.people import Play
from tests.stories.test_birthdays import CODE, born, greetings, tells


def next_days(session: Session) -> list[date]:
    """The next day of each date."""
    return list(session.exec(select(Occasion.next_on).order_by(Occasion.id)).all())


async def test_the_staff_correct_a_birthday_however_often_it_was_changed(play: Play) -> None:
    ann = await born(play, "20 March")
    await tells(ann, "21 March")
    assert "staff can change it" in (await ann.taps("Birthday"))[0]
    assert "not available" in (await play.clerk.says("/birthday @ann 25 May"))[0]
    before = await ann.points()
    [said] = await play.owner.says("/birthday @ann 25 May")
    assert "25 May, next on 25 May 2027" in said
    assert await ann.points() == before
    await play.down_until("2027-03-21 10:00")
    assert greetings(ann) == 0
    await play.down_until("2027-05-25 10:00")
    assert greetings(ann) == 1
    assert "corrected the birthday" in (await play.owner.says("/audit"))[0]


async def test_an_owner_may_let_a_late_one_bring_the_coupon(play: Play) -> None:
    ann = await play.member("Ann")
    await tells(ann, "12 Feb")
    assert not CODE.search(" ".join(ann.heard()))
    [said] = await play.owner.says("/birthday @ann 12 Feb coupon:yes")
    assert "without the coupon" not in said
    assert CODE.search(ann.heard()[-1])
    await play.down_until("2027-02-12 09:30")
    assert greetings(ann) == 1
    assert len(await play.database.read(lambda s: s.exec(select(Coupon)).all())) == 1
    assert len(await play.database.read(lambda s: s.exec(select(Boost)).all())) == 1


async def test_a_correction_that_could_mean_two_days_takes_the_likelier_and_says_it(play: Play) -> None:
    await born(play, "20 March")
    assert "3 April" in (await play.owner.says("/birthday @ann 3/4"))[0]
    await play.owner.presses("lang:zh_CN")
    assert "5月1日" in (await play.owner.says("/birthday @ann 5-1"))[0]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/birthday @ann", "write it like this"),
        ("/birthday @ann 31 February", "no such day"),
        ("/birthday @ann 15 Aug coupon:no", "write it like this"),
        ("/birthday @bob 15 Aug", "no member"),
    ],
)
async def test_a_correction_that_cannot_be_read_changes_nothing(play: Play, line: str, says: str) -> None:
    await born(play, "20 March")
    await play.stranger("Bob").says("/start")
    assert says in (await play.owner.says(line))[0]
    assert await play.database.read(lambda s: s.exec(select(Occasion.month, Occasion.day)).all()) == [(3, 20)]


async def test_the_nightly_pass_puts_right_what_is_wrong_and_leaves_the_rest(play: Play) -> None:
    for name, day in (("Ann", "20 March"), ("Bob", "1 March"), ("Kim", "农历八月十五")):
        await born(play, day, name)
    await play.down_until("2027-02-25 10:00")  # Bob's is prepared, so next year's is next
    stood = await play.database.read(next_days)
    spoilt = date(2031, 1, 1)
    await play.database.write(lambda s: [setattr(each, "next_on", spoilt) for each in s.exec(select(Occasion)).all()])
    await play.club.tick()
    assert await play.database.read(next_days) == [spoilt] * 3  # once a day
    await play.down_until("2027-02-26 10:00")
    assert await play.database.read(next_days) == stood == [date(2027, 3, 20), date(2028, 3, 1), date(2027, 9, 15)]


async def test_a_changed_rule_moves_the_29th_of_february_at_once_where_it_is_not_prepared(play: Play) -> None:
    ann = await born(play, "29 Feb")
    assert await play.database.read(next_days) == [date(2027, 2, 28)]
    await play.owner.says("/settings birthday.leap_day_in_march yes")
    await play.club.tick()
    assert await play.database.read(next_days) == [date(2027, 3, 1)]
    await play.down_until("2027-02-28 10:00")
    assert greetings(ann) == 0
    await play.owner.says("/settings birthday.leap_day_in_march no")  # prepared already: it stays
    await play.down_until("2027-03-01 09:30")
    await play.until("2027-03-02 12:00")
    assert greetings(ann) == 1
    assert await play.database.read(next_days) == [date(2028, 2, 29)]


async def test_what_changed_since_it_was_found_is_not_put_right(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.database.write(lambda s: setattr(s.exec(select(Occasion)).one(), "next_on", date(2031, 1, 1)))
    wrong, last = await play.database.read(upkeep.astray, play.club.shop.now, after=0, limit=10)
    assert (len(wrong), last) == (1, None)
    play.clock.advance(timedelta(minutes=1))
    await tells(ann, "25 March")
    await play.database.write(upkeep.put_right, wrong)
    assert await play.database.read(next_days) == [date(2027, 3, 25)]
