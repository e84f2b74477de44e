"""The gift area: points become things, each piece once, and what is not fetched comes back."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlmodel import Session

from bot.club import gifts, points
from bot.club.members import Person, Role, Visitor
from db.points import LOTS
from tests.people import Play, Someone

CUP = "Porcelain cup"
CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")


async def cup(play: Play, words: str = "120 2", name: str = CUP) -> str:
    """The owner puts a gift into the area; the answer."""
    [made] = await play.owner.says(f'/gift new "{name}" {words}')
    return made


async def rich(play: Play, name: str, points: int = 300) -> Someone:
    """A member with points."""
    someone = await play.member(name)
    await play.owner.says(f"/grant @{name.lower()} {points} thanks")
    return someone


async def test_the_owner_fills_the_gift_area(play: Play) -> None:
    assert "No gifts yet" in (await play.owner.says("/gift list"))[0]
    assert await cup(play) == "In the gift area: Porcelain cup: 120 points, 2 left."
    assert "from grade vip, 1 for each member, until 12 February, 10:00" in (
        await cup(play, "2000 5 grade:vip limit:1 from:now until:2d", "Tea pot")
    )
    assert "from 11 February, 10:00" in await cup(play, "50 0 from:1d", "Spoon")
    [listed] = await play.owner.says("/gift list")
    assert [line.split(":")[0] for line in listed.splitlines()] == ["Spoon", CUP, "Tea pot"]
    assert "7 left" in (await play.owner.says("/gift stock porcelain  CUP 7"))[0]
    assert "out of the gift area" in (await play.owner.says(f"/gift off {CUP}"))[0]
    assert CUP not in (await play.owner.says("/gift list"))[0]
    assert "120 points" in await cup(play)  # its name is free again
    [audit] = await play.owner.says("/audit")
    assert "set the stock of “Porcelain cup” to 7" in audit
    assert "took the gift “Porcelain cup” out" in audit
    assert "made the gift “Tea pot”" in audit


async def test_gift_alone_explains_itself_with_a_line_that_works(play: Play) -> None:
    [told] = await play.owner.says("/gift")
    line = next(line for line in told.splitlines() if line.startswith("/gift new"))
    assert "In the gift area" in (await play.owner.says(line))[0]
    await play.owner.says("/gift")
    assert CUP in (await play.owner.taps("All gifts"))[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('new "Cup" 120 -1', "The stock is a whole number from 0 to 100,000."),
        ('new "Cup" 120 1.5', "The stock is a whole number from 0 to 100,000."),
        ('new "Cup" 0 5', "The price is a whole number of points from 1 to 1,000,000."),
        ('new "Cup" 99999999999 5', "The price is a whole number of points from 1 to 1,000,000."),
        ('new "Cup" ten 5', "The price is a whole number of points from 1 to 1,000,000."),
        (f'new "{"x" * 4000}" 10 5', "That is too long: at most 40 characters."),
        (f"new {'x ' * 1900} 10 5", "That is too long: at most 40 characters."),
        ('new "Cup" 10', 'Please write it like this: /gift new "Porcelain cup" 120 10'),
        ('new "" 10 5', 'Please write it like this: /gift new "Porcelain cup" 120 10'),
        ("buy", 'Please write it like this: /gift new "Porcelain cup" 120 10'),
        ('new "Cup" 10 5 grade:gold', "A grade is one of: new, regular, vip, svip."),
        ('new "Cup" 10 5 limit:0', "limit: must be a whole number from 1 to 1,000."),
        ('new "Cup" 10 5 from:2d until:1h from:now until:now', "A gift's time must end after it begins"),
        ('new "Cup" 10 5 colour:red', "I don't know “colour:”."),
        ('new "porcelain CUP" 10 5', "There is a gift “porcelain CUP” already."),
        ("stock Porcelain cup -1", "The stock is a whole number from 0 to 100,000."),
        ("stock Tea pot 5", "There is no such gift."),
        ("stock", 'Please write it like this: /gift stock "Porcelain cup" 10'),
        ("off Tea pot", "There is no such gift."),
        ("off", 'Please write it like this: /gift off "Porcelain cup"'),
    ],
)
async def test_a_bad_line_is_answered_in_one_sentence_and_changes_nothing(play: Play, line: str, said: str) -> None:
    await cup(play)
    [answer] = await play.owner.says(f"/gift {line}")
    assert answer.startswith(said)
    assert await play.owner.says("/gift list") == ["Porcelain cup: 120 points, 2 left"]


async def ordered(someone: Someone, name: str = CUP) -> str:
    """Somebody redeems a gift; the voucher's code."""
    await someone.says("/gifts")
    await someone.taps(name)
    [voucher] = await someone.taps("Redeem")
    return CODE.search(voucher)[0]  # type: ignore[index]


