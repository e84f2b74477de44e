"""The picture of all grades, for managers."""

import io

import pytest
from PIL import Image

from bot.pictures import ladder, paper
from bot.pictures.cards import grades_picture

RUNGS = [("new", "everybody else", 120, "", 1.0), ("熟客", "满 2 次消费", 40, "升入 3", 1 / 3), ("vip", "", 0, "", 0.0)]
LIVES = ("By their rhythm", [("active", 30), ("沉睡", 5), ("lost", 1_234_567)])
SCORES = ("Scores", [["Purchases", "", "2", "3", "5", "8"], ["消费金额", "", "¥100", "¥300", "¥1,000", "¥3,000"]])
LONG = "Whoever came more often than anybody else could ever come " * 5


def drawn(title="Grades", rungs=RUNGS, lives=LIVES, scores=SCORES) -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    with Image.open(io.BytesIO(grades_picture(title, rungs, lives, scores))) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 1080)
        return picture.convert("RGB")


@pytest.mark.parametrize("title", ["", "🎂", LONG, "会员等级"])
@pytest.mark.parametrize("rungs", [[], RUNGS, [(LONG, LONG, 10**9, LONG, 1.0)] * 6, [("🎂", "", 0, "", 0.0)]])
def test_there_is_a_picture_of_every_shop(title, rungs):
    drawn(title, rungs, (title, [(LONG, 10**9)] * 3), (title, [[LONG] * 6]))
    drawn(title, rungs, (title, []), (title, []))


def test_the_highest_grade_stands_on_top_with_a_bar_against_the_fullest():
    picture = drawn()
    for row, (_, _, _, _, share) in enumerate(reversed(RUNGS)):
        y = paper.HEAD - 12 + row * ladder.RUNG + 123
        line = picture.crop((ladder.LEFT, y, ladder.RIGHT, y + 1))
        found = {"#{:02x}{:02x}{:02x}".format(*colour): many for many, colour in line.getcolors(1080)}
        colour = ladder.COLOURS[len(RUNGS) - 1 - row]
        assert abs(found.get(colour, 0) - share * (ladder.RIGHT - ladder.LEFT)) < 20


def test_the_same_shop_gives_the_same_picture():
    assert drawn().tobytes() == drawn().tobytes() != drawn(title="Other").tobytes()
