"""The picture of what newcomers get beside what old members get."""

import io

import pytest
from PIL import Image

from bot.pictures import contrast, paper
from bot.pictures.cards import contrast_card

ROWS = [("春茶尝鲜", "9折", "8折"), ("Gifts for points", "3", "5")]
LONG = "A rather long title for a members only deal of the spring " * 5


def drawn(title="老会员更优惠", rows=ROWS, foot="买满 2 次，您也是熟客") -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    file = contrast_card(title, "新会员", "熟客及以上", rows, foot)
    assert len(file) < 300_000
    with Image.open(io.BytesIO(file)) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", contrast.WIDTH)
        return picture.convert("RGB")


def row(y: int) -> tuple[int, int, int, int]:
    """The box of the words of old members in a row."""
    top = paper.HEAD + contrast.NAMES + y * contrast.ROW
    return (contrast.MIDDLE, top, contrast.RIGHT, top + contrast.ROW)


@pytest.mark.parametrize("rows", [ROWS, [(LONG, LONG, LONG)] * 5, [("🎂", "", "🎂")]])
@pytest.mark.parametrize(("title", "foot"), [("", ""), (LONG, LONG), ("🎂", "🎂")])
def test_there_is_a_picture_of_every_contrast(title, rows, foot):
    assert drawn(title, rows, foot).height >= paper.HEAD + contrast.NAMES + len(rows) * contrast.ROW


def test_a_long_title_stays_in_its_row():
    short, long = drawn(), drawn(rows=[(LONG, "9折", LONG), ROWS[1]])
    assert short.height == long.height
    assert short.crop(row(1)).tobytes() == long.crop(row(1)).tobytes()
    assert short.crop(row(0)).tobytes() != long.crop(row(0)).tobytes()
