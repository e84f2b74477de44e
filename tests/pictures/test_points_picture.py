"""The picture of a member's points: all there is to tell, and nothing else."""

import io

import pytest
from PIL import Image

from bot.pictures import paper
from bot.pictures.cards import points_picture

GIFT = ("青瓷杯", "77 / 120", "还差 43 积分", 77 / 120)
LAPSES = "50 积分用到 2027年3月3日为止"
NOTES = ["另有 30 积分尚未到账"]
LONG = "Porcelain cup with the golden camellia " * 9


def drawn(*words, shop: str = "山茶小铺", title: str = "我的积分") -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    file = points_picture(shop, title, *words)
    assert len(file) < 150_000
    with Image.open(io.BytesIO(file)) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 1080)
        return picture.convert("RGB")


@pytest.mark.parametrize(("balance", "notes"), [("0", []), ("1,234,567", NOTES), ("9" * 99, [LONG, *NOTES, "🎂"])])
@pytest.mark.parametrize(
    ("gift", "lapses"),
    [(None, ""), (GIFT, LAPSES), (("🎁", "0 / 9", "9 to go", 0.0), ""), ((LONG, LONG, LONG, 7.5), LONG), (None, LONG)],
)
def test_there_is_a_picture_of_every_purse(balance, notes, gift, lapses):
    drawn(balance, notes, gift, lapses)


def test_what_there_is_not_takes_no_room():
    heights = [
        drawn("0", [], None, "").height,
        drawn("0", [], None, LAPSES).height,
        drawn("0", NOTES, None, LAPSES).height,
        drawn("0", NOTES, GIFT, LAPSES).height,
    ]
    assert heights == sorted(set(heights))


def test_the_bar_grows_with_the_points():
    def red(share: float) -> int:
        picture = drawn("0", [], ("杯", "", "", share), "")
        row = picture.height - 84 - 262 + 128 + 16  # the middle of the bar
        return sum(picture.getpixel((x, row)) == (0xB8, 0x23, 0x1F) for x in range(300, 1000))

    filled = [red(share) for share in (0.0, 0.01, 0.25, 0.5, 1.0, 2.0)]
    assert filled[0] == 0
    assert filled[1] > 0
    assert filled[:5] == sorted(set(filled[:5]))
    assert filled[5] == filled[4]


def test_words_stay_within_the_frame():
    plain = drawn("", [""] * 2, ("", "", "", 0.0), " ", shop="", title="")
    full = drawn("9" * 99, [LONG] * 2, (LONG, "9" * 40, LONG, 0.0), LONG, shop=LONG, title=LONG)
    assert full.size == plain.size
    for edge in ((0, 0, 60, full.height), (1004, 0, 1080, full.height), (0, 0, 1080, 60)):
        assert full.crop(edge).tobytes() == plain.crop(edge).tobytes()


def test_the_same_words_give_the_same_picture():
    before = points_picture("山茶小铺", "我的积分", "77", NOTES, GIFT, LAPSES)
    assert points_picture("山茶小铺", "我的积分", "78", NOTES, GIFT, LAPSES) != before
    paper._sheet.cache_clear()
    assert points_picture("山茶小铺", "我的积分", "77", NOTES, GIFT, LAPSES) == before
