"""The picture of a report, for managers."""

import io

import pytest
from PIL import Image

from bot.pictures import report
from bot.pictures.cards import report_picture

TILES = [("会员", "1,234"), ("Agreed", "900"), ("Letters reach", "800"), ("Active", "12")]
TABLE = ("now", "before", [("Check-ins", "1,432", "1,302"), ("消费额", "¥32,540", "¥28,000")])
GRADES = ("By grade", [("svip", "2 purchases, ¥900", 1.0), ("熟客", "40 笔，¥225", 0.25), ("new", "", 0.0)])
LONG = "Whatever a month may bring to a shop that is open day and night " * 5


def drawn(title="July", days="1 to 31 July", tiles=TILES, table=TABLE, grades=GRADES) -> Image.Image:
    """The picture as pixels; it is a PNG as wide as was promised."""
    with Image.open(io.BytesIO(report_picture(title, days, tiles, table, grades))) as picture:
        picture.load()
        assert (picture.format, picture.width) == ("PNG", 1080)
        return picture.convert("RGB")


@pytest.mark.parametrize("text", ["", "🎂", LONG])
def test_there_is_a_picture_of_every_time(text):
    drawn(text, text, [(text, text)] * 7, (text, text, [(text, text, text)] * 3), (text, [(text, text, 1.0)] * 5))
    assert drawn(text, text, [], (text, text, []), (text, [])).height < drawn().height


def test_the_grades_stand_on_rails_of_one_length():
    picture = drawn()
    first = picture.height - report.FOOT - len(GRADES[1]) * report.GRADE
    widths = []
    for row, (_, _, _) in enumerate(GRADES[1]):
        y = first + row * report.GRADE + 32
        line = picture.crop((report.LEFT + 176, y, report.RIGHT, y + 1))
        found = {"#{:02x}{:02x}{:02x}".format(*colour): many for many, colour in line.getcolors(1080)}
        widths.append(found.get(report.COLOURS[row], 0))
    assert abs(widths[1] - widths[0] / 4) < 20
    assert widths[2] == 0
