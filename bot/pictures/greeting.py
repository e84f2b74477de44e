"""The greeting card: an emblem before a full moon, on red paper with gold; below it the name, the wish and the shop."""

import io
import random
from functools import cache
from math import cos, hypot, pi, sin

from PIL import Image, ImageDraw

from bot.pictures.emblems import EMBLEMS, MIDDLE
from bot.pictures.paper import CREAM, DEEP_RED, FINE, GOLD, PALE_GOLD, RED, Brush, Point, rays, reduced, shaded
from bot.pictures.text import LEADING, drawable, face, fit, lean, measure

WIDTH, HEIGHT = 1080, 1350
MOON = (MIDDLE, 446, 286)  # x, y, radius

BRIGHT_RED, WAVE = "#d64a3b", "#a01c1b"
ROSE = "#ee9088"


def card(name: str, shop: str, wish: str, emblem: str) -> bytes:
    """The card as a JPEG. The same words give the same bytes."""
    picture = _ground(emblem).copy()
    draw = ImageDraw.Draw(picture)
    _words(draw, drawable(name), drawable(wish))
    _sign(draw, drawable(shop))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=78, subsampling=1, optimize=True, progressive=True)
    return file.getvalue()


def _words(draw: ImageDraw.ImageDraw, name: str, wish: str) -> None:
    """The name and the wish, together in the middle of their place."""
    small, names = fit(name, 840, 84, largest=60, smallest=44)
    large, wishes = fit(wish, 840, 236, largest=104, smallest=40)
    lines = [(line, small, small * LEADING + 16, PALE_GOLD) for line in names]
    lines += [(line, large, large * LEADING, CREAM) for line in wishes]
    y = 954 - sum(height for _, _, height, _ in lines) / 2
    for line, size, height, colour in lines:
        place = (MIDDLE + lean(line, size), y + size * LEADING / 2)
        draw.text(place, line, colour, face(size), anchor="mm", stroke_width=size // 50)
        y += height


def _sign(draw: ImageDraw.ImageDraw, shop: str) -> None:
    """The shop's name between two short lines."""
    size, lines = fit(shop, 600, 56, largest=40, smallest=32)
    for line in lines:
        half = measure(line, size) / 2
        draw.text((MIDDLE, 1156), line, GOLD, face(size), anchor="mm")
        for side in (-1, 1):
            near, far = MIDDLE + side * (half + 30), MIDDLE + side * (half + 110)
            draw.line((near, 1159, far, 1159), GOLD, 2)
            draw.regular_polygon((near, 1159, 7), 4, rotation=45, fill=GOLD)


@cache
def _ground(emblem: str) -> Image.Image:
    """All that is the same on every card with this emblem."""
    picture = _paper()
    brush = Brush(picture)
    _waves(brush)
    brush.frame(34, 30, GOLD, 3)
    brush.frame(46, 20, GOLD, 1)
    _stars(brush)
    _moon(brush)
    EMBLEMS[emblem](brush)
    return reduced(picture)


def _paper() -> Image.Image:
    """Red paper, bright behind the moon, darker to the foot."""
    paper = shaded(WIDTH, HEIGHT, (RED, DEEP_RED))
    x, y, radius = (length * FINE for length in MOON)
    shine = Image.radial_gradient("L").point(lambda distance: max(0, 255 - distance * 255 // 179))  # 0 at the sides
    shine = shine.resize((radius * 4, radius * 4), Image.Resampling.BICUBIC)
    paper.paste(BRIGHT_RED, (x - radius * 2, y - radius * 2), shine)
    return paper


def _waves(brush: Brush) -> None:
    """Rows of round waves along the foot, each before the one above."""
    for row in range(4):
        for column in range(12):
            x, y = column * 108 - (row % 2) * 54, 1296 + row * 27
            brush.disc(x, y, 56, WAVE)
            for radius in (55, 42, 29, 16):
                brush.ring(x, y, radius, "#c9803f" if radius == 55 else "#b4502f", 2)


def _stars(brush: Brush) -> None:
    """Golden stars and dots about the moon."""
    chance = random.Random(395)  # noqa: S311 (the same sky every time)
    placed: list[Point] = []
    while len(placed) < 40:
        x, y = chance.uniform(84, WIDTH - 84), chance.uniform(84, 784)
        if hypot(x - MOON[0], y - MOON[1]) < MOON[2] + 62 or any(hypot(x - a, y - b) < 68 for a, b in placed):
            continue
        placed.append((x, y))
        if len(placed) % 3:
            brush.disc(x, y, chance.uniform(2.5, 5), chance.choice((GOLD, PALE_GOLD, ROSE)))
        else:
            brush.shape(rays(x, y, chance.uniform(11, 22), 4, 0.2), PALE_GOLD)


def _moon(brush: Brush) -> None:
    """A full moon with a golden rim, in a ring of twelve dots."""
    x, y, radius = MOON
    brush.ring(x, y, radius + 30, GOLD, 2)
    for hour in range(12):
        angle = hour * pi / 6
        brush.disc(x + (radius + 30) * sin(angle), y - (radius + 30) * cos(angle), 5, PALE_GOLD)
    brush.disc(x, y, radius + 8, GOLD)
    brush.disc(x, y, radius, "#ffe7b9")
    brush.disc(x, y, radius - 24, "#fff0d3")
