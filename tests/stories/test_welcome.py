"""The first words: start, consent, the menu, the language; names of every kind; nothing kept of who did not agree."""

import pytest
from sqlmodel import select

from bot.speech.menu import MENU
from db.consents import Consent
from db.members import Member
from tests.people import Play
from tests.tables import everything

pytestmark = pytest.mark.words

CANARY = "Kanarienvogel"
NAMES = (
    "<3",
    "</b>",
    "<script>alert(1)</script>",
    "&amp; {name} %s",
    "שלום \u202edlrow",
    "مريم",
    "🦜" * 4096,
    "\u200b",
    "a\nb",
)


PAYLOADS = ("deal_1", "claim_1", "own_nonsense", "group", "x" * 64, "你" * 40, "🦜" * 40, "deal_" + "9" * 30, "a:b:c")
HELPS = ("/help", "／help", "/HELP", "/help@regulars_bot", "／help@Regulars_Bot", "帮助", "幫助", "ｈｅｌｐ", "Help")
HELPS += ("/help me", "/help\nplease", "/help\u3000me")
NONSENSE = (
    "/nothing",
    "/",
    "／",
    "/help@other_bot",
    "hello",
    "帮助 me",
    "help me",
    "//help",
    "8月15日",
    "STOPP",
    "\u3000.",
)
WORDS = {
    "签到": "+5",
    "打卡": "already",
    "積分": "25 points",
    "积分": "25 points",
    "优惠": "No deal",
    "卡券": "No coupons",
}
WORDS |= {"资料": "About you", "取消": "dropped", "菜单": "Tea House", "通知": "I send you", "checkin": "already"}
WORDS |= {"stop": "no more offers", "TD": "no more offers", "退订": "no more offers"}


async def kept(play: Play) -> str:
    """All that is kept, as one text."""
    return repr(await play.database.read(everything))


async def test_start_greets_with_the_shop_and_asks_once(play: Play) -> None:
    ann = play.stranger("Ann")
    [hello] = await ann.says("/start")
    assert "Tea House" in hello
    assert "20 points" in hello
    [thanks] = await ann.taps("I agree")
    assert "Welcome, Ann!" in thanks
    assert "20 points" in thanks
    [again] = await ann.says("/start")
    assert "Good to see you, Ann" in again
    assert await ann.points() == 20


async def test_consent_brings_its_points_once(play: Play) -> None:
    ann = await play.member("Ann")
    assert "already" in "".join(await ann.presses("agree"))
    await ann.presses("agree")
    assert await ann.points() == 20


async def test_the_consent_is_kept_with_its_version_and_time(play: Play) -> None:
    ann = await play.member("Ann")
    [member] = await play.database.read(
        lambda session: session.exec(select(Member).where(Member.name == ann.name)).all()
    )
    assert member.consent == "2026-11"
    kept = await play.database.read(lambda session: session.exec(select(Consent).order_by(Consent.id)).all())
    assert [(each.member_id, each.purpose, each.version) for each in kept] == [
        (member.id, purpose, "2026-11") for purpose in ("service", "offers", "family")
    ]
    assert all((play.clock.now() - each.given_at).total_seconds() < 60 and not each.withdrawn_at for each in kept)


async def test_any_name_can_become_a_member(play: Play) -> None:
    for name in NAMES:
        someone = play.stranger(name)
        await someone.says("/start")
        [thanks] = await someone.taps("I agree")
        assert "member M00" in thanks
        assert len(thanks) < 300
        [hello] = await someone.says("/start")
        assert "Good to see you" in hello
        assert "M00" in "".join(await someone.says("/profile"))
    assert "members" in (await play.owner.says("/members"))[0]


async def test_a_name_is_shown_as_it_is_written(play: Play) -> None:
    heart = await play.member("Ann <3 </b>")
    assert "Good to see you, Ann <3 </b>!" in (await heart.says("/start"))[0]


async def test_somebody_without_a_name_is_a_friend(play: Play) -> None:
    nobody = await play.member("")
    assert "Good to see you, friend" in (await nobody.says("/start"))[0]


async def test_a_name_that_turns_the_direction_turns_nothing_after_it(play: Play) -> None:
    someone = await play.member("שלום\u202e")
    [hello] = await someone.says("/start")
    assert "\u202e" not in hello
    assert "\u2068שלום\u2069" in hello


async def test_nothing_is_kept_of_somebody_before_consent(play: Play) -> None:
    bird = play.stranger(CANARY)
    for text in (
        "/start",
        "hello " + CANARY,
        "/checkin",
        "/points",
        f"/start {CANARY}",
        f"/nothing {CANARY}",
        "/profile",
    ):
        assert len(await bird.says(text)) == 1
    await bird.presses("tell:birthday")
    await bird.says(f"8-15 {CANARY}")
    await play.playground.send_file(bird.id, bird.id, f"{CANARY}.txt", CANARY.encode(), CANARY)
    await play.quiet()
    assert CANARY.lower() not in (await kept(play)).lower()
    assert await bird.points() == 5


