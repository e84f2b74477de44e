"""Grades: earned at the till, kept for a grace when they are earned no more, given by hand, and shown to everybody."""

from tests.people import Play, Someone
from tests.tables import everything


async def bought(play: Play, who: str, *lines: str) -> str:
    """Somebody's purchases, one after the other. Returns the last answer at the till."""
    answer = ""
    for line in lines:
        [answer] = await play.clerk.says(f"/sale @{who} {line}")
        assert "paid by" in answer, answer
    return answer


async def card(someone: Someone) -> list[str]:
    """What somebody's card says, without the foot."""
    [text] = await someone.says("/card")
    return text.splitlines()[:-1]


async def test_purchases_lift_a_grade_at_once_and_earn_by_the_one_before(play: Play) -> None:
    ann = await play.member("Ann")
    await bought(play, "ann", "20")
    assert await card(ann) == ["M0003 Ann · new", "1 more purchase until regular", "40 points"]
    assert "+980 points;" in await bought(play, "ann", "980")
    assert "M0003 Ann · vip" in await card(ann)
    told = next(text for text in ann.heard() if "Congratulations" in text)
    assert told.splitlines() == [
        "Congratulations, Ann: at Tea House you are vip now!",
        "From now on your purchases earn 1.2× points.",
        "Thank you for coming so often. /card shows your new card.",
    ]
    assert "+4,800 points (1.2× as vip);" in await bought(play, "ann", "4000")
    assert (await card(ann))[:1] == ["M0003 Ann · svip"]
    assert "until" not in "\n".join(await card(ann))


async def test_eight_purchases_make_a_vip(play: Play) -> None:
    ann = await play.member("Ann")
    await bought(play, "ann", "1", "1")
    assert await card(ann) == ["M0003 Ann · regular", "CN¥998 or 6 more purchases until vip", "22 points"]
    await bought(play, "ann", *["1"] * 6)
    assert (await card(ann))[:2] == ["M0003 Ann · vip", "CN¥4,992 more until svip"]


async def test_a_slip_and_a_refund_take_the_grade_along_that_they_brought(play: Play) -> None:
    ann = await play.member("Ann")
    await bought(play, "ann", "20", "5000 #A-2")
    assert (await card(ann))[0].endswith("svip")
    await play.clerk.taps("Undo")
    assert (await card(ann))[:2] == ["M0003 Ann · new", "1 more purchase until regular"]
    await bought(play, "ann", "5000 #A-2")
    assert (await card(ann))[0].endswith("svip")
    await play.clerk.says("/refund #A-2 4500")
    assert (await card(ann))[0].endswith("regular")
    await play.clerk.says("/refund #A-2")
    assert (await card(ann))[0].endswith("new")


async def test_a_grade_falls_a_step_at_a_time_after_a_notice_and_a_grace(play: Play) -> None:
    ann = await play.member("Ann")
    await bought(play, "ann", "2500", "2600")
    assert (await card(ann))[0].endswith("svip")
    await play.down_until("2028-02-10 12:00")  # the same day a year later still counts
    assert "until" not in "\n".join(await card(ann))
    await play.down_until("2028-02-11 12:00")
    assert ann.heard()[-1].splitlines() == [
        "Ann, you are svip at Tea House until 11 March.",
        "CN¥5,000 more by then keep it; otherwise you are vip from then on.",
        "We would love to see you again.",
    ]
    assert (await card(ann))[:2] == ["M0003 Ann · svip", "until 11 March; CN¥5,000 more keep it"]
    await play.down_until("2028-03-11 20:00")
    assert (await card(ann))[0].endswith("svip")
    await play.down_until("2028-03-12 12:00")
    assert (await card(ann))[:2] == ["M0003 Ann · vip", "until 10 April; CN¥1,000 or 8 more purchases keep it"]
    assert any("you are vip at Tea House until 10 April" in text for text in ann.heard())
    for day, grade in (("2028-04-11", "regular"), ("2028-05-11", "new"), ("2028-09-11", "new")):
        await play.down_until(f"{day} 12:00")
        assert (await card(ann))[0].endswith(f" {grade}"), day


async def test_a_purchase_in_the_grace_keeps_the_grade(play: Play) -> None:
    ann = await play.member("Ann")
    await bought(play, "ann", "1200")
    await play.down_until("2028-02-11 12:00")
    assert "until 11 March" in (await card(ann))[1]
    assert "+1,200 points (1.2× as vip)" in await bought(play, "ann", "1000")
    assert (await card(ann))[:2] == ["M0003 Ann · vip", "CN¥4,000 more until svip"]
    await play.down_until("2028-04-11 12:00")
    assert (await card(ann))[0].endswith("vip")


