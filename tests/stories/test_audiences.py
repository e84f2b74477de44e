"""Audiences: members as staff ask for them, in English or Chinese words."""

import re

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
