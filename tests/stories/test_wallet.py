"""The wallet: what ends soonest first, and a QR code for each coupon that only staff can use."""

import io
import re
from datetime import timedelta

import pytest
import segno
from PIL import Image
from sqlmodel import Session, select

from bot.club import coupons
from bot.club.offers import Offer
from bot.pictures import codes
from bot.pictures.cards import till_code
from db.coupons import Coupon
from tests.people import Play, Someone

pytestmark = pytest.mark.words

LINK = "https://t.me/regulars_bot?start=use_"


async def given(play: Play) -> tuple[Someone, str]:
    """Ann, and the code of her coupon."""
    ann = await play.member("Ann")
    await play.owner.says("/coupon new TEA 10 14 min:50")
    await play.owner.says("/coupon give TEA @ann")
    return ann, await play.database.read(lambda session: session.exec(select(Coupon.code)).one())


async def test_the_wallet_shows_what_ends_soonest_first(play: Play) -> None:
    ann, _ = await given(play)
    await play.owner.says("/coupon new SOON 20% 3")
    await play.owner.says("/coupon give SOON @ann")
    [wallet] = await ann.says("/coupons")
    assert wallet.index("SOON: 20% off") < wallet.index("13 February") < wallet.index("TEA: CN¥10 off")
    assert "for purchases from CN¥50" in wallet
    assert [row[0][0] for row in ann.sees()[-1].buttons] == ["QR code: SOON", "QR code: TEA"]


async def test_a_coupons_button_sends_its_qr_code_with_the_code_in_words(play: Play) -> None:
    ann, code = await given(play)
    await ann.says("/coupons")
    [caption] = await ann.taps("QR code: TEA")
    assert f"Code: {code}" in caption
    assert ann.sees()[-1].file
    bob = await play.member("Bob")
    await bob.says("/coupons")
    assert "no coupon with this code" in (await bob.presses(f"qr:{code}"))[0]


async def test_the_link_asks_staff_shows_its_owner_the_coupon_and_a_stranger_the_menu(play: Play) -> None:
    ann, code = await given(play)
    bob, sue = await play.member("Bob"), play.stranger("Sue")
    for link in (LINK + code, LINK + "K7QM-3XWF-9TRB", LINK):
        [menu] = await bob.follows(link)
        assert "What may I do for you?" in menu
        [consent] = await sue.follows(link)
        assert "If you agree" in consent
    assert "TEA: CN¥10 off" in (await ann.follows(LINK + code))[0]
    assert "no coupon with this code" in (await play.clerk.follows(LINK + "K7QM-3XWF-9TRB"))[0]
    assert "Use it now?" in (await play.clerk.follows(LINK + code))[0]
    assert "Done: CN¥10 off for M0003" in (await play.clerk.taps("Confirm"))[0]
    assert "was used on" in (await ann.follows(LINK + code))[0]


async def filled(play: Play, *names: str, minimum: int = 4990) -> Someone:
    """Ann, with a coupon of each name, the one that is named last ending first."""
    ann, now, shop = await play.member("Ann"), play.clock.now(), play.club.shop.now

    def issue(session: Session) -> None:
        for days, name in enumerate(reversed(names), 1):
            about = {"good_until": now + timedelta(days=days), "key": f"full:{days}", "minimum": minimum}
            coupons.issue(session, 3, name, Offer.read(f"gift:{name[:60]}"), shop, now=now, transferable=True, **about)

    await play.database.write(issue)
    return ann


async def test_thirty_coupons_are_shown_in_pages(play: Play) -> None:
    names = [f"Cup {number}" for number in range(30, 0, -1)]
    ann = await filled(play, *names)
    [first] = await ann.says("/coupons")
    assert first.startswith("Your coupons, 1 to 10 of 30\n\nCup 1: a gift: Cup 1, for purchases from CN¥49.90\nCode: ")
    seen = shown(first)
    for label in ("More", "More", "Previous", "More"):
        [turned] = await ann.taps(label)
        seen += shown(turned)
    one_to = [f"Cup {number}" for number in range(1, 31)]
    assert seen == one_to + one_to[10:20] + one_to[20:]
    assert "21 to 30 of 30" in turned
    labels = [[text for text, _ in row] for row in ann.sees()[-1].buttons]
    assert labels == [*([f"QR code: Cup {number}", "Pass on"] for number in range(21, 31)), ["Previous"]]
    for forged in ("wallet:99", "wallet:999999999"):
        await ann.taps("Previous")
        assert "21 to 30 of 30" in (await ann.presses(forged))[0]
    assert "Code: " in (await ann.taps("QR code: Cup 30"))[0]
    for forged in ("wallet:", "wallet:-1", "wallet:x"):
        assert "no longer works" in (await ann.presses(forged))[0]


def shown(wallet: str) -> list[str]:
    """The names of the coupons on a page, in order."""
    return re.findall(r"^(.+?): a gift", wallet, re.MULTILINE)


@pytest.mark.parametrize("name", ["&" * 60, "茶" * 60, "🍵" * 60, "<b>" * 20])
async def test_the_longest_names_fit_into_a_message(play: Play, name: str) -> None:
    ann = await filled(play, *[name] * 12, minimum=999_999_999)
    pages = await ann.says("/coupons")
    while "More" in str(ann.sees()[-1].buttons):
        pages += await ann.taps("More")
    assert sum(page.count("Code: ") for page in pages) == 12
    assert not any("…" in page for page in pages)


def test_the_picture_is_the_code_that_scanners_read() -> None:
    text = LINK + "K7QM-3XWF-9TRB"
    drawn = till_code(text, "K7QM-3XWF-9TRB")
    modules = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    with Image.open(io.BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("PNG", (720, 840))
        grey = picture.convert("L")
    size = codes.SIDE // (len(modules) + 2 * codes.QUIET)
    edge = (codes.SIDE - size * len(modules)) // 2
    assert edge >= codes.QUIET * size
    middle = edge + size // 2
    read = [
        [int(grey.getpixel((middle + column * size, middle + row * size)) < 128) for column in range(len(modules))]
        for row in range(len(modules))
    ]
    assert read == modules
    assert grey.crop((0, codes.SIDE, codes.SIDE, codes.SIDE + codes.FOOT)).getextrema()[0] < 128  # the letters
