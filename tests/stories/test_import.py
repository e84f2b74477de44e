"""The owner brings a list along: it is read, told what it would bring, confirmed, and carried out once."""

import asyncio
from typing import Any

import pytest
from sqlmodel import Session, func, select
from structlog.testing import capture_logs

from bot.club import books
from db.coupons import COUPONS
from db.imports import IMPORT_ROWS, IMPORTED, IMPORTS
from db.members import MEMBERS
from db.occasions import OCCASIONS
from db.points import LOTS
from db.purchases import PURCHASE_LINES, PURCHASES
from tests.people import Play
from tests.sheets import archive, workbook
from tests.tables import everything

HEADER = "name,phone,birthday,points"
LI, HAN = "Li Lei,13800138000,1990-08-15,100", "韩梅梅,13900139000,农历八月十五,50"
BAD = f"{HEADER}\n{LI}\nHan,123,1990-13-45,x\n"
GOOD = f"{HEADER}\n{LI}\n{HAN}\n"
NEW = "Is this a list of members, or does it give points to members whom I know?"
ROWS = 1200  # several batches


@pytest.fixture(autouse=True)
async def opened(play: Play) -> None:
    """The owner has spoken and the day is open, so that nothing but a list changes anything."""
    await play.owner.says("/start")
    await play.club.tick()


async def told(play: Play, text: str, name: str = "members.csv") -> str:
    """What the owner is told of a list."""
    [said] = await play.owner.sends(name, text.encode())
    return said


async def brought(play: Play, text: str) -> str:
    """What a list brought, after a yes."""
    await told(play, text)
    [said] = await play.owner.taps("Confirm")
    assert "is imported" in said, said
    return said


async def rows(play: Play, statement: Any) -> list[tuple[Any, ...]]:
    """What stands in the database."""
    return await play.database.read(lambda s: [tuple(row) for row in s.connection().execute(statement)])


async def kept(play: Play) -> dict[str, Any]:
    """Everything but what a file under way leaves of itself."""
    return await play.database.read(everything, "inbox", "imports", "audit")


def phone(number: int) -> str:
    """A mobile number of China."""
    return f"138{number:08}"


async def test_a_list_is_told_first_and_imported_after_a_yes(play: Play) -> None:
    before = await kept(play)
    said = await told(play, GOOD)
    assert said.splitlines()[:4] == [
        "members.csv is a list of members. With your yes:",
        "· new members: 2",
        "· points: 150, for 2 of them",
        "· birthdays: 2",
    ]
    assert "They have not agreed here themselves" in said
    assert {name: told for name, told in (await kept(play)).items() if name != "import_rows"} == {
        name: told for name, told in before.items() if name != "import_rows"
    }
    assert (await play.owner.taps("Confirm"))[0].startswith("Done: members.csv is imported.\n· new members: 2")
    assert (await play.owner.says("/members"))[0].startswith("4 people")
    page = (await play.owner.says("/member 13800138000"))[0]
    assert "Li Lei" in page
    assert "100 points" in page
    assert "15 August" in page
    assert "imported the list of members “members.csv”" in (await play.owner.says("/audit"))[0]
    assert await play.database.read(books.faults) == []
    assert await rows(play, select(func.count()).select_from(IMPORT_ROWS)) == [(0,)]


async def test_a_list_with_a_mistake_imports_nothing_and_names_the_row(play: Play) -> None:
    before = await kept(play)
    said = await told(play, BAD)
    assert said.splitlines() == [
        "I imported nothing of members.csv. Please correct it and send it again:",
        "Row 3, phone: That is no phone number. Please write it like 131 2345 6789, or with + and the country code.",
        "Row 3, birthday: There is no such day. Please write it like 15 Aug or 8-15.",
        "Row 3, points: Points are a whole number from 0 to 10,000,000.",
    ]
    assert not play.owner.sees()[-1].buttons
    await play.club.tick()
    assert await kept(play) == before


