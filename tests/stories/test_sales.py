"""At the counter: a purchase is entered, with its coupon and its points, and undone while it is fresh."""

from typing import Any

import pytest
from sqlmodel import col, select

from db.coupons import Coupon
from db.purchases import Product, Purchase, PurchaseLine
from tests.people import Play, Someone
from tests.tables import everything

REFUSED = {  # what is wrong in a line, and what its sentence says
    **{
        f"/sale @ann {amount} tea #B-1": "An amount is written like 128.50"
        for amount in (
            "0", "-5", "1.234", "abc", "99999999999999999999", "NaN", "1e5", "inf", "0.001", "10000000.01", "12,80",
            "1,28", "1,2345", "128.", ".5", "1²8", "٣", "$128", "128.50.1", "１２８．５０５", "0.00", "+5", "0x10",
            "1_000",
        )
    },
    "/sale @nobody 20 tea": "I know no member",
    f"/sale @ann 20 {'t' * 500}": "A product's name has 1 to 60 characters.",
    '/sale @ann 20 ""': "A product's name has 1 to 60 characters.",
    "/sale @ann 20 tea*0": "How many is a whole number from 1 to 999",
    "/sale @ann 20 tea*1000": "How many is a whole number from 1 to 999",
    "/sale @ann 20 tea*-1": "How many is a whole number from 1 to 999",
    "/sale @ann 20 tea*1.5": "How many is a whole number from 1 to 999",
    "/sale @ann 20 tea*many": "How many is a whole number from 1 to 999",
    "/sale @ann 20 tea*": "How many is a whole number from 1 to 999",
    f"/sale @ann 20 {' '.join(f'tea{n}' for n in range(31))}": "at most 30 products",
    "/sale @ann 20 tea cupon:K7QM-3XWF-9TRB": "I don't know “cupon:”",
    "/sale @ann 20 tea coupon:K7QM-3XWF-9TRB": "There is no coupon with this code",
    "/sale @ann 20 tea #A-1 #A-2": "Please write it like this: /sale",
    "/sale @ann 20 *2": "Please write it like this: /sale",
    '/sale @ann 20 "green tea': "Please write it like this: /sale",
    "/sale @ann 20 tea #汤": "An order number is letters and digits",
    f"/sale @ann 20 tea #{'A' * 41}": "An order number is letters and digits",
}  # fmt: skip


async def one(play: Play, column: Any) -> Any:
    """The only value of a column."""
    return await play.database.read(lambda session: session.exec(select(column)).one())


async def given(play: Play, value: str, more: str = "") -> str:
    """Give Ann a coupon. Returns its code."""
    await play.owner.says(f"/coupon new TEA {value} 14 {more}")
    await play.owner.says("/coupon give TEA @ann")
    newest = select(Coupon.code).order_by(col(Coupon.id).desc()).limit(1)
    return await play.database.read(lambda session: session.exec(newest).one())


async def ranked(play: Play, grade: str) -> None:
    """Give Ann a grade."""
    assert grade in (await play.owner.says(f"/grade @ann {grade} for the test"))[0]


def receipt(someone: Someone) -> str:
    """The last receipt that somebody got."""
    return next(text for text in reversed(someone.heard()) if "Thank you for your purchase" in text)


async def test_a_purchase_earns_a_point_for_each_unit_and_the_member_gets_a_receipt(play: Play) -> None:
    ann = await play.member("Ann")
    [answer] = await play.clerk.says('/sale @ann 128.50 tea*2 "Green cup" #A-1001')
    assert answer.splitlines() == [
        "CN¥128.50 paid by Ann (M0003).",
        "· tea × 2",
        "· Green cup",
        "+128 points; the balance is 148 now.",
        "Order A-1001",
    ]
    assert ann.heard()[-1].partition("\n\nWhat may I call you?")[0].splitlines() == [
        "Thank you for your purchase! You have 148 points now.",
        "",
        "· tea × 2",
        "· Green cup",
        "Paid: CN¥128.50",
        "It earned you 128 points.",
        "Order A-1001",
    ]
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 148 points.")
    assert "+128 · a purchase" in purse
    assert "entered order A-1001 for Ann (M0003)" in (await play.owner.says("/audit"))[0]


