"""A photo with its number on it: upright, of a size that is of use, and no trouble with what is no photo."""

import io

import pytest
from PIL import Image

from bot.pictures.cards import numbered_photo


def photo(width: int, height: int, kind: str = "JPEG", *, turned: int = 1) -> bytes:
    """A green photo; `turned` is how the camera was held, as EXIF says it."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = turned
    Image.new("RGB", (width, height), "green").save(file, kind, exif=exif)
    return file.getvalue()


def drawn(data: bytes, number: int = 7) -> Image.Image:
    """The numbered photo as pixels."""
    with Image.open(io.BytesIO(numbered_photo(data, number))) as picture:
        picture.load()
        assert picture.format == "JPEG"
        return picture


@pytest.mark.parametrize(
    ("size", "shown"),
    [((900, 600), (900, 600)), ((4000, 2000), (1280, 640)), ((8, 6), (480, 360)), ((300, 900), (300, 900))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_shown_whole_with_its_number(size: tuple[int, int], shown: tuple[int, int], kind: str) -> None:
    picture = drawn(photo(*size, kind))
    assert picture.size == shown
    red, green, _blue = picture.getpixel((shown[0] - 1, shown[1] - 1))
    assert green > red + 60
    left, top = ((side - min(shown)) // 2 for side in shown)
    middle = picture.crop((left, top, left + min(shown), top + min(shown))).getcolors(maxcolors=10**6)
    assert sum(count for count, (r, g, _b) in middle if r > 150 and g < 70) > min(shown) ** 2 // 200  # trimmed, too


def test_each_number_is_another_picture_and_the_camera_was_held_upright() -> None:
    assert len({numbered_photo(photo(900, 600), number) for number in (1, 8, 50)}) == 3
    assert drawn(photo(900, 600, turned=6)).size == (600, 900)


@pytest.mark.parametrize("data", [b"", b"no photo", photo(60, 60)[:200], photo(30_000, 2, "PNG")[:80]])
def test_what_is_no_photo_is_said_so(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"Error|broken|cannot"):
        numbered_photo(data, 1)


def test_a_photo_that_would_fill_the_memory_is_not_unpacked() -> None:
    with pytest.raises(ValueError, match="too large"):
        numbered_photo(photo(8_000, 7_000, "PNG"), 1)
