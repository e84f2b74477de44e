"""Money back: a part or all of it, with the points and the coupon; and purchases that are undone as a slip."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from bot.club import books
from db.points import Lot
from db.purchases import Purchase, Refund
from tests.people import Play, Someone
from tests.stories.test_sales import given, ranked
from tests.tables import everything

REFUSED = {
    "/refund #": "An order number is letters and digits",
    "/refund #A-2": "There is no order A-2.",
    "/refund #汤": "An order number is letters and digits",
    "/refund #A-1 0": "An amount is written like 128.50",
    "/refund #A-1 -5": "An amount is written like 128.50",
    "/refund #A-1 1.234": "An amount is written like 128.50",
    "/refund #A-1 NaN": "An amount is written like 128.50",
    "/refund #A-1 5 please": "An amount is written like 128.50",
    "/refund #A-1 100.01": "Of order A-1 only CN¥100 can still be refunded.",
}


async def sold(play: Play, rest: str = "100 tea #A-1") -> Someone:
    """Ann, who bought something."""
    ann = await play.member("Ann")
    assert "paid by" in (await play.clerk.says(f"/sale @ann {rest}"))[0]
    return ann


async def balanced(play: Play) -> bool:
    """Whether the books say everywhere the same."""
    return await play.database.read(books.faults) == []


async def test_a_part_and_then_the_rest_take_their_points_along(play: Play) -> None:
    ann = await sold(play, "128.50 tea*2 #A-1001")
    [answer] = await play.clerk.says("/refund #A-1001 28.50")
    assert answer.splitlines() == [
        "CN¥28.50 of order A-1001 refunded to Ann (M0003).",
        "−28 points; the balance is 120 now.",
        "CN¥100 can still be refunded.",
    ]
    assert ann.heard()[-1].splitlines() == [
        "A refund is on its way; you have 120 points now.",
        "",
        "CN¥28.50 of your order A-1001",
        "−28 points, which it had earned",
    ]
    [rest] = await play.clerk.says("/refund 单号：a-1001")
    assert "CN¥100 of order A-1001 refunded" in rest
    assert "can still" not in rest
    assert await ann.points() == 20
    for line in ("/refund #A-1001", "/refund #A-1001 1"):
        assert (await play.clerk.says(line)) == ["Order A-1001 was refunded whole already."]
    assert await ann.points() == 20
    assert "refunded CN¥28.50 of order A-1001 to Ann (M0003)" in (await play.owner.says("/audit"))[0]
    assert await balanced(play)


async def test_an_order_number_is_understood_as_people_write_it(play: Play) -> None:
    ann = await sold(play, "100 tea #ORDER-5")
    for written in (
        "#order-5 1",
        "ORDER-5 1",
        "order: ORDER-5 1",
        "order ORDER-5 1",
        "单号order-5 1",
        "单号：#order-5 1元",
        "＃ＯＲＤＥＲ-5 1",
    ):
        assert "CN¥1 of order ORDER-5" in (await play.clerk.says(f"/refund {written}"))[0], written
    assert await ann.points() == 120 - 7


async def test_the_purchase_stays_as_it_was_entered(play: Play) -> None:
    await sold(play)
    before = await play.database.read(lambda s: s.exec(select(Purchase)).one().model_dump())
    await play.clerk.says("/refund #A-1 30")
    await play.clerk.says("/refund #A-1")
    assert await play.database.read(lambda s: s.exec(select(Purchase)).one().model_dump()) == before


async def test_fractions_are_the_members_until_nothing_is_left(play: Play) -> None:
    ann = await sold(play, "10 tea #A-1")
    for n in range(1, 20):
        await play.clerk.says("/refund #A-1 0.50")
        assert await ann.points() == 20 + 10 - n // 2
    await play.clerk.says("/refund #A-1")
    assert await ann.points() == 20
    rows = await play.database.read(lambda s: s.exec(select(Refund.points).order_by(col(Refund.id))).all())
    assert sum(rows) == 10


async def test_a_refund_keeps_the_multiplier(play: Play) -> None:
    ann = await play.member("Ann")
    await ranked(play, "svip")
    await play.clerk.says("/sale @ann 100 #A-1")
    await ranked(play, "new")
    assert "−75 points" in (await play.clerk.says("/refund #A-1 50"))[0]
    assert await ann.points() == 95


async def test_a_coupon_comes_back_with_the_last_of_the_money(play: Play) -> None:
    ann = await play.member("Ann")
    code = await given(play, "10")
    await play.clerk.says(f"/sale @ann 60 tea coupon:{code} #C-1")
    assert "Of order C-1 only CN¥50" in (await play.clerk.says("/refund #C-1 50.01"))[0]
    assert "good again" not in (await play.clerk.says("/refund #C-1 20"))[0]
    assert "was used on" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert "The coupon “TEA” is good again." in (await play.clerk.says("/refund #C-1 30"))[0]
    assert ann.heard()[-1].endswith(
        f"Your coupon is good again:\nTEA: CN¥10 off\nCode: {code}\nValid until 24 February 2027"
    )
    assert code in (await ann.says("/coupons"))[0]
    assert "Done" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_what_a_coupon_paid_whole_is_refunded_once(play: Play) -> None:
    ann = await play.member("Ann")
    code = await given(play, "100%")
    await play.clerk.says(f"/sale @ann 60 tea coupon:{code} #C-1")
    assert "Of order C-1 only CN¥0" in (await play.clerk.says("/refund #C-1 1"))[0]
    assert "good again" in (await play.clerk.says("/refund #C-1"))[0]
    assert "refunded whole already" in (await play.clerk.says("/refund #C-1"))[0]
    assert code in (await ann.says("/coupons"))[0]


async def test_what_was_spent_already_is_owed_and_paid_first(play: Play) -> None:
    ann = await sold(play)
    await play.owner.says("/deduct @ann 120 spent")
    [answer] = await play.clerk.says("/refund #A-1")
    assert "−100 points; the balance is 0 now." in answer
    assert "100 of them were spent already" in answer
    assert "100 of them were spent already: what you earn next pays that first." in ann.heard()[-1]
    assert await ann.points() == 0
    [answer] = await play.clerk.says("/sale @ann 150 tea #A-2")
    assert "+150 points; the balance is 50 now." in answer
    assert "100 of them paid what was still owed for a refund." in answer
    assert "100 of them paid what was still owed for a refund." in ann.heard()[-1]
    assert await ann.points() == 50
    assert await balanced(play)


async def test_a_members_page_tells_what_they_spent_and_kept(play: Play) -> None:
    await play.member("Ann")
    assert "purchase" not in (await play.owner.says("/member @ann"))[0]
    code = await given(play, "100%")
    for line in ("100 #A-1", "50 #A-2", f"20 coupon:{code} #A-3", "70 #A-4"):
        await play.clerk.says(f"/sale @ann {line}")
    await play.clerk.taps("Undo")
    await play.clerk.says("/refund #A-1 30")
    assert "3 purchases for CN¥120, the last on 10 February 2027" in (await play.owner.says("/member @ann"))[0]
    await play.clerk.says("/refund #A-2")
    await play.clerk.says("/refund #A-3")
    assert "1 purchase for CN¥70, the last on" in (await play.owner.says("/member @ann"))[0]


async def test_a_wrong_refund_gets_one_sentence_and_changes_nothing(play: Play) -> None:
    await sold(play)
    before = await play.database.read(everything, "inbox")
    for line, says in REFUSED.items():
        [refusal] = await play.clerk.says(line)
        assert says in refusal, line
        assert "\n" not in refusal, line
    assert await play.database.read(everything, "inbox") == before


async def test_nobody_below_the_owner_refunds_their_own(play: Play) -> None:
    await play.clerk.says("/start")
    await play.owner.says("/sale M0002 20 tea #A-1")
    assert "of their own" in (await play.clerk.says("/refund #A-1"))[0]


async def test_an_erased_members_purchase_can_be_refunded(play: Play) -> None:
    ann = await sold(play)
    await ann.says("/forget")
    await ann.taps("Erase")
    assert "CN¥100 of order A-1 refunded to M0003." in (await play.clerk.says("/refund #A-1"))[0]
    assert await balanced(play)


async def test_a_slip_is_undone_as_if_it_had_not_been(play: Play) -> None:
    ann = await play.member("Ann")
    code = await given(play, "10")
    await play.clerk.says(f"/sale @ann 600 tea coupon:{code} #A-1")
    [answer] = await play.clerk.taps("Undo")
    assert answer == (
        "Undone: CN¥590 of Ann (M0003). It is as if it had not been, and the order number A-1 is free again."
    )
    assert ann.heard()[-1] == (
        "Please forgive a slip at the till: you have 20 points, "
        "and the purchase of CN¥590 that was just noted is gone again."
    )
    assert await ann.points() == 20
    assert code in (await ann.says("/coupons"))[0]
    assert "There is no order A-1" in (await play.clerk.says("/refund #A-1"))[0]
    assert "undid order A-1 of Ann (M0003)" in (await play.owner.says("/audit"))[0]
    assert "CN¥50 paid by" in (await play.clerk.says(f"/sale @ann 60 tea coupon:{code} #A-1"))[0]
    assert await ann.points() == 70
    assert await balanced(play)


async def test_undoing_twice_says_the_same_and_tells_the_member_once(play: Play) -> None:
    ann = await sold(play)
    _, data = play.clerk.button("Undo")
    await play.clerk.taps("Undo")
    heard = len(ann.heard())
    await play.clerk.presses(data)
    assert await ann.points() == 20
    assert len(ann.heard()) == heard + 1  # /points


async def test_a_coupon_of_points_is_undone_with_them_and_pays_again(play: Play) -> None:
    ann = await play.member("Ann")
    code = await given(play, "points:50")
    await play.clerk.says(f"/sale @ann 60 tea coupon:{code} #A-1")
    assert await ann.points() == 130
    await play.clerk.taps("Undo")
    assert await ann.points() == 20
    await play.clerk.says(f"/redeem {code}")
    assert await ann.points() == 70
    assert await balanced(play)


async def test_only_whoever_entered_it_undoes_it_or_a_manager_and_for_ten_minutes(play: Play) -> None:
    ann, carl = await sold(play), await play.member("Carl")
    await play.owner.says("/staff add @carl clerk")
    _, data = play.clerk.button("Undo")
    assert (await carl.presses(data)) == ["Only whoever entered it can undo it, or a manager."]
    assert "no longer works" in (await play.clerk.presses("unsale:99"))[0]
    play.clock.advance(timedelta(minutes=10))
    assert "/refund #A-1" in (await play.clerk.presses(data))[0]
    assert await ann.points() == 120
    await play.clerk.says("/sale @ann 50 tea #A-2")
    await play.owner.says("/staff add @carl manager")
    assert "Undone: CN¥50" in (await carl.presses(play.clerk.button("Undo")[1]))[0]
    assert await ann.points() == 120


async def test_what_was_refunded_is_not_undone(play: Play) -> None:
    ann = await sold(play)
    await play.clerk.says("/refund #A-1 10")
    assert "Something of it was refunded" in (await play.clerk.taps("Undo"))[0]
    assert await ann.points() == 110


async def test_points_that_lapsed_are_not_taken_again(play: Play) -> None:
    ann = await sold(play)
    await play.owner.says("/settings points.expiry days 30")
    await play.down_until("2027-03-14 10:00")

    def left(session: Any) -> Any:
        return session.exec(select(Lot.remaining).where(Lot.source == "purchase")).one()

    assert await play.database.read(left) == 0
    [answer] = await play.clerk.says("/refund #A-1")
    assert "points" not in answer
    assert await ann.points() == 0
    assert await balanced(play)
