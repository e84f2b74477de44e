"""Days of the calendar, solar and lunar: a greeting to everybody, once, and something extra for vips."""

from sqlmodel import func, select

from db.coupons import Coupon
from db.journeys import Trip
from db.members import MEMBERS
from jobs.journeys import Waves
from tests.people import Play, Someone

MOON, SALE = "Mid-Autumn is near", "stay up late for 11.11"


def got(someone: Someone, words: str) -> int:
    """How often somebody got some words."""
    return sum(words in text for text in someone.heard())


async def festive(play: Play) -> Someone:
    """Ann, in a shop that keeps the festivals."""
    ann = await play.member("Ann")
    await play.owner.says("/journeys on festivals")
    return ann


async def vip(play: Play, someone: str) -> None:
    """Make somebody a vip."""
    up = MEMBERS.update().where(MEMBERS.c.name == someone).values(grade="vip")
    await play.database.write(lambda s: s.connection().execute(up).close())


async def test_a_lunar_day_is_greeted_in_time_with_more_for_vips(play: Play) -> None:
    ann, bob = await festive(play), await play.member("Bob")
    await vip(play, "Bob")
    await play.down_until("2027-09-10 09:20")  # the 15th of the 8th month is 15 September
    assert got(ann, MOON) == 0
    await play.down_until("2027-09-10 10:00")
    assert got(ann, MOON) == got(bob, MOON) == 1
    assert await play.database.read(lambda s: s.exec(select(Coupon.member_id, Coupon.offer)).all()) == [(4, "15%")]
    for _ in range(2):
        await play.club.tick()
    assert got(ann, MOON) == 1
    mine, his = ([m.file for m in one.sees() if MOON in m.text] for one in (ann, bob))
    assert mine[0].name == "greeting.jpg"
    assert mine[0].data == his[0].data  # a card for all, which can be passed on


async def test_a_restart_in_the_middle_doubles_nothing(play: Play) -> None:
    ann = await festive(play)
    await play.down_until("2027-11-10 10:00")
    await Waves(play.database).run(play.club.shop.now, play.clock.now())
    await play.club.tick()
    assert got(ann, SALE) == 1
    assert await play.database.read(lambda s: s.exec(select(func.count()).select_from(Trip)).one()) == 1


async def test_a_day_late_it_still_comes_and_later_not(play: Play) -> None:
    ann = await festive(play)
    await play.down_until("2027-11-11 20:00")
    assert got(ann, SALE) == 1
    await play.down_until("2027-12-13 10:00")  # it was due on the 11th
    assert not [text for text in ann.heard() if "12.12" in text]


async def test_while_it_is_off_and_for_who_does_not_agree_there_is_none(play: Play) -> None:
    ann = await play.member("Ann")
    stranger = play.stranger("Max")
    await stranger.says("/start")
    await play.down_until("2027-11-10 10:00")
    await play.owner.says("/journeys on festivals")
    await play.down_until("2027-11-10 10:10")
    assert got(ann, SALE) == 1  # switched on the same day
    assert got(stranger, SALE) == 0
    bob = await play.member("Bob")
    await play.down_until("2027-11-10 12:00")
    assert got(bob, SALE) == 0


async def test_a_manager_reads_when_and_for_whom(play: Play) -> None:
    await play.owner.says("/start")
    [page] = await play.owner.says("/journeys festivals")
    assert "\n5 days before lunar 8-15 · NOT grade:>=vip\n" in page
    assert "\n1 day before 11 November: 11% off, good for 3 days\n" in page
    await play.owner.presses("lang:zh_CN")
    [page] = await play.owner.says("/journeys festivals")
    assert "\n农历八月十五前 5 天 · grade:>=vip：8.5折，有效期 10 天\n" in page


async def test_next_year_it_comes_again(play: Play) -> None:
    ann = await festive(play)
    await play.down_until("2027-11-10 10:00")
    await play.down_until("2028-11-10 10:00")
    assert got(ann, SALE) == 2
