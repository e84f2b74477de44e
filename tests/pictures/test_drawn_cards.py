"""The greeting card: always a picture that can be sent, whatever people call themselves."""

import io
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures import greeting
from bot.pictures.cards import greeting_card
from bot.pictures.emblems import EMBLEMS
from bot.pictures.text import LEADING, drawable, fit, measure

NAMES = [
    "小美",
    "Alexandra",
    "",
    " ",
    "🎂🎉",
    "✨Mei✨",
    "𝓜𝓮𝓲",
    "محمد",
    "שלום",
    "A" * 60,
    "龍" * 60,
    "W" * 5_000,
    "Anna Maria von Hohenstein-Wittelsbach zu Sayn und Taxis-Thurn",
    "\u202egnp.exe",
    "M\u0301\u0302\u0303\u0304ei",
    "\x00\n\t\ud800",
    "<b>&amp;</b>",
]
LONG_WISH = "祝你生日快乐，愿你天天都有好茶相伴，万事如意，岁岁平安，我们在店里等你来坐坐。" * 3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wish", ["生日快乐！", "Happy birthday!", LONG_WISH])
def test_a_card_can_be_sent_to_any_name(name, wish):
    card = greeting_card(name, "山茶小铺", wish, "cake")
    assert len(card) < 200_000
    with Image.open(io.BytesIO(card)) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("JPEG", (1080, 1350))


def test_the_longest_of_everything_is_small_enough():
    assert len(greeting_card("龘鑫" * 99, "麟鬱" * 99, "蠶叢及魚鳧，" * 99, "cake")) < 200_000


def test_the_same_words_give_the_same_card():
    before = greeting_card("小美", "山茶小铺", "生日快乐！", "cake")
    assert greeting_card("小强", "山茶小铺", "生日快乐！", "cake") != before
    greeting._ground.cache_clear()
    assert greeting_card("小美", "山茶小铺", "生日快乐！", "cake") == before


def test_each_emblem_has_a_card_of_its_own():
    cards = {greeting_card("", "山茶小铺", "中秋快乐，月圆人圆", emblem) for emblem in EMBLEMS}
    assert len(cards) == len(EMBLEMS)
    assert max(map(len, cards)) < 200_000


def test_a_name_that_cannot_be_drawn_leaves_a_card_without_one():
    without = greeting_card("", "山茶小铺", "生日快乐！", "cake")
    assert all(
        greeting_card(name, "山茶小铺", "生日快乐！", "cake") == without
        for name in ("🎂🎉", "محمد", "\u202e\u200b", "   ")
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("小美", "小美"),
        ("Zoë", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("你好，世界！", "你好，世界！"),
        ("🎂Mei✨", "Mei"),
        ("Mei✨Li", "Mei Li"),
        ("👩‍👩‍👧‍👦", ""),
        ("❤️", ""),
        ("🇨🇳", ""),
        ("𝓜𝓮𝓲", "Mei"),
        ("𝔏𝔢𝔬", "Leo"),
        ("  a \n\t b ", "a b"),
        ("\u202eevil\u2066", "evil"),
        ("a\x00\x07b", "ab"),
        ("Z̸̢̛a̴l̵g̶o̷", "Zalgo"),
        ("محمد", ""),
    ],
)
def test_only_what_the_font_has_is_drawn(text, left):
    assert drawable(text) == left


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120), width=st.integers(120, 900), height=st.integers(60, 300))
def test_a_text_stays_in_its_box(text, width, height):
    size, lines = fit(drawable(text), width, height, largest=80, smallest=40)
    assert 40 <= size <= 80
    assert len(lines) == 1 or len(lines) * size * LEADING <= height
    assert all(measure(line, size) <= width for line in lines)


def test_a_short_text_is_whole_and_a_long_one_ends_in_an_ellipsis():
    assert fit("小美", 400, 100, largest=60, smallest=40) == (60, ["小美"])
    assert fit("", 400, 100, largest=60, smallest=40) == (60, [])
    size, [line] = fit("Alexandra " * 9, 400, 60, largest=60, smallest=40)
    assert size == 40
    assert line.endswith("…")


def test_lines_break_where_a_reader_would():
    _, lines = fit("祝你生日快乐，愿你天天开心。", 420, 200, largest=60, smallest=40)
    assert len(lines) == 2
    assert not any(line[0] in "，。" for line in lines)
    _, lines = fit("May the year bring you good company", 420, 300, largest=60, smallest=40)
    assert " ".join(lines) == "May the year bring you good company"


def test_nothing_is_loaded_before_the_first_card():
    program = "import sys, bot.pictures.cards; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
