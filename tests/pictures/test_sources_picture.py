"""The picture of the links by which people come."""

import io

import pytest
from PIL import Image

from bot.pictures.cards import Source, sources_picture
from bot.pictures.paper import GOLD, LINES, RED

LONG = "咖啡店 with a very long name indeed " * 4
POSTER = Source("Corner poster", "12 came, 3 bought", "10 joined", 12, 3)


def drawn(*links: Source, title: str = "Who brings people") -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    with Image.open(io.BytesIO(sources_picture(title, "came", "bought", links))) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 1080)
        return picture.convert("RGB")


@pytest.mark.parametrize("text", ["", "🎂", LONG])
@pytest.mark.parametrize("many", [(0, 0), (1, 1), (10**9, 10**8)])
def test_there_is_a_picture_of_every_link(text: str, many: tuple[int, int]) -> None:
    drawn(Source(text, text, text, *many), title=text)


def test_the_bars_are_as_long_as_what_they_tell() -> None:
    picture = drawn(POSTER, Source("Second", "6 came", "", 6, 0))
    colours = {
        f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (picture.getpixel((x, 287)) for x in (200, 700))
    }
    assert colours == {RED, GOLD}
    below = {
        f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (picture.getpixel((x, 439)) for x in (200, 900))
    }
    assert below == {GOLD, LINES}


def test_it_grows_with_each_link() -> None:
    assert drawn(POSTER, POSTER).height > drawn(POSTER).height