async def test_many_mistakes_come_as_a_file_too(play: Play) -> None:
    said = await told(play, f"{HEADER}\n" + "".join(f"Member {n},12{n},,x\n" for n in range(700)))
    assert "… and 1,380 more." in said
    assert "Row 2, phone" in said
    lines = play.owner.file().data.decode("utf-8-sig").splitlines()
    assert len(lines) == 1400
    assert lines[-1].startswith("Row 701, points")


async def test_a_no_leaves_everything_as_it_was(play: Play) -> None:
    before = await kept(play)
    await told(play, GOOD)
    assert await play.owner.taps("Cancel") == ["All right, nothing was imported."]
    assert "no longer works" in (await play.owner.presses("import:1"))[0]
    await play.club.tick()
    assert await kept(play) == before


async def test_what_nobody_confirms_is_gone_after_a_day(play: Play) -> None:
    await told(play, GOOD)
    await play.down_until("2027-02-12 10:00")
    assert await rows(play, select(func.count()).select_from(IMPORT_ROWS)) == [(0,)]
    assert "no longer works" in (await play.owner.taps("Confirm"))[0]
    assert (await play.owner.says("/members"))[0].startswith("2 people")


async def test_the_same_file_twice_changes_nothing(play: Play) -> None:
    await brought(play, GOOD)
    before = await kept(play)
    assert (await told(play, GOOD)).startswith("This very file was imported on 10 February, 10:00.")
    assert "keep the points that they have here: 2" in await told(play, GOOD + "\n")
    await play.owner.taps("Confirm")
    assert await kept(play) == before


async def test_two_taps_and_two_files_at_once_import_once(play: Play) -> None:
    await told(play, GOOD)
    first, data = play.owner.button("Confirm")
    tap = play.playground.press
    await asyncio.gather(*(tap(1, 1, first.id, data) for _ in range(3)))
    await play.quiet()
    assert (await play.owner.says("/members"))[0].startswith("4 people")
    assert await rows(play, select(func.sum(MEMBERS.c.points))) == [(150,)]
    assert await play.database.read(books.faults) == []


async def test_a_long_list_goes_in_batches_and_adds_up(play: Play) -> None:
    lines = "".join(f"Member {n},{phone(n)},8-15,{n % 7}\n" for n in range(ROWS))
    said = await brought(play, f"{HEADER}\n{lines}")
    assert f"new members: {ROWS:,}" in said
    assert await rows(play, select(func.count(), func.sum(MEMBERS.c.points)).select_from(MEMBERS)) == [
        (ROWS + 2, sum(n % 7 for n in range(ROWS)))
    ]
    assert await play.database.read(books.faults) == []


async def test_a_mistake_in_a_late_row_imports_nothing(play: Play) -> None:
    before = await kept(play)
    lines = "".join(f"Member {n},{phone(n)},8-15,5\n" for n in range(ROWS))
    assert f"Row {ROWS + 2}" in await told(play, f"{HEADER}\n{lines}Han,1,8-15,5\n")
    await play.club.tick()
    assert await kept(play) == before


async def test_known_members_keep_what_they_told_and_get_what_is_missing(play: Play) -> None:
    await play.member("Ann")
    ann = "number,name,phone,email,birthday,tags,note\n"
    await brought(
        play, ann.replace("number", "member number") + "M0003,Ann,13800138000,a@example.com,8-15,tea;new,ok\n"
    )
    await brought(play, ann.replace("number", "member number") + "M0003,Ann,13700137000,b@example.com,9-1,tea,ok\n")
    page = (await play.owner.says("/member @ann"))[0]
    for part in ("+8613800138000", "a@example.com", "15 August", "Tags: new · tea"):
        assert part in page
    assert page.count("· ok") == 1
    assert "b@example.com" not in page


async def test_a_number_beside_another_name_is_a_mistake(play: Play) -> None:
    await play.member("Ann")
    assert "Row 2: M0003 is somebody else" in await told(play, "会员号,姓名\nM0003,Bob\n")
    assert "Row 2: Nobody here has the number M0077" in await told(play, "会员号,姓名\nM0077,Bob\n")
    assert "“VIP7” is no number of this club" in await told(play, "会员号,姓名\nVIP7,Bob\n")


