"""The birthday greeting as its member wishes it: in private, in the group with a mention, or none; once."""

from dataclasses import replace

import pytest
from aiogram.methods import SendPhoto
from sqlmodel import select

from bot.club import members
from bot.club.greetings import TOGETHER, choose
from bot.club.members import Visitor
from bot.club.places import left
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.platforms import Gone, Later, Muted
from bot.platforms.playground.markup import read_html, utf16
from bot.speech import LONGEST_CAPTION
from bot.speech.letters import render
from db.outbox import Letter
from tests.people import Play, Someone
from tests.stories.test_birthdays import CODE, born, greetings

pytestmark = pytest.mark.words


async def born_in_group(play: Play, day: str, name: str) -> Someone:
    """A member of the linked group who wants the greeting there."""
    someone = await born(play, day, name)
    await someone.joins()
    await someone.says("/notify")
    await someone.taps("in the group")
    return someone


def posts(someone: Someone) -> list[str]:
    """The greetings in the group."""
    return [text for text in someone.heard(group=True) if "Happy birthday" in text]


def is_post(method: object) -> bool:
    """Whether a call is a greeting in the group; welcomes are cleared there at any time."""
    return isinstance(method, SendPhoto) and int(method.chat_id) < 0


async def reasons(play: Play, kind: str) -> list[tuple[str, str | None]]:
    """What became of the letters of a kind, and why."""
    look = select(Letter.state, Letter.reason).where(Letter.kind == kind).order_by(Letter.id)
    return [tuple(row) for row in await play.database.read(lambda s: s.exec(look).all())]


async def test_all_of_a_day_who_chose_the_group_share_one_post(play: Play) -> None:
    await play.linked_group()
    ann, bob = [await born_in_group(play, "20 March", name) for name in ("Ann", "Bob <3")]
    kim = await born(play, "20 March", "Kim")
    await kim.joins()
    await play.down_until("2027-03-20 09:29")
    assert posts(ann) == []
    await play.until("2027-03-20 09:30")
    [post] = posts(ann)
    assert "Ann" in post
    assert "Bob" in post
    assert "Kim" not in post
    assert not CODE.search(post)
    assert [greetings(each) for each in (ann, bob, kim)] == [0, 0, 1]
    await play.days(2)
    assert len(posts(ann)) == 1
    assert [greetings(each) for each in (ann, bob, kim)] == [0, 0, 1]
    told = [reason or "" for _state, reason in await reasons(play, "birthday")]
    assert sum("greeted in the group" in reason for reason in told) == 2
    letter = await play.database.read(
        lambda s: s.exec(select(Letter.facts).where(Letter.kind == "birthday_post")).all()
    )
    assert letter == [{"day": "2027-03-20"}]


async def test_the_post_mentions_each_by_their_account(play: Play) -> None:
    await play.linked_group()
    ann = await born_in_group(play, "20 March", "Ann")
    send, captions = play.playground.send, []

    async def overheard(method):  # type: ignore[no-untyped-def]
        captions.append(getattr(method, "caption", None) or "")
        return await send(method)

    play.playground.send = overheard  # type: ignore[method-assign]
    await play.down_until("2027-03-20 09:30")
    assert any(f'Happy birthday, <a href="tg://user?id={ann.id}">Ann</a>!' in caption for caption in captions)
    assert next(m for m in ann.sees(group=True) if "Happy birthday" in m.text).file.kind == "image/jpeg"


async def test_the_coupon_still_comes_whatever_the_style(play: Play) -> None:
    await play.linked_group()
    ann = await born_in_group(play, "20 March", "Ann")
    bob = await born(play, "20 March", "Bob")
    await bob.says("/notify")
    await bob.taps("No birthday wishes")
    await play.down_until("2027-03-13 09:30")
    await play.down_until("2027-03-20 09:30")
    await play.down_until("2027-03-26 09:30")
    for each in (ann, bob):
        assert greetings(each) == 0
        assert sum(bool(CODE.search(text)) for text in each.heard()) == 2
    assert ("dropped", "no greeting wished") in await reasons(play, "birthday")


async def test_a_day_without_a_wish_for_the_group_has_no_post(play: Play) -> None:
    await play.linked_group()
    ann = await born(play, "20 March")
    await ann.joins()
    await play.down_until("2027-03-20 09:30")
    assert posts(ann) == []
    assert await reasons(play, "birthday_post") == [("dropped", "nobody to greet")]
    assert greetings(ann) == 1


