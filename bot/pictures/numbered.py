"""A photo that somebody sent, with its number on it, so that it can be named where many stand together."""

import io

from PIL import Image, ImageDraw, ImageOps

from bot.pictures.paper import CREAM, RED, WHITE, disc
from bot.pictures.text import face

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
LARGEST, SMALLEST = 1280, 480  # pixels of the longer side
MOST = 50_000_000  # pixels that are unpacked
BADGE, INSET = 11, 20  # so many times its radius and its distance go into the shorter side


def photo(data: bytes, number: int) -> bytes:
    """The photo as a JPEG, upright, with its number in a corner. Raises ValueError for what is no photo."""
    try:
        picture = _opened(data)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(type(error).__name__) from None
    shorter = min(picture.size)
    radius = max(shorter // BADGE, 1)
    # Within the square in the middle: what stands in an album is trimmed to about that.
    x, y = ((side - shorter) // 2 + shorter // INSET + radius for side in picture.size)
    disc(picture, x, y, radius, WHITE)
    disc(picture, x, y, radius - max(2, radius // 12), RED)
    ImageDraw.Draw(picture).text((x, y), f"{number}", CREAM, face(max(radius, 8)), anchor="mm", stroke_width=1)
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
