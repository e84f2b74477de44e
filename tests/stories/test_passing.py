"""Passing on: a gift coupon goes to a friend by a link that works once, under a new code."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from bot.club import coupons, passing
from bot.club.errors import ClubError
from bot.club.members import Person, Role, Visitor
from db.coupons import COUPON_TRANSFERS, Coupon, CouponTransfer
from db.outbox import Letter
from tests.people import Play, Someone
from tests.tables import everything

CUP = '/coupon new "Free cup" gift:cup 30 transferable:yes'
OVER = "This link does not work any more."
FASTER = "Somebody was a moment faster"
NOWHERE = "https://t.me/regulars_bot?start=pass_" + "x" * 24
CODE = re.compile(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2}")


async def given(play: Play, line: str = CUP) -> Someone:
    """Ann, with a coupon that may be passed on."""
    ann = await play.member("Ann")
    await play.owner.says(line)
    name = line.split('"')[1]
    await play.owner.says(f'/coupon give "{name}" @ann')
    return ann


async def link_of(someone: Someone) -> str:
    """Make the link that passes somebody's coupon on."""
    await someone.says("/coupons")
    [said] = await someone.taps("Pass on")
    return re.search(r"https://\S+", said)[0]  # type: ignore[index]


async def code_of(someone: Someone) -> str:
    """The first code in somebody's wallet."""
    [wallet] = await someone.says("/coupons")
    return CODE.search(wallet)[0]  # type: ignore[index]


async def one(play: Play) -> Coupon:
    """The only coupon."""
    return await play.database.read(lambda session: session.exec(select(Coupon)).one())


