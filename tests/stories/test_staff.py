"""Who works in the shop, what the owner tunes, the pause, and the link that makes the first owner."""

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.club import staff
from bot.club.rules import Rules, listed
from db.members import Member
from db.rules import Rule
from db.staff import Staff
from tests.people import Play
from tests.tables import everything

pytestmark = pytest.mark.words

NOW = datetime(2027, 2, 10, tzinfo=UTC)
BAD = {
    "points.checkin": ("-1", "1.5", "five", "1000001", "1e3", "", "99999999999999999999", "٣x"),
    "points.streak_days": ("1", "366", "0"),
    "points.expiry": ("soon", "days 0", "days", "inactivity", "inactivity 1000", "never ever"),
    "birthday.offer": ("free", "0%", "101%", "gift:"),
    "birthday.multiplier": ("0", "11", "2.5"),
    "birthday.days_around": ("0", "31"),
    "birthday.leap_day_in_march": ("maybe", "2"),
    "sending.quiet_from": ("25:00", "9", "21", "24:00", "noon", "21:00Z", "21:00+08:00", "-1:00", "3600"),
    "sending.paused": ("perhaps",),
    "points": ("5",), "points.": ("5",), ".checkin": ("5",), "nothing.at_all": ("5",), "model_config": ("5",),
    "points.__class__": ("5",), "points.model_config": ("5",), "<b>": ("x",),
}  # fmt: skip
GOOD = {
    "points.checkin": "7", "points.expiry": "days 30", "birthday.offer": "gift:a cup <3", "sending.quiet_from": "22:30",
    "birthday.leap_day_in_march": "true", "sending.promo_per_day": "2",
}  # fmt: skip


async def test_each_role_may_do_what_the_ones_below_it_may(play: Play) -> None:
    mary = await play.member("Mary")
    for role, may, may_not in (
        ("clerk", None, "/members"),
        ("manager", "/members", "/audit"),
        ("owner", "/audit", None),
    ):
        [hired] = await play.owner.says(f"/staff add @mary {role}")
        assert f"has the role {role} now" in hired
        if may:
            assert "not available" not in (await mary.says(may))[0]
        if may_not:
            assert "not available" in (await mary.says(may_not))[0]
            assert may_not not in (await mary.says("/help"))[0]
    [gone] = await play.owner.says("/staff remove @mary")
    assert "no role any more" in gone
    for text in ("/members", "/audit", "/pause"):
        assert "not available" in (await mary.says(text))[0]


async def test_the_list_names_the_owner_first(play: Play) -> None:
    await play.member("Mary")
    await play.owner.says("/staff add @mary clerk")
    [listed_] = await play.owner.says("/staff list")
    assert listed_.splitlines()[1].startswith("owner: M0001")
    assert "clerk: M0003 Mary" in listed_
    assert (await play.owner.says("/staff"))[0] == listed_


async def test_a_long_list_is_still_answered(play: Play) -> None:
    clerks = range(101, 301)
    named = [Member(id=n, name=f"Clerk {n} of the long corridor", met_at=NOW) for n in clerks]
    await play.database.write(lambda s: s.add_all(named))
    await play.database.write(lambda s: s.add_all(Staff(member_id=n, role="clerk", since=NOW) for n in clerks))
    [listed_] = await play.owner.says("/staff list")
    assert listed_.splitlines()[1].startswith("owner: M0001")
    assert listed_.endswith("…")


async def test_the_owners_of_the_settings_stay(play: Play) -> None:
    await play.member("Mary")
    await play.owner.says("/staff add @mary owner")
    for line in ("remove M0001", "add M0001 clerk", "add M0001 owner", "remove M0002"):
        assert "set outside the chat" in (await play.owner.says(f"/staff {line}"))[0]


async def test_the_last_owner_stays(play: Play) -> None:
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary owner")
    await play.database.write(staff.appoint, "playground", {}, now=play.clock.now())
    assert "not available" in (await play.owner.says("/audit"))[0]
    for line in ("remove @mary", "add @mary clerk"):
        assert "needs an owner" in (await mary.says(f"/staff {line}"))[0]
    ann = await play.member("Ann")
    await mary.says("/staff add @ann owner")
    assert "no role" in (await mary.says("/staff remove @mary"))[0]
    assert "Staff" in (await ann.says("/staff"))[0]


async def test_a_bad_line_hires_nobody(play: Play) -> None:
    await play.member("Mary")
    await play.owner.says("/start")
    before = await play.database.read(everything, "inbox")
    for line in (
        "add",
        "add @mary",
        "add @mary boss",
        "add @mary clerk manager",
        "add @nobody clerk",
        "remove",
        "fire @mary",
        "add clerk @mary",
    ):
        [answer] = await play.owner.says(f"/staff {line}")
        assert "now" not in answer.split() or "know" in answer, line
    assert await play.database.read(everything, "inbox") == before


async def test_who_is_named_in_the_settings_is_dismissed_by_them_too(play: Play) -> None:
    await play.database.write(staff.appoint, "playground", {1: "owner"}, now=play.clock.now())
    rows = await play.database.read(lambda s: [(r.role, r.by_settings) for r in s.exec(select(Staff))])
    assert rows == [("owner", True)]


