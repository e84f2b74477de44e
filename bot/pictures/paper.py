"""The paper of the house, red with a golden frame, and what all pictures put on it: plates, bars and words that fit."""

import io
from collections.abc import Iterable
from functools import cache, lru_cache
from math import cos, pi, sin

from PIL import Image, ImageDraw

from bot.pictures.text import LEADING, drawable, face, fit, measure

FINE = 2  # grounds are drawn this much larger, then reduced: smooth edges

RED, DEEP_RED, GOLD, PALE_GOLD = "#b8231f", "#8f1417", "#e3b565", "#f5dcaa"
CREAM, INK, WHITE = "#fff6e3", "#3b2a20", "#ffffff"
PAPER, FAINT, LINES, FULL = "#fffaf0", "#b9a58f", "#ead9bf", "#fdeccd"  # of what is read rather than kept
HEAD = 132  # the height of its head

Point = tuple[float, float]
Box = tuple[int, int, int, int]  # left, top, right, bottom
Shade = tuple[str, str]  # at the top and at the foot


class Brush:
    """Draws in a picture's own pixels on a ground that is `FINE` times finer."""

    def __init__(self, ground: Image.Image) -> None:
        """Take up a ground."""
        self._draw = ImageDraw.Draw(ground)
        self.width, self.height = ground.width // FINE, ground.height // FINE

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        """A filled circle."""
        self._draw.circle((x * FINE, y * FINE), radius * FINE, fill)

    def ring(self, x: float, y: float, radius: float, colour: str, width: float) -> None:
        """A circle's outline."""
        self._draw.circle((x * FINE, y * FINE), radius * FINE, None, colour, round(width * FINE))

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, *, radius: float = 0) -> None:
        """A filled box with round corners."""
        self._draw.rounded_rectangle([side * FINE for side in (left, top, right, bottom)], radius * FINE, fill)

    def frame(self, inset: float, radius: float, colour: str, width: float) -> None:
        """A line along the picture's edge."""
        edges = [side * FINE for side in (inset, inset, self.width - inset, self.height - inset)]
        self._draw.rounded_rectangle(edges, radius * FINE, None, colour, round(width * FINE))

    def shape(self, points: Iterable[Point], fill: str) -> None:
        """A filled outline."""
        self._draw.polygon([(x * FINE, y * FINE) for x, y in points], fill)


def rays(x: float, y: float, size: float, number: int = 5, waist: float = 0.45) -> list[Point]:
    """The outline of a star, upright; its inner corners are out to `waist` of its size."""
    reach = [size if corner % 2 == 0 else size * waist for corner in range(2 * number)]
    return [(x + r * sin(i * pi / number), y - r * cos(i * pi / number)) for i, r in enumerate(reach)]


def shaded(width: int, height: int, shade: Shade) -> Image.Image:
    """A ground of one colour at the top that turns into another at the foot."""
    size = (width * FINE, height * FINE)
    above, below = (Image.new("RGB", size, colour) for colour in shade)
    return Image.composite(below, above, Image.linear_gradient("L").resize(size))


