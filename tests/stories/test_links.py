"""Named links: who is first met by one counts for it, by start, by joining or at the door; and what came of each."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.club import links, members
from bot.club.members import Visitor
from bot.platforms.playground import Impossible
from db.links import Comer, InviteLink
from jobs.invites import run
from tests.people import Play, Someone
from tests.stories.test_referrals import link_of
from tests.tables import everything


async def made(play: Play, line: str = '"Corner poster"') -> str:
    """A new link; where it leads."""
    assert "is there" in (await play.owner.says(f"/links new {line}"))[0]
    [text] = await play.owner.taps("Show it")
    found = re.search(r"https://t\.me/\w+\?start=via_\S+", text)
    assert found
    return found[0]


async def comes(play: Play, name: str, link: str) -> Someone:
    """A newcomer who opens a link and agrees."""
    someone = play.stranger(name)
    await someone.follows(link)
    await someone.taps("I agree")
    return someone


async def invite_url(play: Play) -> str | None:
    """The invite link of the group that the bot made."""
    await play.club.tick()
    look = select(InviteLink.url).order_by(InviteLink.id.desc())  # type: ignore[union-attr]
    url: str | None = (await play.database.read(lambda session: session.exec(look).all()))[0]
    return url


async def came(play: Play) -> list[tuple[str, bool | None]]:
    """How those came who came by a link, and whether they stayed."""
    look = select(Comer.how, Comer.stayed).order_by(Comer.member_id)
    return [tuple(row) for row in await play.database.read(lambda session: session.exec(look).all())]


async def test_a_newcomer_counts_once_for_the_first_link_and_an_old_member_for_none(play: Play) -> None:
    ann, old, friend = await play.member("Ann"), play.stranger("Old"), play.stranger("Friend")
    await old.says("/menu")
    await play.days(2)
    await friend.follows(await link_of(ann))
    first, second = await made(play), await made(play, '"Second poster"')
    for known in (ann, old, friend):
        await known.follows(first)
    bob = play.stranger("Bob")
    [hello] = await bob.follows(first)
    assert hello.startswith("Welcome to Tea House!")
    await bob.follows(second)
    await bob.taps("I agree")
    await play.owner.says("/sale @bob 128 tea")
    assert await came(play) == [("start", None)]
    await play.days(8)
    [text] = await play.owner.says("/links")
    assert "Corner poster\n1 came, 1 joined, 1 stayed a week, 1 bought for CN¥128" in text
    assert "Second poster\nNobody has come by it yet." in text
    assert play.owner.file().kind == "image/png"
    [text] = await play.owner.says("/member @bob")
    assert "Came by the link “Corner poster”" in text


async def test_the_groups_link_brings_people_and_their_source_can_be_asked_for(play: Play) -> None:
    await play.linked_group()
    await made(play)
    url = await invite_url(play)
    assert url
    eve, dan = play.stranger("Eve"), play.stranger("Dan")
    await play.playground.open_link(eve.id, url)
    await play.quiet()
    assert play.playground.group.has(eve.id)
    await dan.joins()
    assert await came(play) == [("join", None)]
    assert (await play.owner.says("/members source:poster"))[0].startswith("1 ")
    assert (await play.owner.says('/members source:"corner poster"'))[0].startswith("1 ")
    assert (await play.owner.says("/members 来源:海报"))[0].startswith("1 ")
    assert (await play.owner.says("/members source:staff"))[0].startswith("0 ")
    await eve.leaves()
    await play.days(8)
    assert await came(play) == [("join", False)]


async def test_at_a_closed_door_the_link_asks_and_the_wish_counts(play: Play) -> None:
    await play.linked_group()
    await made(play)
    url = await invite_url(play)
    assert url
    await play.owner.says("/settings group.join request")
    await play.club.tick()
    eve = play.stranger("Eve")
    await play.playground.open_link(eve.id, url)
    await play.quiet()
    assert not play.playground.group.has(eve.id)
    await eve.taps("I agree")
    await eve.taps("Skip")
    play.clock.advance(timedelta(seconds=3))
    await play.quiet()
    await play.quiet()
    assert play.playground.group.has(eve.id)
    assert await came(play) == [("request", None)]


async def test_a_retired_link_counts_nobody_and_its_invite_link_is_dead(play: Play) -> None:
    await play.linked_group()
    link = await made(play)
    url = await invite_url(play)
    assert url
    await play.owner.says("/links retire Corner poster")
    assert "is retired" in (await play.owner.taps("Retire it"))[0]
    await play.club.tick()
    eve = play.stranger("Eve")
    with pytest.raises(Impossible):
        await play.playground.open_link(eve.id, url)
    [hello] = await eve.follows(link)
    assert hello.startswith("Welcome to Tea House!")
    assert await came(play) == []
    assert "no longer works" in (await play.owner.presses("links:one:1"))[0]
    assert "no link “Corner poster”" in (await play.owner.says("/links retire Corner poster"))[0]
    await made(play)  # the name is free again
    assert "retired the link “Corner poster”" in (await play.owner.says("/audit"))[0]


async def test_what_came_of_a_retired_link_is_told_on(play: Play) -> None:
    await comes(play, "Eve", await made(play))
    await made(play, "Second")
    await play.owner.presses("links:end:1")
    [text] = await play.owner.says("/links")
    assert "Retired, and how many came: Corner poster (1)" in text
    assert (await play.owner.says('/members source:"Corner poster"'))[0].startswith("1 ")


async def test_a_letter_changed_gets_one_sentence_and_changes_nothing(play: Play) -> None:
    payload = (await made(play)).partition("start=")[2]
    eve, ann = play.stranger("Eve"), await play.member("Ann")
    await eve.says("/menu")
    before = await play.database.read(everything, "inbox")
    for at in range(len("via_"), len(payload)):
        forged = payload[:at] + chr(ord(payload[at]) ^ 1) + payload[at + 1 :]
        for who in (eve, ann):
            [refusal] = await who.says(f"/start {forged}")
            assert refusal.startswith("This link is damaged"), forged
    assert await play.database.read(everything, "inbox") == before
    await eve.follows(payload)
    assert await came(play) == [("start", None)]


async def test_without_the_right_the_owner_hears_once_and_it_is_made_good(play: Play) -> None:
    await play.linked_group()
    await play.playground.limit_bot(play.owner.id, play.group, "can_invite_users")
    for name in ("One", "Two"):
        await made(play, name)
        await play.club.tick()
    await play.club.tick()
    assert sum("not able to make an invite link" in text for text in play.owner.heard()) == 1
    assert "I may not make invite links there" in (await play.owner.presses("links:one:1"))[0]
    await play.playground.limit_bot(play.owner.id, play.group)
    await play.quiet()
    assert await invite_url(play)
    assert "https://t.me/+playground" in (await play.owner.presses("links:one:1"))[0]


async def test_a_group_that_becomes_a_supergroup_gets_a_new_invite_link(play: Play) -> None:
    await play.linked_group()
    await made(play)
    before = await invite_url(play)
    await play.playground.upgrade_group(play.group)
    await play.quiet()
    assert await invite_url(play) not in (None, before)


async def test_it_leads_into_no_group_that_is_for_a_grade_until_that_is_everybodys_again(play: Play) -> None:
    await play.linked_group()
    await made(play)
    before = await invite_url(play)
    await play.owner.presses("groups:sure:1:vip")
    await play.club.tick()
    assert "Into" not in (await play.owner.presses("links:one:1"))[0]
    with pytest.raises(Impossible):
        await play.playground.open_link(play.stranger("Eve").id, str(before))
    await play.owner.presses("groups:rule:1:all")
    assert await invite_url(play) not in (None, before)


async def test_two_runs_at_once_keep_one_link_and_two_updates_count_once(play: Play) -> None:
    await play.linked_group()
    await made(play)
    now, shop = play.clock.now(), play.club.shop.now
    platforms = {"playground": play.playground}
    await asyncio.gather(*(run(play.database, platforms, shop, now) for _ in range(5)))
    rows = await play.database.read(lambda session: session.exec(select(InviteLink)).all())
    assert len(rows) == 1
    eve = play.stranger("Eve")
    await eve.says("/menu")
    about = Visitor("playground", eve.id, "Eve")
    person = await play.database.write(members.meet, about, private=True, now=now)
    payload = (await play.database.read(links.one, 1)).payload
    write = play.database.write
    opened = await asyncio.gather(
        *(write(links.open_link, person, payload, now=now) for _ in range(6)),
        *(write(links.invited, person.member_id, rows[0].url, "join", now=now) for _ in range(6)),
    )
    assert sum(each is not None for each in opened) <= 1  # or the invite link was first
    assert len(await came(play)) == 1


async def test_step_by_step_for_one_of_the_staff_whose_name_is_on_the_poster(play: Play) -> None:
    await play.clerk.says("/start")
    await play.owner.says("/links")
    await play.owner.taps("New link")
    await play.owner.taps("One of the staff")
    await play.owner.taps("Chen")
    await play.owner.taps("Without a coupon")
    [summary] = await play.owner.says("Chen's link")
    assert "M0002" in summary
    assert "is there" in (await play.owner.taps("Confirm"))[0]
    [caption] = await play.owner.taps("Poster")
    assert caption.startswith("Chen's link (of Chen")
    assert play.owner.file().kind == "image/png"
    [text] = await play.owner.presses("links:one:1")
    eve = play.stranger("Eve")
    [hello] = await eve.follows(re.search(r"https://\S+start=\S+", text)[0])  # type: ignore[index]
    assert hello.startswith("Chen has invited you.")


async def test_what_makes_no_sense_is_refused_and_changes_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    await made(play)
    before = await play.database.read(everything, "inbox", "conversations")
    for line, why in (
        ("new", "Whose link is it"),
        ("new corner POSTER", "already"),
        ("new X staff:@ann", "does not work here"),
        ("new X staff:@nobody", "no member"),
        ("new X staff:@ann partner:Y", "new"),
        ("new X coupon:NONE", "no coupon"),
        (f"new {'x' * 33}", "32"),
        ("sometimes", "/links new"),
        ("retire", "/links retire"),
        ("retire Nothing", "no link"),
    ):
        assert why in (await play.owner.says(f"/links {line}"))[0], line
        await play.owner.says("/cancel")
    assert await play.database.read(everything, "inbox", "conversations") == before
    assert "Corner poster" not in (await ann.says("/links"))[0]
