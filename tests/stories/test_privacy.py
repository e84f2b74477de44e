"""What is kept about me, as a file; and erased, so that no trace is left."""

import asyncio
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from bot.club import outbox, sending, settling
from bot.club.settling import Settled
from db.members import Account, Member
from db.outbox import Letter
from tests.people import Play, Someone
from tests.tables import everything

PHONE, E_MAIL, WECHAT = "13800138000", "ann.canary@example.com", "canary_of_7"
NOTE, REASON, TAG, NAME = "brings her dog", "for her dog", "canary-tag", "Anncanary"
CHILD = "Xiaoniao"
LATER = datetime(2027, 2, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
CANARIES = (PHONE, E_MAIL, WECHAT, NOTE, REASON, TAG, NAME, CHILD)


async def anybody(play: Play) -> Someone:
    """A member of the group who told the club a lot, and of whom the staff noted something."""
    await play.linked_group()
    ann = await play.member(NAME)
    await ann.joins()
    for field, answer in (("Phone", PHONE), ("E-mail", E_MAIL), ("WeChat id", WECHAT), ("Birthday", "lunar 8-15")):
        await ann.says("/profile")
        await ann.taps(field)
        await ann.says(answer)
    await ann.taps("Yes, that's right")
    await ann.says(f"/family add daughter {CHILD} 2024年5月")
    await ann.taps("I agree")
    await ann.says("/checkin")
    await play.owner.says(f"/grant @anncanary 50 {REASON}")
    await play.owner.says(f"/note @anncanary {NOTE}")
    await play.owner.says(f"/tag @anncanary {TAG}")
    await play.owner.says('/deal new "Spring tea" 20% until:9d')
    await ann.says("/deals")
    await ann.taps("Claim")
    return ann


async def forgets(someone: Someone) -> str:
    """Have oneself erased; the last words."""
    await someone.says("/forget")
    [said] = await someone.taps("erase me")
    return said


def exported(someone: Someone) -> dict[str, list[dict[str, Any]]]:
    """The file that /mydata sent last."""
    file = next(m.file for m in reversed(someone.sees()) if m.file)
    return json.loads(file.data)  # type: ignore[no-any-return]


def files(url: str) -> bytes:
    """Everything in the database's files."""
    path = Path(url.removeprefix("sqlite+aiosqlite:///"))
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def sung(told: str) -> list[str]:
    """The canaries that sing in a text."""
    return [canary for canary in CANARIES if canary.lower() in told.lower()]


async def test_everything_kept_about_me_comes_as_a_file(play: Play) -> None:
    ann = await anybody(play)
    [caption] = await ann.says("/mydata")
    assert "everything that is kept about you" in caption
    told = exported(ann)
    assert {each["value"] for each in told["answers"]} == {"+86" + PHONE, E_MAIL, WECHAT}
    assert [note["words"] for note in told["notes"]] == [NOTE]
    assert REASON in [entry["reason"] for entry in told["entries"]]
    assert told["members"][0]["met_at"].startswith("2027-02-10T10:00")
    assert told["members"][0]["met_at"].endswith("+08:00")
    assert [day["next_on"] for day in told["occasions"] if day["relation"] == "self"] == ["2027-09-15"]
    assert [day["name"] for day in told["occasions"] if day["relation"] == "daughter"] == [CHILD]
    assert {each["purpose"] for each in told["consents"]} == {"service", "offers", "family", "children", "email"}


async def test_the_file_is_named_by_number_and_day_and_nobody_elses(play: Play) -> None:
    ann = await anybody(play)
    bob = await play.member("Bob")
    await bob.says("我的数据")
    file = next(m.file for m in reversed(bob.sees()) if m.file)
    assert file.name == "M0004-2027-02-10.json"
    assert sung(file.data.decode()) == []
    await ann.says("/mydata")
    assert "Bob" not in json.dumps(exported(ann))


async def test_in_the_group_the_file_comes_in_private(play: Play) -> None:
    ann = await anybody(play)
    assert await ann.says("/mydata", group=True) == []
    assert exported(ann)["members"]


async def test_no_is_no(play: Play) -> None:
    ann = await anybody(play)
    before = await play.database.read(everything, "inbox")
    [asked] = await ann.says("注销")
    assert "What goes" in asked
    assert "What stays" in asked
    assert await ann.taps("No, stay") == ["All right, nothing was erased. Good that you stay!"]
    assert await play.database.read(everything, "inbox") == before


async def test_nothing_of_me_is_left_in_any_table_nor_in_the_log(play: Play) -> None:
    with capture_logs() as logs:
        ann = await anybody(play)
        assert sung(str(await play.database.read(everything))) == [*CANARIES]
        assert "you are erased" in await forgets(ann)
    left = str(await play.database.read(everything))
    assert sung(left) == []
    assert not re.search(rf"\b{ann.id}\b", left)
    assert sung(str(logs)) == []
    assert not re.search(rf"\b{ann.id}\b", str(logs))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_nothing_of_me_is_left_in_the_files_while_the_club_goes_on(play: Play, url: str) -> None:
    ann = await anybody(play)
    assert sung(files(url).decode(errors="replace")) == [*CANARIES]
    await forgets(ann)
    assert sung(files(url).decode(errors="replace")) == []


async def test_the_books_stay_balanced_without_my_name(play: Play) -> None:
    ann = await anybody(play)
    await ann.says("/mydata")
    number = exported(ann)["members"][0]["id"]
    await forgets(ann)
    told = await play.database.read(everything)
    entries = [row for row in told["entries"] if row[1] == number]
    assert sum(row[2] for row in entries) == 0
    assert entries[-1][3] == "forgotten"
    assert {row[4] for row in entries} == {None}
    assert sum(row[3] for row in told["lots"] if row[1] == number) == 0


async def test_the_club_counts_me_no_more_and_finds_me_by_nothing(play: Play) -> None:
    ann = await anybody(play)
    assert (await play.owner.says("/members"))[0].startswith("3 people: 1 member")
    await forgets(ann)
    [page] = await play.owner.says("/members")
    assert page.startswith("2 people: 0 members")
    assert "M0003" not in page
    for who in ("M0003", "@anncanary", NAME):
        assert "I know no member" in (await play.owner.says(f"/member {who}"))[0]
    assert NAME not in "".join(await play.owner.says("/audit"))


async def test_who_comes_back_begins_anew_and_is_not_paid_twice(play: Play) -> None:
    ann = await anybody(play)
    await forgets(ann)
    assert "If you agree" in (await ann.says("/profile"))[0]
    [thanks] = await ann.taps("I agree")
    assert "member M0004 now" in thanks
    assert "to begin with" not in thanks
    assert await ann.points() == 0
    assert "dog" not in "".join(await ann.says("/profile"))


async def test_what_waits_to_be_sent_is_not(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Birthday")
    await ann.says("13 Feb")
    await ann.taps("Yes, that's right")
    await play.until("2027-02-11 12:00")
    heard = len(ann.heard())
    await forgets(ann)
    await play.until("2027-02-14 12:00")
    assert len(ann.heard()) == heard + 1
    assert await play.database.read(lambda session: session.exec(select(Letter.kind)).all()) == []


async def test_a_letter_that_is_on_its_way_is_settled_without_harm(play: Play) -> None:
    ann = await play.member("Ann")
    person = await play.database.read(lambda session: session.exec(select(Account).where(Account.member_id == 3)).one())
    address = {"account_id": person.id, "member_id": 3, "key": "birthday:3"}
    await play.database.write(outbox.post, "birthday", **address, now=play.clock.now(), after=LATER)
    [going], _ = await play.database.write(sending.turn, [], 5, [], play.club.shop.now, now=LATER)
    await forgets(ann)
    for state in ("sent", "blocked", "uncertain", "waiting"):
        await play.database.write(sending.turn, [Settled(going.id, state)], 0, [], play.club.shop.now, now=LATER)
    assert await play.database.write(settling.recover, now=LATER) == 0


async def test_a_request_about_me_is_over(play: Play) -> None:
    await play.owner.says("/start")
    ann, mary = await play.member("Ann"), await play.member("Mary")
    await play.owner.says("/staff add @mary manager")
    await mary.says(f"/grant @ann 2000 {REASON}")
    assert REASON in play.owner.heard()[-1]
    await forgets(ann)
    assert "decided already" in (await play.owner.taps("Approve"))[0]
    assert sung(str(await play.database.read(everything))) == []


async def test_staff_lose_their_role_first(play: Play) -> None:
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary manager")
    assert "an owner must take your role away first" in await forgets(mary)
    await play.owner.says("/staff remove @mary")
    assert "you are erased" in await forgets(mary)
    await play.owner.says("/forget")
    assert "set outside the chat" in (await play.owner.taps("erase me"))[0]


async def test_two_taps_erase_once(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/forget")
    message, data = ann.button("erase me")
    await asyncio.gather(*(play.playground.press(ann.id, ann.id, message.id, data) for _tap in range(2)))
    await play.quiet()
    assert "you are erased" in "".join(ann.heard()[-2:])
    gone = select(Member.id).where(Member.erased_at.is_not(None))
    assert await play.database.read(lambda session: session.exec(gone).all()) == [3]


async def test_minors_are_gone_with_one_tap_and_their_consent_with_them(play: Play) -> None:
    ann = await anybody(play)
    await ann.says("/notify")
    await ann.taps("I withdraw my consent: family")
    await ann.taps("Erase my relatives")
    told = await play.database.read(everything)
    assert CHILD not in str(told)
    await ann.says("/mydata")
    stands = {each["purpose"] for each in exported(ann)["consents"] if not each["withdrawn_at"]}
    assert stands == {"service", "offers", "email"}


async def test_a_group_update_afterwards_makes_a_new_stranger(play: Play) -> None:
    ann = await anybody(play)
    await forgets(ann)
    await ann.leaves()
    await ann.joins()
    assert (await play.owner.says("/members"))[0].startswith("3 people: 0 members")
    assert sung(str(await play.database.read(everything))) == []


async def test_who_comes_back_is_promised_no_points_that_do_not_come(play: Play) -> None:
    ann = await play.member("Ann")
    await forgets(ann)
    [hello] = await ann.says("/start")
    assert "Welcome" in hello
    assert "points." not in hello.splitlines()[-1]
    assert "20 points" in (await play.stranger("Bob").says("/start"))[0]


async def test_who_comes_back_has_had_a_deal_and_this_years_birthday(play: Play) -> None:
    await play.owner.says("/settings birthday.settled_days 0")
    await play.owner.says('/deal new "Spring tea" 20% from:now until:9d')
    ann = await play.member("Ann")
    await tells_birthday(ann, "12 Feb")
    await ann.says("/deals")
    await ann.taps("Claim")
    assert (await ann.says("/coupons"))[0].count("Code:") == 2
    await forgets(ann)
    await ann.says("/start")
    await ann.taps("I agree")
    await ann.says("/deals")
    assert "already" in (await ann.taps("Claim"))[0]
    await tells_birthday(ann, "11 Feb")
    await play.days(1)
    assert "No coupons" in (await ann.says("/coupons"))[0]
    assert any("Happy birthday" in text for text in ann.heard())


async def tells_birthday(someone: Someone, day: str) -> None:
    """Tell a birthday and confirm it."""
    await someone.says("/profile")
    await someone.taps("Birthday")
    await someone.says(day)
    await someone.taps("Yes")
