"""What staff note about a member, and the page that managers see."""

import pytest
from sqlmodel import select

from bot.club.notes import NOTE, TAG, TAGS_EACH
from db.notes import Note, Tag
from tests.people import Play

pytestmark = pytest.mark.words


async def tags(play: Play) -> list[str]:
    """All tags that are kept."""
    return list(await play.database.read(lambda s: s.exec(select(Tag.tag).order_by(Tag.tag)).all()))


async def test_tags_are_put_and_taken_off(play: Play) -> None:
    await play.member("Ann")
    [none] = await play.clerk.says("/tag @ann")
    assert "No tags yet" in none
    [some] = await play.clerk.says("/tag @ann Tea lover ＴＥＡ")
    assert "Tags: lover · tea" in some
    [more] = await play.clerk.says('/tag @ann "green tea", 茶友')
    assert "Tags: green tea · lover · tea · 茶友" in more
    [fewer] = await play.clerk.says("/untag @ann tea, 茶友")
    assert "Tags: green tea · lover" in fewer
    [unknown] = await play.clerk.says("/untag @ann coffee")
    assert "no tag “coffee”" in unknown
    assert await tags(play) == ["green tea", "lover"]


async def test_a_suggested_tag_is_a_button_in_the_readers_words(play: Play) -> None:
    await play.member("Ann")
    await play.clerk.says("/tag @ann")
    [worn] = await play.clerk.taps("+ cares about: taste")
    assert "Tags: cares about: taste" in worn
    await play.clerk.says("/lang")
    await play.clerk.taps("简体")
    [shown] = await play.clerk.says("/tag @ann 看重健康")
    assert "看重健康 · 看重口味" in shown
    assert await tags(play) == ["cares about: health", "cares about: taste"]
    [off] = await play.clerk.taps("✓ 看重健康")
    assert "看重健康" not in off


async def test_tags_have_bounds(play: Play) -> None:
    await play.member("Ann")
    assert "at most 30" in (await play.clerk.says(f"/tag @ann {'x' * (TAG + 1)}"))[0]
    assert "at most 20" in (await play.clerk.says("/tag @ann " + " ".join(f"t{n}" for n in range(TAGS_EACH + 1))))[0]
    assert "no member" in (await play.clerk.says("/tag @nobody tea"))[0]
    assert "like this" in (await play.clerk.says("/tag"))[0]
    assert "like this" in (await play.clerk.says("/untag @ann"))[0]
    assert await tags(play) == []


async def test_a_note_is_kept_with_its_author(play: Play) -> None:
    await play.member("Ann")
    [noted] = await play.clerk.says("/note @ann likes the <window> seat")
    assert "likes the <window> seat (M0002" in noted
    assert "at most 500" in (await play.clerk.says(f"/note @ann {'x' * (NOTE + 1)}"))[0]
    assert len(await play.database.read(lambda s: s.exec(select(Note)).all())) == 1
    assert "wrote a note" in (await play.owner.says("/audit"))[0]


async def test_a_message_in_the_group_can_be_noted_by_a_reply(play: Play) -> None:
    await play.linked_group()
    ann = await play.member("Ann")
    await ann.joins()
    await ann.says("how lovely", group=True)
    message = next(m.id for m in reversed(ann.sees(group=True)) if m.text == "how lovely")
    await play.clerk.says("/start")
    heard = len(play.clerk.heard())
    assert await play.clerk.says("/tag tea", group=True, reply_to=message) == []
    assert "Tags: tea" in play.clerk.heard()[heard]


async def test_a_manager_sees_a_member_on_one_page(play: Play) -> None:
    ann = await play.member("Ann")
    assert "Nothing told yet" in (await play.owner.says("/member @ann"))[0]
    await ann.says("/profile")
    await ann.taps("Phone")
    await ann.says("13800138000")
    await ann.says("/checkin")
    await play.clerk.says("/tag @ann tea")
    await play.clerk.says("/note @ann a fine person")
    [page] = await play.owner.says("/member Ann")
    for words in (
        "M0003 Ann",
        "new · 35 points",
        "Phone: +8613800138000",
        "Tags: tea",
        "a fine person",
        "Last check-in",
    ):
        assert words in page


async def test_a_clerk_sees_neither_phone_nor_birthday(play: Play) -> None:
    await play.member("Ann")
    assert "not available" in (await play.clerk.says("/member @ann"))[0]
