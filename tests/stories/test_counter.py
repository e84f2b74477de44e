"""The counter sentence: the owner's rules first, else what the shop's purchases tell; and whether it was followed."""

import re

from sqlmodel import select

from bot.club import pairings
from db.coupons import Coupon
from db.suggestions import Suggestion
from tests.people import Play
from tests.tables import everything

WRONG = {
    "/counter": "Please write it like this: /counter @ann",
    "/counter @nobody": "I know no member",
    "/counter @ann tea": "Please write it like this: /counter @ann",
    "/script new tea": "Please write it like this: /script new tea > honey",
    "/script new > honey": "Please write it like this: /script new tea > honey",
    "/script new tea >": "Please write it like this: /script new tea > honey",
    f"/script new tea > {'x' * 500}": "A product's name has 1 to 60 characters.",
    f'/script new tea > honey "{"x" * 500}"': "That is too long: at most 200 characters.",
    "/script new Tea > tea": "Who bought “Tea” has it already",
    "/script coupon tea": "Please write it like this: /script coupon tea 10% 30",
    "/script coupon tea 101% 30": "An offer is written like",
    "/script coupon tea 10% 0": "whole number of days, from 1 to 3,650",
    "/script coupon tea 10% many": "whole number of days",
    "/script off": "Please write it like this: /script off 3",
    "/script off 99": "This button no longer works.",
    "/script sell": "Please write it like this: /script new tea > honey",
}


async def test_the_counter_shows_no_more_than_a_clerk_needs(play: Play) -> None:
    ann = await play.member("Ann Smith")
    await ann.says("/profile")
    await ann.taps("Phone")
    await ann.says("13800138000")
    await play.owner.says("/note M0003 pays late")
    assert await play.clerk.says("/counter M0003") == ["Ann · M0003 · new\nNo coupons at the moment."]
    await play.owner.says("/coupon new TEA 10 14 min:50")
    await play.owner.says("/coupon give TEA M0003")
    await play.owner.says('/script new tea > honey "Our honey goes well with it"')
    await play.owner.says("/sale M0003 30 tea")
    [seen] = await play.clerk.says("/counter M0003")
    assert seen.splitlines() == [
        "Ann · M0003 · new",
        "· “TEA”: CN¥10 off, for purchases from CN¥50, until 24 February 2027",
        "Say: “Our honey goes well with it”",
    ]
    assert "not available here" in (await ann.says("/counter M0003"))[0]


async def test_the_owners_rules_come_first_and_nothing_is_offered_twice(play: Play) -> None:
    await play.member("Ann")
    [made] = await play.owner.says("/script new tea → honey")
    assert made.startswith("From now on: Bought tea → offer honey.")
    await play.owner.says("/script new any > cake")
    await play.owner.says("/script new tea > “Ask how they brew it”")
    [sold] = await play.clerk.says("/sale @ann 30 tea")
    assert "Say: “Many take honey with tea: would you like some?”" in sold
    [sold] = await play.clerk.says("/sale @ann 30 tea honey")
    assert "Say: “Ask how they brew it”" in sold
    [sold] = await play.clerk.says("/sale @ann 30 pot")
    assert "Say: “Would you like to try our cake?”" in sold
    assert "Say:" not in (await play.clerk.says("/sale @ann 30"))[0]
    [handbook] = await play.clerk.says("话术")
    assert handbook.splitlines() == [
        "What to say today",
        "1. Bought tea → offer honey (said 1 times, followed 1 times)",
        "2. Bought anything → offer cake (said 1 times, followed 0 times)",
        "3. Bought tea → say “Ask how they brew it”",
    ]
    assert await play.owner.says("/script off 1") == ["No longer: Bought tea → offer honey."]
    assert "honey" not in (await play.clerk.says("/script"))[0]
    [audit] = await play.owner.says("/audit")
    assert "dropped sentence 1 of the counter" in audit