async def test_nothing_is_kept_of_a_newcomer_whom_the_group_welcomed(play: Play) -> None:
    await play.linked_group()
    bird = play.stranger(CANARY)
    assert CANARY in (await bird.joins())[-1]
    await bird.says(f"/checkin {CANARY}", group=True)
    await bird.says(f"my name is {CANARY}", group=True)
    await bird.leaves()
    assert CANARY.lower() not in (await kept(play)).lower()


async def test_name_and_username_are_kept_from_consent_on_and_follow_the_client(play: Play) -> None:
    bird = await play.member(CANARY)
    assert f"'{CANARY}'" in await kept(play)
    assert f"'{CANARY.lower()}'" in await kept(play)
    await bird.says(f"I say {CANARY} again and again")
    assert "again and again" not in await kept(play)


async def test_only_consent_stands_between_start_and_everything_else(play: Play) -> None:
    ann = play.stranger("Ann")
    for text in ("/profile", "/deals", "/coupons", "/notify", "资料"):
        [asked] = await ann.says(text)
        assert "If you agree" in asked
        ann.button("I agree")
    for text in ("/help", "/menu", "/lang", "/checkin", "/points", "/cancel"):
        [answer] = await ann.says(text)
        assert "If you agree" not in answer


async def test_a_strange_link_still_leads_to_consent_and_then_to_one_answer(play: Play) -> None:
    for payload in PAYLOADS:
        ann = play.stranger("Ann")
        [hello] = await ann.says(f"/start {payload}")
        assert "Tea House" in hello
        assert len(await ann.taps("I agree")) == 1
        assert await ann.points() == 20
        [again] = await ann.says(f"/start {payload}")
        assert "went wrong" not in again


async def test_the_chosen_language_holds_over_a_restart(play: Play) -> None:
    ann = await play.member("Ann")
    english = await ann.says("/points")
    await ann.says("/lang")
    await ann.taps("简体")
    play.club.database._listeners["everyone"][0](None)  # the door forgets, as after a restart
    await ann.says("/lang")
    ann.button("简体")
    await ann.taps("English")
    assert await ann.says("/points") == english


async def test_the_clients_language_is_spoken_until_one_is_chosen(play: Play) -> None:
    for code in ("en", "en-GB", "fr", ""):
        assert "Welcome to" in (await play.stranger("Someone", code).says("/start"))[0]


async def test_help_in_many_writings(play: Play) -> None:
    ann = await play.member("Ann")
    for text in HELPS:
        [answer] = await ann.says(text)
        assert all(
            command in answer for command in ("/checkin", "/points", "/profile", "/deals", "/notify", "/lang")
        ), text
        assert "/grant" not in answer


async def test_what_makes_no_sense_gets_one_sentence_that_points_to_help(play: Play) -> None:
    ann = await play.member("Ann")
    for text in NONSENSE:
        [answer] = await ann.says(text)
        assert "/help lists what works" in answer, text


async def test_a_file_or_a_picture_without_a_question_gets_one_sentence(play: Play) -> None:
    ann = await play.member("Ann")
    for caption in ("", "look", "/nothing"):
        before = len(ann.heard())
        await play.playground.send_file(ann.id, ann.id, "../../etc/passwd", b"root", caption)
        await play.quiet()
        [answer] = ann.heard()[before:]
        assert "/help" in answer


async def test_a_caption_can_be_a_command(play: Play) -> None:
    ann = await play.member("Ann")
    await play.playground.send_file(ann.id, ann.id, "tea.txt", b"tea", "/checkin")
    await play.quiet()
    assert "+5 points" in ann.heard()[-1]


async def test_a_word_works_without_a_slash(play: Play) -> None:
    ann = await play.member("Ann")
    for word, like in WORDS.items():
        [answer] = await ann.says(word)
        assert like in answer, word


async def test_every_button_of_the_menu_leads_somewhere(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/menu")
    menu, _ = ann.button("Check in")
    data = [data for row in menu.buttons for _, data in row]
    assert len(data) == len(MENU)
    for each in data:
        [answer] = await ann.presses(each, under=menu.id)
        assert "no longer works" not in answer


async def test_the_owner_sees_the_staffs_commands_and_needs_no_consent(play: Play) -> None:
    [help_] = await play.owner.says("/help")
    assert "/grant" in help_
    assert "/staff" in help_
    assert "About you" in (await play.owner.says("/profile"))[0]


async def test_somebody_who_comes_back_after_blocking_can_be_reached(play: Play) -> None:
    ann = await play.member("Ann")
    await play.playground.block(ann.id)
    await play.quiet()
    await play.owner.says("/grant @ann 5 thank you")
    assert "thank you" not in " ".join(ann.heard())
    await ann.says("/start")
    await play.owner.says("/grant @ann 5 thank you again")
    assert "thank you again" in ann.heard()[-1]
