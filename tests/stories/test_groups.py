"""The group: linked by an owner, its newcomers welcomed, its roster kept, and nothing personal said in it."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.club import groups, places
from bot.club.members import Visitor
from bot.platforms.playground.cast import BOT_ID
from db.groups import Group, Place
from db.outbox import Letter
from tests.people import Play, Someone

pytestmark = pytest.mark.words


async def state(play: Play) -> list[tuple[int, str]]:
    """The groups as they are kept: chat and state."""
    return await play.database.read(lambda s: [(g.chat_id, g.state) for g in s.exec(select(Group).order_by(Group.id))])


async def roster(play: Play) -> int:
    """How many are on the roster of the first group."""
    return len(await play.database.read(places.roster, 1))


async def later(play: Play) -> None:
    """Two seconds pass."""
    play.clock.advance(timedelta(seconds=2))
    await play.club.tick()


def welcomes(play: Play) -> list[str]:
    """The welcomes that stand in the group."""
    return [text for text in play.owner.heard(group=True) if text.startswith("Welcome, ")]


async def test_the_owner_is_asked_and_links_the_group(play: Play) -> None:
    await play.owner.says("/start")
    await play.playground.promote_bot(1, play.group)
    await play.quiet()
    assert "Friends of Regulars" in play.owner.heard()[-1]
    assert await state(play) == [(play.group, "seen")]
    [linked] = await play.owner.taps("Link the group")
    assert "is linked" in linked
    await play.quiet()
    assert "Tea House's members' group" in play.owner.heard(group=True)[-1]
    assert await state(play) == [(play.group, "linked")]


async def test_linking_twice_says_it_in_the_group_once(play: Play) -> None:
    await play.linked_group()
    before = len(play.owner.heard(group=True))
    await play.owner.presses("link:1")
    assert len(play.owner.heard(group=True)) == before


async def test_the_owner_leaves_a_group_alone_and_may_think_again(play: Play) -> None:
    await play.owner.says("/start")
    await play.playground.promote_bot(1, play.group)
    await play.quiet()
    [alone] = await play.owner.taps("leave it alone")
    assert "alone" in alone
    assert await state(play) == [(play.group, "refused")]
    await play.stranger("Lily").joins()
    assert welcomes(play) == []
    [refused] = await play.owner.presses("link:1")
    assert "/help" in refused
    await play.playground.demote_bot(1, play.group)
    await play.playground.promote_bot(1, play.group)
    await play.quiet()
    await play.owner.taps("Link the group")
    assert await state(play) == [(play.group, "linked")]


async def test_where_a_stranger_promotes_the_bot_nobody_is_asked_and_the_group_is_told_once(play: Play) -> None:
    await play.owner.says("/start")
    before = play.owner.heard()
    play.playground._world.group(play.group).standing[3] = "administrator"
    for _ in range(3):
        await play.playground.promote_bot(3, play.group)
        await play.playground.demote_bot(3, play.group)
        await play.quiet()
    assert play.owner.heard() == before
    assert sum("one of its owners" in text for text in play.owner.heard(group=True)) == 1
    await play.playground.promote_bot(1, play.group)
    await play.quiet()
    await play._known(3).says("/start")
    [refused] = await play._known(3).presses("link:1")
    assert "not available" in refused
    await play.owner.taps("Link the group")
    assert await state(play) == [(play.group, "linked")]


async def test_where_a_clerk_promotes_the_bot_the_owner_is_asked_once_a_day(play: Play) -> None:
    await play.owner.says("/start")
    world = play.playground._world.group(play.group)
    world.standing[2] = "administrator"
    world.title = "T" * 90 + "<b>"

    async def promoted() -> int:
        await play.playground.promote_bot(2, play.group)
        await play.quiet()
        await play.playground.demote_bot(2, play.group)
        await play.quiet()
        return sum("Shall I link it" in text for text in play.owner.heard())

    assert await promoted() == 1
    assert "T" * 31 + "…”" in play.owner.heard()[-1]
    assert await promoted() == 1
    play.clock.advance(timedelta(days=1))
    assert await promoted() == 2


async def test_an_owner_who_could_not_be_reached_is_asked_when_he_can(play: Play) -> None:
    await play.playground.promote_bot(1, play.group)  # never pressed Start
    await play.quiet()
    assert play.owner.heard() == []
    await play.owner.says("/start")
    await play.quiet()
    assert "Shall I link it" in play.owner.heard()[-1]
    await play.playground.block(1)
    await play.quiet()
    await play.owner.play.playground.unblock(1)
    await play.owner.says("/menu")
    await play.quiet()
    assert sum("Shall I link it" in text for text in play.owner.heard()) == 1


async def test_a_question_that_is_settled_is_not_asked_again(play: Play) -> None:
    await play.playground.promote_bot(1, play.group)
    await play.quiet()
    await play.playground.remove_bot(1, play.group)
    await play.quiet()
    await play.owner.says("/start")
    await play.quiet()
    assert not any("Shall I link it" in text for text in play.owner.heard())


async def test_a_request_for_points_reaches_an_owner_who_had_blocked_the_bot(play: Play) -> None:
    await play.owner.says("/start")
    await play.member("Mary")
    await play.member("Ann")
    await play.owner.says("/staff add @mary manager")
    await play.playground.block(1)
    mary = next(person for person in play.playground.people if person.name == "Mary")
    await Someone(play, mary.id, "Mary").says("/grant @ann 2000 a wedding")
    assert not any("a wedding" in text for text in play.owner.heard())
    await play.owner.says("/start")
    await play.quiet()
    assert "a wedding" in play.owner.heard()[-1]
    await play.owner.taps("Approve")


async def test_a_group_that_lets_the_bot_not_write_stays_the_clubs(play: Play) -> None:
    await play.linked_group()
    play.playground._world.group(play.group).standing[BOT_ID] = "restricted"  # and the word of it is lost
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    await play.owner.says('/deal new "Autumn tea" 20% until:2d')
    await later(play)
    assert await state(play) == [(play.group, "linked")]
    assert [told(text) for text in play.owner.heard()].count("muted") == 1
    assert not any("Spring tea" in text for text in play.owner.heard(group=True))
    await play.playground.promote_bot(1, play.group)
    await play.quiet()
    assert await state(play) == [(play.group, "linked")]
    assert all(any(deal in text for text in play.owner.heard(group=True)) for deal in ("Spring tea", "Autumn tea"))
    await play.playground.mute_bot(1, play.group)
    await play.quiet()
    assert [told(text) for text in play.owner.heard()].count("muted") == 2


async def test_a_group_that_nobody_says_is_open_again_is_tried_again(play: Play) -> None:
    await play.linked_group()
    standing = play.playground._world.group(play.group).standing
    standing[BOT_ID] = "restricted"
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    await play.quiet()
    standing[BOT_ID] = "member"
    play.clock.advance(timedelta(hours=1))
    await play.quiet()
    assert any("Spring tea" in text for text in play.owner.heard(group=True))


async def test_a_demoted_bot_keeps_the_group_and_goes_on_when_it_is_promoted(play: Play) -> None:
    await play.linked_group()
    await play.playground.demote_bot(1, play.group)
    await play.quiet()
    assert await state(play) == [(play.group, "linked")]
    assert told(play.owner.heard()[-1]) == "muted"
    heard = play.owner.heard()
    play.playground._world.group(play.group).standing[3] = "administrator"
    await play.playground.promote_bot(3, play.group)  # whoever it is: the group is the club's
    await play.quiet()
    assert play.owner.heard() == heard
    await play.stranger("Lily").joins()
    assert len(welcomes(play)) == 1


async def test_the_owner_is_told_once_of_a_group_that_removed_the_bot(play: Play) -> None:
    await play.linked_group()
    await play.playground.remove_bot(1, play.group)
    await play.quiet()
    assert await state(play) == [(play.group, "lost")]
    assert [told(text) for text in play.owner.heard()].count("lost") == 1
    assert await play.owner.says("/deals")


async def test_a_removal_is_learnt_from_the_refusal_too(play: Play) -> None:
    await play.linked_group()
    play.playground._world.group(play.group).standing[BOT_ID] = "kicked"
    for title in ("Spring tea", "Autumn tea"):
        await play.owner.says(f'/deal new "{title}" 20% until:2d')
    await play.quiet()
    assert await state(play) == [(play.group, "lost")]
    assert [told(text) for text in play.owner.heard()].count("lost") == 1


def told(text: str) -> str:
    """What the owner is told about a group."""
    return "muted" if "no longer do my work" in text else "lost" if "I was removed from" in text else ""


async def test_a_newcomer_is_welcomed_with_a_start_button_once_for_each_time_they_come(play: Play) -> None:
    await play.linked_group()
    lily = play.stranger("Lily <3")
    await lily.joins()
    [welcome] = welcomes(play)
    assert "Lily <3" in welcome
    assert lily.button("Start", group=True)[1].startswith("https://t.me/regulars_bot?start=")
    assert await roster(play) == 1
    await lily.leaves()
    assert await roster(play) == 0
    await lily.joins()
    assert len(welcomes(play)) == 2
    assert await roster(play) == 1


async def test_the_start_button_leads_into_the_club(play: Play) -> None:
    await play.linked_group()
    lily = play.stranger("Lily")
    await lily.joins()
    [hello] = await lily.follows(lily.button("Start", group=True)[1])
    assert "Tea House" in hello
    [thanks] = await lily.taps("I agree")
    assert "Lily" in thanks


async def test_a_former_welcome_is_deleted(play: Play) -> None:
    await play.linked_group()
    for name in ("Lily", "Tom", "Kim"):
        await play.stranger(name).joins()
        await play.club.tick()
    [last] = welcomes(play)
    assert "Kim" in last


async def come(play: Play, names: list[str], now: datetime) -> None:
    """Several people join in one act."""
    who = [Visitor("playground", play.stranger(name).id, name) for name in names]
    await play.database.write(lambda s: [places.joined(s, play.group, w, key=str(w.external_id), now=now) for w in who])
    await play.quiet()


async def test_several_newcomers_share_a_welcome(play: Play) -> None:
    await play.linked_group()
    await come(play, [f"Guest {n}" for n in range(12)], play.clock.now())
    [told] = welcomes(play)
    assert all(f"Guest {n}" in told for n in range(10))
    assert "Guest 9 and 2 more!" in told
    assert await roster(play) == 12


async def test_the_names_in_a_welcome_are_forgotten_even_when_it_came_too_late(play: Play) -> None:
    await play.linked_group()
    await come(play, ["Canary"], play.clock.now() - timedelta(hours=2))
    assert welcomes(play) == []
    look = select(Letter.state, Letter.facts).where(Letter.kind == "welcome")
    assert await play.database.read(lambda s: [tuple(row) for row in s.exec(look)]) == [("dropped", {})]


async def test_a_place_keeps_its_history(play: Play) -> None:
    await play.linked_group()
    lily = play.stranger("Lily")
    await lily.joins()
    await lily.leaves()
    [place] = await play.database.read(lambda s: [(p.joined_at, p.left_at) for p in s.exec(select(Place))])
    assert place[0] <= place[1]


async def test_the_upgrade_to_a_supergroup_keeps_the_link(play: Play) -> None:
    await play.linked_group()
    before = len(await state(play))
    new = await play.playground.upgrade_group(play.group)
    await play.quiet()
    assert (new, "linked") in await state(play)
    assert len(await state(play)) == before
    await play.stranger("Lily").joins()
    assert any("Lily" in text for text in play.owner.heard(group=True))


async def test_the_upgrade_is_learnt_from_the_refusal_too(play: Play) -> None:
    await play.linked_group()
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    world = play.playground._world
    push, world.push = world.push, lambda *_: play.club.inbox.settled()  # the service message is lost
    new = await play.playground.upgrade_group(play.group)
    world.push = push
    await play.owner.says('/deal new "Autumn tea" 20% until:2d')
    await later(play)
    assert await state(play) == [(new, "linked")]
    assert any("Autumn tea" in text for text in play.owner.heard(group=True))


async def test_a_new_id_that_is_known_already_takes_over(play: Play) -> None:
    await play.linked_group()
    world = play.playground._world
    push, world.push = world.push, lambda *_: play.club.inbox.settled()
    new = await play.playground.upgrade_group(play.group)
    world.push = push
    await play.database.write(groups.promoted, "playground", new, "Friends of Regulars", None, now=play.clock.now())
    await play.owner.says('/deal new "Autumn tea" 20% until:2d')
    await later(play)
    assert (new, "linked") in await state(play)
    assert any("Autumn tea" in text for text in play.owner.heard(group=True))
    await play.owner.says("/grant M0002 5 thanks")


async def test_who_asks_to_join_a_linked_group_is_let_in(play: Play) -> None:
    await play.linked_group()
    eve = play.stranger("Eve")
    await play.playground.ask_to_join(eve.id, play.group)
    await play.quiet()
    assert play.playground.group.has(eve.id)


async def test_who_asks_to_join_another_group_waits_for_its_people(play: Play) -> None:
    await play.playground.promote_bot(1, play.group)
    eve = play.stranger("Eve")
    await play.playground.ask_to_join(eve.id, play.group)
    await play.quiet()
    assert not play.playground.group.has(eve.id)