async def test_an_order_number_counts_once(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await play.clerk.says("/sale @ann 128.50 tea*2 #A-1001")
    for line in ("/sale @ann 128.50 tea*2 #A-1001", "/sale @bob 20 #a-1001", "/sale @bob 20 单号：Ａ-1001"):
        [refusal] = await play.clerk.says(line)
        assert refusal == "Order A-1001 was entered already: Ann (M0003), on 10 February, 10:00."
    assert await ann.points() == 148
    assert await bob.points() == 20


async def test_without_a_number_an_order_gets_one_of_our_own(play: Play) -> None:
    await play.member("Ann")
    assert "Order S-0001" in (await play.clerk.says("/sale @ann 20"))[0]
    await play.clerk.says("/sale @ann 20 #S-0003")
    assert "Order S-0004" in (await play.clerk.says("/sale @ann 20"))[0]  # the third would have been taken


async def test_an_amount_is_understood_as_people_write_it(play: Play) -> None:
    await play.member("Ann")
    for written in ("128.50", "１２８．５０", "¥128.5", "￥128.50", "128.50元", "128.50 元", "CNY128.50", "0128.50"):
        assert "CN¥128.50 paid" in (await play.clerk.says(f"/sale @ann {written} tea"))[0], written


async def test_a_thousand_with_its_comma_and_the_bounds_are_understood(play: Play) -> None:
    await play.member("Ann")
    for written, shown in {
        "1,280": "CN¥1,280",
        "1，280.5": "CN¥1,280.50",
        "10,000,000": "CN¥10,000,000",
        "0.01": "CN¥0.01",
    }.items():
        assert f"{shown} paid" in (await play.clerk.says(f"/sale @ann {written}"))[0]


async def test_products_are_understood_as_people_write_them(play: Play) -> None:
    await play.member("Ann")
    line = '/sale @ann 100 绿茶×2，“大 红袍”＊３ 「茶 杯」 "Green  tea" * 4、green_cup 卡券：'
    code = await given(play, "10")
    [answer] = await play.clerk.says(line + code + " 单号A-7")
    for part in (
        "绿茶 × 2",
        "大 红袍 × 3",
        "· 茶 杯",
        "Green tea × 4",
        "· green_cup",
        "CN¥100 less CN¥10",
        "Order A-7",
    ):
        assert part in answer


async def test_a_product_is_made_on_first_use_and_known_again(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says('/sale @ann 128.50 "Green Tea"*2')
    await play.clerk.says('/sale @ann 20 "green  tea" ＧＲＥＥＮ cup')
    names = await play.database.read(lambda s: s.exec(select(Product.name).order_by(col(Product.id))).all())
    assert names == ["Green Tea", "cup", "ＧＲＥＥＮ"]
    lines = select(PurchaseLine.product_id, PurchaseLine.quantity, PurchaseLine.price).order_by(col(PurchaseLine.id))
    # The price of one is known where one product makes the whole.
    assert await play.database.read(lambda s: s.exec(lines).all()) == [
        (1, 2, 6425),
        (1, 1, None),
        (3, 1, None),
        (2, 1, None),
    ]


async def test_a_wrong_line_gets_one_sentence_and_changes_nothing(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says("/start")
    for line, says in REFUSED.items():
        before = await play.database.read(everything, "inbox", "wrong_codes")
        [refusal] = await play.clerk.says(line)
        assert says in refusal, line
        assert "\n" not in refusal, line
        assert await play.database.read(everything, "inbox", "wrong_codes") == before, line


async def test_who_bought_is_named_in_every_way(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Phone")
    await ann.says("13800138000")
    for who in (
        "@ann", "@Ann", "M0003", "m0003", "Ｍ０００３", "Ann", '"Ann"', "13800138000", "138-0013-8000",
        '"138 0013 8000"',
        "+8613800138000", "8613800138000", "008613800138000", "１３８００１３８０００", '"+86 138 0013 8000"',
    ):  # fmt: skip
        assert "CN¥20 paid by Ann (M0003)." in (await play.clerk.says(f"/sale {who} 20 tea"))[0], who
    assert "I know no member" in (await play.clerk.says("/sale 13900139000 20 tea"))[0]


async def test_of_several_who_fit_one_is_chosen_and_it_counts_once(play: Play) -> None:
    first, second = await play.member("Ann Lee"), await play.member("Ann Lee")
    assert "Which one" in (await play.clerk.says('/sale "Ann Lee" 40 tea #A-1'))[0]
    assert "CN¥40 paid by Ann Lee (M0004)" in (await play.clerk.taps("M0004"))[0]
    await play.clerk.taps("M0004")
    assert "no longer works" in (await play.clerk.taps("M0003"))[0]
    assert (await first.points(), await second.points()) == (20, 60)


async def test_said_in_the_group_by_a_reply_it_is_answered_in_private(play: Play) -> None:
    group = await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await ann.says("I took two teas", group=True)
    await play.clerk.says("/start")
    said, before = ann.sees(group=True)[-1].id, len(play.clerk.heard(group=True))
    await play.clerk.says("/sale 20 tea", group=True, reply_to=said)
    assert len(play.clerk.heard(group=True)) == before
    assert "CN¥20 paid by Ann (M0003)." in play.clerk.heard()[-1]
    assert group


async def test_of_somebody_who_never_agreed_nothing_is_kept(play: Play) -> None:
    lily = play.stranger("Lily")
    await lily.says("/start")
    assert "I know no member “M0003”" in (await play.clerk.says("/sale M0003 20 tea"))[0]
    assert await play.database.read(lambda s: s.exec(select(Purchase)).all()) == []


async def test_nobody_below_the_owner_enters_their_own(play: Play) -> None:
    await play.clerk.says("/start")
    assert (await play.clerk.says("/sale M0002 20 tea")) == [
        "Nobody enters or refunds a purchase of their own; please ask a colleague."
    ]
    assert "paid by" in (await play.owner.says("/sale M0001 20 tea"))[0]
    assert "paid by" in (await play.owner.says("/sale M0002 20 tea"))[0]


@pytest.mark.parametrize(
    ("offer", "paid", "points", "shown"),
    [
        ("10", 5000, 50, "CN¥60 less CN¥10 with “TEA”"),
        ("100", 0, 0, "CN¥60 less CN¥60 with “TEA”"),
        ("20%", 4800, 48, "CN¥60 less CN¥12 with “TEA”"),
        ("100%", 0, 0, "CN¥60 less CN¥60 with “TEA”"),
        ("gift:cup", 6000, 60, "With “TEA”: a gift: cup"),
        ("points:50", 6000, 60, "With “TEA”: +50 points"),
        ("x3", 6000, 180, "+180 points (3× by the coupon)"),
    ],
)
async def test_a_coupon_is_used_up_with_the_purchase(
    play: Play, offer: str, paid: int, points: int, shown: str
) -> None:
    ann = await play.member("Ann")
    code = await given(play, offer)
    [answer] = await play.clerk.says(f"/sale @ann 60 tea coupon:{code.lower()} #C-1")
    assert shown in answer
    made = await one(play, Purchase)
    assert (made.total, made.discount, made.paid, made.points) == (6000, 6000 - paid, paid, points)
    assert await ann.points() == 20 + points + (50 if offer == "points:50" else 0)
    assert "was used on" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert "was used on" in (await play.clerk.says(f"/sale @ann 60 tea coupon:{code}"))[0]


async def test_a_coupon_is_good_for_its_member_and_from_its_least_purchase(play: Play) -> None:
    await play.member("Ann")
    await play.member("Bob")
    await play.clerk.says("/start")
    code = await given(play, "10", "min:50")
    before = await play.database.read(everything, "inbox")
    assert (await play.clerk.says(f"/sale @ann 49.99 coupon:{code}")) == ["“TEA” is for purchases from CN¥50."]
    assert "This coupon is Ann (M0003)'s" in (await play.clerk.says(f"/sale @bob 60 coupon:{code}"))[0]
    assert await play.database.read(everything, "inbox") == before
    assert "CN¥40 paid" in (await play.clerk.says(f"/sale @ann 50 coupon:{code}"))[0]


async def test_wrong_codes_in_sales_lock_the_till_too(play: Play) -> None:
    await play.member("Ann")
    for _ in range(4):
        assert "no coupon with this code" in (await play.clerk.says("/sale @ann 60 coupon:K7QM-3XWF-9TRB"))[0]
    assert "redeeming is locked" in (await play.clerk.says("/redeem K7QM-3XWF-9TRB"))[0]
    assert "redeeming is locked" in (await play.clerk.says("/sale @ann 60 coupon:K7QM-3XWF-9TRB"))[0]
    assert "paid by" in (await play.clerk.says("/sale @ann 60"))[0]


async def test_the_highest_multiplier_wins_and_they_never_multiply(play: Play) -> None:
    ann = await play.member("Ann")
    await ranked(play, "vip")
    assert "+154 points (1.2× as vip)" in (await play.clerk.says("/sale @ann 128.50"))[0]
    assert "It earned you 154 points (1.2× as vip)." in receipt(ann)
    await ranked(play, "svip")
    assert "+192 points (1.5× as svip)" in (await play.clerk.says("/sale @ann 128.50"))[0]
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("3-20")
    await ann.taps("right")
    await play.down_until("2027-03-13 10:00")
    assert "+257 points (2× around the birthday)" in (await play.clerk.says("/sale @ann 128.50"))[0]
    triple = await given(play, "x3")
    assert "+385 points (3× by the coupon)" in (await play.clerk.says(f"/sale @ann 128.50 coupon:{triple}"))[0]


async def test_a_coupon_that_multiplies_no_more_than_the_birthday_stays_good(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("3-20")
    await ann.taps("right")
    await play.down_until("2027-03-13 10:00")
    code = await given(play, "x2")
    [answer] = await play.clerk.says(f"/sale @ann 100 coupon:{code}")
    assert "+200 points (2× around the birthday)" in answer
    assert "The coupon “TEA” was not needed (2× around the birthday), so it stays good." in answer
    assert code in (await ann.says("/coupons"))[0]


async def test_the_owner_sets_what_a_purchase_earns(play: Play) -> None:
    ann = await play.member("Ann")
    assert "How long" not in (await play.owner.says("/settings points.per_unit 0.1"))[0]
    assert "+12 points" in (await play.clerk.says("/sale @ann 128.50"))[0]
    assert "does not work" in (await play.owner.says("/settings points.vip_multiplier 1.234"))[0]
    assert "does not work" in (await play.owner.says("/settings points.vip_multiplier 1e1"))[0]
    assert "1.35" in (await play.owner.says("/settings points.vip_multiplier 1.35"))[0]
    assert "from 1 to 10" in (await play.owner.says("/settings points.vip_multiplier"))[0]
    await play.owner.says("/settings points.per_unit 1")
    await ranked(play, "vip")
    assert "+135 points (1.35× as vip)" in (await play.clerk.says("/sale @ann 100"))[0]
    assert await ann.points() == 20 + 12 + 135


async def test_points_may_be_pending_for_some_days(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.pending_days 7")
    [answer] = await play.clerk.says("/sale @ann 100")
    assert "+100 points; the balance is 20 now." in answer
    assert "These points can be used from 17 February on." in answer
    assert "These points can be used from 17 February on." in ann.heard()[-1]
    [purse] = await ann.says("/points")
    assert purse.startswith("You have 20 points.")
    assert "100 more are on their way." in purse
    await play.days(7)
    assert await ann.points() == 120


async def test_a_day_brings_no_more_than_its_cap_and_what_is_undone_frees_it(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/settings points.caps purchase 150")
    assert "limit" not in (await play.clerk.says("/sale @ann 100 #A-1"))[0]
    for _ in range(2):
        [answer] = await play.clerk.says("/sale @ann 100 #A-2")
        assert "+50 points; the balance is 170 now." in answer
        assert "Today's limit for purchases is reached." in answer
        assert "Today's limit for purchases is reached." in receipt(ann)
        await play.clerk.taps("Undo")
        assert await ann.points() == 120
    await play.clerk.says("/refund #A-1 50")
    assert "+100 points; the balance is 170 now." in (await play.clerk.says("/sale @ann 100"))[0]


async def test_the_receipt_tells_how_far_the_next_gift_is(play: Play) -> None:
    ann = await play.member("Ann")
    for line in ('"Tin cup" 60 5', '"Porcelain cup" 200 5', '"Vase" 180 5 grade:vip', '"Sold out" 190 0'):
        await play.owner.says(f"/gift new {line}")
    await play.clerk.says("/sale @ann 100")
    assert "Porcelain cup: 80 points to go." in receipt(ann)
    await play.clerk.says("/sale @ann 100")
    assert "Enough for Porcelain cup: have a look at /gifts." in receipt(ann)


async def test_the_same_update_again_enters_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    kept, keep = [], play.club.inbox.keep

    async def note(platform: str, updates: list) -> None:
        kept.extend(updates)
        await keep(platform, updates)

    play.playground._world.keep = note
    await play.clerk.says("/sale @ann 100 tea")
    heard = len(play.clerk.heard()), len(ann.heard())
    for _ in range(3):
        await keep("playground", kept)
    await play.quiet()
    assert (len(play.clerk.heard()), len(ann.heard())) == heard
    assert await ann.points() == 120
    assert await one(play, Purchase.id)


async def test_it_speaks_chinese(play: Play) -> None:
    member = await play.member("李雷", "zh-hans")
    await play.clerk.says("/start")
    await play.clerk.says("/lang")
    await play.clerk.taps("简体")
    [answer] = await play.clerk.says("/sale 李雷 128.50元 绿茶*2 单号：A-1")
    assert answer.splitlines() == [
        "已收 ¥128.50，会员 李雷 (M0003)。",
        "· 绿茶 × 2",
        "+128 积分，现有 148 积分。",
        "单号 A-1",
    ]
    assert member.heard()[-1].splitlines()[0] == "谢谢惠顾！您现有 148 积分。"
    assert "能不能撤销" not in (await play.clerk.taps("撤销"))[0]
    assert "不好意思" in member.heard()[-1]
