"""The picture of the leaderboard."""

import io

import pytest
from PIL import Image

from bot.pictures.cards import leaders_picture

PLACES = [(1, "小梅", "1,240"), (2, "Ann", "900"), (2, "Bob", "900"), (4, "a member", "20")]
LONG = "Maximiliane von und zu Hohenstein " * 9


def drawn(
    title="Most active", boards=(("This week", PLACES), ("本月", PLACES[:1])), nobody="Nobody yet"
) -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    with Image.open(io.BytesIO(leaders_picture(title, boards, nobody, "a member"))) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 1080)
        return picture.convert("RGB")


@pytest.mark.parametrize("text", ["", "🎂", LONG])
@pytest.mark.parametrize("places", [[], PLACES, [(10**6, LONG, "1,234,567,890")] * 10])
def test_there_is_a_picture_of_every_board(text, places):
    drawn(text, [(text, places), (text, [])], text)


def test_it_is_as_high_as_its_longer_board():
    assert drawn().height > drawn(boards=[("This week", PLACES[:2]), ("This month", [])]).height
    assert drawn(boards=[("a", []), ("b", [])]).height == drawn(boards=[("a", PLACES[:1]), ("b", [])]).height
