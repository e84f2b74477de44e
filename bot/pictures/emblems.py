"""What a greeting card shows before its moon: a cake, a lantern, zongzi, mooncakes, fireworks, a present."""

from collections.abc import Callable
from math import cos, pi, sin

from bot.pictures.paper import DEEP_RED, GOLD, PALE_GOLD, RED, Brush, rays

MIDDLE = 540
SPONGE, ROSE, ICING, BERRY, FLAME = "#f6c9a8", "#ee9088", "#fffdf9", "#c9302f", "#ffb52e"
LEAF, DARK_LEAF, RICE = "#5d9150", "#3f6e3a", "#fffaf0"
CRUST, DARK_CRUST = "#d99a4e", "#b9762f"


def cake(brush: Brush) -> None:
    """A birthday: two tiers with icing, three candles and berries, on a golden stand."""
    for x, top in ((-58, 350), (0, 326), (58, 350)):
        _candle(brush, MIDDLE + x, top)
    for x in (-88, -29, 29, 88):
        brush.disc(MIDDLE + x, 398, 15, BERRY)
        brush.disc(MIDDLE + x - 4, 393, 4, ROSE)
    _tier(brush, 118, 402, 502, ROSE)
    _tier(brush, 168, 502, 618, SPONGE)
    brush.box(MIDDLE - 206, 614, MIDDLE + 206, 630, GOLD, radius=8)
    brush.shape([(MIDDLE - 34, 630), (MIDDLE + 34, 630), (MIDDLE + 54, 662), (MIDDLE - 54, 662)], GOLD)
    brush.box(MIDDLE - 84, 658, MIDDLE + 84, 672, GOLD, radius=7)


def _tier(brush: Brush, half: int, top: int, bottom: int, colour: str) -> None:
    """A tier with icing that runs down its side, and pearls at its foot."""
    brush.box(MIDDLE - half, top, MIDDLE + half, bottom, colour, radius=14)
    brush.box(MIDDLE - half, top, MIDDLE + half, top + 28, ICING, radius=14)
    drops = half // 17
    width = 2 * half / drops
    for i in range(drops):
        x = MIDDLE - half + i * width
        brush.box(x, top + 4, x + width, top + (36, 54, 42, 64, 40, 50)[i % 6], ICING, radius=width / 2)
        brush.disc(x + width / 2, bottom - 12, 5, ICING)


def _candle(brush: Brush, x: float, top: float) -> None:
    """A candle with a flame and its shine."""
    brush.box(x - 9, top, x + 9, 400, BERRY, radius=4)
    brush.box(x - 1.5, top - 12, x + 1.5, top + 2, DEEP_RED)
    brush.disc(x, top - 30, 34, "#ffe9b0")
    _flame(brush, x, top - 8, 15, FLAME)
    _flame(brush, x, top - 8, 8, "#fff3c4")


def _flame(brush: Brush, x: float, foot: float, width: float, colour: str) -> None:
    """A drop that stands on its foot."""
    angles = [i * pi / 24 for i in range(49)]
    brush.shape([(x + width * sin(a) * sin(a / 2) ** 1.5, foot - width * 1.6 * (1 + cos(a))) for a in angles], colour)


def lantern(brush: Brush) -> None:
    """The Spring Festival: two lanterns, the nearer one larger."""
    _lantern(brush, MIDDLE - 128, 356, 90)
    _lantern(brush, MIDDLE + 66, 326, 144)


def _lantern(brush: Brush, x: float, top: float, half: float) -> None:
    """A red lantern with golden ribs, on its string, with a tassel."""
    height = half * 1.5
    foot = top + height
    brush.box(x - 2, 210, x + 2, top, GOLD)
    for wide, colour in ((1.0, RED), (0.72, "#cb3a2e"), (0.4, "#dc5240"), (0.1, "#e8705a")):
        brush.shape(_oval(x, top + height / 2, half * wide, height / 2), colour)
    for y in (top - 4, foot - half * 0.12):
        brush.box(x - half * 0.5, y, x + half * 0.5, y + half * 0.16, GOLD, radius=half * 0.05)
    for side in (-2, -1, 0, 1, 2):
        at = x + side * half * 0.13
        brush.box(at - 2, foot + half * 0.04, at + 2, foot + half * (0.62 - abs(side) * 0.06), PALE_GOLD, radius=2)
    brush.disc(x, foot + half * 0.1, half * 0.1, GOLD)


