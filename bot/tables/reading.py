"""Any file as the rows of a table."""

from collections.abc import Iterator

from bot.tables import delimited, sheets
from bot.tables.limits import COLUMNS, FILE, ROWS, Unreadable

OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook behind a password

Rows = Iterator[tuple[int, list[str]]]


def rows(data: bytes, *, traditional: bool = False) -> Rows:
    """The header, then the rows, each with its number. Raises Unreadable."""
    many = 0
    for number, cells in _any(data, traditional):
        if len(cells) > COLUMNS:
            raise Unreadable("too_many_columns", number)
        if many > ROWS:
            raise Unreadable("too_many_rows", number)
        many += 1
        yield number, cells
    if many == 0:
        raise Unreadable("empty")


def _any(data: bytes, traditional: bool) -> Rows:
    if len(data) > FILE:
        raise Unreadable("too_big")
    if data.startswith(OLD_EXCEL):
        raise Unreadable("old_excel")
    if data.startswith(b"PK"):
        return sheets.rows(data)
    return delimited.rows(data, traditional=traditional)