async def test_whoever_only_typed_a_number_gets_nothing_of_it(play: Play) -> None:
    mallory = await play.member("Mallory")
    await mallory.says("/profile")
    await mallory.taps("Phone")
    await mallory.says("13800138000")
    points = await mallory.points()
    said = await told(play, GOOD)
    assert "with a phone number that a member only typed: 1" in said
    await play.owner.taps("Confirm")
    assert await mallory.points() == points
    refused = await told(play, "phone,points,reason\n13800138000,50,old card\n")
    assert refused.startswith("points") or "50" in refused  # it goes to the one from the list
    await play.owner.taps("Confirm")
    assert await mallory.points() == points


async def test_points_for_a_number_that_was_only_typed_need_the_members_number(play: Play) -> None:
    ann = await play.member("Ann")
    await ann.says("/profile")
    await ann.taps("Phone")
    await ann.says("13800138000")
    said = await told(play, "phone,points,reason\n13800138000,50,old card\n13900139000,5,x\n")
    assert "Row 2: M0003 typed this phone number, which is no proof." in said
    assert "Row 3: The club knows nobody with “+8613900139000”." in said
    await brought(play, "会员号,积分,原因\nM0003,50,旧卡\n")
    assert await ann.points() == 80
    assert "+50 · 旧卡" in (await ann.says("/points"))[0]


async def test_points_bring_their_own_day_and_lapse_on_it(play: Play) -> None:
    ann = await play.member("Ann")
    await brought(
        play,
        "会员号,积分,积分有效期\nM0003,50,2027-03-05\nM0003,7,\n".replace("积分有效期", "有效期,原因")
        .replace("05\n", "05,\n")
        .replace("7,\n", "7,,\n"),
    )
    assert "50 of them expire after 5 March 2027." in (await ann.says("/points"))[0]
    await ann.says("/checkin")  # which renews the others
    await play.down_until("2027-03-04 12:00")
    assert await ann.points() == 82
    assert any("50 points expire after 5 March 2027" in text for text in ann.heard())
    assert not any("all of them stay" in text for text in ann.heard())
    await play.down_until("2027-03-06 09:00")
    assert await ann.points() == 32
    assert await play.database.read(books.faults) == []


async def test_points_that_are_over_are_a_mistake_and_no_points_are_not(play: Play) -> None:
    said = await told(
        play, "name,phone,points,points expire\nLi,13800138000,5,2027-01-01\nHan,13900139000,0,2027-01-01\n"
    )
    assert "Row 2, points expire: These points were good until 1 January 2027" in said
    assert "Row 3" not in said


async def test_purchases_of_before_count_and_earn_nothing(play: Play) -> None:
    await brought(play, GOOD)
    listed = (
        "订单号,手机,金额,商品,数量,日期\n"
        "a-1,13800138000,￥10.00,绿茶,2,2026-05-01\n"
        "A-1,13800138000,20,杯子,,2026-05-01\n"
        ",13900139000,5.5,,,2026/5/2 9:30\n"
    )
    said = await told(play, listed, "purchases.csv")
    assert "· purchases: 2, CN¥35.50 in all; they count for grades and earn no points" in said
    await play.owner.taps("Confirm")
    columns = PURCHASES.c.order_number, PURCHASES.c.paid, PURCHASES.c.points, PURCHASES.c.source
    assert (await rows(play, select(*columns).order_by(PURCHASES.c.id)))[0] == ("A-1", 3000, 0, "import")
    assert await rows(play, select(PURCHASE_LINES.c.quantity, PURCHASE_LINES.c.price)) == [(2, 500), (1, 2000)]
    again = await told(play, listed + "\n", "purchases.csv")
    assert "in the books already: 2" in again
    other = await told(play, listed.replace("20,杯子", "21,杯子"), "purchases.csv")
    assert "Row 2: Order A-1 was entered already, for somebody else or with another total." in other


async def test_somebody_from_a_list_can_buy_at_the_till(play: Play) -> None:
    await brought(play, GOOD)
    assert "CN¥20 paid by Li Lei" in (await play.clerk.says("/sale 13800138000 20 tea"))[0]