async def stock(play: Play, name: str = CUP) -> int:
    """How many the shop's list tells."""
    [listed] = await play.owner.says("/gift list")
    return int(re.search(rf"{name}: .* (\d+) left", listed)[1])  # type: ignore[index]


async def test_points_become_a_gift_after_one_confirmation(play: Play) -> None:
    ann = await rich(play, "Ann")
    assert "empty at the moment" in (await ann.says("/gifts"))[0]
    await cup(play)
    before = await ann.points()
    [shown] = await ann.says("礼品")
    assert f"You have {before} points." in shown
    assert "Porcelain cup: 120 points, 2 left" in shown
    [asked] = await ann.taps(CUP)
    assert "“Porcelain cup” for 120 points?" in asked
    [voucher] = await ann.taps("Redeem")
    assert CODE.search(voucher)
    assert "To be fetched by 12 March 2027" in voucher
    assert await ann.points() == before - 120
    assert CUP in (await ann.says("/points"))[0]
    assert await stock(play) == 1
    assert CODE.search(voucher)[0] in (await ann.says("/gifts"))[0]


async def test_one_confirmation_is_one_order_however_often_it_is_tapped(play: Play) -> None:
    ann = await rich(play, "Ann", 500)
    await cup(play)
    before = await ann.points()
    await ann.says("/gifts")
    await ann.taps(CUP)
    message, data = ann.button("Redeem")
    for _ in range(5):
        await play.playground.press(ann.id, ann.id, message.id, data)
    await play.quiet()
    codes = {found[0] for text in ann.heard() if (found := CODE.search(text))}
    assert len(codes) == 1
    assert await ann.points() == before - 120
    assert await stock(play) == 1
    bob = await rich(play, "Bob")
    [his] = await bob.presses(data)  # the same data is another confirmation for somebody else
    assert CODE.search(his)[0] not in codes
    for forged in (
        "gift:take:1:",
        "gift:take:1:x",
        "gift:take:9:" + "a" * 16,
        "voucher:undo:1",
        "voucher:drop:99",
        "gift:x:1",
    ):
        [answer] = await bob.presses(forged)
        assert "no longer works" in answer or "no such gift" in answer, forged


async def test_a_cancelled_order_gives_points_and_piece_back(play: Play) -> None:
    ann = await rich(play, "Ann")
    await cup(play)
    before = await ann.points()
    code = await ordered(ann)
    [sure] = await ann.taps("Cancel the order")
    assert "Cancel the order of “Porcelain cup”? You get 120 points back." in sure
    assert "you have your 120 points back" in (await ann.taps("Confirm"))[0]
    assert await ann.points() == before
    assert await stock(play) == 2
    assert "no longer good" in (await ann.presses("voucher:undo:1"))[0]
    assert await ann.points() == before
    assert "no longer good" in (await play.clerk.says(f"/redeem {code}"))[0]
    again = await ordered(ann)
    assert again != code
    await ann.says("/gifts")
    await ann.taps(f"Cancel: {CUP}")
    assert "you have your 120 points back" in (await ann.taps("Confirm"))[0]


async def test_a_voucher_is_handed_over_once(play: Play) -> None:
    ann = await rich(play, "Ann")
    await cup(play)
    code = await ordered(ann)
    assert await play.clerk.says(f"/redeem {code}") == ["Done: “Porcelain cup” for M0003, Ann."]
    [refusal] = await play.clerk.says(f"/redeem {code}")
    assert refusal == "“Porcelain cup” was handed over on 10 February, 10:00 already; Chen (M0002) entered it."
    assert "handed over on" in (await ann.presses("voucher:undo:1"))[0]
    assert code not in (await ann.says("/gifts"))[0]
    assert "handed “Porcelain cup” to Ann (M0003)" in (await play.owner.says("/audit"))[0]


