"""Journeys that the owner wrote: begun by a tag, a grade or a coupon, and refused at the start if they cannot work."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.club import own_journeys
from bot.club.own_journeys import BadJourney
from bot.club.rules import Shop
from db.coupons import Coupon
from tests.acts import AT
from tests.people import Play
from tests.stories.test_journeys import got, trips_of

FILE = """
begins = "{begins}"
of = "{of}"
again = "{again}"
title = {{ zh_CN = "老友", zh_TW = "老友", en = "Old friends" }}
about = {{ zh_CN = "谢谢", zh_TW = "謝謝", en = "Thanks" }}
[[steps]]
name = "thanks"
{step}
[steps.text]
zh_CN = "谢谢您 {words}"
zh_TW = "謝謝您 {words}"
en = "Thank you <3 {words}"
[[steps]]
name = "later"
day = 2
text = {{ zh_CN = "还好吗", zh_TW = "還好嗎", en = "Still well?" }}
"""
Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Writes an owner's journeys and takes them in, as the start does."""

    def take(name: str = "friends", *, offer: str = "", **about: str) -> None:
        said = {"begins": "tag", "of": "", "again": "each", "step": "", "words": ""} | about
        said |= {"step": f'offer = "{offer}"', "words": "{coupon}"} if offer else {}
        (tmp_path / f"{name}.toml").write_text(FILE.format(**said), "utf-8")
        own_journeys.take_in(tmp_path, Shop(name="Tea House", locale="en"), now=AT)

    yield take
    own_journeys.take_in(tmp_path / "none", Shop(), now=AT)


async def test_a_tag_begins_it_and_another_one_does_not(play: Play, write: Write) -> None:
    write(of="Green Tea")
    ann = await play.member("Ann")
    await play.owner.says("/tag @ann green tea")
    assert "⬜ Old friends" in (await play.owner.says("/journeys"))[0]
    await play.owner.says("/journeys on friends")
    await play.owner.says("/tag @ann black tea")
    assert await trips_of(play, "journey") == []  # of what was there before it was switched on nothing begins
    await play.owner.says('/untag @ann "green tea"')
    await play.owner.says('/tag @ann "green tea"')
    await play.owner.says('/tag @ann "green tea"')
    assert await trips_of(play, "journey") == [("friends",)]
    await play.until("2027-02-10 10:02")
    assert "Thank you <3" in ann.heard()[-1]
    await play.until("2027-02-12 09:31")
    assert got(ann, "Still well?") == 1


async def test_a_grade_begins_it_as_it_rises_and_not_as_it_falls(play: Play, write: Write) -> None:
    write(begins="grade", of="vip")
    write("risen", begins="grade")
    ann, bob = await play.member("Ann"), await play.member("Bob")
    for name in ("friends", "risen"):
        await play.owner.says(f"/journeys on {name}")
    await play.owner.says("/sale @ann 1200 pot #1")
    await play.owner.says("/grade @bob svip an old friend")
    assert await trips_of(play, "journey", "member_id") == [("friends", 3), ("risen", 3), ("risen", 4)]
    await play.owner.says("/grade @bob vip thanks")
    await play.owner.says("/refund #1")
    assert len(await trips_of(play, "journey")) == 3
    await play.until("2027-02-10 10:02")
    assert (got(ann, "Thank you <3"), got(bob, "Thank you <3")) == (1, 1)  # one offer a day


async def test_a_coupon_begins_it_when_it_is_issued_or_used(play: Play, write: Write) -> None:
    write("given", begins="coupon issued", of="TEA")
    write("used", begins="coupon redeemed", of="tea")
    await play.member("Ann")
    await play.member("Bob")
    for name in ("given", "used"):
        await play.owner.says(f"/journeys on {name}")
    await play.owner.says("/coupon new TEA 10 30")
    await play.owner.says("/coupon new CUP 10 30")
    await play.owner.says("/coupon give CUP @ann")
    assert await trips_of(play, "journey") == []
    await play.owner.says("/coupon give TEA @ann")
    assert await trips_of(play, "journey", "member_id") == [("given", 3)]
    await play.owner.says("/coupon give TEA all")
    await play.owner.taps("Confirm")
    await play.until("2027-02-10 10:01")
    assert sorted(await trips_of(play, "journey", "member_id")) == [("given", 3), ("given", 3), ("given", 4)]
    tea = select(Coupon.code).where(Coupon.name == "TEA")
    code = await play.database.read(lambda session: session.exec(tea).first())
    await play.clerk.says(f"/redeem {code}")
    assert ("used", 3) in await trips_of(play, "journey", "member_id")


async def test_who_comes_late_gets_no_heap(play: Play, write: Write) -> None:
    write()
    ann = await play.member("Ann")
    await play.owner.says("/journeys on friends")
    await play.owner.says("/tag @ann tea")
    await play.down_until("2027-02-12 12:00")
    assert (got(ann, "Thank you <3"), got(ann, "Still well?")) == (0, 1)


async def test_of_a_file_that_was_taken_away_nothing_more_is_sent(play: Play, write: Write, tmp_path: Path) -> None:
    write()
    ann = await play.member("Ann")
    await play.owner.says("/journeys on friends")
    await play.owner.says("/tag @ann tea")
    await play.down_until("2027-02-10 22:00")  # so that the first letter waits for the morning
    own_journeys.take_in(tmp_path / "none", Shop(), now=AT)
    await play.until("2027-02-12 12:00")
    assert (got(ann, "Thank you <3"), got(ann, "Still well?")) == (0, 0)
    assert "its journey was changed" in (await play.owner.says("/why @ann"))[0]
    assert "friends" not in (await play.owner.says("/journeys"))[0]


def test_one_that_begins_itself_is_refused_by_name(write: Write) -> None:
    with pytest.raises(BadJourney, match=r"begins itself by its own coupon: friends → friends"):
        write(begins="coupon issued", offer="10%")
    with pytest.raises(BadJourney, match="begins itself"):
        write(begins="coupon issued", of="friends", offer="10%")
    write(begins="coupon issued", of="welcome", offer="10%")
    write("others", begins="coupon issued", of="friends", offer="5%")
    with pytest.raises(BadJourney, match="friends → others → friends"):
        write(begins="coupon issued", of="others", offer="10%")


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"begins": "moon"}, "begins"),
        ({"again": "sometimes"}, "again"),
        ({"begins": "job"}, "a journey that is a job keeps"),
        ({"name": "Old Friends"}, "names are at most 20"),
        ({"name": "birthday"}, "a journey that is a job keeps"),
        ({"words": "{moon}"}, "no other places"),
        ({"words": "{coupon}"}, "without one in none"),
        ({"words": "{"}, "no other places"),
        ({"offer": "a lot"}, "offer 'a lot'"),
        ({"step": 'kind = "usage"'}, "a usage has no place"),
        ({"step": 'only = "grde:vip"'}, "audience 'grde:vip'"),
        ({"step": "colour = 3"}, "steps.0.colour"),
        ({"step": 'only = "'}, "no TOML"),
        ({"words": "x" * 1000}, "longer than"),
        ({"step": 'shows = "lantern"'}, "has a wish"),
    ],
)
def test_a_file_that_cannot_work_is_named_with_its_reason(write: Write, about: dict[str, str], why: str) -> None:
    with pytest.raises(BadJourney, match=why) as refused:
        write(**about)
    assert f"{about.get('name', 'friends')}.toml: " in str(refused.value)
