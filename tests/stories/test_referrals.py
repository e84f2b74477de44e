"""Invitations: a friend counts who is new, stays and buys; what looks made up waits for the owner; none is forged."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import func, select

from bot.club import referrals, refunds, suspicions
from db.members import Account
from db.referrals import Referral
from tests.people import Play, Someone
from tests.stories.test_deals import in_the_group


async def link_of(someone: Someone) -> str:
    """The link that /invite shows."""
    [text] = await someone.says("/invite")
    found = re.search(r"https://\S+", text)
    assert found
    return found[0]


async def comes(play: Play, name: str, link: str) -> Someone:
    """A newcomer who opens a link and agrees."""
    someone = play.stranger(name)
    await someone.follows(link)
    await someone.taps("I agree")
    return someone


async def bought(play: Play, who: Someone, order: str = "A-1", amount: int = 40) -> None:
    """Somebody buys."""
    await play.owner.says(f"/sale @{who.name.lower()} {amount} tea #{order}")


async def member_id(play: Play, who: Someone) -> int:
    """Under which number the club knows somebody."""
    mine = select(Account.member_id).where(Account.external_id == who.id)
    found: int = await play.database.read(lambda session: session.exec(mine).one())
    return found


def letters(someone: Someone, words: str) -> int:
    """How many of somebody's messages hold some words."""
    return sum(words in text for text in someone.heard())


async def test_a_friend_counts_after_the_days_and_the_purchase_once(play: Play) -> None:
    ann = await play.member("Ann")
    cat = play.stranger("Cat")
    [hello] = await cat.follows(await link_of(ann))
    assert hello.startswith("Ann has invited you")
    await cat.taps("I agree")
    await bought(play, cat)
    await play.until("2027-02-17 09:59")
    assert await ann.points() == 20
    await play.until("2027-02-17 10:01")
    assert await ann.points() == 70
    assert await cat.points() == 80
    assert letters(ann, "has stayed and bought") == letters(cat, "by a friend's invitation") == 1
    await bought(play, cat, "A-2")
    await play.days(2)
    assert await ann.points() == 70
    assert "1 friend came by it. 1 counted." in (await ann.says("/invite"))[0]


async def test_a_purchase_after_the_days_counts_at_once_and_after_a_month_no_more(play: Play) -> None:
    ann = await play.member("Ann")
    link = await link_of(ann)
    cat, dan = await comes(play, "Cat", link), await comes(play, "Dan", link)
    await play.until("2027-03-12 09:30")
    await bought(play, cat)
    await play.club.tick()
    assert await ann.points() == 70
    await play.until("2027-03-13 09:30")
    await bought(play, dan, "A-2")
    await play.days(1)
    assert await ann.points() == 70