async def test_a_vouchers_code_alone_asks_the_staff_and_shows_it_to_its_member_only(play: Play) -> None:
    ann, bob = await rich(play, "Ann"), await play.member("Bob")
    await cup(play)
    code = await ordered(ann)
    assert CUP in (await ann.says(code))[0]
    assert "no coupon with this code" in (await bob.says(code))[0]
    assert "Hand it over now?" in (await play.clerk.says(code.lower()))[0]
    assert "Done: “Porcelain" in (await play.clerk.taps("Confirm"))[0]


async def test_who_may_not_have_a_gift_is_told_why(play: Play) -> None:
    ann = await rich(play, "Ann", 100)
    await cup(play, "50 5 limit:1")
    await cup(play, "10 5 grade:vip", "Tea pot")
    await cup(play, "5000 5", "Kettle")
    await cup(play, "10 5 from:1d", "Spoon")
    [shown] = await ann.says("/gifts")
    assert "Spoon" not in shown
    assert "You still need 4,880 points." in shown
    assert "For a higher grade than yours." in shown
    assert "You still need 4,880 points for “Kettle”." in (await ann.taps("Kettle"))[0]
    await ordered(ann)
    assert "as often as each member may" in (await ann.says("/gifts"))[0]
    balance = await ann.points()
    for gift_id, why in (
        (1, "as often as"),
        (2, "higher grade"),
        (3, "still need"),
        (4, "no such gift"),
        (5, "no such"),
    ):
        for data in (f"gift:ask:{gift_id}", f"gift:take:{gift_id}:{'b' * 16}"):
            assert why in (await ann.presses(data))[0], data
    assert await ann.points() == balance
    assert await stock(play, "Kettle") == 5
    await play.owner.says(f"/gift off {CUP}")
    assert "no such gift" in (await ann.presses("gift:ask:1"))[0]


async def test_points_that_are_on_their_way_buy_nothing_yet(play: Play) -> None:
    ann = await rich(play, "Ann", 80)
    await cup(play, "120 2")
    now = play.clock.now()

    def on_their_way(session: Session) -> None:
        points.award(session, 3, 500, "grant", key="later", now=now)
        late = LOTS.update().where(LOTS.c.key == "later").values(available_at=now + timedelta(days=7))
        session.connection().execute(late)

    await play.database.write(on_their_way)
    [shown] = await ann.says("/gifts")
    assert "You have 100 points." in shown
    assert "You still need 20 points." in shown
    assert "You still need 20 points for" in (await ann.presses(f"gift:take:1:{'c' * 16}"))[0]
    assert await stock(play) == 2


async def test_what_nobody_fetches_is_reminded_of_and_then_lapses(play: Play) -> None:
    ann = await rich(play, "Ann")
    await cup(play)
    before = await ann.points()
    code = await ordered(ann)
    await play.down_until("2027-03-05 09:29")
    heard = len(ann.heard())
    await play.down_until("2027-03-05 09:31")
    assert "still waiting for you" in ann.heard()[heard]
    assert code in ann.heard()[heard]
    await play.down_until("2027-03-12 23:59")
    assert await ann.points() == before - 120
    await play.down_until("2027-03-13 09:15")
    assert "Your 120 points are back" in ann.heard()[-1]
    assert await ann.points() == before
    assert await stock(play) == 2
    assert "no longer good" in (await play.clerk.says(f"/redeem {code}"))[0]


async def test_who_waits_is_told_once_when_a_piece_is_back(play: Play) -> None:
    ann, bob, cat = [await rich(play, name) for name in ("Ann", "Bob", "Cat")]
    await cup(play, "120 1")
    await ordered(ann)
    assert "All of “Porcelain cup” are taken" in (await bob.presses("gift:ask:1"))[0]
    for each in (bob, cat):
        await each.says("/gifts")
        assert "I tell you once" in (await each.taps(f"Tell me: {CUP}"))[0]
    assert "I tell you when it is back." in (await bob.says("/gifts"))[0]
    await ann.presses("voucher:undo:1")  # one piece: who waits longest
    assert "first has it" in bob.heard()[-1]
    assert "first has it" not in cat.heard()[-1]
    assert "is there" in (await bob.presses("gift:wait:1"))[0]
    await bob.taps(CUP)
    await bob.taps("Redeem")
    await play.owner.says(f"/gift stock {CUP} 5")
    assert "first has it" in cat.heard()[-1]
    assert sum("first has it" in text for text in bob.heard()) == 1
    await play.owner.says(f"/gift stock {CUP} 9")
    assert sum("first has it" in text for text in cat.heard()) == 1


