"""CSV as it comes out of tills, of Excel in China and of Excel elsewhere: its encoding, its delimiter, its rows."""

import codecs
import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper

from bot.tables.limits import COLUMNS, LINE, Unreadable

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ",;\t"
PIECE = 2**16  # bytes that are decoded at a time
FIELD = 2**16  # characters of a cell

Rows = Iterator[tuple[int, list[str]]]


def rows(data: bytes, *, traditional: bool) -> Rows:
    """Each row with its number, as a spreadsheet counts them; blank ones are left out. Raises Unreadable."""
    text = TextIOWrapper(BytesIO(data), encoding_of(data, traditional=traditional), newline="")
    delimiter = _delimiter(text.readline(LINE))
    text.seek(0)
    csv.field_size_limit(FIELD)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_lines(text, delimiter), delimiter=delimiter, strict=True), 1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        raise Unreadable("quotes", number + 1) from None


def encoding_of(data: bytes, *, traditional: bool) -> str:
    """The encoding that a text is in: its mark says, else the first that fits all of it. Raises Unreadable.

    `traditional`: the shop is where Excel writes Big5.
    """
    for mark, name in BOMS:
        if data.startswith(mark) and _decodes(data, name):
            return name
    if b"\0" in data:
        raise Unreadable("not_text")
    for name in ("utf-8", *(["cp950"] if traditional else []), "gb18030"):
        if _decodes(data, name):
            return name
    raise Unreadable("not_text")


def _decodes(data: bytes, name: str) -> bool:
    """Whether all of it can be read so, a piece at a time: the whole text would be four times the file."""
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for at in range(0, len(data), PIECE):
            if "\0" in decoder.decode(data[at : at + PIECE], final=at + PIECE >= len(data)):
                return False
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(line: str) -> str:
    """What parts the header's names, outside quotes; a comma where nothing does."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _lines(text: TextIOWrapper, delimiter: str) -> Iterator[str]:
    """The lines, none longer than a row may be: so nothing that is too much is ever held whole."""
    number = 0
    while line := text.readline(LINE + 1):
        number += 1
        if len(line) > LINE:
            raise Unreadable("too_many_columns" if line.count(delimiter) >= COLUMNS else "long_row", number)
        yield line
