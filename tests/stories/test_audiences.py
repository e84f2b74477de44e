"""Audiences: members as staff ask for them, in English or Chinese words."""

import re

import pytest

from bot.club import named_audiences
from tests.people import Play


async def who(play: Play, query: str) -> set[str]:
    """The first names of those who fit; the first number of the answer agrees with them."""
    [told] = await play.owner.says(f"/members {query}")
    found = set(re.findall(r"M\d+ (\w+) ·", told))
    assert int(re.search(r"\d+", told)[0]) == len(found), told  # type: ignore[index]
    return found


async def lived(play: Play) -> None:
    """Ann is tagged, told things and has a coupon; Bob is a stranger; Cid came a month later."""
    ann = await play.member("Ann")
    await play.stranger("Bob").says("/checkin")
    await play.owner.says("/grant @ann 100 thanks")
    await play.owner.says('/tag @ann "green tea", vip guest')
    await play.owner.says("/coupon new TEA 10 60")
    await play.owner.says("/coupon give TEA @ann")
    for field, said in {"Region": "Riverside", "Interests": "Oolong, 100%_pure"}.items():
        await ann.says("/profile")
        await ann.taps(field)
        await ann.says(said)
    await ann.says("/family add mother Lan 8-15")
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("3-20")
    await ann.taps("Yes")
    await play.down_until("2027-03-12 10:00")
    await play.member("Cid", "zh-hans")
    await play.member("Dai", "zh-hant-tw")


FITS = {
    'tag:"green tea"': "Ann",
    "标签：“green tea”": "Ann",
    "tag:tea": "",
    "points:>=100": "Ann",
    "积分:20": "Cid Dai",
    "points:20..200": "Ann Cid Dai",
    "points:>=100 OR points:20": "Ann Cid Dai",
    "(points:>=100 或 points:20) NOT lang:zh": "Ann",
    "lang:zh_CN": "Cid",
    "lang:zh": "Cid Dai",
    "lang:en agreed:yes": "Ann",
    "region:river": "Ann",
    "interest:100%_": "Ann",
    "interest:100%a": "",
    "family:mother": "Ann",
    "family:>=1": "Ann",
    "birthday:this-month": "Ann",
    "birthday:<30d": "Ann",
    "birthday:3": "Ann",
    "birthday:3月": "Ann",
    "birthday:next-month": "",
    "coupon:tea": "Ann",
    "coupon:yes": "Ann",
    "coupon:COFFEE": "",
    "joined:<7d agreed:yes": "Cid Dai",
    "joined:>7d agreed:yes": "Ann",
    "joined:2027-02 同意:是": "Ann",
    "grade:new agreed:yes": "Ann Cid Dai",
    "等级:新会员 同意:是": "Ann Cid Dai",
    "grade:>new": "",
    "grade:vip,new agreed:yes": "Ann Cid Dai",
    "reach:yes agreed:yes": "Ann Cid Dai",
}


async def test_an_audience_is_who_fits(play: Play) -> None:
    await lived(play)
    for query, fit in FITS.items():
        assert await who(play, query) == set(fit.split()), query


async def test_everybody_counts_strangers_too(play: Play) -> None:
    await play.member("Ann")
    await play.stranger("Bob").says("/checkin")
    await play.down_until("2027-03-12 10:00")
    [told] = await play.owner.says("/members")
    assert told.startswith("4 people: 1 members, ")  # Bob is known by his number alone
    assert (await play.owner.says("/members all"))[0].splitlines()[0] == told.splitlines()[0]
    assert "joined:" in told
    assert "1 person: 0 members" in (await play.owner.says("/members checkin:>14d"))[0]


WRONG = {
    "tags:tea": "Members cannot be asked for by “tags”. Did you mean “tag:”?",
    "等極:vip": "Did you mean “等级:”?",
    "tea": "Members cannot be asked for by “tea”.",
    "grade:gold": "“gold” does not fit “grade:”. What works: new, regular, vip, svip, >=regular",
    "points:>=many": "“>=many” does not fit “points:”.",
    "joined:soon": "“soon” does not fit “joined:”.",
    "joined:2027-13": "“2027-13” does not fit “joined:”.",
    "tag:>tea": "does not fit “tag:”",
    "(grade:vip": "I could not read the audience at “grade:vip”.",
    "grade:vip OR": "I could not read the audience at “OR”.",
    "grade:": "I could not read the audience at “grade:”.",
    'tag:"tea': 'I could not read the audience at “tag:"tea”.',
    "points:1 " * 400: "That is too long: at most 500 characters.",
    "(" * 200 + "points:1" + ")" * 200: "I could not read the audience at “((…”.",
    "' OR 1=1 --": "Members cannot be asked for by “'”.",
}


