"""Coupons for an audience: foretold, confirmed, given to each once, and reported."""

import asyncio
from datetime import timedelta

import pytest
from aiogram.methods import DeleteMessage
from sqlmodel import Session, func, select

from bot.club import giving_batches, givings, templates
from bot.club.members import Person, Role, Visitor, Who
from bot.club.rules import Shop
from bot.club.templates import AllGiven
from db.coupons import Coupon, CouponGiving, CouponTemplate
from db.engine import open_database
from db.outbox import Letter
from jobs import givings as job
from tests.crowds import crowd
from tests.people import Play, Someone
from tests.tables import everything

NIGHT = "2027-02-10 22:00"


async def tea(play: Play, more: str = "") -> list[Someone]:
    """A coupon, and Ann, Bob and Cid, of whom Ann and Bob like tea."""
    people = [await play.member(name) for name in ("Ann", "Bob", "Cid")]
    for name in ("ann", "bob"):
        await play.owner.says(f"/tag @{name} tea")
    await play.owner.says(f"/coupon new TEA 10 14 {more}")
    return people


async def held(play: Play) -> list[int]:
    """Whose the coupons are, in order."""
    look = select(Coupon.member_id).order_by(Coupon.member_id)
    return await play.database.read(lambda session: list(session.exec(look)))


def labels(someone: Someone) -> list[str]:
    """The buttons under the last message."""
    return [label for row in someone.sees()[-1].buttons for label, _ in row]


async def test_everybody_who_fits_gets_one_after_a_yes(play: Play) -> None:
    ann, bob, cid = await tea(play)
    before = await play.database.read(everything, "inbox", "conversations")
    [told] = await play.owner.says("/coupon give TEA tag:tea")
    assert told == "2 members get “TEA”, CN¥10 off each; at most CN¥20.\nAudience: tag:tea"
    assert labels(play.owner) == ["Confirm", "Cancel"]
    assert await play.database.read(everything, "inbox", "conversations") == before
    assert await play.owner.taps("Confirm") == ["“TEA” is given to 2 members."]
    for someone in (ann, bob):
        assert "A coupon from Tea House for you" in someone.heard()[-1]
        assert "TEA: CN¥10 off" in (await someone.says("/coupons"))[0]
        assert "Valid until 24 February 2027" in someone.heard()[-1]
    assert "No coupons" in (await cid.says("/coupons"))[0]
    assert "“TEA”: CN¥10 off · good for 14 days · 2 given" in (await play.owner.says("/coupon list"))[0]
    assert "gave the coupon “TEA” to tag:tea" in (await play.owner.says("/audit"))[0]
    kinds = await play.database.read(lambda s: s.exec(select(Letter.kind, Letter.rank).where(Letter.rank == 1)).all())
    assert [tuple(each) for each in kinds] == [("coupon_giving", 1)] * 2


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("points:50", "2 members get “CUP”, 50 points each; about CN¥1 by your estimates."),
        ("20%", "2 members get “CUP”, 20% off each; about CN¥20 by your estimates."),
        ("gift:cup", "2 members get “CUP”, a gift: cup each; about CN¥20 by your estimates."),
        ("9.90", "2 members get “CUP”, CN¥9.90 off each; at most CN¥19.80."),
    ],
)
async def test_what_it_costs_is_told_exactly_or_by_the_owners_estimates(play: Play, value: str, told: str) -> None:
    await tea(play)
    await play.owner.says(f"/coupon new CUP {value} 14")
    assert (await play.owner.says("/coupon give CUP 标签:tea"))[0].splitlines()[0] == told
    await play.owner.says("/untag @bob tea")
    one = (await play.owner.says("/coupon give CUP tag:tea"))[0].splitlines()[0]
    assert one.startswith("1 member gets “CUP”")
    assert "each" not in one


async def test_strangers_the_erased_and_the_giver_get_none(play: Play) -> None:
    await tea(play)
    await play.stranger("Sue").says("/checkin")
    dan, may = await play.member("Dan"), await play.member("May")
    await play.owner.says("/staff add @may manager")
    await dan.says("/forget")
    await dan.taps("erase me")
    assert (await may.says("/coupon give TEA all"))[0].startswith("3 members get")
    await may.taps("Confirm")
    assert await held(play) == [3, 4, 5]