async def test_who_is_in_no_linked_group_is_greeted_in_private(play: Play) -> None:
    await play.linked_group()
    ann = await born(play, "20 March", "Ann")
    await ann.says("/notify")
    await ann.taps("in the group")
    bob = await born_in_group(play, "20 March", "Bob")
    await bob.leaves()
    await play.down_until("2027-03-20 09:31")
    assert [greetings(each) for each in (ann, bob)] == [1, 1]
    assert posts(ann) == []


async def test_the_wish_of_the_morning_counts(play: Play) -> None:
    await play.linked_group()
    ann = await born_in_group(play, "20 March", "Ann")
    bob = await born(play, "20 March", "Bob")
    await bob.joins()
    await play.down_until("2027-03-13 09:30")
    await ann.says("/notify")
    await ann.taps("in private")
    await bob.says("/notify")
    await bob.taps("in the group")
    await play.down_until("2027-03-20 09:30")
    [post] = posts(ann)
    assert "Bob" in post
    assert "Ann" not in post
    assert [greetings(each) for each in (ann, bob)] == [1, 0]


async def test_who_told_the_birthday_after_the_post_is_greeted_in_private(play: Play) -> None:
    await play.linked_group()
    await born_in_group(play, "10 Feb", "Ann")
    bob = await play.member("Bob")
    await bob.joins()
    await bob.says("/notify")
    await bob.taps("in the group")
    await bob.says("/profile")
    await bob.taps("Birthday")
    await bob.says("10 Feb")
    await bob.taps("Yes")
    assert greetings(bob) == 1


async def test_a_group_that_was_left_greets_in_private(play: Play) -> None:
    await play.linked_group()
    ann = await born_in_group(play, "20 March", "Ann")
    await play.down_until("2027-03-13 09:30")
    await play.playground.remove_bot(1, play.group)
    await play.quiet()
    await play.down_until("2027-03-20 09:31")
    assert greetings(ann) == 1


@pytest.mark.parametrize(
    ("outcome", "private"), [(Gone("kicked"), 1), (Muted("no right to write"), 1), (Later(0, "slow down"), 0)]
)
async def test_a_post_that_fails_hands_its_people_back(play: Play, outcome: object, private: int) -> None:
    await play.linked_group()
    ann = await born_in_group(play, "20 March", "Ann")
    send, refused = play.playground.send, []

    async def faulty(method):  # type: ignore[no-untyped-def]
        if is_post(method) and not refused:
            refused.append(method)
            return outcome
        return await send(method)

    play.playground.send = faulty  # type: ignore[method-assign]
    await play.down_until("2027-03-20 09:30")
    await play.until("2027-03-20 09:35")
    assert len(refused) == 1
    assert greetings(ann) == private
    assert len(posts(ann)) == 1 - private


@pytest.mark.parametrize("change", ["style", "left"])
async def test_a_post_that_had_to_wait_names_nobody_who_changed_their_mind(play: Play, change: str) -> None:
    await play.linked_group()
    ann, bob = [await born_in_group(play, "20 March", name) for name in ("Ann", "Bob")]
    send, refused = play.playground.send, []

    async def busy(method):  # type: ignore[no-untyped-def]
        if not is_post(method) or refused:
            return await send(method)
        refused.append(method)
        who, now = Visitor("playground", ann.id, "Ann"), play.clock.now()
        if change == "style":
            person = await play.database.write(members.meet, who, private=True, now=now)
            await play.database.write(choose, person.member_id, "none")
        else:
            await play.database.write(left, play.group, who, now=now)
        return Later(0, "slow down")

    play.playground.send = busy  # type: ignore[method-assign]
    await play.down_until("2027-03-20 09:30")
    await play.until("2027-03-20 09:35")
    [post] = posts(bob)
    assert "Ann" not in post
    assert [greetings(each) for each in (ann, bob)] == [int(change == "left"), 0]


def test_a_full_post_of_long_names_fits_under_its_picture(shop: Shop) -> None:
    people = [(10**12 + number, "🦜@" * 99) for number in range(TOGETHER)]
    letter = Outgoing(1, "birthday_post", {"people": people}, "playground", -1, None, None, None)
    post = render(letter, replace(shop, name="🍵" * 60), lambda _payload: None)
    assert utf16(read_html(post.caption)[0]) <= LONGEST_CAPTION


async def test_quiet_hours_and_pause_hold_the_post(play: Play) -> None:
    await play.linked_group()
    ann = await born_in_group(play, "20 March", "Ann")
    await play.owner.says("/pause")
    await play.down_until("2027-03-20 12:00")
    assert posts(ann) == []
    await play.owner.says("/resume")
    await play.until("2027-03-20 12:01")
    assert len(posts(ann)) == 1
    assert greetings(ann) == 0