async def test_an_order_whose_rows_are_apart_or_contradict_each_other_is_a_mistake(play: Play) -> None:
    await brought(play, GOOD)
    head = "order,phone,total,product,date\n"
    apart = "A-1,13800138000,10,tea,2026-05-01\nA-2,13800138000,10,tea,2026-05-01\nA-1,13800138000,10,cup,2026-05-01\n"
    assert "Row 4: Order A-1 stands in row 2 too." in await told(play, head + apart)
    other = "A-1,13800138000,10,tea,2026-05-01\nA-1,13800138000,11,cup,2026-05-01\n"
    assert "Row 3: Order A-1 stands in row 2 too." in await told(play, head + other)
    assert "Row 2, date: A purchase cannot be later" in await told(play, head + "A-1,13800138000,10,tea,2028-05-01\n")


async def test_a_partners_list_says_who_agreed(play: Play) -> None:
    said = await told(play, "name,phone,consent\nLi,13800138000,in the shop on 1 Feb\nHan,13900139000,\n")
    assert "Row 3: It does not say when this person agreed" in said
    said = await told(play, "name,phone,consent\nLi,13800138000,in the shop on 1 Feb\n")
    assert "The list says of each of them who agreed and when" in said
    await play.owner.taps("Confirm")
    assert await rows(play, select(IMPORTED.c.agreed)) == [("in the shop on 1 Feb",)]


async def test_where_it_is_unsure_it_asks(play: Play) -> None:
    await brought(play, GOOD)
    assert await told(play, "phone,points\n13800138000,5\n") == NEW
    [said] = await play.owner.taps("Points for members")
    assert "points: 5, for 1 of them" in said
    assert await told(play, "姓名,手机,备用手机号\nLi,13700137000,13800138000\n", "x.csv") != NEW
    [said] = [await told(play, "姓名,手机,电话\n王,13700137000,13600136000\n", "y.csv")]
    assert said == "Which column is “phone”?"
    [said] = await play.owner.taps("电话")
    assert "new members: 1" in said
    await play.owner.taps("Confirm")
    assert "王" in (await play.owner.says("/member 13600136000"))[0]
    assert "needs a column “date”" in await told(play, "phone,amount\n13800138000,5\n")
    assert "I know none of the columns" in await told(play, "a,b\n1,2\n")


async def test_nobody_from_a_list_gets_a_coupon_or_a_report(play: Play) -> None:
    await brought(play, f"{HEADER}\nLi,13800138000,2-14,5\n")
    await play.down_until("2027-02-13 12:00")
    assert await rows(play, select(func.count()).select_from(COUPONS)) == [(0,)]
    assert await rows(play, select(OCCASIONS.c.last_on).where(OCCASIONS.c.member_id == 3)) != [(None,)]


async def test_who_never_came_is_forgotten_in_time(play: Play) -> None:
    await brought(play, GOOD)
    await play.down_until("2029-01-05 10:00")
    assert (await play.owner.says("/members"))[0].startswith("4 people")
    await play.down_until("2029-03-05 10:00")
    assert (await play.owner.says("/members"))[0].startswith("2 people")
    assert "Li Lei" not in str(await play.database.read(everything, "inbox"))


async def test_only_the_owner_and_only_in_private(play: Play) -> None:
    ann = await play.member("Ann")
    assert await ann.sends("members.csv", GOOD.encode()) == ["That is not available here. /help lists what works."]
    await play.linked_group()
    before = len(play.owner.heard())
    await play.playground.send_file(1, play.group, "members.csv", GOOD.encode(), "/import")
    await play.quiet()
    assert "in our private chat" in play.owner.heard()[before]
    assert await rows(play, select(func.count()).select_from(IMPORTS)) == [(0,)]
    assert "Send me a CSV or Excel file" in (await play.owner.says("/import"))[0]


async def test_another_owners_list_is_nobody_elses(play: Play) -> None:
    await told(play, GOOD)
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary owner")
    for data in ("import:1", "unimport:1", "column:1:kind:members"):
        assert "no longer works" in (await mary.presses(data))[0]