async def test_new_cut_points_hold_within_a_minute(play: Play) -> None:
    ann = await play.member("Ann")
    await bought(play, "ann", "300")
    await play.owner.says("/settings grades.vip_spent 300")
    await play.club.tick()
    assert (await card(ann))[0].endswith("vip")
    await play.owner.says("/settings grades.vip_spent 0")
    await play.club.tick()
    assert "until 11 March; 7 more purchases keep it" in (await card(ann))[1]
    assert "Money spent for vip: none" in (await play.owner.says("/settings grades"))[0]


async def test_staff_give_a_grade_with_a_reason_and_an_end(play: Play) -> None:
    ann = await play.member("Ann")
    await play.owner.says("/start")
    await bought(play, "ann", "1", "1")
    [answer] = await play.owner.says("/grade @ann vip until:3d our first customer")
    assert answer == "Ann (M0003) is vip until 13 February, 10:00."
    assert ann.heard()[-1].splitlines() == [
        "Tea House made you vip: our first customer",
        "That holds until 13 February, 10:00.",
        "/card shows your card.",
    ]
    assert (await card(ann))[:2] == ["M0003 Ann · vip", "until 13 February, 10:00"]
    assert "1.2× as vip" in await bought(play, "ann", "100")
    assert "gave Ann (M0003) the grade vip" in (await play.owner.says("/audit"))[0]
    assert "Grade by hand: vip, our first customer (" in (await play.owner.says("/member @ann"))[0]
    await play.down_until("2027-02-13 09:59")
    assert (await card(ann))[0].endswith("vip")
    await play.down_until("2027-02-13 10:01")
    assert (await card(ann))[0].endswith("regular")


async def test_a_grade_by_hand_holds_until_the_purchases_decide_again(play: Play) -> None:
    ann = await play.member("Ann")
    await bought(play, "ann", "1200")
    assert "is new from now on" in (await play.owner.says("/grade @ann 新会员 resells"))[0]
    await bought(play, "ann", "200")
    assert (await card(ann))[0].endswith("new")
    assert "earned: vip." in (await play.owner.says("/grade @ann auto"))[0]
    await play.owner.says("/grade @ann vip thanks")
    await bought(play, "ann", "4000")
    assert (await card(ann))[0].endswith("svip")  # earned since, and higher


REFUSED = {
    "/grade": "Please write it like this: /grade @ann",
    "/grade @ann": "Please write it like this: /grade @ann",
    "/grade @ann vip": "Please give a reason",
    "/grade @ann vip until:3d": "Please give a reason",
    "/grade @ann gold thanks": "A grade is one of: new, regular, vip, svip.",
    "/grade @nobody vip thanks": "I know no member",
    "/grade @ann vip until:never thanks": "never",
    f"/grade @ann vip {'x' * 201}": "too long",
    "/grade @ann vip unitl:3d thanks": "I don't know “unitl:”",
}


async def test_a_wrong_line_gets_one_sentence_and_changes_nothing(play: Play) -> None:
    await play.member("Ann")
    await play.owner.says("/start")
    before = await play.database.read(everything, "inbox")
    for line, says in REFUSED.items():
        [refusal] = await play.owner.says(line)
        assert says in refusal, line
        assert "\n" not in refusal, line
    assert await play.database.read(everything, "inbox") == before


async def test_managers_see_all_grades_in_one_picture(play: Play) -> None:
    await play.member("Ann")
    await bought(play, "ann", "1", "2")
    [text] = await play.owner.says("/grades")
    assert "regular: 1 · from 2 purchases · 1 came up" in text.splitlines()
    assert "active 1 · sleeping 0 · lost 0" in text
    assert play.owner.file().data.startswith(b"\x89PNG")
    assert "Change it: /settings grades" in text
    assert "Days that count for a grade: 365" in (await play.owner.says("/settings grades"))[0]
    await play.down_until("2027-05-11 10:01")
    assert "active 0 · sleeping 1 · lost 0" in (await play.owner.says("/grades"))[0]
    await play.down_until("2027-11-07 10:01")
    assert "active 0 · sleeping 0 · lost 1" in (await play.owner.says("/grades"))[0]


async def test_the_receipt_says_at_once_that_a_purchase_brought_a_grade(play: Play) -> None:
    ann = await play.member("Ann")
    await play.down_until("2027-02-10 22:00")  # the congratulation waits for the morning
    assert "congratulate" not in (await play.clerk.says("/sale @ann 20 tea"))[0]
    [answer] = await play.clerk.says("/sale @ann 1000 pot")
    assert "A reason to congratulate: vip from now on." in answer
    assert "And it makes you vip! 🎉" in ann.heard()[-1]
    assert "congratulate" not in (await play.clerk.says("/sale @ann 20 tea"))[0]
    await play.until("2027-02-11 09:30")
    assert "you are vip now" in "\n".join(ann.heard())
