"""The poster of an invitation: for every name and shop, with a code that a phone reads."""

import io

import pytest
import segno
from PIL import Image

from bot.pictures import codes, poster
from bot.pictures.cards import invitation_poster

LINK = "https://t.me/a_bot_with_a_name_of_32_letters_x?start=ref_123456789_AAAAbbbbCCCCdddd"
GIFTS = ["加入就送 20 积分", "1,000,000 points after your first purchase"]


def drawn(*words: str, gifts: list[str] = GIFTS) -> Image.Image:
    """The poster as pixels; it is a PNG of the size that was promised."""
    with Image.open(io.BytesIO(invitation_poster(*words, gifts, LINK, "Scan and come in"))) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (1080, 1440))
        return picture.convert("RGB")


@pytest.mark.parametrize("title", ["美玲 邀请您", "W" * 5_000, "🎁🎂", "\ud800", ""])
@pytest.mark.parametrize("shop", ["山茶小铺", "店" * 60, ""])
def test_there_is_a_poster_for_every_name_and_shop_within_its_frame(title: str, shop: str) -> None:
    plain = drawn("", "", gifts=[])
    full = drawn(shop, title)
    for strip in ((0, 0, 60, 1440), (1020, 0, 1080, 1440), (0, 0, 1080, 60)):
        assert full.crop(strip).tobytes() == plain.crop(strip).tobytes()


def test_the_code_is_the_link_as_phones_read_it() -> None:
    grey = drawn("山茶小铺", "美玲 邀请您").convert("L")
    modules = [list(row) for row in segno.make(LINK, error="m", micro=False).matrix]
    left, top, right, bottom = poster.PLATE
    square = (right - left) // (len(modules) + 2 * codes.QUIET)
    x, y = (left + right - square * len(modules)) // 2, (top + bottom - square * len(modules)) // 2
    centres = [square // 2 + each * square for each in range(len(modules))]
    assert [[int(grey.getpixel((x + across, y + down)) < 128) for across in centres] for down in centres] == modules