def zongzi(brush: Brush) -> None:
    """The Dragon Boat Festival: two zongzi in their leaves with a red string, and one that is opened."""
    for side in (-1, 1):
        _wrapped(brush, MIDDLE + side * 112, 506, 0.96)
    _opened(brush, MIDDLE, 540, 1.0)
    brush.box(MIDDLE - 236, 630, MIDDLE + 236, 646, GOLD, radius=8)


def _wrapped(brush: Brush, x: float, y: float, size: float) -> None:
    """A zongzi in its leaves: three corners, folds, and a string with a bow."""
    outline = [(0, -134), (26, -112), (136, 94), (126, 122), (-126, 122), (-136, 94), (-26, -112)]
    brush.shape([(x + a * size, y + b * size) for a, b in outline], LEAF)
    for fold, colour in (
        ((26, -112, 136, 94, 126, 122, 20, 122), DARK_LEAF),
        ((-6, -132, 20, 122, -44, 122), "#7fb06d"),
    ):
        brush.shape([(x + a * size, y + b * size) for a, b in zip(fold[::2], fold[1::2], strict=True)], colour)
    for high in (-30, 34):
        half = (high + 134) * 0.56
        edges = [(-half, high), (half, high + 8), (half + 4, high + 18), (-half - 4, high + 10)]
        brush.shape([(x + a * size, y + b * size) for a, b in edges], BERRY)


def _opened(brush: Brush, x: float, y: float, size: float) -> None:
    """One whose leaves are turned down: white rice with a red date."""
    brush.shape(_oval(x, y - 14 * size, 82 * size, 92 * size), RICE)
    for a, b in ((-40, -44), (34, -56), (-14, -78), (48, -8), (-52, -4), (6, -30)):
        brush.shape(_oval(x + a * size, y + b * size, 9 * size, 5 * size), "#eee3cf")
    brush.shape(_oval(x, y - 42 * size, 24 * size, 16 * size), BERRY)
    brush.shape(_oval(x - 6 * size, y - 47 * size, 8 * size, 4 * size), ROSE)
    for side, colour in ((-1, LEAF), (1, DARK_LEAF)):
        leaf = [(0, 20), (side * 70, -8), (side * 128, 6), (side * 104, 70), (side * 70, 92), (0, 92)]
        brush.shape([(x + a * size, y + b * size) for a, b in leaf], colour)
        brush.shape([(x + a * size, y + b * size) for a, b in ((0, 34), (side * 108, 18), (0, 44))], "#7fb06d")


def mooncake(brush: Brush) -> None:
    """The Mid-Autumn Festival: mooncakes on a plate, and a cup of tea."""
    brush.shape(_oval(MIDDLE, 634, 236, 22), PALE_GOLD)
    brush.shape(_oval(MIDDLE, 630, 226, 16), GOLD)
    _cup(brush, MIDDLE - 12, 382)
    for x, y, radius in ((MIDDLE - 96, 534, 92), (MIDDLE + 76, 526, 102)):
        _mooncake(brush, x, y, radius)


def _cup(brush: Brush, x: float, y: float) -> None:
    """A white cup of tea that steams."""
    for drift in (-22, 0, 22):
        brush.shape(_oval(x + drift, y - 46 - abs(drift), 5, 26), "#f7d293")
    brush.ring(x + 66, y + 34, 24, "#f1e7d6", 10)
    brush.shape([(x - 70, y), (x + 70, y), (x + 44, y + 104), (x - 44, y + 104)], ICING)
    brush.shape(_oval(x, y, 70, 22), "#f1e7d6")
    brush.shape(_oval(x, y + 2, 60, 16), "#b9762f")


