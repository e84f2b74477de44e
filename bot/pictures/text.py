"""Words in pictures: what the font can draw of a text, and the size and lines in which it fits."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"
LONGEST = 300  # characters; no box holds more
LEADING = 1.36  # the height of a line, in sizes
STEP = 4  # pixels between the sizes that are tried

# A word and its space. Chinese parts anywhere but before a mark that closes or after one that opens.
WORD = re.compile(r"[「『《（“‘]*(?:[\u2e80-\uffef]|[^\s\u2e80-\uffef]+)[，。！？、：；…～·」』》）”’]*\s*")


@cache
def face(size: int) -> ImageFont.FreeTypeFont:
    """The house's font at a size in pixels."""
    return ImageFont.truetype(FONT, size)


def drawable(text: str) -> str:
    """The text without what the font lacks: emoji, control and direction marks, scripts of which it knows nothing.

    Fancy letters (𝓜𝓮𝓲) become plain ones. A text may end up empty.
    """
    return " ".join("".join(map(_letter, unicodedata.normalize("NFC", text[:LONGEST]))).split())


def fit(text: str, width: int, height: int, *, largest: int, smallest: int) -> tuple[int, list[str]]:
    """The largest size in which a drawable text fits into a box, and its lines; none if it is empty.

    What does not fit at the smallest size ends in an ellipsis.
    """
    for size in range(largest, smallest - 1, -STEP):
        lines = _lines(text, size, width)
        if len(lines) * size * LEADING <= height and all(measure(line, size) <= width for line in lines):
            return size, _balanced(text, size, width, len(lines))
    room = max(1, int(height / (smallest * LEADING)))
    lines = _lines(text, smallest, width)
    last = " ".join(lines[room - 1 :])
    return smallest, [_cut(line, smallest, width) for line in (*lines[: room - 1], last)]


def measure(text: str, size: int) -> int:
    """The width of a line in pixels."""
    return round(face(size).getlength(text))


def lean(text: str, size: int) -> float:
    """How far right of the middle a line must be set to look centred: a full-width ！ is half empty."""
    mask = face(size).getmask(text)
    left, _, right, _ = mask.getbbox() or (0, 0, 0, 0)
    return float(mask.size[0] - left - right) / 2


def _letter(letter: str) -> str:
    """A letter, or what the font has in its place: a gap for a picture."""
    if _drawn(letter):
        return letter
    plain = "".join(filter(_drawn, unicodedata.normalize("NFKC", letter)))
    return plain or (" " if unicodedata.category(letter) == "So" else "")


@lru_cache(maxsize=4096)
def _drawn(letter: str) -> bool:
    """Whether the font has a letter: what it lacks, it draws without height."""
    return letter.isspace() or (unicodedata.category(letter)[0] not in "CM" and face(32).getmask(letter).size[1] > 0)


def _lines(text: str, size: int, width: int) -> list[str]:
    """A text in lines, each with as many words as it can take."""
    lines: list[str] = []
    for word in WORD.findall(text):
        if lines and measure(lines[-1] + word.rstrip(), size) <= width:
            lines[-1] += word
        else:
            lines.append(word)
    return [line.rstrip() for line in lines]


def _balanced(text: str, size: int, width: int, count: int) -> list[str]:
    """As many lines of nearly the same length, so that the last is no lonely word."""
    lines = _lines(text, size, width)
    if count == 1:
        return lines
    for narrower in range(width, 0, -STEP):
        tried = _lines(text, size, narrower)
        if len(tried) > count or any(measure(line, size) > narrower for line in tried):
            break
        lines = tried
    return lines


def _cut(line: str, size: int, width: int) -> str:
    """The line, or as much of its beginning as an ellipsis leaves room for."""
    if measure(line, size) <= width:
        return line
    while line and measure(line.rstrip() + "…", size) > width:
        line = line[:-1]
    return line.rstrip() + "…"