async def test_the_claim_link_makes_one_owner_once(play: Play) -> None:
    assert await play.database.write(staff.make_claim, now=play.clock.now()) is None
    await play.database.write(staff.appoint, "playground", {}, now=play.clock.now())
    old = await play.database.write(staff.make_claim, now=play.clock.now())
    token = await play.database.write(staff.make_claim, now=play.clock.now())
    ann, bob = play.stranger("Ann"), play.stranger("Bob")
    for wrong in (f"own_{old}", "own_", f"own_{token[:-1]}", f"own_{token}x", f"OWN_{token}", token):
        assert "owner" not in (await ann.says(f"/start {wrong}"))[0]
    assert "You are the owner" in (await ann.says(f"/start own_{token}"))[0]
    for someone in (ann, bob):
        assert "You are the owner" not in (await someone.says(f"/start own_{token}"))[0]
    assert "/settings" in (await ann.says("/help"))[0]
    assert "/settings" not in (await bob.says("/help"))[0]
    assert token not in repr(await play.database.read(everything))


async def test_every_rule_is_shown_and_can_be_set_to_what_it_is(play: Play) -> None:
    [shown] = await play.owner.says("/settings")
    for key in listed(Rules()):
        named, *_, line = (await play.owner.says(f"/settings {key}"))[0].splitlines()
        assert named in shown
        assert line.startswith(f"/settings {key} ")
        assert await play.owner.says(line) == [f"From now on: {named}"]
    assert await play.owner.says("/settings") == [shown]


async def test_a_rule_holds_at_once_and_over_a_restart(play: Play) -> None:
    ann = await play.member("Ann")
    for key, value in GOOD.items():
        assert "From now on" in (await play.owner.says(f"/settings {key} {value}"))[0]
    assert "+7" in (await ann.says("/checkin"))[0]
    assert {r.name: r.value for r in await play.database.read(lambda s: s.exec(select(Rule)).all())} == GOOD


async def test_bad_keys_and_values_change_nothing(play: Play) -> None:
    for key, values in BAD.items():
        for value in values:
            [answer] = await play.owner.says(f"/settings {key} {value}")
            assert "From now on" not in answer, (key, value)
            assert "went wrong" not in answer, (key, value)
    assert "points.checkin" in (await play.owner.says("/settings points.chekin 5"))[0]
    assert await play.database.read(lambda s: s.exec(select(Rule)).all()) == []


async def test_the_pause_holds_what_goes_out_on_its_own_and_no_answer(play: Play) -> None:
    ann = await play.member("Ann")
    assert "Paused" in (await play.owner.says("/pause"))[0]
    heard = len(ann.heard())
    await play.owner.says('/deal new "Spring tea" 20% until:2d')
    assert len(ann.heard()) == heard
    await play.owner.says("/grant @ann 5 thanks")
    assert "+5 (thanks)" in ann.heard()[-1]
    assert await ann.points() == 25
    assert "Sending again" in (await play.owner.says("/resume"))[0]
    await play.quiet()
    assert "Spring tea" in ann.heard()[-1]


async def test_a_long_audit_is_still_answered(play: Play) -> None:
    for _ in range(51):
        await play.owner.says(f"/settings birthday.offer gift:{'tea and cake ' * 4}")
    [shown] = await play.owner.says("/audit")
    assert shown.count("Birthday coupon") > 20


async def test_the_audit_says_who_did_what_to_whom_and_why(play: Play) -> None:
    await play.linked_group()
    mary, ann = await play.member("Mary"), await play.member("Ann")
    await play.owner.says("/staff add @mary manager")
    await mary.says("/grant @ann 50 kind words")
    await mary.says("/deduct @ann 5 <b>a slip</b>")
    await mary.says("/grant @ann 5000 a whole year")
    await play.owner.taps("Approve")
    await mary.says('/deal new "Spring tea" 20% until:2d')
    await ann.taps("Claim")
    code = re.search(r"Code: (\S+)", ann.heard()[-1])[1]
    await play.clerk.says(f"/redeem {code}")
    await play.owner.says("/settings points.checkin 6")
    [shown] = await play.owner.says("/audit")
    boss, clerk, at = "Mrs Wang (M0001)", "Chen (M0002)", "10 February, 10:00 · "
    assert shown.splitlines()[1:-1] == [
        f"{at}{boss} set “Points for a check-in” to 6",
        f"{at}{clerk} used Ann (M0004)'s coupon “Spring tea”",
        f"{at}Mary (M0003) made the deal “Spring tea”",
        f"{at}{boss} approved 5,000 points for Ann (M0004): a whole year",
        f"{at}Mary (M0003) gave Ann (M0004) 5,000 points: a whole year",
        f"{at}Mary (M0003) took 5 points from Ann (M0004): <b>a slip</b>",
        f"{at}Mary (M0003) gave Ann (M0004) 50 points: kind words",
        f"{at}{boss} gave Mary (M0003) the role manager",
    ]
    assert "linked the group" in shown


async def test_roles_have_chinese_names(play: Play) -> None:
    await play.member("Mary")
    await play.owner.says("/start")
    await play.owner.presses("lang:zh_CN")
    assert "现在是店长" in (await play.owner.says("/staff add @mary 店长"))[0]
