"""The voucher as a picture: a QR code that asks staff, shows its member the voucher, and tells a stranger nothing."""

from tests.people import Play
from tests.stories.test_gifts import CUP, ordered, rich
from tests.stories.test_gifts import cup as put_in

LINK = "https://t.me/regulars_bot?start=use_"


async def test_the_confirmations_button_sends_the_voucher_as_a_picture(play: Play) -> None:
    ann = await rich(play, "Ann")
    await put_in(play)
    code = await ordered(ann)
    texts = len(ann.heard())
    [caption] = await ann.taps("Show the QR code")
    assert CUP in caption
    assert f"Code: {code}" in caption
    assert ann.sees()[-1].file
    assert len(ann.heard()) == texts + 1
    await ann.says("/gifts")
    assert code in (await ann.taps(f"QR code: {CUP}"))[0]
    await ann.says(code)
    assert code in (await ann.taps("Show the QR code"))[0]


async def test_a_voucher_is_shown_to_its_member_and_only_while_it_is_good(play: Play) -> None:
    ann, bob = await rich(play, "Ann"), await play.member("Bob")
    await put_in(play)
    code = await ordered(ann)
    await bob.says("/gifts")
    for data in ("voucher:qr:1", "voucher:drop:1", "voucher:undo:1", "voucher:qr:99", "voucher:qr:x", "voucher:x:1"):
        assert "no longer works" in (await bob.presses(data))[0], data
    await play.clerk.says(f"/redeem {code}")
    assert "was handed over on" in (await ann.taps("Show the QR code"))[0]


async def test_the_link_asks_staff_shows_its_member_the_voucher_and_a_stranger_the_menu(play: Play) -> None:
    ann, bob, sue = await rich(play, "Ann"), await play.member("Bob"), play.stranger("Sue")
    await put_in(play)
    code = await ordered(ann)
    [menu] = await bob.follows(LINK + code)
    assert "What may I do for you?" in menu
    [consent] = await sue.follows(LINK + code)
    assert "If you agree" in consent
    assert CUP not in consent
    [welcome] = await sue.taps("I agree")
    assert CUP not in welcome
    [mine] = await ann.follows(LINK + code)
    assert mine.startswith(f"{CUP}\nCode: {code}")
    assert ann.button("Show the QR code")
    [asked] = await play.clerk.follows(LINK + code)
    assert asked.startswith("Ann (M0003): “Porcelain cup”")
    assert "Hand it over now?" in asked
    assert "Done: “Porcelain cup” for M0003, Ann." in (await play.clerk.taps("Confirm"))[0]
    assert "was handed over on" in (await ann.follows(LINK + code))[0]
    assert "was handed over on" in (await play.clerk.follows(LINK + code))[0]
    assert "What may I do for you?" in (await bob.follows(LINK + code))[0]


async def test_a_voucher_that_is_over_tells_a_stranger_nothing_either(play: Play) -> None:
    ann, bob = await rich(play, "Ann"), await play.member("Bob")
    await put_in(play)
    code = await ordered(ann)
    await ann.presses("voucher:undo:1")
    assert "What may I do for you?" in (await bob.follows(LINK + code))[0]
    assert "no coupon with this code" in (await bob.says(code))[0]
    assert "no longer good" in (await ann.follows(LINK + code))[0]


async def test_a_code_with_letters_that_look_alike_is_no_code_and_nothing_is_suggested(play: Play) -> None:
    ann = await rich(play, "Ann")
    await put_in(play)
    code = await ordered(ann)
    for wrong in ("O" + code[1:], code[:-1] + "1", code[:-1] + ("A" if code[-1] != "A" else "B"), "0OI1-LLLL-0000"):
        [refusal] = await play.clerk.says(f"/redeem {wrong}")
        assert refusal == "There is no coupon with this code. Please compare it letter by letter."
    assert "Done" in (await play.clerk.says(f"/redeem {code}"))[0]
