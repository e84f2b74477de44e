"""The wallet, and the till."""

import re

from sqlmodel import select

from db.coupons import Coupon
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
    assert done == "Done: 20% off for M0003, Ann: “Spring tea”."
    [refusal] = await play.clerk.says(f"/redeem {code}")
    assert "was used on 10 February, 10:00 already; Chen (M0002) entered it" in refusal
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


async def test_what_is_over_is_marked_so(play: Play) -> None:
    code, ann = await claimed(play, "Ann")
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.says("/coupon give TEA @ann")
    await play.down_until("2027-02-12 09:59")
    assert await states(play) == ["issued", "issued"]
    await play.down_until("2027-02-12 10:01")
    assert await states(play) == ["expired", "issued"]
    assert "expired: it was good until" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert "expired: it was good until" in (await play.owner.says(f"/coupon revoke {code} because"))[0]
    assert "expired: it was good until" in (await ann.says(code))[0]


async def states(play: Play) -> list[str]:
    """The states of all coupons, the oldest first."""
    return await play.database.read(lambda session: session.exec(select(Coupon.state).order_by(Coupon.id)).all())


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


async def test_a_bare_code_of_the_staff_is_used_once_it_is_confirmed(play: Play) -> None:
    code, ann = await claimed(play, "Ann")
    [question] = await play.clerk.says(f" {code.lower().replace('-', '')} ")
    assert question == "20% off for M0003, Ann: “Spring tea”. Use it now?"
    assert code in (await ann.says("/coupons"))[0]
    assert await play.clerk.taps("Cancel") == ["All right, dropped. Nothing was changed."]
    await play.clerk.says(code)
    assert await play.clerk.taps("Confirm") == ["Done: 20% off for M0003, Ann: “Spring tea”."]
    assert "was used on" in (await play.clerk.says(code))[0]
    assert "was used on" in (await play.clerk.presses(f"redeem:{code}"))[0]
    assert "no coupon with this code" in (await play.clerk.says("K7QM-3XWF"))[0]


async def test_a_bare_code_of_a_member_shows_their_own_coupon_alone(play: Play) -> None:
    code, ann = await claimed(play, "Ann")
    [shown] = await ann.says(code)
    assert "Spring tea: 20% off" in shown
    assert not ann.sees()[-1].buttons
    bob = await play.member("Bob")
    for someone_elses in (code, "K7QM-3XWF-9TRB"):
        assert "no coupon with this code" in (await bob.says(someone_elses))[0]
    assert "not available" in (await ann.presses(f"redeem:{code}"))[0]
    assert "understand" in (await play.stranger("Sue").says(code))[0]
    assert "20% off" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert "was used on" in (await ann.says(code))[0]


async def test_a_code_answers_an_open_question_first(play: Play) -> None:
    code, ann = await claimed(play, "Ann")
    await ann.says("/profile")
    await ann.taps("Region")
    assert f"Region: {code}" in (await ann.says(code))[0]


async def test_only_what_is_written_like_a_code_is_one(play: Play) -> None:
    for text in ("next week", "ABCDEFGH", "23456789", "K7QM", "K7QM-3XWF-9TRB-K7QM", "room 2345", "K7QM_3XWF"):
        assert "understand" in (await play.clerk.says(text))[0], text