async def test_what_is_bought_together_is_said_once_it_is_no_chance(play: Play) -> None:
    await play.member("Ann")
    await play.member("Bob")

    async def sells(times: int, line: str) -> None:
        for _ in range(times):
            await play.owner.says(f"/sale @ann 10 {line}")

    async def night() -> list[tuple[int, int]]:
        pairs = await play.database.read(pairings.count, now=play.clock.now())
        await play.database.write(pairings.keep, pairs)
        return sorted((pair.together, pair.share) for pair in pairs)

    await sells(20, "tea honey")
    await sells(9, "pot cake")
    assert await night() == []  # 29 baskets of several products are few
    await sells(1, "pot cake")
    await sells(20, "tea")
    await sells(10, "cake milk")
    await sells(4, "cake honey")
    assert await night() == [(10, 41), (10, 41), (10, 100), (10, 100), (20, 50), (20, 83)]
    [sold] = await play.owner.says("/sale @bob 10 tea")
    assert "Say: “Many take honey with tea: would you like some?”" in sold
    [handbook] = await play.owner.says("/script")
    assert "· tea → honey: 50 in a hundred (said 1 times, followed 0 times)" in handbook
    await play.owner.says("/sale @bob 10 honey")
    assert "(said 1 times, followed 1 times)" in (await play.owner.says("/script"))[0]


async def test_a_sentence_counts_once_in_half_a_day(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says("/script new tea > honey")
    await play.owner.says("/sale @ann 30 tea")
    for _ in range(3):
        assert "Say:" in (await play.clerk.says("/counter @ann"))[0]
    many = await play.database.read(lambda s: len(s.exec(select(Suggestion.id)).all()))
    assert many == 1


async def test_a_purchase_brings_a_coupon_for_the_next_visit(play: Play) -> None:
    ann = await play.member("Ann")
    [made] = await play.owner.says("/script coupon tea 10% 30")
    assert "Bought tea → for the next visit: 10% off, good for 30 days" in made
    await play.owner.says("/sale @ann 30 pot #N-1")
    assert "No coupons" in (await ann.says("/coupons"))[0]
    await play.owner.says("/sale @ann 30 tea #N-2")
    assert any("for your next visit to Tea House" in text for text in ann.heard())
    [wallet] = await ann.says("/coupons")
    assert "Coupon for your next visit: 10% off" in wallet
    assert "12 March 2027" in wallet
    await play.owner.says("/refund #N-2 10")
    assert "10% off" in (await ann.says("/coupons"))[0]
    await play.owner.says("/refund #N-2")
    assert "No coupons" in (await ann.says("/coupons"))[0]
    await play.owner.says("/sale @ann 30 tea #N-3")
    await play.owner.taps("Undo")
    assert "No coupons" in (await ann.says("/coupons"))[0]


async def test_a_used_next_visit_coupon_stays_used(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/script coupon any 10% 30")
    await play.owner.says("/sale @ann 30 tea #N-1")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", (await ann.says("/coupons"))[0])[0]  # type: ignore[index]
    await play.clerk.says(f"/redeem {code}")
    await play.owner.says("/refund #N-1")
    states = await play.database.read(lambda s: s.exec(select(Coupon.state)).all())
    assert states == ["redeemed"]


async def test_the_forms_ask_step_by_step(play: Play) -> None:
    await play.owner.says("/script")
    await play.owner.taps("New sentence")
    await play.owner.says("tea")
    await play.owner.taps("Skip")
    assert "at most 200" in (await play.owner.says("x" * 300))[0]
    assert "Bought tea → say “Smile”" in (await play.owner.says("Smile"))[0]
    await play.owner.taps("Confirm")
    await play.owner.says("/script")
    await play.owner.taps("Next-visit coupon")
    await play.owner.taps("Anything")
    assert "An offer is written like" in (await play.owner.says("101%"))[0]
    await play.owner.taps("5%")
    await play.owner.taps("14")
    assert "Bought anything → for the next visit: 5% off, good for 14 days" in (await play.owner.taps("Confirm"))[0]
    await play.owner.says("/script")
    assert "No longer: Bought tea" in (await play.owner.taps("Drop 1"))[0]


async def test_wrong_lines_are_answered_in_one_sentence_and_change_nothing(play: Play) -> None:
    await play.member("Ann")
    before = await play.database.read(everything)
    for line, says in WRONG.items():
        [told] = await play.owner.says(line)
        assert says in told, line
    after = await play.database.read(everything)
    assert after["selling_rules"] == before["selling_rules"] == []
    for line in ("/script new tea > honey", "/script off 1", "/script coupon tea 10% 5"):
        assert "not available here" in (await play.clerk.says(line))[0]
    assert (await play.clerk.says("/script"))[0].startswith("What to say today\nNothing yet.")