async def test_a_gift_coupon_goes_to_a_friend_under_a_new_code(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    old = await code_of(ann)
    link = await link_of(ann)
    assert len(link.rpartition("=")[2]) <= 64
    [shown] = await bob.follows(link)
    assert shown.startswith("Ann would like you to have this:\n\nFree cup: a gift: cup\nValid until 12 March 2027")
    assert not CODE.search(shown)
    [done] = await bob.taps("Accept")
    new = CODE.search(done)[0]  # type: ignore[index]
    assert new != old
    assert await code_of(bob) == new
    assert "No coupons" in (await ann.says("/coupons"))[0]
    assert "Bob has accepted your coupon “Free cup”." in "".join(ann.heard())
    for dead in (f"/redeem {old}", old):
        assert "no coupon with this code" in (await play.clerk.says(dead))[0]
    assert "no coupon with this code" in (await ann.presses(f"qr:{old}"))[0]
    assert "Done: a gift: cup for M0004, Bob: “Free cup”." in (await play.clerk.says(f"/redeem {new}"))[0]


async def test_only_a_marked_gift_has_the_button(play: Play) -> None:
    ann = await given(play)
    assert "may be passed on" in (await play.owner.says("/coupon list"))[0]
    assert [text for row in ann.sees()[-1].buttons for text, _ in row] == ["Pass on"]  # under the letter
    await play.owner.says("/coupon new PLAIN gift:tea 14")
    await play.owner.says("/coupon give PLAIN @ann")
    await ann.says("/coupons")
    labels = [[text for text, _ in row] for row in ann.sees()[-1].buttons]
    assert labels == [["QR code: PLAIN"], ["QR code: Free cup", "Pass on"]]
    plain = await code_of(ann)
    bob = await play.member("Bob")
    cups = (await one_called(play, "Free cup")).code
    before = await play.database.read(everything, "inbox")
    assert "cannot be passed on" in (await ann.presses(f"pass:{plain}"))[0]
    await bob.says("/coupons")
    for someone_elses in (cups, "K7QM-3XWF-9TRB"):
        assert "no coupon with this code" in (await bob.presses(f"pass:{someone_elses}"))[0]
    assert await play.database.read(everything, "inbox") == before


async def one_called(play: Play, name: str) -> Coupon:
    """The coupon of a name."""
    return await play.database.read(lambda session: session.exec(select(Coupon).where(Coupon.name == name)).one())


@pytest.mark.parametrize("value", ["10", "20%", "points:50", "x2"])
async def test_points_and_money_are_never_passed_on(play: Play, value: str) -> None:
    await play.owner.says("/start")
    before = await play.database.read(everything, "inbox")
    [refusal] = await play.owner.says(f"/coupon new TEA {value} 14 transferable:yes")
    assert refusal == "Only a gift can be passed on, such as gift:cup; money and points stay with their member."
    [refusal] = await play.owner.says("/coupon new TEA gift:tea 14 transferable:maybe")
    assert refusal == "transferable: is yes or no."
    assert await play.database.read(everything, "inbox") == before


@pytest.mark.parametrize("option", ["可转赠:是", "可轉贈：是", "transferable:YES"])
async def test_it_is_said_in_chinese_too(play: Play, option: str) -> None:
    [made] = await play.owner.says(f"/coupon new 请喝茶 礼品:绿茶 30 {option}")
    assert "“请喝茶”: a gift: 绿茶 · good for 30 days · may be passed on" in made
    assert "may be passed on" not in (await play.owner.says("/coupon new B gift:b 30 transferable:no"))[0]


async def test_a_stranger_agrees_first_and_the_link_survives_it(play: Play) -> None:
    ann, sue = await given(play), play.stranger("Sue")
    [hello] = await sue.follows(await link_of(ann))
    assert "If you agree" in hello
    assert "cup" not in hello
    [shown] = await sue.taps("I agree")
    assert "member M0004 now" in shown
    assert "Ann would like you to have this" in shown
    assert CODE.search((await sue.taps("Accept"))[0])


async def test_a_wrong_link_shows_nothing(play: Play) -> None:
    ann, bob, sue = await given(play), await play.member("Bob"), play.stranger("Sue")
    await link_of(ann)
    for link in (NOWHERE, NOWHERE[:-24], NOWHERE + "y" * 20):
        assert (await bob.follows(link))[0].startswith(OVER)
    assert (await bob.presses("accept:" + "x" * 24))[0].startswith(OVER)
    assert "If you agree" in (await sue.follows(NOWHERE))[0]
    [welcomed] = await sue.taps("I agree")
    assert "Welcome, Sue!" in welcomed
    assert OVER in welcomed


async def test_it_can_be_taken_back_until_it_is_accepted(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    code, link = await code_of(ann), await link_of(ann)
    await bob.follows(link)
    assert await ann.taps("Take it back") == ["“Free cup” stays yours; the link no longer works."]
    assert (await bob.taps("Accept"))[0].startswith(OVER)
    assert (await bob.follows(link))[0].startswith(OVER)
    assert await code_of(ann) == code
    await bob.follows(await link_of(ann))
    await bob.taps("Accept")
    assert "Your friend was faster and has accepted “Free cup”." in (await ann.taps("Take it back"))[0]
    for forged in ("unpass:1", "unpass:99", "unpass:x"):
        cid = await play.member("Cid")
        assert "no longer works" in (await cid.presses(forged))[0]


async def test_only_the_latest_link_works(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    first, second = await link_of(ann), await link_of(ann)
    assert (await bob.follows(first))[0].startswith(OVER)
    assert "Free cup" in (await bob.follows(second))[0]


async def test_of_two_who_opened_one_link_one_wins_and_the_other_is_told_kindly(play: Play) -> None:
    ann, bob, cid = await given(play), await play.member("Bob"), await play.member("Cid")
    link = await link_of(ann)
    for someone in (bob, cid):
        await someone.follows(link)
    assert "It is yours" in (await bob.taps("Accept"))[0]
    assert (await cid.taps("Accept"))[0].startswith(FASTER)
    assert (await cid.follows(link))[0].startswith(FASTER)
    assert "accepted it already" in (await bob.follows(link))[0]
    assert "has accepted “Free cup”" in (await ann.follows(link))[0]
    assert "No coupons" in (await cid.says("/coupons"))[0]


async def test_the_giver_cannot_accept_their_own(play: Play) -> None:
    ann = await given(play)
    link = await link_of(ann)
    assert "Send the link to a friend" in (await ann.follows(link))[0]
    assert "Take it back" in ann.sees()[-1].buttons[0][0][0]
    token = link.rpartition("pass_")[2]
    before = await play.database.read(everything, "inbox")
    assert "This coupon is yours already" in (await ann.presses(f"accept:{token}"))[0]
    assert await play.database.read(everything, "inbox") == before


async def test_what_is_used_or_taken_back_by_the_shop_or_over_is_not_accepted(play: Play) -> None:
    bob = await play.member("Bob")
    ann = await play.member("Ann")
    await play.owner.says(CUP)
    for end in ("/redeem {code}", "/coupon revoke {code} a mistake"):
        await play.owner.says('/coupon give "Free cup" @ann')
        link, code = await link_of(ann), await code_of(ann)
        await bob.follows(link)
        await play.owner.says(end.format(code=code))
        assert (await bob.taps("Accept"))[0].startswith(OVER), end
        assert (await bob.follows(link))[0].startswith(OVER), end
    await play.owner.says('/coupon give "Free cup" @ann')
    link = await link_of(ann)
    await bob.follows(link)
    play.clock.advance(timedelta(days=31))  # before anybody marks it
    assert (await bob.taps("Accept"))[0].startswith(OVER)
    await play.club.tick()
    assert (await bob.follows(link))[0].startswith(OVER)
    assert "No coupons" in (await bob.says("/coupons"))[0]


async def test_a_link_does_not_come_back_with_a_refund(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    link = await link_of(ann)
    await play.clerk.says(f"/redeem {await code_of(ann)}")
    coupon = await one(play)
    assert await play.database.write(coupons.give_back, 1, coupon.id, now=play.clock.now())
    assert (await bob.follows(link))[0].startswith(OVER)
    assert await code_of(ann) == coupon.code


async def test_it_may_go_on_and_come_back_and_every_step_is_kept(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    for giver, taker in ((ann, bob), (bob, ann), (ann, bob)):
        await taker.follows(await link_of(giver))
        assert "It is yours" in (await taker.taps("Accept"))[0]
    log = await play.database.read(lambda s: s.exec(select(CouponTransfer).order_by(CouponTransfer.id)).all())
    assert [(each.from_id, each.to_id) for each in log] == [(3, 4), (4, 3), (3, 4)]
    assert all(timedelta() <= play.clock.now() - each.at < timedelta(minutes=1) for each in log)


@pytest.mark.parametrize("change", ["UPDATE coupon_transfers SET to_id = 3", "DELETE FROM coupon_transfers"])
async def test_what_was_passed_on_stays_written(play: Play, change: str) -> None:
    ann, bob = await given(play), await play.member("Bob")
    await bob.follows(await link_of(ann))
    await bob.taps("Accept")
    with pytest.raises(DBAPIError, match="never changed"):
        await play.database.write(lambda session: session.connection().exec_driver_sql(change).close())


async def test_quota_and_limit_count_whom_it_was_given_to(play: Play) -> None:
    ann, bob = await given(play, CUP + " quota:2 limit:1"), await play.member("Bob")
    await bob.follows(await link_of(ann))
    await bob.taps("Accept")
    assert "as often as a member may" in (await play.owner.says('/coupon give "Free cup" @ann'))[0]
    assert "Given to Bob" in (await play.owner.says('/coupon give "Free cup" @bob'))[0]
    assert "2 of 2 given" in (await play.owner.says("/coupon list"))[0]


async def test_the_givers_letters_are_dead_and_the_friend_is_reminded(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    await play.down_until("2027-03-05 09:00")
    await play.owner.says("/pause")
    await play.down_until("2027-03-05 12:00")  # Ann's reminder waits
    await bob.follows(await link_of(ann))
    await bob.taps("Accept")
    await play.owner.says("/resume")
    await play.down_until("2027-03-06 12:00")
    await play.down_until("2027-03-11 12:00")
    assert not [text for text in ann.heard() if "still waiting" in text]
    [reminder] = [text for text in bob.heard() if "still waiting" in text]
    assert await code_of(bob) in reminder
    dropped = select(Letter.reason).where(Letter.kind == "coupon_reminder", Letter.member_id == 3)
    assert await play.database.read(lambda session: session.exec(dropped).all()) == ["coupon used"]


async def test_nobody_is_reminded_of_what_they_accepted_just_now(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    await play.down_until("2027-03-04 23:00")
    await bob.follows(await link_of(ann))
    await bob.taps("Accept")
    await play.down_until("2027-03-05 12:00")
    assert not [text for text in bob.heard() if "still waiting" in text]


async def test_links_are_kept_as_hashes_alone(play: Play) -> None:
    ann = await given(play)
    token = (await link_of(ann)).rpartition("pass_")[2]
    assert len(token) >= 22  # 128 bits
    assert token not in str(await play.database.read(everything))


async def test_who_passed_it_on_reads_nothing_of_where_it_is_now(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bob")
    await bob.follows(await link_of(ann))
    await bob.taps("Accept")
    await ann.says("/mydata")
    told = next(m.file for m in reversed(ann.sees()) if m.file).data.decode()
    assert "coupon_transfers" in told
    assert await code_of(bob) not in told


async def test_either_side_can_be_erased(play: Play) -> None:
    ann, bob = await given(play), await play.member("Bobcanary")
    await bob.follows(await link_of(ann))
    await bob.taps("Accept")
    assert "Bobcanary" in ann.heard()[-1]
    for someone in (bob, ann):
        await someone.says("/forget")
        assert "you are erased" in (await someone.taps("erase me"))[0]
    kept = str(await play.database.read(everything))
    assert "Bobcanary" not in kept
    assert (await one(play)).state == "revoked"
    log = await play.database.read(lambda s: s.exec(select(CouponTransfer.from_id, CouponTransfer.to_id)).all())
    assert [tuple(each) for each in log] == [(3, 4)]


async def test_the_link_of_an_erased_giver_is_over_and_the_letter_names_no_erased_friend(play: Play) -> None:
    ann, bob, cid = await given(play), await play.member("Bob"), await play.member("Cidcanary")
    await cid.follows(await link_of(ann))
    await cid.taps("Accept")
    await cid.says("/forget")
    await cid.taps("erase me")
    assert "Cidcanary" not in str(await play.database.read(everything))  # not in the letter that told Ann either
    await play.owner.says('/coupon give "Free cup" @bob')
    link = await link_of(bob)
    await bob.says("/forget")
    await bob.taps("erase me")
    assert (await play.owner.follows(link))[0].startswith(OVER)


async def test_twelve_friends_at_once_and_the_giver_takes_it_back(play: Play) -> None:
    """Half of the rounds with the giver's change of mind in between: whoever it is, the coupon has one owner."""
    await given(play)
    friends = [await play.member(f"Friend{n}") for n in range(12)]
    people = {n: taker(n) for n in range(4, 4 + len(friends))}
    now = play.clock.now()

    def holder(session: Session) -> tuple[int, str]:
        coupon = session.exec(select(Coupon)).one()
        return coupon.member_id, coupon.code

    for number in range(6):
        owner, code = await play.database.read(holder)
        _, token = await play.database.write(passing.offer, owner, code, now=now)
        acts = [play.database.write(passing.accept, who, token, now=now) for n, who in people.items() if n != owner]
        if number % 2:
            acts.insert(6, play.database.write(passing.take_back, owner, 1))
        done = await asyncio.gather(*acts, return_exceptions=True)
        won = [each for each in done if not isinstance(each, BaseException)]
        assert all(isinstance(each, ClubError) for each in done if isinstance(each, BaseException)), done
        assert len(won) == 1, won
        new_owner, new_code = await play.database.read(holder)
        assert (new_owner == owner) == (won == ["Free cup"])
        assert (new_code == code) == (new_owner == owner)
    passed = await play.database.read(lambda s: len(s.connection().execute(select(COUPON_TRANSFERS)).all()))
    assert 3 <= passed <= 6


def taker(member_id: int) -> Person:
    """A member as the doors would hand them in."""
    return Person(Visitor("playground", member_id, ""), 0, member_id, None, None, True, True, Role.MEMBER)
