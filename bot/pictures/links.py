"""What came of the named links: for each a bar of those who came, and in it those who bought."""

from collections.abc import Sequence

from bot.pictures.cards import Source
from bot.pictures.paper import GOLD, HEAD, INK, LINES, PAPER, RED, bar, disc, headed, mixed, png, words

WIDTH, LEFT, RIGHT = 1080, 60, 1020
ROW, LEGEND, FOOT = 152, 76, 30  # the heights of the parts
QUIET = mixed(INK, PAPER, 0.35)


def sources(title: str, came: str, bought: str, links: Sequence[Source]) -> bytes:
    """The picture as a PNG; `came` and `bought` name the two colours."""
    picture, draw = headed(title, WIDTH, HEAD + LEGEND + len(links) * ROW + FOOT)
    for x, colour, label in ((LEFT, GOLD, came), ((LEFT + RIGHT) // 2, RED, bought)):
        disc(picture, x + 14, HEAD + 30, 14, colour)
        words(draw, label, (x + 44, HEAD, x + 450, HEAD + 60), QUIET, 34, smallest=22)
    top, most = HEAD + LEGEND, max((each.came for each in links), default=0) or 1
    for each in links:
        taken = words(draw, each.says, (LEFT + 400, top, RIGHT, top + 56), INK, 38, smallest=24, align="r", strong=True)
        words(draw, each.name, (LEFT, top, RIGHT - taken - 24, top + 56), INK, 40, smallest=24)
        box = (LEFT, top + 62, RIGHT, top + 96)
        bar(picture, box, each.came / most, GOLD, LINES)
        if each.bought:
            right = LEFT + max(34, round((RIGHT - LEFT) * each.bought / most))
            bar(picture, (LEFT, top + 62, right, top + 96), 1, RED, RED)
        words(draw, each.more, (LEFT, top + 98, RIGHT, top + 136), QUIET, 28, smallest=20)
        top += ROW
    return png(picture)
