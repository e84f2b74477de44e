"""Coupons that staff make and give: templates, their limits, and the letter to the member."""

import asyncio

import pytest
from sqlmodel import select

from bot.club import coupons, templates
from bot.club.members import Person, Role, Visitor, Who
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.templates import AllGiven, HadTheirs, Plan
from db.coupons import Coupon, CouponTemplate
from tests.people import Play
from tests.tables import everything

pytestmark = pytest.mark.words

WRONG = {
    "/coupon new TEA 101% 14": "An offer is written like",
    "/coupon new TEA 0 14": "An offer is written like",
    "/coupon new TEA points:0 14": "An offer is written like",
    "/coupon new TEA 10 0": "whole number of days, from 1 to 3,650",
    "/coupon new TEA 10 -1": "whole number of days",
    "/coupon new TEA 10 1.5": "whole number of days",
    "/coupon new TEA 10 99999": "whole number of days",
    "/coupon new TEA 10 14 min:abc": "min: is an amount",
    "/coupon new TEA 10 14 min:-5": "min: is an amount",
    "/coupon new TEA 10 14 min:5.005": "min: is an amount",
    "/coupon new TEA 10 14 quota:0": "quota: must be a whole number from 1",
    "/coupon new TEA 10 14 limit:-1": "limit: must be a whole number from 1",
    "/coupon new TEA 10 14 stock:3": "I don't know “stock:”",
    "/coupon new TEA 10": "Please write it like this: /coupon new",
    "/coupon new": "Please write it like this: /coupon new",
    '/coupon new "" 10 14': "Please write it like this: /coupon new",
    f"/coupon new {'T' * 4_000} 10 14": "too long: at most 60",
    "/coupon sell TEA": "Please write it like this: /coupon new",
    "/coupon give": "Please write it like this: /coupon give",
    "/coupon give TEA": "Please write it like this: /coupon give",
    "/coupon give TEA @ann please": "Please write it like this: /coupon give",
    "/coupon give COFFEE @ann": "There is no coupon “COFFEE” yet",
    "/coupon give TEA @nobody": "I know no member",
    "/coupon give TEA grade:gold": "“gold” does not fit “grade:”",
    "/coupon give TEA grade:vip": "Nobody who fits “grade:vip” and agreed can be given “TEA”",
    "/coupon give TEA NOT": "I know no member “NOT”",
    "/coupon give COFFEE all": "There is no coupon “COFFEE” yet",
    '/coupon new TEA 10 14 audience:"grade:gold"': "“gold” does not fit “grade:”",
    "/coupon new TEA 10 14 transferable:yes": "Only a gift can be passed on",
}


async def test_a_coupon_is_made_given_and_used(play: Play) -> None:
    ann = await play.member("Ann")
    [made] = await play.owner.says("/coupon new TEA 10 14 min:50")
    assert made.splitlines()[0] == "“TEA”: CN¥10 off · good for 14 days · from CN¥50"
    [given] = await play.owner.says("/coupon give TEA @ann")
    assert given == "Given to Ann (M0003): “TEA”, CN¥10 off, good until 24 February 2027."
    letter = ann.heard()[-1]
    assert "A coupon from Tea House for you" in letter
    assert "TEA: CN¥10 off, for purchases from CN¥50" in letter
    [wallet] = await ann.says("/coupons")
    assert "Valid until 24 February 2027" in wallet
    assert "purchases from CN¥50" in wallet
    assert "gave Ann (M0003) the coupon “TEA”" in (await play.owner.says("/audit"))[0]


