"""Coupons made and given step by step, by buttons and texts."""

import pytest
from sqlmodel import select

from db.coupons import Coupon, CouponTemplate
from tests.people import Play, Someone
from tests.tables import everything

pytestmark = pytest.mark.words


def labels(someone: Someone) -> list[str]:
    """The buttons under the last message."""
    return [label for row in someone.sees()[-1].buttons for label, _ in row]


async def steps(manager: Someone, *answers: str) -> str:
    """Go through the form; an answer is tapped where there is a button for it. The last words."""
    [said] = await manager.says("/coupon")
    for each in answers:
        [said] = await (manager.taps(each) if each in labels(manager) else manager.says(each))
    return said


async def test_a_coupon_is_made_step_by_step_and_given_at_once(play: Play) -> None:
    ann, owner = await play.member("Ann"), play.owner
    assert "What shall it be called?" in (await owner.says("/coupon"))[0]
    assert "What does it give?" in (await owner.says("Tea for two"))[0]
    assert labels(owner)[:4] == ["CN¥10 off", "20% off", "50 points", "2× points"]
    assert "For how many days" in (await owner.taps("CN¥10 off"))[0]
    assert "For which purchases?" in (await owner.taps("14 days"))[0]
    assert "How many are there in all?" in (await owner.says("49.90"))[0]
    assert "How many may one member" in (await owner.taps("100"))[0]
    [summary] = await owner.taps("1")
    assert "“Tea for two”: CN¥10 off · good for 14 days · from CN¥49.90 · 1 for each member · 0 of 100 given" in summary
    assert "Is that right?" in summary
    assert await play.database.read(lambda session: session.exec(select(CouponTemplate)).all()) == []
    [made] = await owner.taps("Confirm")
    assert made.startswith("“Tea for two”: CN¥10 off · good for 14 days")
    assert "To whom?" in (await owner.taps("Give it"))[0]
    assert "I know no member “Zoe”" in (await owner.says("Zoe"))[0]  # the question stays open
    assert (await owner.says("Ann"))[0].startswith("Given to Ann (M0003): “Tea for two”")
    assert "Tea for two: CN¥10 off" in (await ann.says("/coupons"))[0]


async def test_a_gift_is_asked_whether_it_may_be_passed_on(play: Play) -> None:
    await play.owner.says("/start")
    asked = await steps(play.owner, "Cup", "gift:cup", "30 days", "Any purchase", "No limit", "No limit")
    assert "May members pass it on to a friend?" in asked
    assert "may be passed on" in (await play.owner.taps("Yes"))[0]
    await play.owner.taps("Confirm")
    [template] = await play.database.read(lambda session: session.exec(select(CouponTemplate)).all())
    about = (template.offer, template.days, template.minimum, template.quota, template.each, template.transferable)
    assert about == ("gift:cup", 30, 0, None, None, True)


@pytest.mark.parametrize(
    ("before", "wrong", "says"),
    [
        ((), "T" * 4_000, "at most 60"),
        (("Tea",), "101%", "An offer is written like"),
        (("Tea",), "free", "An offer is written like"),
        (("Tea", "10"), "0", "whole number of days, from 1 to 3,650"),
        (("Tea", "10"), "soon", "whole number of days"),
        (("Tea", "10", "14"), "-5", "min: is an amount"),
        (("Tea", "10", "14", "0"), "0", "quota: must be a whole number from 1"),
        (("Tea", "10", "14", "0", "100"), "1.5", "limit: must be a whole number from 1"),
        (("Tea", "gift:tea", "14", "0", "100", "1"), "perhaps", "transferable: is yes or no"),
    ],
)
async def test_a_wrong_answer_leaves_its_question_open(
    play: Play, before: tuple[str, ...], wrong: str, says: str
) -> None:
    await play.owner.says("/start")
    await steps(play.owner, *before)
    kept = await play.database.read(everything, "inbox")
    [refusal] = await play.owner.says(wrong)
    assert says in refusal
    assert "\n" not in refusal
    assert await play.database.read(everything, "inbox") == kept


async def test_the_list_has_a_button_for_each_and_leaves_the_form(play: Play) -> None:
    ann = await play.member("Ann")
    assert "All coupons" in (await play.owner.says("/coupon") and labels(play.owner))
    assert "No coupons yet" in (await play.owner.taps("All coupons"))[0]
    assert "understand" in (await play.owner.says("Tea"))[0]  # no name of a new coupon any more
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.says("/coupon list")
    assert await play.owner.taps("TEA") == ["“TEA”: CN¥10 off · good for 14 days"]
    assert labels(play.owner) == ["Give it", "All coupons"]
    await play.owner.taps("Give it")
    [told] = await play.owner.taps("Everybody")
    assert told == "1 member gets “TEA”, CN¥10 off; at most CN¥10.\nAudience: all"
    await play.owner.taps("Confirm")
    assert "for you" in ann.heard()[-1]
    await play.owner.says("/coupon list")
    await play.owner.taps("TEA")
    await play.owner.taps("Give it")
    for wrong, says in {"grade:gold": "“gold” does not fit", "x" * 600: "at most 500", "@nobody": "no member"}.items():
        assert says in (await play.owner.says(wrong))[0]
    assert (await play.owner.says("M0003"))[0].startswith("Given to Ann")
    assert len(await play.database.read(lambda session: session.exec(select(Coupon)).all())) == 2


async def test_an_old_version_gives_the_newest(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says("/coupon new TEA 10 14")
    message, data = play.owner.button("Give it")
    await play.owner.says("/coupon new tea 20% 7")
    await play.owner.presses(data, under=message.id)
    assert "20% off, good until 17 February" in (await play.owner.says("@ann"))[0]
    for forged in ("give:99", "give:x", "give:", "coupon:99", "coupon:x"):
        assert "no longer works" in (await play.owner.presses(forged))[0]


async def test_a_clerk_has_no_form(play: Play) -> None:
    await play.owner.says("/coupon new TEA 10 14")
    for said in (
        await play.clerk.says("/coupon"),
        await play.clerk.presses("give:1"),
        await play.clerk.presses("coupon:list"),
        await play.clerk.presses("newcoupon:name:x"),
        await play.clerk.presses("giving:yes:x"),
    ):
        assert "not available" in said[0]


async def test_it_is_asked_in_the_language_of_whoever_makes_it(play: Play) -> None:
    await play.owner.says("/start")
    await play.owner.presses("lang:zh_CN")
    await steps(play.owner, "请喝茶", "赠品:绿茶", "30 天", "不限金额", "不限", "1")
    assert labels(play.owner) == ["不可以", "可以", "上一步", "取消"]
    [summary] = await play.owner.says("可以")
    assert "“请喝茶”：赠品：绿茶 · 有效期 30 天 · 每位会员限 1 张 · 可转赠" in summary
    assert summary.endswith("对吗？")


async def test_a_yes_is_to_what_its_message_shows(play: Play) -> None:
    """An older summary further up is no yes to the newer one below it."""
    await play.owner.says("/start")
    await steps(play.owner, "Tea", "10", "14 days", "Any purchase", "No limit", "No limit")
    older, confirm = play.owner.button("Confirm")
    await steps(play.owner, "Tea", "50", "14 days", "Any purchase", "No limit", "No limit")
    [refusal] = await play.owner.presses(confirm, under=older.id)
    assert "no longer" in refusal
    assert await play.database.read(lambda session: session.exec(select(CouponTemplate)).all()) == []
    assert "CN¥50 off" in (await play.owner.taps("Confirm"))[0]
