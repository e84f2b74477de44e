"""The voucher: a picture for every gift, shop and member, with a code that the till reads."""

import io

import pytest
import segno
from PIL import Image

from bot.pictures import codes, voucher
from bot.pictures.cards import gift_voucher

LINK, CODE = "https://t.me/regulars_bot?start=use_K7QM-3XWF-9TRB", "K7QM-3XWF-9TRB"
LONG = "The Camellia Tea House & Bakery of Old Town Lane"
GIFTS = [
    "青花瓷茶杯",
    "龍鳳呈祥" * 10,
    "Porcelain cup with a golden rim, large!!",
    "🎁🎂",
    "محمد",
    "W" * 5_000,
    "\ud800",
    "",
]


def drawn(*words: str, link: str = LINK, code: str = CODE) -> Image.Image:
    """The voucher as pixels; it is a PNG of the size that was promised."""
    card = gift_voucher(*words, link, code)
    assert len(card) < 130_000
    with Image.open(io.BytesIO(card)) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (1080, 680))
        return picture.convert("RGB")


@pytest.mark.parametrize("gift", GIFTS)
@pytest.mark.parametrize("shop", ["山茶小铺", LONG, "店" * 60, "🍵", ""])
def test_there_is_a_voucher_for_every_gift_and_shop(gift: str, shop: str) -> None:
    drawn(shop, "礼品券", gift, "M0042", "请在 2027年3月12日 前领取")


def test_the_words_stay_on_their_side_of_the_tear() -> None:
    plain = drawn("", "", "i", "", "")
    full = drawn(LONG * 3, "Gift voucher", "龍" * 60, "M12345678", "until " * 60)
    for strip in ((voucher.RIGHT + 4, 40, 1080, 680), (0, 0, 1080, 60), (0, 620, 1080, 680)):
        assert full.crop(strip).tobytes() == plain.crop(strip).tobytes()


def test_a_gift_that_cannot_be_drawn_leaves_its_place_to_the_code() -> None:
    rest = ("M0042", "by 12 March")
    without = gift_voucher("山茶小铺", "礼品券", "", *rest, LINK, CODE)
    assert all(gift_voucher("山茶小铺", "礼品券", gift, *rest, LINK, CODE) == without for gift in ("🎁🎂", "محمد", " "))
    assert gift_voucher("山茶小铺", "礼品券", CODE, *rest, LINK, CODE) == without


@pytest.mark.parametrize("link", [LINK, CODE, "https://t.me/a_bot_with_a_name_of_32_letters_x?start=use_" + CODE])
def test_the_code_is_the_link_as_scanners_read_it(link: str) -> None:
    grey = drawn("山茶小铺", "礼品券", "杯" * 40, "M0042", "by 12 March", link=link).convert("L")
    modules = [list(row) for row in segno.make(link, error="m", micro=False).matrix]
    square = voucher.CODE // (len(modules) + 2 * codes.QUIET)
    assert square >= 8  # a camera wants no less
    side = square * len(modules)
    left = (voucher.PLATE[0] + voucher.PLATE[2] - side) // 2
    top = voucher.PLATE[1] + (voucher.CODE - side) // 2
    centres = [square // 2 + each * square for each in range(len(modules))]
    assert [[int(grey.getpixel((left + x, top + y)) < 128) for x in centres] for y in centres] == modules
    right, bottom, quiet = left + side, top + side, codes.QUIET * square - 1
    around = (left - quiet, top, left, bottom), (right, top, right + quiet, bottom)
    around += (left, top - quiet, right, top), (left, bottom, right, bottom + quiet)
    assert all(grey.crop(strip).getextrema()[0] > 200 for strip in around)
