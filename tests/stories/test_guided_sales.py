"""A purchase and a refund step by step, with buttons: a bare /sale and /refund ask for what they need."""

import pytest
from sqlmodel import func, select

from db.coupons import Coupon
from db.purchases import Purchase, Refund
from tests.people import Play, Someone
from tests.stories.test_sales import given

pytestmark = pytest.mark.words


def buttons(someone: Someone) -> list[str]:
    """The labels under the last message."""
    return [label for row in someone.sees()[-1].buttons for label, _ in row]


async def many(play: Play, table: type) -> int:
    """How many rows a table has."""
    return await play.database.read(lambda session: session.exec(select(func.count()).select_from(table)).one())


async def test_a_purchase_is_asked_step_by_step_and_entered_once(play: Play) -> None:
    ann = await play.member("Ann")
    code = await given(play, "10", "min:50")
    await given(play, "20%", "min:5000")
    await play.clerk.says("/sale @ann 10 cup*2 #A-0")
    assert "Who bought it?" in (await play.clerk.says("/sale"))[0]
    assert "I know no member “Bob”" in (await play.clerk.says("Bob"))[0]
    assert "How much was it" in (await play.clerk.says("M0003"))[0]
    assert "An amount is written like" in (await play.clerk.says("much"))[0]
    assert "What was it?" in (await play.clerk.says("128.50元"))[0]
    assert buttons(play.clerk) == ["cup", "Skip", "Back", "Cancel"]
    assert "How many is a whole number" in (await play.clerk.says("tea*0"))[0]
    assert "Which coupon" in (await play.clerk.says("tea*2, Green cup"))[0]
    assert buttons(play.clerk) == ["TEA: CN¥10 off", "No coupon", "Back", "Cancel"]
    assert "There is no coupon with this code" in (await play.clerk.says("K7QM-3XWF-9TRB"))[0]
    assert "Which order number" in (await play.clerk.taps("TEA"))[0]
    assert "Order A-0 was entered already" in (await play.clerk.says("a-0"))[0]
    [summary] = await play.clerk.says("单号：#A-1")
    assert summary.splitlines() == [
        "A purchase",
        "",
        "CN¥118.50 paid by Ann (M0003).",
        "· tea × 2",
        "· Green cup",
        "CN¥128.50 less CN¥10 with “TEA”",
        "+118 points",
        "Order A-1",
        "",
        "Is that right?",
    ]
    _, confirm = play.clerk.button("Confirm")
    [done] = await play.clerk.taps("Confirm")
    assert "+118 points; the balance is 148 now." in done
    assert "no longer works" in (await play.clerk.presses(confirm))[0]
    assert await many(play, Purchase) == 2
    assert await ann.points() == 20 + 10 + 118
    assert "Undone: CN¥118.50" in (await play.clerk.taps("Undo"))[0]
    assert code in (await ann.says("/coupons"))[0]


async def test_what_can_be_skipped_is_and_a_buyer_who_is_named_is_not_asked_for(play: Play) -> None:
    await play.member("Ann")
    assert "How much was it" in (await play.clerk.says("/sale @ann"))[0]
    await play.clerk.says("100")
    assert "Which order number" in (await play.clerk.taps("Skip"))[0]  # she has no coupon
    [summary] = await play.clerk.taps("One of our own")
    assert "Order" not in summary
    assert "Order S-0001" in (await play.clerk.says("yes"))[0]