async def test_an_excel_file_and_chinese_words_work(play: Play) -> None:
    book = workbook([["姓名", "手机", "生日", "积分"], ["李雷", 13800138000, "1990-08-15", 100.0]])
    [said] = await play.owner.sends("会员.xlsx", book, "导入")
    assert "new members: 1" in said


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.csv", b"", "nothing in this file"),
        ("x.csv", b"name,phone\n", "nothing in this file"),
        ("x.csv", b"name\0,phone\n", "could not read this file as a table"),
        ("../../x.csv", b"a\n=1+1\n", "I know none of the columns"),
        ("a" * 300 + ".zip", b"PK\x03\x04" * 9, "damaged"),
        ("x.xlsx", archive(xl__worksheets__sheet1_xml=bytes(60 * 2**20)), "unpacks to more than 50 MB"),
        ("x.xlsm", archive(xl__workbook_xml=b"", xl__vbaProject_bin=b"x"), "macros"),
        ("x.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
        ("x.ods", archive(mimetype=b"ods"), "OpenDocument"),
        ("x.csv", b",".join([b"c"] * 10**6), "more than 200 columns"),
        ("x.csv", b"name,phone\n" + b"x" * 70_000, "far too long"),
        ("x.csv", b'name,phone\n"x,1\n', "In row 2 a quotation mark"),
        ("x.csv", b"name,phone\nLi\n", "Row 2: 1 cells, but row 1 has 2."),
        ("x.csv", b"name,phone\nLi,13800138000,3\n", "Row 2: 3 cells, but row 1 has 2."),
        ("<b>x&.csv", b"name,phone\n<b>,1\n", "I imported nothing of <b>x&.csv"),
        ("x.csv", b"name,phone\nLi,13800138000\nLi,+86 138 0013 8000\n", "Row 3: The same person stands in row 2."),
        ("x.csv", b"name,phone\n,\n,\n", "nothing in this file"),
        ("x.csv", b"name,phone,points\n,,5\n", "Row 2: It does not say whose it is"),
    ],
)
async def test_a_hostile_file_gets_one_sentence_and_changes_nothing(
    play: Play, name: str, data: bytes, says: str
) -> None:
    before = await kept(play)
    with capture_logs() as logs:
        [said] = await play.owner.sends(name, data or b" ")
    assert says in said
    assert not [each for each in logs if each["log_level"] == "error"]
    await play.club.tick()
    assert await kept(play) == before
    assert (await play.owner.says("/members"))[0].startswith("2 people")


async def test_a_file_that_is_gone_or_too_large_gets_a_sentence(play: Play) -> None:
    world = play.playground._world
    about = {
        "message_id": 1,
        "date": world.seconds(),
        "chat": world.chat(1),
        "from": world.user(1),
        "caption": "/import",
    }
    for number, document in enumerate(({"file_id": "gone"}, {"file_id": "big", "file_size": 21 * 2**20})):
        update = {"update_id": 10**15 + number, "message": about | {"document": document | {"file_unique_id": "x"}}}
        await play.club.inbox.keep("playground", [update])
        await play.quiet()
        assert "I could not fetch this file" in play.owner.heard()[-1]


async def test_what_is_counted_is_what_is_paid(play: Play) -> None:
    """A member who owes points pays them first, and no lot is paid twice."""
    ann = await play.member("Ann")
    await play.owner.says("/sale @ann 100 tea #A-1")
    await play.owner.says("/deduct @ann 120 x")
    await play.owner.says("/refund #A-1")
    await brought(play, "会员号,积分,原因\nM0003,130,旧卡\n")
    assert await ann.points() == 30

    def books_of(session: Session) -> tuple[int, int]:
        owed = session.connection().execute(select(MEMBERS.c.owed).where(MEMBERS.c.id == 3)).scalar_one()
        return owed, session.connection().execute(select(func.sum(LOTS.c.remaining))).scalar_one()

    assert await play.database.read(books_of) == (0, 30)
    assert await play.database.read(books.faults) == []
