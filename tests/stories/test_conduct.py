"""Order in the group: what newcomers may not post, what the staff do by a reply, and who is safe from both."""

import itertools
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.platforms.playground import Impossible
from db.conduct import Strike
from tests.people import Play, Someone

SPAM = "cheap followers at https://example.com/buy"
_numbers = itertools.count(10**15)


async def newcomer(play: Play, name: str = "Lily") -> Someone:
    """Somebody who has just come into the linked group."""
    await play.linked_group()
    lily = play.stranger(name)
    await lily.joins()
    return lily


async def deeds(play: Play) -> list[tuple[str, str]]:
    """What was done and why, in order."""
    look = select(Strike.deed, Strike.reason).order_by(Strike.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.exec(look).all())]


async def forwards(play: Play, who: Someone) -> None:
    """Bring somebody else's message into the group."""
    user = {"id": who.id, "is_bot": False, "first_name": who.name}
    origin = {"type": "hidden_user", "sender_user_name": "Someone", "date": 1}
    message = {"message_id": next(_numbers), "date": int(play.clock.now().timestamp()), "from": user, "text": "hi"}
    message |= {"chat": {"id": play.group, "type": "supergroup", "title": "Tea"}, "forward_origin": origin}
    await play.club.inbox.keep("playground", [{"update_id": next(_numbers), "message": message}])
    await play.quiet()


async def test_a_newcomer_is_warned_then_silenced_then_put_out(play: Play) -> None:
    lily = await newcomer(play)
    [warning] = await lily.says(SPAM, group=True)
    assert warning.startswith("Lily, newcomers post no links here")
    assert await lily.says(SPAM, group=True) == []  # of the same burst
    await play.until("2027-02-10 10:05")
    assert await lily.says(SPAM, group=True) == []
    with pytest.raises(Impossible, match="muted"):
        await lily.says("but why?", group=True)
    await play.until("2027-02-10 11:10")
    await lily.says("all right", group=True)
    await forwards(play, lily)
    with pytest.raises(Impossible, match="not_member"):
        await lily.says("hello?", group=True)
    assert await deeds(play) == [("warn", "link"), ("mute", "link"), ("kick", "forward")]
    [lines] = await play.owner.says("/audit")
    assert "I warned M0003 in" in lines
    assert "I put M0003 out of" in lines
    with pytest.raises(Impossible, match="banned"):
        await lily.joins()
    await play.until("2027-02-10 11:30")
    await lily.joins()


async def test_too_much_at_once_is_a_flood(play: Play) -> None:
    lily = await newcomer(play)
    for nth in range(10):
        assert await lily.says(f"line {nth}", group=True) == []
    play.clock.advance(timedelta(seconds=11))
    assert await lily.says("one more", group=True) == []
    for nth in range(9):
        assert await lily.says(f"and line {nth}", group=True) == []
    [warning] = await lily.says("one more", group=True)
    assert warning.startswith("Lily, one message at a time")
    assert await deeds(play) == [("warn", "flood")]


async def test_members_of_old_and_the_staff_post_what_they_like(play: Play) -> None:
    lily = await newcomer(play)
    await play.owner.says(SPAM, group=True)
    await lily.says("see https://t.me/regulars_bot?start=x", group=True)
    await play.owner.says("/settings group.newcomer_hours 0")
    await lily.says(SPAM, group=True)
    await play.owner.says("/settings group.newcomer_hours 24")
    await play.until("2027-02-11 11:00")
    await lily.says(SPAM, group=True)
    assert await deeds(play) == []


async def test_the_staff_act_by_a_reply_with_a_reason(play: Play) -> None:
    ann = await play.member("Ann")
    await newcomer(play)
    await ann.joins()
    await play.clerk.says("/start")
    await ann.says("buy my things", group=True)
    said = ann.sees(group=True)[-1].id
    heard = len(play.clerk.heard())
    [word] = await play.clerk.says("/warn no advertising here", group=True, reply_to=said)
    assert word == "⚠️ Ann, a word from Tea House: no advertising here"
    assert play.clerk.heard()[heard:] == ["Ann (M0003) is warned in the group."]
    await play.clerk.says("/mute 30m again", group=True, reply_to=said)
    with pytest.raises(Impossible, match="muted"):
        await ann.says("hm", group=True)
    await play.until("2027-02-10 10:31")
    await ann.says("sorry", group=True)
    await play.clerk.says("/kick @ann once more", group=True)
    with pytest.raises(Impossible, match="not_member"):
        await ann.says("hm", group=True)
    assert await deeds(play) == [("warn", "no advertising here"), ("mute", "again"), ("kick", "once more")]
    [lines] = await play.owner.says("/audit")
    assert "silenced Ann (M0003) in" in lines
    assert ": once more" in lines


async def test_what_makes_no_sense_is_explained_in_private_and_does_nothing(play: Play) -> None:
    ann = await play.member("Ann")
    await newcomer(play)
    await ann.joins()
    await ann.says("hello", group=True)
    said = ann.sees(group=True)[-1].id
    for line, why in (
        ("/warn", "Please give a reason"),
        ("/mute 1m insults", "from 10 minutes to 30 days"),
        ("/mute 99d insults", "from 10 minutes to 30 days"),
        ("/kick " + "x" * 201, "200"),
    ):
        await play.owner.says(line, group=True, reply_to=said)
        assert why in play.owner.heard()[-1], line
    assert "in the members' group" in (await play.owner.says("/warn @ann no"))[0]
    await ann.says("/kick @bob because", group=True)
    assert await deeds(play) == []


async def test_nobody_acts_on_the_staff_but_the_owner_and_nobody_on_the_owner(play: Play) -> None:
    await newcomer(play)
    await play.clerk.says("/start")
    boss = await play.member("Dan")
    await boss.joins()
    assert "manager" in (await play.owner.says("/staff add @dan manager"))[0]
    await boss.says("hello", group=True)
    said = boss.sees(group=True)[-1].id
    await play.clerk.says("/mute 1h no", group=True, reply_to=said)
    assert "works here" in play.clerk.heard()[-1]
    await play.owner.says("hello all", group=True)
    told = play.owner.sees(group=True)[-1].id
    await boss.says("/kick no", group=True, reply_to=told)
    assert "is an owner" in boss.heard()[-1]
    assert await deeds(play) == []
    await play.owner.says("/warn please", group=True, reply_to=said)
    assert await deeds(play) == [("warn", "please")]


async def test_the_owners_are_told_once_where_the_platform_refuses(play: Play) -> None:
    ann, bob = await play.member("Ann"), await play.member("Bob")
    await newcomer(play)
    for each in (ann, bob):
        await each.joins()
        await each.says("hello", group=True)
    group = play.playground.group
    group.standing[ann.id] = group.standing[bob.id] = "administrator"
    for name in ("ann", "bob"):
        await play.owner.says(f"/mute @{name} 1h insults", group=True)
    assert sum("I was not able" in text for text in play.owner.heard()) == 1
    group.standing[bob.id] = "member"
    await play.owner.says("/mute @bob 1h insults", group=True)
    await play.owner.says("/kick @ann insults", group=True)
    assert sum("I was not able" in text for text in play.owner.heard()) == 2