def _mooncake(brush: Brush, x: float, y: float, radius: float) -> None:
    """A mooncake seen from above: a scalloped edge, a ring, and a flower."""
    for petal in range(12):
        angle = petal * pi / 6
        brush.disc(x + radius * 0.86 * sin(angle), y - radius * 0.86 * cos(angle), radius * 0.25, DARK_CRUST)
    for petal in range(12):
        angle = petal * pi / 6
        brush.disc(x + radius * 0.82 * sin(angle), y - radius * 0.82 * cos(angle), radius * 0.22, CRUST)
    brush.disc(x, y, radius * 0.88, CRUST)
    brush.ring(x, y, radius * 0.72, DARK_CRUST, radius * 0.05)
    for petal in range(8):
        angle = petal * pi / 4
        brush.disc(x + radius * 0.36 * sin(angle), y - radius * 0.36 * cos(angle), radius * 0.2, DARK_CRUST)
        brush.disc(x + radius * 0.36 * sin(angle), y - radius * 0.36 * cos(angle), radius * 0.13, CRUST)
    brush.disc(x, y, radius * 0.2, DARK_CRUST)
    brush.disc(x, y, radius * 0.1, PALE_GOLD)


def fireworks(brush: Brush) -> None:
    """The New Year: three bursts over the roofs."""
    for x, y, size, colours in (
        (MIDDLE - 96, 400, 112, (BERRY, ROSE)),
        (MIDDLE + 104, 352, 92, (GOLD, "#c9803f")),
        (MIDDLE + 40, 500, 66, ("#5d7fae", "#86a6cf")),
    ):
        for ray in range(16):
            angle = ray * pi / 8
            for step in range(2, 8):
                reach = size * step / 7
                brush.disc(x + reach * sin(angle), y - reach * cos(angle), size * 0.012 * step, colours[ray % 2])
        brush.shape(rays(x, y, size * 0.24, 8, 0.4), PALE_GOLD)
    for left, top, right in ((-214, 606, -96), (-110, 570, 6), (-10, 600, 120), (104, 560, 214)):
        brush.box(MIDDLE + left, top, MIDDLE + right, 676, DEEP_RED)
        middle = (left + right) / 2
        brush.shape([(MIDDLE + left - 20, top), (MIDDLE + middle, top - 44), (MIDDLE + right + 20, top)], BERRY)
        for window in (left + 26, right - 44):
            brush.box(MIDDLE + window, top + 22, MIDDLE + window + 18, top + 46, FLAME, radius=3)


def present(brush: Brush) -> None:
    """A shopping day: a present with a golden ribbon."""
    for ray in range(12):
        angle = ray * pi / 6
        brush.shape(rays(MIDDLE + 208 * sin(angle), 446 - 208 * cos(angle), 13, 4, 0.25), GOLD)
    brush.box(MIDDLE - 138, 452, MIDDLE + 138, 634, RED, radius=10)
    brush.box(MIDDLE - 156, 408, MIDDLE + 156, 464, BERRY, radius=10)
    brush.box(MIDDLE - 24, 408, MIDDLE + 24, 634, GOLD)
    for side in (-1, 1):
        loop = [(MIDDLE, 406), (MIDDLE + side * 66, 316), (MIDDLE + side * 122, 350), (MIDDLE + side * 92, 402)]
        brush.shape(loop, GOLD)
        brush.shape([(MIDDLE + side * 24, 396), (MIDDLE + side * 70, 342), (MIDDLE + side * 94, 362)], "#c9803f")
    brush.disc(MIDDLE, 402, 24, PALE_GOLD)


def _oval(x: float, y: float, across: float, up: float) -> list[tuple[float, float]]:
    """The outline of an oval."""
    return [(x + across * sin(i * pi / 36), y - up * cos(i * pi / 36)) for i in range(72)]


EMBLEMS: dict[str, Callable[[Brush], None]] = {
    "cake": cake,
    "lantern": lantern,
    "zongzi": zongzi,
    "mooncake": mooncake,
    "fireworks": fireworks,
    "present": present,
}
