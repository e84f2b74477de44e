"""How a deal is written in one line: every option wrong once, and right in many writings; and forged taps."""

import pytest
from sqlmodel import select

from db.deals import Deal
from tests.people import Play
from tests.tables import everything

pytestmark = pytest.mark.words

NO_LINES = ("", '"Tea"', '"Tea" 20%', "Green tea 20% until:2d", '"" 20% until:2d', '" " 20% until:2d', '"Tea" until:2d')
NO_LINES += ('"Tea" 20% 30% until:2d', '"Tea 20% until:2d', "20% until:2d", '"Tea" 20% until:2d x')
NO_LINES += ('"' + "x" * 61 + '" 20% until:2d', '"Tea" 20% until:2d colour:red')
NO_OFFERS = ("0%", "101%", "-5", "1.555", "x1", "x11", "gift:", "points:0", "free", "99999999", "0", "²", "20%%")
NO_ENDS = (
    "",
    "yesterday",
    "25:00",
    "2027-02-30",
    "2020-01-01T00:00",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "now",
    "2w",
)
NO_BEGINS = ("soon", "3d until:2027-02-11T09:00", "9999-12-31T23:59 until:999d", "0001-01-01")
NO_COUNTS = ("0", "-1", "1.5", "many", "100001", "٣", "99999999999999999999", "")
BAD = (
    *NO_LINES,
    *(f'"Tea" {offer} until:2d' for offer in NO_OFFERS),
    *(f'"Tea" 20% until:{end}' for end in NO_ENDS),
    *(f'"Tea" 20% until:2d from:{begin}' for begin in NO_BEGINS),
    *(f'"Tea" 20% until:2d {option}:{count}' for option in ("stock", "limit") for count in NO_COUNTS),
)


async def deal(play: Play, words: str = '"Spring tea" 20% from:now until:2d stock:2') -> str:
    """The owner makes a deal; the answer."""
    [made] = await play.owner.says(f"/deal new {words}")
    return made


async def test_forged_taps_are_stale_buttons_or_unknown_deals(play: Play) -> None:
    ann = await play.member("Ann")
    await deal(play)
    before = await play.database.read(everything, "inbox")
    for data in (
        "claim:",
        "claim:x",
        "claim:-1",
        "claim:1:1",
        "claim:99999999999999999999",
        "claim:0x1",
        "claim:1_0",
        "claim: 1",
    ):
        assert "no longer works" in (await ann.presses(data))[0], data
    for data in ("claim:0", "claim:2", "claim:999999999"):
        assert "no such deal" in (await ann.presses(data))[0], data
    assert await play.database.read(everything, "inbox") == before


async def test_a_bad_line_makes_no_deal_and_says_what_works(play: Play) -> None:
    for words in BAD:
        answer = await deal(play, words)
        assert "is open" not in answer, words
        assert "opens on" not in answer, words
        assert "went wrong" not in answer, words
    assert await play.database.read(lambda s: s.exec(select(Deal)).all()) == []


async def test_good_lines_in_many_writings(play: Play) -> None:
    lines = (
        "“春茶” 20％ until:tomorrow 9:00",
        "「春茶」 礼品：茶杯 until:2天",
        '"T" points:50 from:30m until:2h stock:1 limit:1',
    )
    for words in (*lines, '"<b>T</b> & {x}" x2 UNTIL:2027-03-05T09:00', '"T" 9.5 until：18:00'):
        assert (await deal(play, words)).startswith("Deal "), words
    assert "<b>T</b> & {x}" in (await play.owner.says("/deal list"))[0]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("8折", "8折"),
        ("85折", "8.5折"),
        ("九五折", "9.5折"),
        ("减10元", "立减"),
        ("赠品:绿茶", "绿茶"),
        ("积分:50", "50 积分"),
    ],
)
async def test_an_offer_is_written_as_shopkeepers_say_it(play: Play, written: str, shown: str) -> None:
    await play.owner.says("/start")
    await play.owner.presses("lang:zh_CN")
    [made] = await play.owner.says(f"/deal new “新茶” {written} from:现在 until:2天")
    assert "已经开始" in made
    assert shown in made


async def test_a_day_alone_is_meant_whole(play: Play) -> None:
    await play.owner.says("/start")
    await play.owner.presses("lang:zh_CN")
    [made] = await play.owner.says("/deal new “新茶” 8折 from:明天 until:后天")
    assert "从 2月11日" in made
    assert "到 2027年2月12日" in made