async def test_a_step_back_asks_it_again(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says("/sale @ann")
    await play.clerk.says("100")
    assert "How much was it" in (await play.clerk.taps("Back"))[0]
    await play.clerk.says("200")
    await play.clerk.taps("Skip")
    assert "CN¥200 paid" in (await play.clerk.taps("One of our own"))[0]
    assert "Nothing was changed" in (await play.clerk.taps("Cancel"))[0]
    assert await many(play, Purchase) == 0


async def test_of_several_buyers_of_a_name_one_is_chosen_first(play: Play) -> None:
    await play.member("Ann Lee")
    await play.member("Ann Lee")
    assert "Which one do you mean" in (await play.clerk.says('/sale "Ann Lee"'))[0]
    assert "How much was it" in (await play.clerk.taps("M0004"))[0]
    await play.clerk.says("/sale")
    assert "M0003, M0004" in (await play.clerk.says("Ann Lee"))[0]
    assert "How much was it" in (await play.clerk.says("M0003"))[0]


async def test_what_came_in_between_is_said_and_nothing_is_entered(play: Play) -> None:
    await play.member("Ann")
    code = await given(play, "10")
    await play.clerk.says("/sale @ann")
    await play.clerk.says("100")
    await play.clerk.taps("Skip")
    await play.clerk.taps("TEA")
    await play.clerk.taps("One of our own")
    await play.owner.says(f"/redeem {code}")
    assert "was used on" in (await play.clerk.taps("Confirm"))[0]
    assert await many(play, Purchase) == 0
    await play.clerk.taps("Back")
    await play.clerk.taps("Back")
    await play.clerk.taps("No coupon")
    await play.clerk.taps("One of our own")
    assert "CN¥100 paid" in (await play.clerk.taps("Confirm"))[0]
    assert await many(play, Coupon) == 1


async def test_a_clerk_meets_the_rule_about_their_own_at_the_first_step(play: Play) -> None:
    await play.clerk.says("/sale")
    assert "of their own" in (await play.clerk.says("M0002"))[0]


async def test_a_refund_is_asked_step_by_step_and_made_once(play: Play) -> None:
    ann = await play.member("Ann")
    code = await given(play, "10")
    await play.clerk.says(f"/sale @ann 110 tea coupon:{code} #A-1")
    await play.clerk.says("/sale @ann 20 tea #A-2")
    await play.clerk.says("/refund #A-2")
    assert "Of which order?" in (await play.clerk.says("退款"))[0]
    assert buttons(play.clerk) == ["A-1 · Ann · CN¥100", "Cancel"]
    assert "There is no order A-3" in (await play.clerk.says("A-3"))[0]
    assert "was refunded whole already" in (await play.clerk.says("#a-2"))[0]
    assert "How much of it?" in (await play.clerk.taps("A-1"))[0]
    assert "only CN¥100 can still be refunded" in (await play.clerk.says("100.01"))[0]
    [summary] = await play.clerk.says("28.50")
    assert summary.splitlines()[2:4] == ["CN¥28.50 of order A-1 back to Ann (M0003).", "−28 points"]
    await play.clerk.taps("Back")
    [summary] = await play.clerk.taps("All of it: CN¥100")
    assert "Its coupon becomes good again." in summary
    _, confirm = play.clerk.button("Confirm")
    assert "CN¥100 of order A-1 refunded" in (await play.clerk.taps("Confirm"))[0]
    assert "no longer works" in (await play.clerk.presses(confirm))[0]
    assert await many(play, Refund) == 2
    assert await ann.points() == 20


async def test_a_bare_refund_without_any_purchase_asks_for_the_number(play: Play) -> None:
    assert "Of which order?" in (await play.clerk.says("/refund"))[0]
    assert buttons(play.clerk) == ["Cancel"]


async def test_its_buttons_speak_the_language_of_whoever_taps_them(play: Play) -> None:
    await play.member("Ann")
    await given(play, "20%")
    await play.clerk.says("/lang")
    await play.clerk.taps("简体")
    await play.clerk.says("/sale @ann")
    await play.clerk.says("100元")
    assert buttons(play.clerk) == ["跳过", "上一步", "取消"]
    await play.clerk.says("绿茶")
    assert buttons(play.clerk) == ["TEA: 8折", "不用券", "上一步", "取消"]
    await play.clerk.says("不用券")
    await play.clerk.taps("自动编号")
    await play.clerk.taps("确认")
    await play.clerk.says("退款")
    await play.clerk.taps("S-0001")
    assert "全退：¥100" in buttons(play.clerk)
