"""A birthday: the heads-up with its coupon, the greeting on its morning, one reminder; once, whatever happens."""

import re
from datetime import date, timedelta

from sqlmodel import select

from bot.club import occasions
from bot.club.calendar import YearlyDate
from db.coupons import Coupon
from db.occasions import Occasion
from db.outbox import Letter
from db.points import Boost
from tests.people import Play, Someone

CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")


async def born(play: Play, day: str, name: str = "Ann") -> Someone:
    """A member who told a birthday."""
    someone = await play.member(name)
    await tells(someone, day)
    return someone


async def tells(someone: Someone, day: str) -> list[str]:
    """Tell a birthday and confirm it."""
    await someone.says("/profile")
    await someone.taps("Birthday")
    await someone.says(day)
    return await someone.taps("Yes")


def greetings(someone: Someone) -> int:
    """How often somebody was greeted."""
    return sum("Happy birthday" in text for text in someone.heard())


async def letters(play: Play) -> dict[str, str]:
    """What became of the letters, by their kind."""
    return dict(await play.database.read(lambda s: s.exec(select(Letter.kind, Letter.state).order_by(Letter.id)).all()))


async def test_the_heads_up_comes_seven_days_ahead_at_half_past_nine(play: Play) -> None:
    ann = await born(play, "20 March 1990")
    await play.down_until("2027-03-13 09:29")
    before = len(ann.heard())
    await play.until("2027-03-13 09:30")
    [ahead] = ann.heard()[before:]
    assert "Your birthday is coming on 20 March, Ann!" in ahead
    assert CODE.search(ahead)
    assert "20% off" in ahead
    assert "27 March 2027" in ahead
    assert "2 times the points" in ahead
    assert "Happy birthday" not in ahead
    assert "Birthday coupon" in (await ann.says("/coupons"))[0]


