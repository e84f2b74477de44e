"""A member's points: the balance in large figures, how far the next gift is, and what lapses next."""

from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw

from bot.pictures.paper import (
    CREAM,
    DEEP_RED,
    FINE,
    GOLD,
    INK,
    PALE_GOLD,
    RED,
    WHITE,
    Brush,
    bar,
    disc,
    mixed,
    plate,
    png,
    reduced,
    sheet,
    sign,
    star,
    words,
)
from bot.pictures.text import drawable

WIDTH = 1080
LEFT, RIGHT = 78, 1002
HEAD, FOOT = 404, 84  # above the first of what may be left out, and below the last
LINE, PLATE = 64, 262  # the heights of a line and of the gift's plate
MARK, ICON = 36, 148
FAINT = mixed(INK, CREAM, 0.3)

Gift = tuple[str, str, str, float]


def purse(shop: str, title: str, balance: str, notes: Sequence[str], gift: Gift | None, lapses: str) -> bytes:
    """The picture as a PNG, as high as what there is to tell."""
    height = HEAD + (len(notes) + bool(lapses)) * LINE + (PLATE if gift else 0) + FOOT
    picture = sheet(WIDTH, height)
    draw = ImageDraw.Draw(picture)
    sign(picture, draw, shop, LEFT, RIGHT)
    _coin(picture, 884, 280)
    words(draw, title, (LEFT, 172, RIGHT, 232), GOLD, 40)
    words(draw, balance, (LEFT - 4, 222, RIGHT, 396), CREAM, 168, smallest=80, strong=True)
    top = HEAD
    for note in notes:
        _line(picture, draw, note, top, _dot())
        top += LINE
    if gift:
        _gift(picture, draw, gift, top)
        top += PLATE
    if lapses:
        _line(picture, draw, lapses, top, _clock())
    return png(picture)


def _coin(picture: Image.Image, x: int, y: int) -> None:
    """A coin beside the balance, so faint that the longest runs over it."""
    for radius, share in ((108, 0.2), (101, 0.0), (94, 0.12)):
        disc(picture, x, y, radius, mixed("#a81f1d", GOLD, share))
    star(picture, x, y, 58, mixed("#a81f1d", GOLD, 0.3))


def _line(picture: Image.Image, draw: ImageDraw.ImageDraw, text: str, top: int, mark: Image.Image) -> None:
    """A line behind its mark."""
    picture.paste(GOLD, (LEFT, top + (LINE - mark.height) // 2), mark)
    words(draw, text, (LEFT + mark.width + 16, top, RIGHT, top + LINE), PALE_GOLD, 36, smallest=26)


def _gift(picture: Image.Image, draw: ImageDraw.ImageDraw, gift: Gift, top: int) -> None:
    """The gift on a light plate: what it is, and how far."""
    name, have, lack, share = gift
    plate(picture, (LEFT, top + 12, RIGHT, top + PLATE - 20), CREAM)
    picture.paste(_parcel(), (LEFT + 26, top + 12 + (PLATE - 32 - ICON) // 2))
    left, right = LEFT + ICON + 52, RIGHT - 34
    words(draw, name, (left, top + 22, right, top + 118), INK, 54, smallest=34, strong=True)
    top += 128 if drawable(name) else 88
    bar(picture, (left, top, right, top + 32), share, RED, mixed(CREAM, GOLD, 0.4))
    taken = words(draw, lack, (left + 260, top + 40, right, top + 100), RED, 40, align="r")
    words(draw, have, (left, top + 40, right - taken - 20, top + 100), FAINT, 36, smallest=24)


@cache
def _clock() -> Image.Image:
    """The mask of a clock at three, for what has its day."""
    mask = Image.new("L", (MARK * FINE, MARK * FINE))
    brush = Brush(mask)
    brush.ring(18, 18, 16, WHITE, 3)
    brush.box(16.5, 8, 19.5, 19.5, WHITE, radius=1)
    brush.box(16.5, 16.5, 26, 19.5, WHITE, radius=1)
    return reduced(mask)


@cache
def _dot() -> Image.Image:
    """The mask of a dot, for any other line."""
    mask = Image.new("L", (MARK * FINE, MARK * FINE))
    Brush(mask).disc(18, 18, 7, WHITE)
    return reduced(mask)


@cache
def _parcel() -> Image.Image:
    """A red parcel with a golden ribbon."""
    ground = Image.new("RGB", (ICON * FINE, ICON * FINE), CREAM)
    brush = Brush(ground)
    for x in (54, 94):
        brush.disc(x, 32, 22, GOLD)
        brush.disc(x, 32, 10, CREAM)
    brush.box(16, 70, 132, 142, RED, radius=8)
    brush.box(6, 46, 142, 78, DEEP_RED, radius=8)
    brush.box(63, 46, 85, 142, GOLD)
    brush.disc(74, 44, 12, GOLD)
    return reduced(ground)
