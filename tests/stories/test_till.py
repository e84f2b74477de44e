"""The till: what a coupon is worth there, wrong codes and their lock, and coupons that are taken back."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.club import coupons, till
from bot.club.errors import NoSuchCoupon
from bot.club.rules import Shop
from bot.club.till import TillLocked
from db.coupons import Coupon, WrongCode
from db.engine import Database, open_database
from tests.people import Play, Someone

WRONG = "K7QM-3XWF-9TRB"
NONE, LOCKED = "no coupon with this code", "redeeming is locked for you until"


async def given(play: Play, value: str = "10", more: str = "") -> tuple[Someone, str]:
    """Ann, and the code of her coupon."""
    ann = await play.member("Ann")
    await play.owner.says(f"/coupon new TEA {value} 14 {more}")
    await play.owner.says("/coupon give TEA @ann")
    return ann, await play.database.read(lambda session: session.exec(select(Coupon.code)).one())


async def test_the_till_shows_the_least_purchase(play: Play) -> None:
    _, code = await given(play, more="min:49.90")
    [question] = await play.clerk.says(code)
    assert question == "CN¥10 off for M0003, Ann: “TEA”. Use it now?\nOnly for purchases from CN¥49.90."
    [done] = await play.clerk.says(f"/redeem {code}")
    assert done == "Done: CN¥10 off for M0003, Ann: “TEA”.\nOnly for purchases from CN¥49.90."


async def test_a_coupon_of_points_pays_them_once(play: Play) -> None:
    ann, code = await given(play, "points:50")
    before = await ann.points()
    assert "Done: 50 points for M0003" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert "was used on" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert await ann.points() == before + 50
    assert "+50 · a coupon" in (await ann.says("/points"))[0]


async def test_five_wrong_codes_in_ten_minutes_lock_the_till_for_ten(play: Play) -> None:
    _, code = await given(play)
    for text in (f"/redeem {WRONG}", WRONG, "/redeem 0000-OOOO-IIII", f"/redeem {WRONG}"):
        assert NONE in (await play.clerk.says(text))[0]
    assert (await play.clerk.says(WRONG)) == [
        "Five codes were wrong, so redeeming is locked for you until 10 February, 10:10."
    ]
    play.clock.advance(timedelta(minutes=9))
    for text in (f"/redeem {code}", code, WRONG):
        assert LOCKED in (await play.clerk.says(text))[0]
    assert LOCKED in (await play.clerk.presses(f"redeem:{code}"))[0]
    assert "Use it now?" in (await play.owner.says(code))[0]  # nobody else is locked
    play.clock.advance(timedelta(minutes=1))
    assert NONE in (await play.clerk.says(f"/redeem {WRONG}"))[0]  # one more is the first of a new five
    assert "Done" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_the_lock_outlives_a_restart(play: Play, url: str, shop: Shop) -> None:
    """Three wrong codes before it and two after it lock; another restart opens nothing."""
    _, code = await given(play)
    for _ in range(3):
        await play.clerk.says(f"/redeem {WRONG}")
    now = play.clock.now()
    for wrong in range(2):
        restarted = open_database(url)
        answer = await restarted.write(till.redeem, 2, WRONG, shop, now=now)
        assert isinstance(answer, TillLocked if wrong else NoSuchCoupon)
        await restarted.close()
    restarted = open_database(url)
    with pytest.raises(TillLocked):
        await restarted.write(till.redeem, 2, code, shop, now=now)
    assert (await restarted.write(till.redeem, 2, code, shop, now=now + timedelta(minutes=10))).name == "TEA"
    await restarted.close()


async def test_wrong_codes_far_apart_lock_nothing_and_are_forgotten(play: Play) -> None:
    for _ in range(12):
        play.clock.advance(timedelta(minutes=2, seconds=31))
        assert NONE in (await play.clerk.says(f"/redeem {WRONG}"))[0]
    kept = await play.database.read(lambda session: session.exec(select(WrongCode)).all())
    assert len(kept) <= 8


async def test_a_used_code_is_not_a_wrong_one(play: Play) -> None:
    _, code = await given(play)
    await play.clerk.says(f"/redeem {code}")
    for _ in range(6):
        assert "was used on" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_a_code_typed_wrong_suggests_nothing(play: Play) -> None:
    _, code = await given(play)
    near = code[:-1] + ("A" if code[-1] != "A" else "B")
    [refusal] = await play.clerk.says(f"/redeem {near}")
    assert refusal == "There is no coupon with this code. Please compare it letter by letter."


async def test_a_manager_takes_a_coupon_back_and_the_member_is_told_why(play: Play) -> None:
    ann, code = await given(play)
    for line, says in {
        "/coupon revoke": "Please write it like this: /coupon revoke",
        f"/coupon revoke {code}": "Please give a reason",
        f"/coupon revoke {code} {'x' * 300}": "at most 200",
        f"/coupon revoke {WRONG} because": NONE,
    }.items():
        assert says in (await play.owner.says(line))[0]
    assert code in (await ann.says("/coupons"))[0]
    [done] = await play.owner.says(f"/coupon revoke {code} given twice")
    assert done == "Taken back from Ann (M0003): “TEA”. They are told why."
    assert ann.heard()[-1] == "Tea House took back your coupon “TEA” (CN¥10 off): given twice"
    assert "No coupons" in (await ann.says("/coupons"))[0]
    for text in (f"/redeem {code}", f"/coupon revoke {code} again"):
        assert "The shop took this coupon back." in (await play.owner.says(text))[0]
    assert "took back the coupon “TEA” of Ann (M0003): given twice" in (await play.owner.says("/audit"))[0]
    assert "not available" in (await play.clerk.says(f"/coupon revoke {code} because"))[0]


async def back(play: Play, database: Database) -> bool:
    """Give the only coupon back, as a refund does."""
    one = await database.read(lambda session: session.exec(select(Coupon.id)).one())
    return await database.write(coupons.give_back, 1, one or 0, now=play.clock.now())


async def test_a_coupon_comes_back_once_and_is_good_again(play: Play) -> None:
    ann, code = await given(play)
    assert not await back(play, play.database)
    await play.clerk.says(f"/redeem {code}")
    assert await back(play, play.database)
    assert not await back(play, play.database)
    assert code in (await ann.says("/coupons"))[0]
    assert "gave Ann (M0003) the used coupon “TEA” back" in (await play.owner.says("/audit"))[0]
    assert "Done" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_what_comes_back_keeps_its_last_day_and_has_a_week_at_least(play: Play) -> None:
    ann, code = await given(play)  # to 24 February
    await play.clerk.says(f"/redeem {code}")
    assert await back(play, play.database)
    assert "Valid until 24 February" in (await ann.says("/coupons"))[0]
    for came, until in (("2027-02-20 12:00", "27 February, 12:00"), ("2027-03-20 12:00", "27 March, 12:00")):
        await play.clerk.says(f"/redeem {code}")
        await play.down_until(came)
        assert await back(play, play.database)
        assert f"Valid until {until}" in (await ann.says("/coupons"))[0]
    assert "Done" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_a_coupon_that_paid_points_stays_used(play: Play) -> None:
    _, code = await given(play, "points:50")
    await play.clerk.says(f"/redeem {code}")
    assert not await back(play, play.database)
    assert "was used on" in (await play.clerk.says(f"/redeem {code}"))[0]