def reduced(ground: Image.Image) -> Image.Image:
    """A ground as the picture that it is for."""
    return ground.resize((ground.width // FINE, ground.height // FINE), Image.Resampling.LANCZOS)


def sheet(width: int, height: int, shade: Shade = (RED, DEEP_RED)) -> Image.Image:
    """Paper in a golden frame with waves along its foot, ready to be drawn on."""
    return _sheet(width, height, shade).copy()


@lru_cache(maxsize=8)  # some 2 MB each
def _sheet(width: int, height: int, shade: Shade) -> Image.Image:
    ground = shaded(width, height, shade)
    brush = Brush(ground)
    _waves(brush, shade)
    brush.frame(24, 28, GOLD, 3)
    brush.frame(34, 20, GOLD, 1)
    return reduced(ground)


def _waves(brush: Brush, shade: Shade) -> None:
    """Rows of round waves at the foot that swell to the right, just so that one sees them."""
    line, crest = mixed(*shade, 0.35), mixed(shade[1], GOLD, 0.3)
    for row in range(6):
        for column in range(brush.width // 108 + 2):
            x, y = column * 108 - (row % 2) * 54, brush.height - 111 + row * 27
            if x < brush.width * (0.75 - row * 0.25):
                continue
            brush.disc(x, y, 56, shade[1])
            for radius in (55, 42, 29, 16):
                brush.ring(x, y, radius, crest if radius == 55 else line, 2)


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two, with a share of the other."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def plate(picture: Image.Image, box: Box, fill: str, radius: int = 24) -> None:
    """A box with smooth round corners."""
    left, top, right, bottom = box
    picture.paste(fill, box, rounded(right - left, bottom - top, radius))


def bar(picture: Image.Image, box: Box, share: float, fill: str, rail: str) -> None:
    """A bar on its rail, filled to a share from 0 to 1; whoever has begun sees it."""
    left, top, right, bottom = box
    height = bottom - top
    plate(picture, box, rail, height // 2)
    if share > 0:
        length = max(height, round((right - left) * min(share, 1)))
        plate(picture, (left, top, left + length, bottom), fill, height // 2)


def disc(picture: Image.Image, x: int, y: int, radius: int, fill: str) -> None:
    """A filled circle about a place."""
    plate(picture, (x - radius, y - radius, x + radius, y + radius), fill, radius)


def star(picture: Image.Image, x: int, y: int, size: int, fill: str) -> None:
    """A star of five points about a place."""
    picture.paste(fill, (x - size, y - size), _starred(size))


@cache
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """The mask of a box with round corners."""
    mask = Image.new("L", (width * FINE, height * FINE))
    Brush(mask).box(0, 0, width - 1 / FINE, height - 1 / FINE, WHITE, radius=radius)
    return reduced(mask)


@cache
def _starred(size: int) -> Image.Image:
    """The mask of a star."""
    mask = Image.new("L", (2 * size * FINE, 2 * size * FINE))
    Brush(mask).shape(rays(size, size, size), WHITE)
    return reduced(mask)


def words(
    draw: ImageDraw.ImageDraw,
    text: str,
    box: Box,
    colour: str,
    largest: int,
    *,
    smallest: int = 28,
    align: str = "l",
    strong: bool = False,
) -> int:
    """A text in the middle of its box's height, as large as it fits; `align`: l, m or r. Returns its width."""
    left, top, right, bottom = box
    size, lines = fit(drawable(text), right - left, bottom - top, largest=largest, smallest=smallest)
    x = {"l": left, "m": (left + right) / 2, "r": right}[align]
    y = (top + bottom - (len(lines) - 1) * size * LEADING) / 2
    for line in lines:
        draw.text((x, y), line, colour, face(size), anchor=f"{align}m", stroke_width=size // 50 if strong else 0)
        y += size * LEADING
    return max((measure(line, size) for line in lines), default=0)


def headed(title: str, width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Light paper under a red head with its title, for what is read rather than kept: the picture, and a pen for it."""
    picture = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width, HEAD - 16), RED)
    draw.rectangle((0, HEAD - 28, width, HEAD - 26), GOLD)
    words(draw, title, (40, 10, width - 40, HEAD - 30), CREAM, 52, align="m", strong=True)
    return picture, draw


def sign(picture: Image.Image, draw: ImageDraw.ImageDraw, shop: str, left: int, right: int) -> None:
    """The shop's name at the top, behind a seal with the letter that it begins with."""
    name = drawable(shop)
    if not name:
        return
    plate(picture, (left, 70, left + 72, 142), GOLD, 14)
    plate(picture, (left + 4, 74, left + 68, 138), DEEP_RED, 11)
    words(draw, name[0], (left + 4, 74, left + 68, 138), PALE_GOLD, 44, align="m")
    words(draw, name, (left + 94, 66, right, 146), PALE_GOLD, 44)


def png(picture: Image.Image) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=6)
    return file.getvalue()
