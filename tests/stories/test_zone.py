"""The zone: what is kept for old members, and who sees it."""

from tests.people import Play
from tests.stories.test_gift_forms import photo


async def test_only_those_whom_a_product_is_for_see_it(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await play.owner.says("/tag @ann tea")
    [added] = await play.owner.says('/zone add "Aged <pu-erh>" 188 audience:"tag:tea"')
    assert added == "In the zone: Aged <pu-erh> · CN¥188, for tag:tea (1 now)."
    assert "Aged <pu-erh> · CN¥188" in (await ann.says("/zone"))[0]
    assert "nothing in the zone for you yet" in (await bob.says("/zone"))[0]
    assert "nothing in the zone for you yet" in (await bob.says('/zone add "Mine" 1'))[0]
    assert "1. Aged <pu-erh> · CN¥188, for tag:tea" in (await play.owner.says("/zone"))[0]
    await play.owner.taps("Remove Aged")
    assert "nothing in the zone for you yet" in (await ann.says("/zone"))[0]
    assert "no such product" in (await play.owner.says("/zone remove 1"))[0]
    assert "took “Aged <pu-erh>” out of the zone" in (await play.owner.says("/audit"))[0]


async def test_a_product_is_put_in_step_by_step_with_a_picture(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await play.owner.says("/grade @ann regular an old friend")
    await play.owner.says("/zone")
    assert "What is the product called?" in (await play.owner.taps("A new product"))[0]
    assert "too long" in (await play.owner.says("x" * 61))[0]
    await play.owner.says("Aged pu-erh")
    for wrong in ("free", "0", "-1", "1.555"):
        assert "Write the price in money" in (await play.owner.says(wrong))[0], wrong
    await play.owner.says("188")
    assert "Did you mean" in (await play.owner.says("grde:vip"))[0]
    await play.owner.taps("Regulars and up")
    assert "as a photo" in (await play.owner.says("here it is"))[0]
    assert "Members see a picture of it." in await photo(play.owner)
    [done] = await play.owner.taps("Confirm")
    assert done == "In the zone: Aged pu-erh · CN¥188, for Regulars and up (1 now)."
    assert "Aged pu-erh · CN¥188" in (await ann.says("/zone"))[0]
    [shown] = await ann.taps("📷 Aged pu-erh")
    assert shown == "Aged pu-erh · CN¥188\nAsk for it at the counter."
    assert ann.file().name != "zone.png"
    assert "no such product" in (await bob.presses("zone:1"))[0]
    assert "no such product" in (await ann.presses("zone:2"))[0]
    assert "not available" in (await ann.presses("keep:"))[0]


async def test_newcomers_see_what_old_members_get(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says('/zone add "Aged pu-erh" 188')
    assert "nothing in the zone for you yet" in (await ann.says("/zone"))[0]
    assert ann.file().name == "zone.png"
    for grade in ("vip", "svip"):
        await play.owner.says(f"/settings points.{grade}_multiplier 1")
    await play.owner.says("/zone remove 1")
    files = sum(bool(each.file) for each in ann.sees())
    await ann.says("/zone")
    assert sum(bool(each.file) for each in ann.sees()) == files  # there is nothing to set beside each other


async def test_left_to_itself_it_is_for_regulars_and_up(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says('/zone add "Aged pu-erh" 188')
    assert "nothing in the zone for you yet" in (await ann.says("/zone"))[0]
    await play.owner.says("/sale @ann 1200 pot #1")
    assert "Aged pu-erh" in (await ann.says("/zone"))[0]


async def test_a_bad_line_puts_nothing_in(play: Play) -> None:
    await play.owner.says("/start")
    for words in ("add", 'add "Tea"', 'add "Tea" free', "add Tea 10", 'add "Tea" 0', "frobnicate"):
        assert "Please write it like this" in (await play.owner.says(f"/zone {words}"))[0], words
    assert "Did you mean" in (await play.owner.says('/zone add "Tea" 10 audience:"grde:vip"'))[0]
    assert "no such product" in (await play.owner.says("/zone remove x"))[0]
    assert "1." not in (await play.owner.says("/zone"))[0]