async def test_oneself_old_members_and_who_was_here_before_never_count(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    link = await link_of(ann)
    cat, dan = play.stranger("Cat"), await comes(play, "Dan", await link_of(bob))
    await cat.says("/menu")
    for someone in (ann, bob, cat, dan):  # Dan came by Bob's link first
        await someone.follows(link)
    await cat.taps("I agree")
    for number, someone in enumerate((bob, cat, dan)):
        await bought(play, someone, f"A-{number}")
    await play.days(8)
    assert await ann.points() == 20
    assert await bob.points() == 20 + 40 + 50


async def test_who_was_erased_and_comes_back_is_not_new(play: Play) -> None:
    ann, cat = await play.member("Ann"), await play.member("Cat")
    await cat.says("/forget")
    await cat.taps("erase")
    await cat.follows(await link_of(ann))
    await cat.taps("I agree")
    await bought(play, cat)
    await play.days(8)
    assert await ann.points() == 20


async def test_a_friend_must_stay_for_the_days_and_late_starts_see_it_so(play: Play) -> None:
    await in_the_group(play)
    ann = await play.member("Ann")
    link = await link_of(ann)
    friends = [await comes(play, name, link) for name in ("Early", "Late", "Back", "Blocks", "Gone")]
    early, late, back, blocks, gone = friends
    for number, friend in enumerate(friends):
        await bought(play, friend, f"A-{number}")
    for friend in (early, late, back):
        await friend.joins()
    await early.leaves()
    await back.leaves()
    await back.joins()
    await play.playground.block(blocks.id)
    await gone.says("/forget")
    await gone.taps("erase")
    play.clock.advance(play.clock.now().replace(day=18) - play.clock.now())  # down over the seventh day
    await late.leaves()
    await play.down_until("2027-02-19 10:00")
    await play.club.tick()
    assert await ann.points() == 20 + 2 * 50  # Late had stayed for the days, Back is here


@pytest.mark.parametrize("back", ["/refund #A-1", "undo"])
async def test_it_is_taken_back_with_the_purchase(play: Play, back: str) -> None:
    ann = await play.member("Ann")
    cat = await comes(play, "Cat", await link_of(ann))
    await play.days(8)
    await bought(play, cat)
    await play.club.tick()
    assert (await ann.points(), await cat.points()) == (70, 80)
    await (play.owner.taps("Undo") if back == "undo" else play.owner.says(back))
    assert (await ann.points(), await cat.points()) == (20, 20)
    assert letters(ann, "brought to Tea House was given back") == letters(cat, "for coming by an invitation are") == 1
    await bought(play, cat, "A-2")
    await play.days(1)
    assert await ann.points() == 20


async def test_the_sellers_own_waits_for_the_owner_whose_word_stands(play: Play) -> None:
    await play.owner.says("/start")
    await play.clerk.says("/start")
    link = await link_of(play.clerk)
    cat, dan = await comes(play, "Cat", link), await comes(play, "Dan", link)
    for number, friend in enumerate((cat, dan)):
        await play.clerk.says(f"/sale @{friend.name.lower()} 40 tea #A-{number}")
    await play.days(8)
    assert letters(play.owner, "also entered the purchase") == 2
    assert await cat.points() == await dan.points() == 60
    await cat.presses(f"referral:yes:{await member_id(play, cat)}")  # nobody but an owner
    assert await cat.points() == 60
    assert "Dan (M0004) counts" in (await play.owner.presses(f"referral:yes:{await member_id(play, dan)}"))[0]
    assert await dan.points() == 80
    await play.owner.presses(f"referral:no:{await member_id(play, cat)}")
    [settled] = await play.owner.presses(f"referral:yes:{await member_id(play, cat)}")
    assert "settled already" in settled
    await play.days(1)
    assert (await cat.points(), await dan.points()) == (60, 80)
    assert "did not let the invitation of Cat" in (await play.owner.says("/audit"))[0]


async def test_one_phone_one_name_and_a_burst_are_asked_about(play: Play) -> None:
    await play.owner.says("/start")
    ann, bob, cat = [await play.member(name) for name in ("Ann", "Bob", "Cat")]
    twin = await comes(play, "Bob", await link_of(bob))
    alike = await comes(play, "Dan", await link_of(cat))
    for each in (cat, alike):
        await each.says("/profile")
        await each.taps("Phone")
        await each.shares("+8613800138000")
    link = await link_of(ann)
    crowd = [await comes(play, f"F{number}", link) for number in range(6)]
    await play.until("2027-02-10 11:30")
    single = await comes(play, "Single", link)
    for friend in (twin, alike, crowd[0], single):
        await play.owner.says(f"/sale M{await member_id(play, friend):04} 40 tea")
    await play.days(8)
    for why in ("both bear the same name", "both have told the same phone", "within an hour"):
        assert letters(play.owner, why) == 1
    assert await ann.points() == 70  # the single one counts
    assert (await bob.points(), await twin.points()) == (20, 60)


@pytest.mark.parametrize(("minutes", "many"), [((0, 0, 0, 50, 100, 100), False), ((0, 45, 45, 45, 100, 100), True)])
def test_a_burst_is_more_than_so_many_within_any_hour(minutes: tuple[int, ...], many: bool) -> None:
    ten = datetime(2027, 2, 10, 10, tzinfo=UTC)
    assert suspicions.crowded((ten + timedelta(minutes=each) for each in minutes), 4) == many
    assert not suspicions.crowded((ten + timedelta(minutes=each) for each in minutes), 5)


async def test_a_question_is_over_once_the_purchase_is_refunded(play: Play) -> None:
    await play.owner.says("/start")
    await play.clerk.says("/start")
    cat = await comes(play, "Cat", await link_of(play.clerk))
    await play.clerk.says("/sale @cat 40 tea #A-1")
    await play.days(8)
    await play.owner.says("/refund #A-1")
    assert "settled already" in (await play.owner.taps("It counts"))[0]
    assert await cat.points() == 20


async def test_two_jobs_at_once_and_two_owners_at_once_pay_once(play: Play) -> None:
    ann = await play.member("Ann")
    cat = await comes(play, "Cat", await link_of(ann))
    await bought(play, cat)
    write, shop = play.database.write, play.club.shop.now
    later = play.clock.now() + timedelta(days=8)
    await asyncio.gather(*(write(referrals.settle, shop, now=later, limit=10) for _ in range(8)))
    await asyncio.gather(*(write(referrals.settle, shop, now=later, limit=10) for _ in range(8)))
    assert (await ann.points(), await cat.points()) == (70, 80)


async def test_a_refund_and_the_job_at_once_leave_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    link, many = await link_of(ann), 5
    friends = [await comes(play, f"Cat{turn}", link) for turn in range(many)]
    await play.owner.says("/settings referral.burst 99")
    await play.days(8)
    for turn, cat in enumerate(friends):
        await bought(play, cat, f"A-{turn}")
    write, shop, now = play.database.write, play.club.shop.now, play.clock.now()
    refunded = (write(refunds.refund, None, f"A-{turn}", None, shop, key=f"{turn}", now=now) for turn in range(many))
    jobs = (write(referrals.settle, shop, now=now, limit=10) for _ in range(many))
    await asyncio.gather(*(act for pair in zip(jobs, refunded, strict=True) for act in pair))
    await play.quiet()
    assert await ann.points() == 20
    assert [await cat.points() for cat in friends] == [20] * many


@pytest.mark.words
async def test_a_link_that_is_none_of_ours_meets_the_menu(play: Play) -> None:
    ann = await play.member("Ann")
    payload = (await link_of(ann)).partition("start=")[2]
    flipped = [payload[:at] + chr(ord(payload[at]) ^ 1) + payload[at + 1 :] for at in range(len(payload))]
    others = [
        "ref_1",
        "ref_-1",
        "ref_",
        "ref_0_" + "A" * 16,
        "ref_999_" + payload[-16:],
        payload + "A",
        payload.upper(),
    ]
    await ann.says("/forget")
    await ann.taps("erase")
    [plain] = await play.stranger("Bob").says("/start")
    for number, forged in enumerate([*flipped, *others, payload]):
        assert await play.stranger(f"F{number}").says(f"/start {forged}") == [plain]
    [menu] = await (await play.member("Eve")).says(f"/start {payload}")
    assert "Good to see you, Eve" in menu
    assert await play.database.read(lambda session: session.exec(select(func.count(Referral.friend_id))).one()) == 0