async def test_who_wants_no_letters_has_it_in_the_wallet(play: Play) -> None:
    ann, bob, _ = await tea(play)
    await ann.presses("notify:none")
    await bob.presses("notify:own")
    heard = len(ann.heard())
    await play.owner.says("/coupon give TEA everybody")
    await play.owner.taps("Confirm")
    assert len(ann.heard()) == heard
    assert "for you" in bob.heard()[-1]
    assert "TEA" in (await ann.says("/coupons"))[0]


async def test_at_night_the_coupons_come_at_once_and_the_letters_in_the_morning(play: Play) -> None:
    ann, *_ = await tea(play)
    await play.down_until(NIGHT)
    heard = len(ann.heard())
    await play.owner.says("/coupon give TEA all")
    [told] = await play.owner.taps("Confirm")
    assert "It is night: the letters go out after 09:00." in told
    await play.down_until("2027-02-11 08:59")
    assert len(ann.heard()) == heard
    await play.until("2027-02-11 09:11")
    assert "for you" in ann.heard()[-1]


async def test_no_more_than_there_are_and_none_twice_where_one_is_the_limit(play: Play) -> None:
    await tea(play, "quota:3 limit:1")
    await play.member("Dan")
    await play.owner.says("/coupon give TEA @bob")
    [told] = await play.owner.says("/coupon give TEA all")
    assert told.splitlines() == [
        "2 members get “TEA”, CN¥10 off each; at most CN¥20.",
        "Audience: all",
        "1 has had theirs already.",
        "1 more would fit, but there are no more coupons.",
    ]
    await play.owner.says("/coupon give TEA all")
    await play.member("Eve")  # a fifth, after it was told
    [told] = await play.owner.taps("Confirm")
    assert told.splitlines() == [
        "“TEA” is given to 2 members.",
        "1 has had theirs already.",
        "2 came too late: none was left for them.",
    ]
    assert await held(play) == [3, 4, 5]
    assert "All 3 coupons “TEA” are given out." in (await play.owner.says("/coupon give TEA all"))[0]


async def test_no_more_is_given_than_was_told(play: Play) -> None:
    await tea(play)
    await play.owner.says("/coupon give TEA all")
    await play.member("Dan")
    [told] = await play.owner.taps("Confirm")
    assert told == "“TEA” is given to 3 members.\n1 came too late: none was left."
    assert await held(play) == [3, 4, 5]


async def test_without_a_limit_a_second_giving_brings_a_second_coupon(play: Play) -> None:
    await tea(play)
    for _ in range(2):
        await play.owner.says("/coupon give TEA tag:tea")
        await play.owner.taps("Confirm")
    assert await held(play) == [3, 3, 4, 4]
    await play.owner.says("/coupon new TWO 10 14 limit:2")
    for _ in range(2):
        await play.owner.says("/coupon give TWO tag:tea")
        await play.owner.taps("Confirm")
    assert "Nobody who fits “tag:tea”" in (await play.owner.says("/coupon give TWO tag:tea"))[0]


async def test_a_coupon_for_some_is_given_to_nobody_else(play: Play) -> None:
    await tea(play, 'audience:"tag:tea"')
    assert "only for tag:tea" in (await play.owner.says("/coupon list"))[0]
    assert await play.owner.says("/coupon give TEA @cid") == ["“TEA” is only for tag:tea; M0005 is not among them."]
    assert "Given to Ann" in (await play.owner.says("/coupon give TEA @ann"))[0]
    [told] = await play.owner.says("/coupon give TEA all")
    assert told.startswith("2 members get")
    await play.owner.taps("Confirm")
    assert await held(play) == [3, 3, 4]
    await play.owner.says("/coupon new 新茶 10 14 人群:“标签:tea”")
    assert "M0005 is not among them" in (await play.owner.says("/coupon give 新茶 M0005"))[0]


