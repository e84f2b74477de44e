"""A photo that somebody sent, with its number on it, so that it can be named where many stand together."""

import io

from PIL import Image, ImageDraw, ImageOps

from bot.pictures.paper import CREAM, RED, WHITE, disc
from bot.pictures.text import face

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
LARGEST, SMALLEST = 1280, 480  # pixels of the longer side
MOST = 50_000_000  # pixels that are unpacked
BADGE, INSET = 9, 20  # so many times the badge goes into the longer side, and its distance: an album trims the edges


def photo(data: bytes, number: int) -> bytes:
    """The photo as a JPEG, upright, with its number in a corner. Raises ValueError for what is no photo."""
    try:
        picture = _opened(data)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(type(error).__name__) from None
    radius = max(picture.size) // (2 * BADGE)
    x = y = radius + max(picture.size) // INSET
    disc(picture, x, y, radius, WHITE)
    disc(picture, x, y, radius - max(2, radius // 12), RED)
    ImageDraw.Draw(picture).text((x, y), f"{number}", CREAM, face(radius), anchor="mm", stroke_width=1)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


def _opened(data: bytes) -> Image.Image:
    """A photo as it is to be seen, no larger and no smaller than is of use."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST:
            raise ValueError("too large")
        image.draft("RGB", (LARGEST, LARGEST))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    longer = max(upright.size)
    share = min(max(longer, SMALLEST), LARGEST) / longer
    size = (max(1, round(upright.width * share)), max(1, round(upright.height * share)))
    return upright.resize(size, Image.Resampling.LANCZOS)