async def test_the_shop_sees_what_to_hand_over_and_can_take_it_back(play: Play) -> None:
    assert await play.owner.says("/gift orders") == ["Nothing is to be handed over at the moment."]
    ann, bob = await rich(play, "Ann"), await rich(play, "Bob")
    await cup(play)
    before = await bob.points()
    for each in (ann, bob):
        await ordered(each)
    [listed] = await play.owner.says("/gift orders")
    assert "Ann (M0003): “Porcelain cup”, ordered on 10 February, 10:00, good until 12 March" in listed
    await play.owner.taps("M0003")
    assert "Done: “Porcelain cup” for M0003, Ann." in (await play.owner.taps("Hand over"))[0]
    await play.owner.says("/gift")
    await play.owner.taps("To hand over")
    await play.owner.taps("M0004")
    assert "Cancel it? 120 points go back" in (await play.owner.taps("Cancel the order"))[0]
    assert "Bob (M0004): “Porcelain cup”" in (await play.owner.taps("Keep it"))[0]
    assert await bob.points() == before - 120
    await play.owner.taps("Cancel the order")
    assert "Bob (M0004) has the points back" in (await play.owner.taps("Confirm"))[0]
    assert await play.owner.taps("To hand over") == ["Nothing is to be handed over at the moment."]
    assert "We had to cancel your order" in bob.heard()[-1]
    assert await bob.points() == before
    [audit] = await play.owner.says("/audit")
    assert "cancelled Bob (M0004)'s order of “Porcelain cup”" in audit
    assert "no longer good" in (await play.owner.presses("order:undo:2"))[0]


async def test_who_is_erased_leaves_no_order_behind(play: Play) -> None:
    ann = await rich(play, "Ann")
    await cup(play, "120 1")
    code = await ordered(ann)
    await ann.says("/forget")
    await ann.taps("Erase")
    assert await stock(play) == 1
    assert "no coupon with this code" in (await play.clerk.says(f"/redeem {code}"))[0]
    assert await play.owner.says("/gift orders") == ["Nothing is to be handed over at the moment."]


def picture(color: str) -> bytes:
    """A small photo."""
    file = BytesIO()
    Image.new("RGB", (8, 6), color).save(file, "PNG")
    return file.getvalue()


async def test_the_owners_photo_is_shown_with_the_gift(play: Play) -> None:
    ann, boss = await rich(play, "Ann"), play.owner
    await cup(play)
    for color in ("red", "blue"):  # the later one stands
        await play.playground.send_photo(boss.id, boss.id, "cup.png", picture(color), "/gift photo porcelain cup")
        await play.quiet()
        assert boss.heard()[-1] == "Members now see this picture with “Porcelain cup”."
    sent = [message.file for message in boss.sees() if message.file]
    await ann.says("/gifts")
    [asked] = await ann.taps(CUP)
    assert "“Porcelain cup” for 120 points?" in asked
    assert ann.sees()[-1].file == sent[-1] != sent[0]
    assert await ann.taps("Cancel") == ["All right, dropped. Nothing was changed."]
    await ordered(ann)
    assert "sent a picture of the gift “Porcelain cup”" in (await boss.says("/audit"))[0]


async def test_a_gift_whose_picture_the_platform_lost_is_sold_without(play: Play) -> None:
    ann = await rich(play, "Ann")
    await cup(play)
    boss = Person(Visitor("playground", 1, ""), 1, 1, None, None, False, True, Role.OWNER)
    await play.database.write(gifts.picture, boss, CUP, "gone", now=play.clock.now())
    assert CODE.fullmatch(await ordered(ann))
    assert await ann.presses("gift:no") == ["All right, dropped. Nothing was changed."]


async def test_what_is_no_photo_or_of_no_gift_is_answered_in_a_sentence(play: Play) -> None:
    await cup(play)
    boss, sentence = play.owner, "Please send the picture as a photo of at most 20 MB"
    assert (await boss.says(f"/gift photo {CUP}"))[0].startswith(sentence)
    await play.playground.send_file(boss.id, boss.id, "cup.png", picture("red"), f"/gift photo {CUP}")
    await play.quiet()
    assert boss.heard()[-1].startswith(sentence)
    await play.playground.send_photo(boss.id, boss.id, "cup.png", picture("red"), "/gift photo Kettle")
    await play.quiet()
    assert boss.heard()[-1].startswith("There is no such gift.")