async def test_the_last_day_is_good_to_its_end(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/coupon new TEA 10 1")
    await play.owner.says("/coupon give TEA @ann")
    code = await _code(play)
    await play.down_until("2027-02-11 23:59")
    assert "CN¥10 off" in (await play.clerk.says(code))[0]
    await play.down_until("2027-02-12 00:00")
    assert "expired: it was good until 11 February 2027" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert "No coupons" in (await ann.says("/coupons"))[0]


async def test_a_new_version_leaves_issued_coupons_as_they_are(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/coupon new TEA 10 14 quota:1")
    await play.owner.says("/coupon give tea @ann")
    [again] = await play.owner.says("/coupon new Tea 20% 7")
    assert "“Tea”: 20% off · good for 7 days" in again
    assert "version 2" in again
    assert "TEA: CN¥10 off" in (await ann.says("/coupons"))[0]
    [given] = await play.owner.says("/coupon give TEA @ann")
    assert "20% off, good until 17 February" in given
    assert (await play.owner.says("/coupon list")) == ["“Tea”: 20% off · good for 7 days · 1 given"]


async def test_no_more_are_given_than_there_are_nor_than_one_may_have(play: Play) -> None:
    await play.member("Ann")
    await play.member("Bob")
    await play.owner.says('/coupon new "Green tea" 10 14 quota:2 limit:1')
    await play.owner.says('/coupon give "green tea" @ann')
    assert (await play.owner.says('/coupon give "Green tea" M0003')) == [
        "M0003 has had “Green tea” as often as a member may: 1."
    ]
    await play.owner.says("/coupon give “Green tea” Bob")
    await play.member("Cid")
    assert "All 2 coupons “Green tea” are given out." in (await play.owner.says('/coupon give "Green tea" @cid'))[0]
    assert "2 of 2 given" in (await play.owner.says("/coupon list"))[0]


async def test_givers_side_by_side_stay_within_the_limits(play: Play, shop: Shop) -> None:
    """Twelve at once, twice: five coupons for three members, and two for one member."""
    for name in ("Ann", "Bob", "Cid"):
        await play.member(name)
    now = play.clock.now()
    boss = Person(Visitor("playground", 1, ""), 1, 1, None, None, False, True, Role.OWNER)

    async def given(plan: Plan, *names: str) -> list[object]:
        await play.database.write(templates.make, boss, plan, now=now)
        whom = [Who("playground", f"@{name}") for name in names] * (12 // len(names))
        acts = (
            play.database.write(templates.give, boss, plan.name, who, shop, key=f"{plan.name}{number}", now=now)
            for number, who in enumerate(whom)
        )
        done = await asyncio.gather(*acts, return_exceptions=True)
        return [type(each) for each in done]

    for plan, names, number, refusal in (
        (Plan("TEA", Offer.read("10"), 14, quota=5), ("ann", "bob", "cid"), 5, AllGiven),
        (Plan("CAKE", Offer.read("10"), 14, each=2), ("ann",), 2, HadTheirs),
    ):
        done = await given(plan, *names)
        assert done.count(tuple) == number
        assert done.count(refusal) == 12 - number
    issued = await play.database.read(lambda s: s.exec(select(CouponTemplate.issued)).all())
    assert sorted(issued) == [2, 5]


async def test_makers_side_by_side_get_versions_of_their_own(play: Play) -> None:
    await play.owner.says("/start")
    boss = Person(Visitor("playground", 1, ""), 1, 1, None, None, False, True, Role.OWNER)
    plan = Plan("TEA", Offer.read("10"), 14)
    made = await asyncio.gather(
        *(play.database.write(templates.make, boss, plan, now=play.clock.now()) for _ in range(6))
    )
    assert sorted(each.version for each in made) == [1, 2, 3, 4, 5, 6]


async def test_of_several_who_fit_one_gets_it_once_however_often_it_is_tapped(play: Play) -> None:
    for _ in range(2):
        await play.member("Mei")
    await play.owner.says("/coupon new TEA 10 14")
    assert "Several members fit" in (await play.owner.says("/coupon give TEA Mei"))[0]
    assert "Given to Mei (M0004)" in (await play.owner.taps("M0004"))[0]
    assert "no longer works" in (await play.owner.taps("M0004"))[0]
    assert "1 given" in (await play.owner.says("/coupon list"))[0]


async def test_a_reply_says_whom_it_is_for(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await ann.says("hello", group=True)
    said = next(m for m in reversed(ann.sees(group=True)) if m.sender == ann.id)
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.says("/coupon give TEA", group=True, reply_to=said.id)
    assert "Given to Ann (M0003)" in play.owner.heard()[-1]


async def test_managers_give_themselves_nothing_and_nobody_gets_a_coupon_who_did_not_agree(play: Play) -> None:
    bo = await play.member("Bo")
    await play.owner.says("/staff add @bo manager")
    await bo.says("/coupon new TEA 10 14")
    assert "Nobody gives coupons to themselves" in (await bo.says("/coupon give TEA @bo"))[0]
    await play.stranger("Sue").says("/start")
    assert "I know no member “M0004”" in (await bo.says("/coupon give TEA M0004"))[0]
    assert "not available" in (await play.clerk.says("/coupon give TEA @bo"))[0]


async def test_what_is_wrong_is_told_in_a_sentence_and_changes_nothing(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says("/coupon new TEA 10 14")
    before = await play.database.read(everything, "inbox")
    for line, says in WRONG.items():
        [refusal] = await play.owner.says(line)
        assert says in refusal, line
        assert "\n" not in refusal, line
    assert await play.database.read(everything, "inbox") == before


async def _code(play: Play) -> str:
    [code] = await play.database.read(lambda session: session.exec(select(Coupon.code)).all())
    assert coupons.is_code(code)
    return code
