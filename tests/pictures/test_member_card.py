"""The member card: a card for every name, shop and grade, with a code that the till reads."""

import io

import pytest
import segno
from PIL import Image

from bot.pictures import member, paper
from bot.pictures.cards import member_card

LONG_SHOP = "The Camellia Tea House & Bakery of Old Town Lane"
NAMES = ["小美", "欧阳娜娜" * 5, "Alexandra Maximiliana von Hohenstein Wit", "🎂🎉", "محمد", "W" * 5_000, "\ud800", ""]

SHOPS = [LONG_SHOP, "店" * 60, "🍵", "山茶小铺"]


def drawn(card: bytes) -> Image.Image:
    """The card as pixels; it is a PNG of the size that was promised."""
    with Image.open(io.BytesIO(card)) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (1080, 680))
        return picture.convert("RGB")


@pytest.mark.parametrize(("name", "shop"), [*zip(NAMES, SHOPS * 2, strict=True)])
def test_there_is_a_card_for_every_name_and_shop(name: str, shop: str) -> None:
    card = member_card(shop, name, "M0042", "vip", "1,234,567 points", stars=2, more="CN¥2,345 more until svip")
    assert len(card) < 120_000
    drawn(card)


def test_the_words_stay_on_their_side_of_the_card() -> None:
    plain = drawn(member_card("", "", "", "", "", stars=2))
    full = drawn(member_card(LONG_SHOP * 3, "龍" * 60, "M0042", "vip " * 60, "9" * 60, stars=2, more="more " * 60))
    strip = (member.RIGHT + 4, 160, member.PLATE[0] - 1, 680)  # between the words and the code
    assert full.crop(strip).tobytes() == plain.crop(strip).tobytes()
    frame = (0, 0, 1080, 60)
    assert full.crop(frame).tobytes() == plain.crop(frame).tobytes()


def test_a_name_that_cannot_be_drawn_leaves_its_place_to_the_number() -> None:
    without = member_card("山茶小铺", "", "M0042", "new", "20 points")
    assert all(member_card("山茶小铺", name, "M0042", "new", "20 points") == without for name in ("🎂🎉", "محمد", "  "))
    assert member_card("山茶小铺", "M0042", "M0042", "new", "20 points") == without
    assert member_card("🍵", "Ann", "M1", "new", "") == member_card("", "Ann", "M1", "new", "")
    assert member_card("", "Ann", "M1", "new", "", more="🎂") == member_card("", "Ann", "M1", "new", "")


def test_each_grade_has_paper_of_its_own() -> None:
    corners = [drawn(member_card("", "", "M1", "", "", stars=stars)).getpixel((60, 60)) for stars in range(5)]
    assert len(set(corners)) == 4
    assert corners[3] == corners[4]  # a shop with more grades gives the last paper to them all


def test_the_same_words_give_the_same_card() -> None:
    before = member_card("山茶小铺", "小美", "M0042", "vip", "20 积分", stars=2)
    assert member_card("山茶小铺", "小美", "M0043", "vip", "20 积分", stars=2) != before
    paper._sheet.cache_clear()
    assert member_card("山茶小铺", "小美", "M0042", "vip", "20 积分", stars=2) == before


@pytest.mark.parametrize("stars", range(4))
@pytest.mark.parametrize("number", ["M0042", "M12345678"])
def test_the_code_is_the_number_as_scanners_read_it(number: str, stars: int) -> None:
    grey = drawn(member_card(LONG_SHOP, "Ann", number, "vip", "20 points", stars=stars)).convert("L")
    modules = [list(row) for row in segno.make(number, error="m", micro=False).matrix]
    side = len(modules) * member.SQUARE
    left, top = (member.PLATE[0] + member.PLATE[2] - side) // 2, member.PLATE[1] + member.QUIET * member.SQUARE
    centres = [member.SQUARE // 2 + each * member.SQUARE for each in range(len(modules))]
    assert [[int(grey.getpixel((left + x, top + y)) < 128) for x in centres] for y in centres] == modules
    right, bottom, quiet = left + side, top + side, member.QUIET * member.SQUARE - 1
    around = (left - quiet, top, left, bottom), (right, top, right + quiet, bottom)
    around += (left, top - quiet, right, top), (left, bottom, right, bottom + quiet)
    assert all(grey.crop(strip).getextrema()[0] > 200 for strip in around)
