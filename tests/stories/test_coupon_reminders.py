"""Reminders of coupons: seven days and one day ahead, once, and only where they make sense."""

from sqlmodel import select

from bot.club import coupons
from db.outbox import Letter
from tests.people import Play, Someone

WAITING = "your coupon is still waiting"


def reminders(someone: Someone) -> list[str]:
    """The reminders that somebody got."""
    return [text for text in someone.heard() if WAITING in text]


async def given(play: Play, days: int) -> Someone:
    """Ann, with a coupon for so many days."""
    ann = await play.member("Ann")
    await play.owner.says(f"/coupon new TEA 10 {days}")
    await play.owner.says("/coupon give TEA @ann")
    return ann


async def test_a_coupon_is_remembered_seven_days_and_one_day_ahead(play: Play) -> None:
    ann = await given(play, 14)  # on 10 February
    await play.down_until("2027-02-17 09:29")
    assert reminders(ann) == []
    await play.until("2027-02-17 09:31")
    [first] = reminders(ann)
    [code] = [line for line in (await ann.says("/coupons"))[0].splitlines() if "Code" in line]
    assert code in first
    assert "24 February" in first
    await play.down_until("2027-02-23 09:29")
    assert len(reminders(ann)) == 1
    await play.until("2027-02-23 09:31")
    assert len(reminders(ann)) == 2
    await play.down_until("2027-02-26 12:00")
    assert len(reminders(ann)) == 2


async def test_a_used_coupon_is_remembered_no_more(play: Play) -> None:
    ann = await given(play, 14)
    await play.down_until("2027-02-17 10:00")
    code = next(line for line in ann.heard()[-1].splitlines() if "Code" in line).removeprefix("Code: ")
    await play.clerk.says(f"/redeem {code}")
    await play.down_until("2027-02-26 12:00")
    assert len(reminders(ann)) == 1


async def test_what_came_back_by_a_refund_is_remembered_again(play: Play) -> None:
    ann = await given(play, 14)
    code = next(line for line in ann.heard()[-1].splitlines() if "Code" in line).removeprefix("Code: ")
    await play.clerk.says(f"/redeem {code}")
    await play.down_until("2027-02-17 12:00")
    assert reminders(ann) == []
    assert await play.database.write(coupons.give_back, 1, 1, now=play.clock.now())
    await play.down_until("2027-02-17 13:00")
    assert reminders(ann) == []  # they know of it
    await play.down_until("2027-02-23 12:00")
    [reminder] = reminders(ann)
    assert code in reminder


async def test_nobody_is_reminded_of_what_they_just_got(play: Play) -> None:
    ann = await given(play, 7)  # seven days ahead is half an hour ago
    await play.down_until("2027-02-11 12:00")
    assert reminders(ann) == []
    await play.owner.says("/coupon new SOON 5 1")
    await play.down_until("2027-02-11 20:00")
    await play.owner.says("/coupon give SOON @ann")  # a day ahead is past, seven days too
    await play.down_until("2027-02-13 12:00")
    assert reminders(ann) == []
    await play.down_until("2027-02-17 12:00")
    assert len(reminders(ann)) == 1


async def test_twelve_hours_after_the_issue_it_may_come(play: Play) -> None:
    await play.down_until("2027-02-10 21:00")
    ann = await given(play, 2)  # a day ahead is tomorrow morning, twelve and a half hours later
    await play.down_until("2027-02-11 10:00")
    assert len(reminders(ann)) == 1


async def test_after_an_outage_only_the_nearest_is_sent_and_none_too_late(play: Play) -> None:
    ann = await given(play, 14)
    await play.down_until("2027-02-23 10:00")  # both fell due
    assert len(reminders(ann)) == 1
    await play.owner.says("/coupon new LONG 10 14")
    await play.owner.says("/coupon give LONG @ann")  # to 9 March
    await play.down_until("2027-03-05 12:00")  # its first is three days late
    await play.down_until("2027-03-06 12:00")
    assert len(reminders(ann)) == 1
    await play.down_until("2027-03-08 12:00")
    assert len(reminders(ann)) == 2


async def test_who_wants_nothing_is_not_reminded_and_who_wants_their_own_is(play: Play) -> None:
    ann = await given(play, 14)
    bob = await play.member("Bob")
    await play.owner.says("/coupon give TEA @bob")
    await ann.presses("notify:none")
    await bob.presses("notify:own")
    await play.down_until("2027-02-17 12:00")
    assert reminders(ann) == []
    assert len(reminders(bob)) == 1


async def test_a_deals_coupon_is_remembered_where_it_lives_long_enough(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says('/deal new "Spring tea" 20% from:now until:3d')
    await ann.taps("Claim")
    await play.down_until("2027-02-12 12:00")
    [one] = reminders(ann)
    assert "Spring tea" in one


async def test_a_birthday_coupon_keeps_its_own_reminder_and_gets_no_second(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("1 April")
    await ann.taps("Yes")
    for day in ("03-25", "04-01", "04-07", "04-08"):
        await play.down_until(f"2027-{day} 12:00")
    assert len([text for text in ann.heard() if "birthday coupon is still waiting" in text]) == 1
    assert reminders(ann) == []
    kinds = await play.database.read(lambda s: s.exec(select(Letter.kind).where(Letter.member_id == 3)).all())
    assert "coupon_reminder" not in kinds
