"""The picture of what members may still come for, for owners."""

import io

import pytest
from PIL import Image

from bot.pictures import liability, paper
from bot.pictures.cards import liability_picture

ROWS = [("积分", 12345, "¥1,234.50", 0.5), ("代金券", 120, "¥1,200", 0.25), ("Ordered gifts", 4, "¥190.50", 0.25)]
LONG = "If everybody came for theirs, and they all came at once " * 5


def drawn(title="Owed", total="¥2,936", rows=ROWS, notes=(), budget=("¥30 of ¥100", 0.3)) -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    file = liability_picture(title, total, rows, notes, budget)
    assert len(file) < 300_000
    with Image.open(io.BytesIO(file)) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 1080)
        return picture.convert("RGB")


def row_of(picture: Image.Image, y: int) -> dict[str, int]:
    """How much of each colour a line of the picture has, between the edges of what is drawn."""
    line = picture.crop((liability.LEFT, y, liability.RIGHT, y + 1))
    return {"#{:02x}{:02x}{:02x}".format(*colour): count for count, colour in line.getcolors(1080)}


@pytest.mark.parametrize("rows", [[], ROWS, [(LONG, 10**9, LONG, 0.1)] * 9, [("🎂", 0, "", 0.0)]])
@pytest.mark.parametrize(
    ("title", "budget"),
    [("若所有人都来兑现", ("", None)), (LONG, (LONG, 0.0)), ("🎂", ("¥3,000 of ¥2,500", 1.2)), ("", (LONG, 99.0))],
)
def test_there_is_a_picture_of_every_sum(title, rows, budget):
    drawn(title, title, rows, [LONG, "", "🎂"], budget)


def test_the_bar_shows_the_shares():
    middle = row_of(drawn(), paper.HEAD + 186)
    width = liability.RIGHT - liability.LEFT
    for (_, _, _, share), colour in zip(ROWS, liability.COLOURS, strict=False):
        assert abs(middle[colour] - share * width) < 6
    nothing = row_of(drawn(rows=[("Points", 0, "¥0", 0.0)]), paper.HEAD + 186)
    assert nothing == {paper.LINES: width}
    least = row_of(drawn(rows=[("Points", 1, "¥1", 0.0001), ("Gifts", 9, "¥9,999", 0.9999)]), paper.HEAD + 186)
    assert least[liability.COLOURS[0]] >= 3


def test_the_budget_is_a_bar_where_there_is_a_ceiling():
    heights = {share: drawn(budget=("spent", share)).height for share in (None, 0.0, 0.3, 1.5)}
    assert heights == {None: heights[0.0] - liability.BAR, 0.0: heights[0.0], 0.3: heights[0.0], 1.5: heights[0.0]}
    for share, colour in ((0.3, paper.GOLD), (1.0, paper.DEEP_RED), (1.5, paper.DEEP_RED)):
        picture = drawn(budget=("spent", share))
        found = row_of(picture, picture.height - 90)
        assert abs(found[colour] - min(share, 1) * (liability.RIGHT - liability.LEFT)) < 20


def test_empty_notes_take_no_room():
    assert drawn(notes=["", "🎂"]).height == drawn().height < drawn(notes=["30 天内有 1,234 积分到期"]).height


def test_the_same_sum_gives_the_same_picture():
    assert drawn().tobytes() == drawn().tobytes() != drawn(total="¥2,937").tobytes()