async def test_two_hundred_need_a_second_yes(play: Play) -> None:
    await tea(play)
    await play.database.write(crowd, 196)
    assert (await play.owner.says("/coupon give TEA all"))[0].startswith("199 members get")
    await play.database.write(crowd, 1)
    [told] = await play.owner.says("/coupon give TEA all")
    assert told.startswith("200 members get “TEA”, CN¥10 off each; at most CN¥2,000.")
    mark = play.owner.button("Confirm")[1].rpartition(":")[2]
    assert "no longer works" in (await play.owner.presses(f"giving:sure:{mark}"))[0]
    assert await held(play) == []
    [again] = await play.owner.taps("Confirm")
    assert again == told + "\nThat is a lot. Shall I really give them?"
    assert await held(play) == []
    assert await play.owner.taps("Confirm: 200 coupons") == ["“TEA” is given to 200 members."]
    assert len(await held(play)) == 200


async def test_a_no_an_old_yes_and_somebody_elses_yes_give_nothing(play: Play) -> None:
    await tea(play)
    await play.owner.says("/coupon new CAKE 5 14")
    may = await play.member("May")
    await play.owner.says("/staff add @may manager")
    await play.owner.says("/coupon give TEA all")
    old = play.owner.button("Confirm")[1]
    assert "no longer works" in (await may.presses(old))[0]
    await play.owner.says("/coupon give CAKE tag:tea")
    assert "no longer works" in (await play.owner.presses(old))[0]
    [dropped] = await play.owner.taps("Cancel")
    assert "Nothing was changed" in dropped
    for data in (old, "giving:yes:", "giving:", "giving:no:1", "giving:sure:x"):
        assert "no longer works" in (await play.owner.presses(data))[0], data
    assert await held(play) == []


async def test_two_taps_give_once(play: Play) -> None:
    await tea(play)
    await play.owner.says("/coupon give TEA all")
    message, data = play.owner.button("Confirm")
    await asyncio.gather(*(play.playground.press(play.owner.id, play.owner.id, message.id, data) for _tap in range(3)))
    await play.quiet()
    assert play.owner.heard()[-1] == "“TEA” is given to 3 members."
    assert await held(play) == [3, 4, 5]
    assert "Nothing is open" in (await play.owner.says("/cancel"))[0]


async def test_who_passed_theirs_on_has_had_it_and_who_got_it_from_a_friend_has_not(play: Play) -> None:
    ann, bob, _ = await tea(play)
    await play.owner.says("/coupon new CUP gift:cup 14 transferable:yes limit:1")
    await play.owner.says("/coupon give CUP @ann")
    link = next(word for word in (await ann.taps("Pass on"))[0].split() if word.startswith("https"))
    await bob.follows(link)
    await bob.taps("Accept")
    assert "1 has had theirs already." in (await play.owner.says("/coupon give CUP tag:tea"))[0]
    assert (await play.owner.taps("Confirm"))[0].startswith("“CUP” is given to 1 member.")
    assert await held(play) == [4, 4]


async def test_a_letter_that_waited_goes_to_whoever_has_the_coupon_and_to_nobody_else(play: Play) -> None:
    """It is night; Ann passes it on before her letter is sent."""
    ann, bob, _ = await tea(play)
    await play.owner.says("/coupon new CUP gift:cup 14 transferable:yes")
    await play.owner.says("/untag @bob tea")
    await play.down_until(NIGHT)
    await play.owner.says("/coupon give CUP tag:tea")
    await play.owner.taps("Confirm")
    await ann.says("/coupons")
    link = next(word for word in (await ann.taps("Pass on"))[0].split() if word.startswith("https"))
    await bob.follows(link)
    await bob.taps("Accept")
    heard = len(ann.heard())
    await play.until("2027-02-11 09:11")
    assert len(ann.heard()) == heard


async def test_many_are_given_in_batches_by_the_job_and_the_message_tells_how_far(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_batches, "BATCH", 2)
    monkeypatch.setattr(job, "SOON", 0)
    await tea(play)
    await play.database.write(crowd, 4)
    await play.owner.says("/coupon give TEA all")
    assert await play.owner.taps("Confirm") == ["“TEA”: 2 of 7 are given so far. I tell you here when it is done."]
    await play.club.tick()
    assert len(await held(play)) == 2  # the answer to the yes goes before
    play.clock.advance(timedelta(seconds=3))
    seen: list[str] = []

    async def watch() -> None:
        while not seen or "given to" not in seen[-1]:
            if (said := play.owner.heard()[-1]) not in seen:
                seen.append(said)
            await asyncio.sleep(0)

    await asyncio.gather(play.club.tick(), watch())
    assert [text.split(". ")[0] for text in seen] == [
        "“TEA”: 2 of 7 are given so far",
        "“TEA”: 4 of 7 are given so far",
        "“TEA”: 6 of 7 are given so far",
        "“TEA” is given to 7 members.",
    ]
    assert await held(play) == [*range(3, 10)]
    giving = await play.database.read(lambda session: session.exec(select(CouponGiving)).one())
    assert (giving.state, giving.given, giving.account_id, giving.message_id) == ("done", 7, None, None)


