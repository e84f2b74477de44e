"""The wallet, and the till."""

import re

from tests.people import Play


async def claimed(play: Play, name: str) -> tuple[str, object]:
    """Somebody with a deal's coupon, and its code."""
    someone = await play.member(name)
    await play.owner.says('/deal new "Spring tea" 20% from:now until:2d')
    await someone.taps("Claim")
    [wallet] = await someone.says("/coupons")
    return re.search(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2}", wallet)[0], someone


async def test_a_coupon_works_once(play: Play) -> None:
    code, ann = await claimed(play, "Ann")
    [done] = await play.clerk.says(f"/redeem {code}")
    assert "20% off" in done
    [refusal] = await play.clerk.says(f"/redeem {code}")
    assert "was used on 10 February, 10:00 already; M0002 entered it" in refusal
    [empty] = await ann.says("/coupons")
    assert "No coupons" in empty


async def test_a_code_may_be_typed_small_and_without_dashes(play: Play) -> None:
    code, _ = await claimed(play, "Ann")
    [done] = await play.clerk.says(f"/redeem {code.lower().replace('-', ' ')}")
    assert "20% off" in done


async def test_a_coupon_is_no_good_after_its_last_moment(play: Play) -> None:
    code, _ = await claimed(play, "Ann")
    await play.down_until("2027-02-12 10:01")
    [refusal] = await play.clerk.says(f"/redeem {code}")
    assert "expired" in refusal


async def test_an_unknown_code_is_no_coupon(play: Play) -> None:
    [refusal] = await play.clerk.says("/redeem K7QM-3XWF-9TRB")
    assert "no coupon with this code" in refusal
    [form] = await play.clerk.says("/redeem")
    assert "/redeem K7QM" in form


async def test_a_member_cannot_redeem(play: Play) -> None:
    code, ann = await claimed(play, "Ann")
    [refusal] = await ann.says(f"/redeem {code}")
    assert "not available" in refusal
    assert code in (await ann.says("/coupons"))[0]