async def test_a_wrong_query_points_at_the_word(play: Play) -> None:
    for query, says in WRONG.items():
        [told] = await play.owner.says(f"/members {query}")
        assert says in told, query
        assert "people" not in told, query


async def test_a_name_stands_for_its_audience_wherever_one_is_asked_for(play: Play) -> None:
    await play.member("Ann")
    await play.member("Bob")
    await play.owner.says("/tag @ann tea")
    assert "None yet." in (await play.owner.says("/audience"))[0]
    [said] = await play.owner.says("/audience fans tag:tea")
    assert said == "“fans” means tag:tea: 1 members now. The name works wherever an audience is asked for."
    assert (await play.owner.says("/members Fans"))[0].startswith("1 person")
    assert (await play.owner.says("/members agreed:yes NOT fans"))[0].startswith("1 person")
    await play.owner.says("/coupon new TEA 10 14")
    assert "1 member gets “TEA”" in (await play.owner.says("/coupon give TEA fans"))[0]
    assert "To 1 member;" in (await play.owner.says('/broadcast "Hi" audience:fans'))[0]
    await play.owner.says("/audience fans tag:tea OR tag:cups")
    assert "fans: tag:tea OR tag:cups (1)" in (await play.owner.says("/audience"))[0]
    await play.owner.says("/audience both fans grade:new")
    assert (await play.owner.says("/members both"))[0].startswith("1 person")
    assert "gave an audience the name “both”" in (await play.owner.says("/audit"))[0]
    await play.owner.says("/audience")
    assert await play.owner.taps("Remove both") == ["“both” is no audience any more."]
    assert "No audience has the name “both”" in (await play.owner.says("/audience remove both"))[0]
    assert "both" in (await play.owner.says("/members both"))[0]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("/audience a:b grade:vip", "“a:b” cannot be the name of an audience."),
        ("/audience all grade:vip", "“all” cannot be the name of an audience."),
        ("/audience NOT grade:vip", "“NOT” cannot be the name of an audience."),
        ("/audience 12 grade:vip", "“12” cannot be the name of an audience."),
        (f"/audience {'茶' * 11} grade:vip", "cannot be the name of an audience."),
        ("/audience fans", "Please write it like this: /audience fans grade:vip tag:tea"),
        ("/audience fans grde:vip", "Did you mean “grade:”?"),
        ("/audience remove fans", "No audience has the name “fans”."),
    ],
)
async def test_a_name_that_cannot_be_is_refused(play: Play, line: str, refusal: str) -> None:
    assert refusal in (await play.owner.says(line))[0]
    assert not play.club.shop.now.audiences


async def test_a_name_never_means_itself(play: Play) -> None:
    await play.owner.says("/audience fans tag:tea")
    await play.owner.says("/audience friends fans OR tag:cups")
    assert "“fans” would mean itself" in (await play.owner.says("/audience fans friends"))[0]
    assert "“fans” would mean itself" in (await play.owner.says("/audience fans fans tag:x"))[0]
    assert play.club.shop.now.audiences["fans"] == "tag:tea"


async def test_names_are_there_after_a_restart(play: Play) -> None:
    await play.owner.says("/audience fans tag:tea")
    assert await play.database.read(named_audiences.current) == {"fans": "tag:tea"}


async def test_a_coupon_is_given_by_buttons_to_a_class_within_a_class(play: Play) -> None:
    await play.member("Ann")
    await play.member("Bob")
    await play.owner.says("/audience fans tag:tea")
    await play.owner.says("/tag @ann tea")
    await play.owner.says("/coupon new TEA 10 14")
    await play.owner.taps("Give")
    assert play.owner.button("fans (1)")
    assert play.owner.button("Not regulars yet (2)")
    [question] = await play.owner.taps("Joined lately (2)")
    assert "All of them, or only those who are this too?" in question
    assert "2 members get “TEA”" in (await play.owner.taps("Not regulars yet (2)"))[0]
    assert "Audience: joined:<30d grade:new" in play.owner.heard()[-1]