async def test_after_a_restart_it_goes_on_where_it_was(
    play: Play, url: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_batches, "BATCH", 2)
    await tea(play, "quota:6")
    await play.database.write(crowd, 4)
    await play.owner.says("/coupon give TEA all")
    await play.owner.taps("Confirm")
    now = play.clock.now() + timedelta(days=1)  # down for a day: the last day stays as it was
    restarted = open_database(url)
    await job.run(restarted, {"playground": play.playground}, shop, now)
    await job.run(restarted, {"playground": play.playground}, shop, now)
    await restarted.close()
    assert await held(play) == [*range(3, 9)]
    assert play.owner.heard()[-1] == "“TEA” is given to 6 members.\n1 came too late: none was left."
    ends = await play.database.read(lambda session: session.exec(select(Coupon.good_until).distinct()).all())
    assert len(ends) == 1


async def test_the_report_comes_anew_where_its_message_is_gone(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_batches, "BATCH", 2)
    await tea(play)
    await play.owner.says("/coupon give TEA all")
    await play.owner.taps("Confirm")
    await play.playground.send(DeleteMessage(chat_id=play.owner.id, message_id=play.owner.sees()[-1].id))
    play.clock.advance(timedelta(seconds=3))
    await play.club.tick()
    assert play.owner.heard()[-1] == "“TEA” is given to 3 members."


async def test_a_giver_who_was_erased_is_told_nothing_and_the_coupons_are_given(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_batches, "BATCH", 2)
    await tea(play)
    may = await play.member("May")
    await play.owner.says("/staff add @may manager")
    await may.says("/coupon give TEA all")
    await may.taps("Confirm")
    await play.owner.says("/staff remove @may")
    await may.says("/forget")
    assert "you are erased" in (await may.taps("erase me"))[0]
    heard = may.heard()
    play.clock.advance(timedelta(seconds=3))
    await play.club.tick()
    assert await held(play) == [3, 4, 5]
    assert may.heard() == heard


async def test_many_and_single_ones_at_once_stay_within_quota_and_limit(play: Play, shop: Shop) -> None:
    """Two givings to sixty and forty single ones want thirty coupons, one for each member."""
    await play.owner.says("/start")
    ids = await play.database.write(crowd, 60)
    await play.owner.says("/coupon new TEA 10 14 quota:30 limit:1")
    boss = Person(Visitor("playground", 1, ""), 1, 1, None, None, False, True, Role.OWNER)
    now = play.clock.now()

    def begin(session: Session, mark: str) -> int:
        [template] = session.exec(select(CouponTemplate)).all()
        giving = CouponGiving(key=mark, template_id=template.id or 0, audience="all", most=60, given_by=1)
        giving.good_until, giving.began_at = templates.good_until(template, shop, now), now
        session.add(giving)
        session.flush()
        return giving.id or 0

    begun = [await play.database.write(begin, mark) for mark in ("a", "b")]
    singles = [
        play.database.write(templates.give, boss, "TEA", Who("playground", f"M{n:04d}"), shop, key=f"{n}", now=now)
        for n in ids[20:]
    ]
    many = [play.database.write(givings.go_on, each, shop, now=now) for each in begun]
    done = await asyncio.gather(*singles[:20], *many, *singles[20:], return_exceptions=True)
    refused = [each for each in done if isinstance(each, BaseException)]
    assert all(isinstance(each, AllGiven | templates.HadTheirs) for each in refused), refused
    owners = await held(play)
    assert len(owners) == len(set(owners)) == 30
    issued = await play.database.read(lambda s: s.exec(select(CouponTemplate.issued)).one())
    letters = await play.database.read(
        lambda s: s.exec(select(func.count()).where(Letter.kind.startswith("coupon_giv"))).one()
    )
    assert (issued, letters) == (30, 30)
