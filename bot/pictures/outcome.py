"""What something brought, for managers: step by step how many went along, and who bought beside those kept back."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.pictures.cards import Share
from bot.pictures.paper import GOLD, HEAD, INK, LINES, PAPER, RED, bar, headed, mixed, plate, png, words

WIDTH, LEFT, RIGHT = 1080, 60, 1020
STEP, PART, GROUP, VERDICT = 108, 92, 136, 96  # the heights of the parts
QUIET = mixed(INK, PAPER, 0.35)
COLOURS = (RED, "#8c7a5b", "#4f7a74")  # of the groups that are compared


def outcome(title: str, steps: Sequence[tuple[str, int]], heading: str, groups: Sequence[Share], verdict: str) -> bytes:
    """The picture as a PNG. Each step's bar is against the first step; without groups only the verdict is told."""
    height = HEAD + len(steps) * STEP + PART + len(groups) * GROUP + VERDICT
    picture, draw = headed(title, WIDTH, height)
    top, most = HEAD, max((many for _label, many in steps), default=0) or 1
    for label, many in steps:
        taken = words(draw, f"{many:,}", (LEFT + 640, top, RIGHT, top + 64), INK, 48, align="r", strong=True)
        words(draw, label, (LEFT, top, RIGHT - taken - 24, top + 64), INK, 40, smallest=26)
        bar(picture, (LEFT, top + 68, RIGHT, top + 84), many / most, GOLD, LINES)
        top += STEP
    draw.line((LEFT, top + 4, RIGHT, top + 4), GOLD, 2)
    words(draw, heading, (LEFT, top + 14, RIGHT, top + PART - 8), INK, 40, smallest=26, strong=True)
    top += PART
    scale = max((group.high for group in groups), default=0) or 1
    for number, group in enumerate(groups):
        _group(picture, draw, group, top, COLOURS[number % len(COLOURS)], scale)
        top += GROUP
    words(draw, verdict, (LEFT, top, RIGHT, top + VERDICT - 20), QUIET, 36, smallest=24)
    return png(picture)


def _group(picture: Image.Image, draw: ImageDraw.ImageDraw, group: Share, top: int, colour: str, scale: float) -> None:
    """A group's bar, with a line over it for the bounds of what is chance."""
    taken = words(draw, group.says, (LEFT + 460, top, RIGHT, top + 60), colour, 46, align="r", strong=True)
    words(draw, group.label, (LEFT, top, RIGHT - taken - 24, top + 60), INK, 38, smallest=24)
    bar(picture, (LEFT, top + 70, RIGHT, top + 104), group.share / scale, colour, LINES)
    low, high = (LEFT + round((RIGHT - LEFT) * min(each / scale, 1)) for each in (group.low, group.high))
    plate(picture, (low, top + 85, max(high, low + 4), top + 89), INK, 2)
    for x in (low, high):
        plate(picture, (max(x - 2, LEFT), top + 76, max(x + 2, LEFT + 4), top + 98), INK, 2)
