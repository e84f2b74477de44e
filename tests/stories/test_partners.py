"""Partner shops: their guests get a coupon of their own once they are members, and the partner reads numbers alone."""

import asyncio

import pytest
from sqlmodel import select

from bot.club import members, welcome
from db.coupons import Coupon
from tests.people import Play, Someone
from tests.stories.test_links import comes, made


@pytest.fixture
async def link(play: Play) -> str:
    """The link of a partner shop with a coupon; two of them are given at most."""
    await play.owner.says('/coupon new "Moon welcome" 20% 14 quota:2')
    return await made(play, '"Moon counter" partner:"Moonlight Café" coupon:"Moon welcome"')


async def coupons(play: Play) -> list[str]:
    """The states of the coupons that newcomers got."""
    look = select(Coupon.state).where(Coupon.template_id == 1).order_by(Coupon.id)  # type: ignore[arg-type]
    return list(await play.database.read(lambda session: session.exec(look).all()))


async def used(play: Play, who: Someone) -> None:
    """Somebody buys with their welcome coupon."""
    look = select(Coupon.code).where(Coupon.name == "Moon welcome").order_by(Coupon.id)  # type: ignore[arg-type]
    code = (await play.database.read(lambda session: session.exec(look).all()))[0]
    await play.owner.says(f"/sale @{who.name.lower()} 100 tea coupon:{code}")


async def test_a_partners_guest_gets_the_coupon_once_they_are_a_member(play: Play, link: str) -> None:
    eve = play.stranger("Eve")
    [hello] = await eve.follows(link)
    assert hello.startswith(
        "Moonlight Café and Tea House welcome you together. Once you agree, a welcome coupon is yours"
    )
    assert await coupons(play) == []
    await eve.taps("I agree")
    [letter] = [text for text in eve.heard() if text.startswith("A coupon from")]
    assert letter.startswith("A coupon from Tea House and Moonlight Café for you")
    await eve.says("/forget")
    await eve.taps("erase")
    await eve.follows(link)
    await eve.taps("I agree")
    assert len(await coupons(play)) == 1
    ann = await play.member("Ann")
    await ann.follows(link)
    assert len(await coupons(play)) == 1


async def test_the_report_holds_numbers_and_nothing_of_anybody(play: Play, link: str) -> None:
    eve, dan = await comes(play, "Eve", link), await comes(play, "Dan", link)
    await play.stranger("Looker").follows(link)
    await used(play, eve)
    await play.owner.says("/sale @dan 30 tea")
    await play.owner.says("/links")
    [page] = await play.owner.taps("Moon counter")
    assert "Newcomers get: Moon welcome (20% off), used once" in page
    assert "3 came, 2 joined, – stayed a week, 2 bought for CN¥110" in page
    [report] = await play.owner.taps("Report for the partner")
    assert report.splitlines()[:5] == [
        "Moonlight Café × Tea House",
        "Came by your link: 3",
        "Became members: 2",
        "Bought: 2",
        "Used the welcome coupon (20% off): 1",
    ]
    assert not any(word in report for word in ("Eve", "Dan", "M00", "110"))
    assert dan.heard()


async def test_what_is_refunded_counts_no_more(play: Play, link: str) -> None:
    await comes(play, "Eve", link)
    await play.owner.says("/sale @eve 30 tea #A-1")
    await play.owner.says("/refund #A-1")
    await play.owner.says("/links")
    assert "0 bought for CN¥0" in (await play.owner.taps("Moon counter"))[0]


@pytest.mark.parametrize("why", ["quota", "budget", "retired", "audience"])
async def test_where_there_is_none_left_they_are_members_all_the_same(play: Play, link: str, why: str) -> None:
    if why == "quota":
        for name in ("One", "Two"):
            await comes(play, name, link)
    if why == "budget":
        await play.owner.says("/settings budget.monthly 1")
    if why == "audience":
        await play.owner.says('/coupon new "Moon welcome" 20% 14 audience:"grade:vip"')
    eve = play.stranger("Eve")
    await eve.follows(link)
    if why == "retired":
        await play.owner.says("/links retire Moon counter")
        await play.owner.taps("Retire it")
    before = len(await coupons(play))
    assert "You are member" in (await eve.taps("I agree"))[0]
    assert len(await coupons(play)) == before


async def test_two_yeses_at_once_bring_one_coupon(play: Play, link: str) -> None:
    eve = play.stranger("Eve")
    await eve.follows(link)
    about = members.Visitor("playground", eve.id, "Eve")
    now, shop, write = play.clock.now(), play.club.shop.now, play.database.write
    person = await write(members.meet, about, private=True, now=now)
    await asyncio.gather(*(write(welcome.join, person, shop, now=now) for _ in range(8)))
    assert await coupons(play) == ["issued"]