async def test_the_greeting_comes_on_the_morning_with_a_picture(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.down_until("2027-03-20 09:29")
    assert greetings(ann) == 0
    await play.until("2027-03-20 09:30")
    greeting = ann.sees()[-1]
    assert "Happy birthday, Ann!" in greeting.text
    assert greeting.file.kind == "image/jpeg"
    assert min(greeting.file.width, greeting.file.height) >= 600


async def test_the_reminder_comes_six_days_after_unless_the_coupon_was_used(play: Play) -> None:
    ann, bob = await born(play, "20 March"), await born(play, "20 March", "Bob")
    await play.down_until("2027-03-20 09:30")
    await play.database.write(
        lambda s: setattr(s.exec(select(Coupon).order_by(Coupon.id)).first(), "state", "redeemed")
    )
    seen = len(ann.heard()), len(bob.heard())
    await play.down_until("2027-03-26 09:30")
    assert len(ann.heard()) == seen[0]
    [reminder] = bob.heard()[seen[1] :]
    assert CODE.search(reminder)
    assert "Happy birthday" not in reminder


async def test_nobody_is_reminded_of_a_coupon_that_is_over(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.down_until("2027-03-20 09:30")
    seen = len(ann.heard())
    await play.down_until("2027-03-28 10:00")
    assert len(ann.heard()) == seen


async def test_the_double_points_are_recorded_for_the_window(play: Play) -> None:
    await born(play, "20 March")
    await play.down_until("2027-03-13 00:10")
    look = select(Boost.factor, Boost.first_day, Boost.last_day)
    [row] = await play.database.read(lambda s: s.exec(look).all())
    assert tuple(row) == (2, date(2027, 3, 13), date(2027, 3, 27))


async def test_a_birthday_told_within_thirty_days_is_greeted_without_a_coupon(play: Play) -> None:
    ann = await play.member("Ann")
    [kept] = await tells(ann, "11 March")
    assert "from next year on" in kept
    await play.down_until("2027-03-04 10:00")
    await play.down_until("2027-03-11 09:30")
    assert greetings(ann) == 1
    assert not CODE.search(" ".join(ann.heard()))
    assert await play.database.read(lambda s: s.exec(select(Boost)).all()) == []
    bob = await play.member("Bob")
    assert "from next year on" not in (await tells(bob, "10 April"))[0]


async def test_a_birthday_told_on_the_day_is_greeted_at_once(play: Play) -> None:
    ann = await born(play, "10 Feb")
    assert greetings(ann) == 1
    await play.until("2027-02-11 12:00")
    assert greetings(ann) == 1


async def test_a_late_greeting_goes_until_the_second_day_after(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.down_until("2027-03-22 20:30")
    assert greetings(ann) == 1


async def test_a_greeting_beyond_that_is_dropped_and_the_owner_told(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.owner.says("/start")
    await play.down_until("2027-03-23 09:30")
    assert greetings(ann) == 0
    await play.until("2027-03-23 09:35")
    assert "too late" in play.owner.heard()[-1]
    assert "birthday" in play.owner.heard()[-1]


async def test_a_letter_that_was_ready_and_came_too_late_is_told_too(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.owner.says("/start")
    await play.down_until("2027-03-13 10:00")
    await play.down_until("2027-03-23 12:00")
    assert greetings(ann) == 0
    assert (await letters(play))["birthday"] == "dropped"
    await play.until("2027-03-23 12:05")
    assert "too late" in play.owner.heard()[-1]


async def test_it_comes_once_over_repeats_and_a_clock_that_goes_back(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.down_until("2027-03-13 09:30")
    await play.down_until("2027-03-20 09:30")
    seen = len(ann.heard())
    for _ in range(3):
        await play.club.tick()
    play.clock.advance(timedelta(days=-1))
    await play.club.tick()
    await play.until("2027-03-20 10:00")
    assert len(ann.heard()) == seen
    assert greetings(ann) == 1
    assert len(await play.database.read(lambda s: s.exec(select(Coupon)).all())) == 1


async def test_it_comes_again_next_year(play: Play) -> None:
    ann = await born(play, "20 March")
    for day in ("2027-03-20", "2028-03-13", "2028-03-20"):
        await play.down_until(f"{day} 09:30")
    assert greetings(ann) == 2
    assert len(await play.database.read(lambda s: s.exec(select(Coupon)).all())) == 2


async def test_after_a_year_of_silence_todays_birthday_is_still_greeted(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.down_until("2028-03-20 10:00")
    assert greetings(ann) == 1


async def test_a_changed_birthday_withdraws_what_the_old_one_had_prepared(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.down_until("2027-03-13 09:30")
    await tells(ann, "25 March")
    await play.down_until("2027-03-20 10:00")
    assert greetings(ann) == 0
    await play.down_until("2027-03-25 10:00")
    assert greetings(ann) == 1
    await play.down_until("2027-03-31 10:00")
    assert len(await play.database.read(lambda s: s.exec(select(Coupon)).all())) == 1


async def test_the_29th_of_february_is_kept_on_the_28th_in_a_common_year(play: Play) -> None:
    ann = await play.member("Ann")
    assert "28 February 2027" in (await tells(ann, "29 Feb 1992"))[0]
    assert "29 February" in (await ann.says("/profile"))[0]
    await play.down_until("2027-02-28 09:30")
    assert greetings(ann) == 1
    await play.down_until("2028-02-28 10:00")
    assert greetings(ann) == 1
    await play.down_until("2028-02-29 09:30")
    assert greetings(ann) == 2


async def test_the_quiet_hours_are_kept(play: Play) -> None:
    await play.owner.says("/settings sending.day_hour 22:00")
    ann = await born(play, "20 March")
    await play.down_until("2027-03-20 22:00")
    assert greetings(ann) == 0
    await play.down_until("2027-03-21 08:59")
    assert greetings(ann) == 0
    await play.until("2027-03-21 09:10")
    assert greetings(ann) == 1


async def test_who_wants_nothing_and_who_blocked_the_bot_is_left_alone(play: Play) -> None:
    ann, bob, kim = [await born(play, "20 March", name) for name in ("Ann", "Bob", "Kim")]
    await ann.says("/notify")
    await ann.taps("Nothing")
    await play.playground.block(bob.id)
    await kim.says("STOP")
    await play.down_until("2027-03-20 09:30")
    assert [greetings(each) for each in (ann, bob, kim)] == [0, 0, 1]


async def test_who_unblocks_in_time_is_greeted(play: Play) -> None:
    ann = await born(play, "20 March")
    await play.playground.block(ann.id)
    await play.down_until("2027-03-13 12:00")
    await ann.says("/start")
    await play.down_until("2027-03-20 09:30")
    assert greetings(ann) == 1


async def test_a_lunar_birthday_is_greeted_on_its_solar_day(play: Play) -> None:
    ann = await play.member("Ann")
    assert "15 September 2027" in (await tells(ann, "农历八月十五"))[0]
    await play.down_until("2027-09-15 09:30")
    assert greetings(ann) == 1
    await play.down_until("2028-10-03 09:30")
    assert greetings(ann) == 2


async def test_many_birthdays_of_a_day_are_prepared_in_batches(play: Play) -> None:
    people = [await play.member(f"P{n}") for n in range(7)]
    when, shop, now = YearlyDate("solar", 3, 20), play.club.shop.now, play.clock.now()
    for number in range(3, 3 + len(people)):
        await play.database.write(occasions.keep_birthday, number, when, shop, now=now)
    later = now + timedelta(days=33)
    looked = [await play.database.write(occasions.prepare, shop, now=later, limit=3) for _ in range(4)]
    assert looked == [3, 3, 1, 0]
    assert (
        len(
            await play.database.read(
                lambda s: s.exec(select(Occasion.id).where(Occasion.next_on > date(2028, 1, 1))).all()
            )
        )
        == 7
    )
